-- The differences from PUC 5.1 that docs/compatibility.md lists, one line each.
-- Traversal: positions 1 to n, the others in the order in which they came. More at the end.
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

-- A field is named however many constants its function has.
local many = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11", "c12", "c13", "c14", "c15", "c16", "c17", "c18", "c19", "c20", "c21", "c22", "c23", "c24", "c25", "c26", "c27", "c28", "c29", "c30", "c31", "c32", "c33", "c34", "c35", "c36", "c37", "c38", "c39", "c40", "c41", "c42", "c43", "c44", "c45", "c46", "c47", "c48", "c49", "c50", "c51", "c52", "c53", "c54", "c55", "c56", "c57", "c58", "c59", "c60", "c61", "c62", "c63", "c64", "c65", "c66", "c67", "c68", "c69", "c70", "c71", "c72", "c73", "c74", "c75", "c76", "c77", "c78", "c79", "c80", "c81", "c82", "c83", "c84", "c85", "c86", "c87", "c88", "c89", "c90", "c91", "c92", "c93", "c94", "c95", "c96", "c97", "c98", "c99", "c100", "c101", "c102", "c103", "c104", "c105", "c106", "c107", "c108", "c109", "c110", "c111", "c112", "c113", "c114", "c115", "c116", "c117", "c118", "c119", "c120", "c121", "c122", "c123", "c124", "c125", "c126", "c127", "c128", "c129", "c130", "c131", "c132", "c133", "c134", "c135", "c136", "c137", "c138", "c139", "c140", "c141", "c142", "c143", "c144", "c145", "c146", "c147", "c148", "c149", "c150", "c151", "c152", "c153", "c154", "c155", "c156", "c157", "c158", "c159", "c160", "c161", "c162", "c163", "c164", "c165", "c166", "c167", "c168", "c169", "c170", "c171", "c172", "c173", "c174", "c175", "c176", "c177", "c178", "c179", "c180", "c181", "c182", "c183", "c184", "c185", "c186", "c187", "c188", "c189", "c190", "c191", "c192", "c193", "c194", "c195", "c196", "c197", "c198", "c199", "c200", "c201", "c202", "c203", "c204", "c205", "c206", "c207", "c208", "c209", "c210", "c211", "c212", "c213", "c214", "c215", "c216", "c217", "c218", "c219", "c220", "c221", "c222", "c223", "c224", "c225", "c226", "c227", "c228", "c229", "c230", "c231", "c232", "c233", "c234", "c235", "c236", "c237", "c238", "c239", "c240", "c241", "c242", "c243", "c244", "c245", "c246", "c247", "c248", "c249", "c250", "c251", "c252", "c253", "c254", "c255", "c256", "c257", "c258", "c259", "c260", "c261", "c262", "c263", "c264", "c265", "c266", "c267", "c268", "c269", "c270", "c271", "c272", "c273", "c274", "c275", "c276", "c277", "c278", "c279", "c280", "c281", "c282", "c283", "c284", "c285", "c286", "c287", "c288", "c289", "c290", "c291", "c292", "c293", "c294", "c295", "c296", "c297", "c298", "c299"}
print(pcall(function() return many.missing.field end)) --> false\tcompatibility.lua:51: attempt to index field 'missing' (a nil value)
print(pcall(function()
  local list = {"d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15", "d16", "d17", "d18", "d19", "d20", "d21", "d22", "d23", "d24", "d25", "d26", "d27", "d28", "d29", "d30", "d31", "d32", "d33", "d34", "d35", "d36", "d37", "d38", "d39", "d40", "d41", "d42", "d43", "d44", "d45", "d46", "d47", "d48", "d49", "d50", "d51", "d52", "d53", "d54", "d55", "d56", "d57", "d58", "d59", "d60", "d61", "d62", "d63", "d64", "d65", "d66", "d67", "d68", "d69", "d70", "d71", "d72", "d73", "d74", "d75", "d76", "d77", "d78", "d79", "d80", "d81", "d82", "d83", "d84", "d85", "d86", "d87", "d88", "d89", "d90", "d91", "d92", "d93", "d94", "d95", "d96", "d97", "d98", "d99", "d100", "d101", "d102", "d103", "d104", "d105", "d106", "d107", "d108", "d109", "d110", "d111", "d112", "d113", "d114", "d115", "d116", "d117", "d118", "d119", "d120", "d121", "d122", "d123", "d124", "d125", "d126", "d127", "d128", "d129", "d130", "d131", "d132", "d133", "d134", "d135", "d136", "d137", "d138", "d139", "d140", "d141", "d142", "d143", "d144", "d145", "d146", "d147", "d148", "d149", "d150", "d151", "d152", "d153", "d154", "d155", "d156", "d157", "d158", "d159", "d160", "d161", "d162", "d163", "d164", "d165", "d166", "d167", "d168", "d169", "d170", "d171", "d172", "d173", "d174", "d175", "d176", "d177", "d178", "d179", "d180", "d181", "d182", "d183", "d184", "d185", "d186", "d187", "d188", "d189", "d190", "d191", "d192", "d193", "d194", "d195", "d196", "d197", "d198", "d199", "d200", "d201", "d202", "d203", "d204", "d205", "d206", "d207", "d208", "d209", "d210", "d211", "d212", "d213", "d214", "d215", "d216", "d217", "d218", "d219", "d220", "d221", "d222", "d223", "d224", "d225", "d226", "d227", "d228", "d229", "d230", "d231", "d232", "d233", "d234", "d235", "d236", "d237", "d238", "d239", "d240", "d241", "d242", "d243", "d244", "d245", "d246", "d247", "d248", "d249", "d250", "d251", "d252", "d253", "d254", "d255", "d256", "d257", "d258", "d259", "d260", "d261", "d262", "d263", "d264", "d265", "d266", "d267", "d268", "d269", "d270", "d271", "d272", "d273", "d274", "d275", "d276", "d277", "d278", "d279", "d280", "d281", "d282", "d283", "d284", "d285", "d286", "d287", "d288", "d289", "d290", "d291", "d292", "d293", "d294", "d295", "d296", "d297", "d298", "d299"}
  return list.missing.field
end)) --> false\tcompatibility.lua:54: attempt to index field 'missing' (a nil value)
print(0, -0.0) --> 0\t-0
-- Traversal once more.
local function keys(t)
  local found = {}
  for key in pairs(t) do found[#found + 1] = tostring(key) end
  return table.concat(found, " ")
end
t = {a = 1, [4] = 4, [2] = 2, [1] = 1, [1.5] = 0, [-1] = 0}
print(keys(t), next(t)) --> 1 2 a 4 1.5 -1\t1\t1
t[3] = 3
print(keys(t)) --> 1 2 3 4 a 1.5 -1
t[1] = nil
print(keys(t), (next(t))) --> a 4 2 1.5 -1 3\ta
t[1] = 1
print(keys(t)) --> 1 2 3 4 a 1.5 -1

-- A local function that returns a call of itself leaves no level behind, as in LuaJIT; PUC counts one without a position.
local function again(n)
  if n == 0 then error("here", 2) end
  return again(n - 1)
end
local ok, message = pcall(function()
  local value = again(2)
  return value
end)
print((message:gsub("^.-:(%d+):", "%1"))) --> 78 here
