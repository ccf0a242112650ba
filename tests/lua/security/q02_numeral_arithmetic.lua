-- EXPECT: error -- the same through coercion
return (("1"):rep(100000) .. "." .. ("1"):rep(100000) .. "x") + 1
