-- EXPECT: ok|error -- 33 captures
return (pcall(string.find, "a", ("()"):rep(33)))
