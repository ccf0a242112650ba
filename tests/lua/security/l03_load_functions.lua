-- EXPECT: budget -- functions in functions, the shape that CPython's compiler likes least
-- allow-load
while true do loadstring(("function f() local a, b, c "):rep(100) .. ("end "):rep(100)) end
