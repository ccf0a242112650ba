-- EXPECT: ok|budget -- captures inside repetition by recursion of items
return (("ab"):rep(5000):match("((.-)(.-)(.-)c)"))
