-- The differences from PUC 5.1 that docs/compatibility.md lists, one line each.
-- Traversal: insertion order.
local order = {}
for key in pairs({z = 1, y = 2, [3] = 3, x = 4}) do order[#order + 1] = tostring(key) end
print(table.concat(order, " ")) --> z y 3 x
order = {}
local t = {a = 1, b = 2, c = 3}
t.a = nil
t.a = 4
for key in pairs(t) do order[#order + 1] = key end
print(table.concat(order, " ")) --> b c a
-- Addresses: numbered by the run in order of asking.
print(tostring({}), tostring(print)) --> table: 0x00000001\tfunction: 0x00000002
-- Numbers are read by the manual's rules, not by the C library's.
print(tonumber("inf"), tonumber("nan"), tonumber("0x1p4")) --> nil\tnil\t16
print(tonumber("1e3"), 1e15, 1 / 0, -1 / 0) --> 1000\t1e+15\tinf\t-inf
-- Positions are not cut to 32 bits.
print(pcall(table.concat, {}, "", 1, 2 ^ 53)) --> false\tinvalid value (nil) at index 1 in table for 'concat'
-- Syntax of LuaJIT and 5.2.
local count = 0
for i = 1, 4 do
  if i % 2 == 0 then goto continue end
  count = count + i
  ::continue::
end
print(count, "\x41\z
  B", 0x1p4) --> 4\tAB\t16
while true do break; print("never") end;
-- One clock reading per run, UTC; os.clock counts instructions.
print(os.time() == os.time(), os.date("!%H:%M", 3600), os.date("%H:%M", 3600)) --> true\t01:00\t01:00
local before = os.clock()
for i = 1, 10000 do local _ = i end
print(os.clock() > before) --> true
-- The collector: a harmless answer.
print(collectgarbage("count"), collectgarbage(), setmetatable({}, {__gc = error, __mode = "k"}) ~= nil) --> 0\t0\ttrue
-- A tail call uses depth.
local function loop(n) if n == 0 then return "done" end return loop(n - 1) end
print(loop(5000)) --> done
print(pcall(loop, 100000)) --> false\tcompatibility.lua:37: stack overflow
-- Calls through the library nest 500 deep.
local function nest(n) if n == 0 then return 0 end return select(2, pcall(nest, n - 1)) + 1 end
print(nest(400)) --> 400
-- Additions: table.pack, table.unpack, log, bit.
print(table.pack(1, nil, 3).n, table.unpack({1, 2}), bit.band(6, 3), type(log)) --> 3\t1\t2\tfunction
-- math.random is a generator of the engine's own, the same on every machine.
math.randomseed(42)
print(math.random(100) >= 1, math.random() < 1) --> true\ttrue
