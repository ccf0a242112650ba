-- Every form of call may yield: where the value is used, nothing that waits is lost or done twice.
local function y(...) return coroutine.yield(...) end
local function run(f, ...)
  local co, given, out = coroutine.create(f), {...}, {}
  local results = {coroutine.resume(co)}
  for i = 1, 40 do
    local shown = {}
    for k = 1, #results do shown[k] = tostring(results[k]) end
    out[#out + 1] = table.concat(shown, ",")
    if coroutine.status(co) == "dead" then break end
    results = {coroutine.resume(co, given[i], i)}
  end
  print(table.concat(out, " | "))
end
run(function() return y(1) + y(2) * y(3) end, 1, 2, 3) --> true,1 | true,2 | true,3 | true,7
run(function() return (y(1)) .. y(2) .. (y(3)) end, "a", "b", "c") --> true,1 | true,2 | true,3 | true,abc
run(function() return y(1), y(2), y(3) end, "a", "b", "c") --> true,1 | true,2 | true,3 | true,a,b,c,3
run(function() local a, b, c = y(1), y(2) return a, b, c end, "a", "b") --> true,1 | true,2 | true,a,b,2
run(function() local a, b = (y(1)), (y(2)) return a, b end, "a", "b") --> true,1 | true,2 | true,a,b
run(function() local t = {y(1), x = y(2), [y(3)] = y(4), y(5)} return t[1], t.x, t.k, t[2], t[3] end, "a", "b", "k", "d", "e") --> true,1 | true,2 | true,3 | true,4 | true,5 | true,a,b,d,e,5
run(function() local t = {{}} t[y(1)][y(2)] = y(3) return t[1].z end, 1, "z", "v") --> true,1 | true,2 | true,3 | true,v
run(function() local t = {} t.a, t.b = y(1), y(2) return t.a, t.b end, "a", "b") --> true,1 | true,2 | true,a,b
run(function() if y(1) then return "yes" elseif y(2) then return "second" else return "no" end end, false, "x") --> true,1 | true,2 | true,second
run(function() while y("again") do end return "out" end, 1, 2, false) --> true,again | true,again | true,again | true,out
run(function() local n = 0 repeat n = n + 1 until y(n) return n end, false, false, true) --> true,1 | true,2 | true,3 | true,3
run(function() for i = y(1), y(2), y(3) do y("i", i) end return "end" end, 1, 5, 2) --> true,1 | true,2 | true,3 | true,i,1 | true,i,3 | true,i,5 | true,end
run(function() for k, v in y(1) do y(k, v) end end, pairs {a = 1}) --> true,1 | false,forms.lua:27: bad argument #1 to '(for generator)' (table expected, got number)
run(function() for k, v in pairs(y(1)) do y(k, v) end return "end" end, {a = 1}) --> true,1 | true,a,1 | true,end
run(function() for k, v in ipairs(y(1)) do y(k, v) end return "end" end, {"p", "q"}) --> true,1 | true,1,p | true,2,q | true,end
run(function() return y(1) and y(2) or y(3) end, true, false, "third") --> true,1 | true,2 | true,3 | true,third
run(function() return not y(1), -y(2), #y(3) end, nil, 5, "abc") --> true,1 | true,2 | true,3 | true,true,-5,3
run(function() return y(1) == y(2), y(3) < y(4) end, 1, 1, 1, 2) --> true,1 | true,2 | true,3 | true,4 | true,true,true
run(function() return y(y(y(1))) end, "a", "b", "c") --> true,1 | true,a,1 | true,b,2 | true,c,3
run(function() return select("#", y(1)), (select(2, y(2))) end, "a", "b") --> true,1 | true,2 | true,2,2
run(function() return math.max(y(1), y(2)), ("x"):rep(y(3)), string.sub(y(4), y(5), y(6)) end, 3, 4, 2, "abcdef", 2, 3) --> true,1 | true,2 | true,3 | true,4 | true,5 | true,6 | true,4,xx,bc
run(function() return math.floor(y(1)), tostring(y(2)), type(y(3)) end, 2.5, true, nil) --> true,1 | true,2 | true,3 | true,2,true,nil
run(function() local t = {} table.insert(t, y(1)) table.insert(t, (y(2))) t[#t + 1] = y(3) return unpack(t) end, "a", "b", "c") --> true,1 | false,forms.lua:37: bad argument #2 to 'insert' (number expected, got string)
run(function() local t = {"a", "b"} t[y(1)], t[y(2)] = t[y(3)], t[y(4)] return t[1], t[2] end, 1, 2, 2, 1) --> true,1 | true,2 | true,3 | true,4 | true,b,a
run(function() local s = y(1) return s:upper(), s:byte(y(2)), s:sub(y(3), y(4)) end, "text", 2, 2, 3) --> true,1 | true,2 | true,3 | true,4 | true,TEXT,101,ex
run(function() return setmetatable({n = y(1)}, {__index = {m = y(2)}}).m end, 1, "meta") --> true,1 | true,2 | true,meta
-- methods, of classes and of strings that are objects
local Class = {} Class.__index = Class
function Class.new(n) return setmetatable({n = y("new", n)}, Class) end
function Class:add(v) self.n = self.n + y("add", v) return self end
function Class:sub(a, b) return y("sub", a, b), self.n end
function Class:byte(a) return (y("byte", a)) end
run(function() local o = Class.new(1):add(2):add(3) return o.n, o:sub(1, 2), o:byte(3) end, 10, 20, 30, "s", "b") --> true,new,1 | true,add,2 | true,add,3 | true,sub,1,2 | true,byte,3 | true,60,s,b
-- goto-less jumps out of loops
run(function() for i = 1, 3 do for j = 1, 3 do if y(i, j) then break end end end return "end" end, true, false, true, true) --> true,1,1 | true,2,1 | true,2,2 | true,3,1 | true,end
run(function() for i = 1, 10 do if y(i) then return "left", i end end end, false, false, true) --> true,1 | true,2 | true,3 | true,left,3
-- deep nesting, long chains, many elseifs: what the engine moves into functions of its own
run(function() --> true,1,1 | true,more | true,2,1 | true,more | true,2,2 | true,left
  for a = 1, 2 do for b = 1, 1 do for c = 1, 1 do for d = 1, 1 do for e = 1, 1 do for f = 1, 1 do for g = 1, 1 do for h = 1, 1 do
  for i = 1, 1 do for j = 1, 1 do for k = 1, 1 do for l = 1, 1 do for m = 1, 1 do for n = 1, 1 do for o = 1, 1 do for p = 1, 1 do
  for q = 1, 2 do if y(a, q) == "out" then return "left" elseif y("more") == "break" then break end end
  end end end end end end end end end end end end end end end end return "end"
end, 1, "break", 2, 3, "out")
run(function() return y(1) + y(2) + y(3) + y(4) + y(5) + y(6) + y(7) + y(8) + y(9) + y(10) + y(11) + y(12) + y(13) + y(14) + y(15) + y(16) --> true,1 | true,2 | true,3 | true,4 | true,5 | true,6 | true,7 | true,8 | true,9 | true,10 | true,11 | true,12 | true,13 | true,14 | true,15 | true,16 | true,17 | true,18 | true,19 | true,20 | true,21 | true,22 | true,23 | true,24 | true,25 | true,26 | true,27 | true,378
  + y(17) + y(18) + y(19) + y(20) + y(21) + y(22) + y(23) + y(24) + y(25) + y(26) + y(27) end, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
  14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)
run(function() return ((((((((((((((((((((((((y(1)) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + 1) + y(2)) + 1) + 1) + 1) + 1) end, 1, 2) --> true,1 | true,2 | true,25
run(function() local t = {f = function(x) return {f = y(x)} end} t.f2 = t.f return t.f2(1).f, t.f(2).f end, "a", "b") --> true,1 | true,2 | true,a,b
-- varargs, closures, upvalues that change while a body waits
run(function(...) local function va(...) local a = y(select("#", ...)) return a, ... end return va(1, nil, va(2, nil)) end, "p", "q") --> true,2 | true,5 | true,q,1,nil,p,2
local shared = 0
local function counter() shared = shared + 1 local before = shared y(before) return before, shared end
local one, two = coroutine.wrap(counter), coroutine.wrap(counter)
print(one(), two()) print(one()) print(two()) --> 1\t2
--> 1\t2
--> 2\t2
local function maker() local n = 0 return function() n = n + 1 return y(n) end end
local f = maker()
local a, b = coroutine.wrap(function() f() f() return "a" end), coroutine.wrap(function() f() f() return "b" end)
print(a(), b(), a(), b(), a(), b()) --> 1\t2\t3\t4\ta\tb
-- a twin's closures are functions like any other
local made = coroutine.wrap(function() local x = y(1) return function(z) x = x + z return x end end)
made() local plus = made(5) print(plus(1), plus(1)) --> 6\t7
local again = coroutine.wrap(function() y(plus(1)) return plus(1) end) print(again(), again(), plus(1)) --> 8\t9\t10
-- recursion
local function depth(n) if n == 0 then y("bottom") return 0 end return 1 + depth(n - 1) end
run(function() return depth(180) end) --> true,bottom | true,180
local function hanoi(n, a, b, c) if n > 0 then hanoi(n - 1, a, c, b) y(a .. c) hanoi(n - 1, b, a, c) end end
run(function() hanoi(3, "A", "B", "C") end) --> true,AC | true,AB | true,CB | true,AC | true,BA | true,BC | true,AC | true
local function sieve(source, p) return coroutine.wrap(function() for n in source do if n % p ~= 0 then y(n) end end end) end
local source = coroutine.wrap(function() for n = 2, 60 do y(n) end end)
local primes = {} while true do local p = source() if not p then break end primes[#primes + 1] = p source = sieve(source, p) end
print(table.concat(primes, " ")) --> 2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59
