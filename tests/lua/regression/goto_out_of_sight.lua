-- reference: luajit
-- allow-load
-- A label at the end of repeat's body is before its condition, which sees the body's locals: a jump over one is refused.
-- It was taken, and the condition read a variable that was not there. Found by Fengari's and LuaJIT's own tests.
print(loadstring("repeat goto c; local x = 1 ::c:: until x", "=c")) --> nil\tc:1: <goto c> jumps into the scope of local 'x'
print(loadstring("repeat goto c; local x = 1 ::c:: until true", "=c")) --> nil\tc:1: <goto c> jumps into the scope of local 'x'
print(loadstring("repeat if x then goto c end local y, z ::c:: ::d:: until z", "=c")) --> nil\tc:1: <goto c> jumps into the scope of local 'y'
print(loadstring("repeat local x = 1 goto c ::c:: until x", "=c") ~= nil) --> true
print(loadstring("repeat do goto c; local x = 1 ::c:: end until true", "=c") ~= nil) --> true
local n = 0
repeat local x = n n = n + 1 if n < 3 then goto c end n = n + 10 ::c:: until x > 5
print(n) --> 24
-- the words are LuaJIT's, since PUC has none
print(loadstring("goto a; local x; ::a:: local y", "=c")) --> nil\tc:1: <goto a> jumps into the scope of local 'x'
print(loadstring("do local v, w; goto a; end; local x, z; ::a:: local y", "=c")) --> nil\tc:1: <goto a> jumps into the scope of local 'x'
print(loadstring("local u do goto a; local b; local c do local d end local e ::a:: print(1) end", "=c")) --> nil\tc:1: <goto a> jumps into the scope of local 'b'
print(loadstring("::a::\n::a::", "=c")) --> nil\tc:2: duplicate label 'a'
print(loadstring("goto a", "=c")) --> nil\tc:1: undefined label 'a'
print(loadstring("do ::a:: end goto a", "=c")) --> nil\tc:1: undefined label 'a'
