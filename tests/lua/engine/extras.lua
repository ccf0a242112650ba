-- What the engine has beside 5.1: table.pack and unpack, bit, log, require of the libraries.
print(_VERSION) --> Lua 5.1
print(table.pack(1, nil, 3).n, table.pack().n, table.pack(nil).n) --> 3\t0\t1
print(table.unpack({1, 2, 3})) --> 1\t2\t3
print(table.unpack({1, 2, 3}, 2, 3)) --> 2\t3
print(unpack(table.pack("a", nil, "c"), 1, 3)) --> a\tnil\tc
print(type(bit.band), bit.band(12, 10)) --> function\t8
print(require("string") == string, require "table" == table, require "math" == math, require "os" == os, require "bit" == bit) --> true\ttrue\ttrue\ttrue\ttrue
print(type(log), select("#", log("a line of the log"))) --> a line of the log
--> function\t0
print(tostring({}):match("^table: 0x%x+$") ~= nil, tostring(print):match("^function: ") ~= nil) --> true\ttrue
print(tostring({}) ~= tostring({})) --> true
local t = {}
print(tostring(t) == tostring(t)) --> true
print(collectgarbage(), collectgarbage("collect"), type(collectgarbage("count")), collectgarbage("step") ~= nil) --> 0\t0\tnumber\ttrue
for k, v in pairs({b = 1, a = 2, 10, 20, [1.5] = 3}) do print(k, v) end --> 1\t10
--> 2\t20
--> b\t1
--> a\t2
--> 1.5\t3
t = {}
t.z, t.y, t.x = 1, 2, 3
t.y = nil
t.w = 4
t.y = 5
for k, v in pairs(t) do print(k, v) end --> x\t3
--> z\t1
--> w\t4
--> y\t5
print(tonumber("inf"), tonumber("nan"), tonumber("infinity")) --> nil\tnil\tnil
print(goto_is_a_name == nil) --> true
