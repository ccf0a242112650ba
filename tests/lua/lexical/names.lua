-- Names, keywords as keys, separators and white space.
local _, _a, a_1, A1, __index = 1, 2, 3, 4, 5
print(_, _a, a_1, A1, __index) --> 1\t2\t3\t4\t5
local And, END, Nil, True = "a", "e", "n", "t"
print(And, END, Nil, True) --> a\te\tn\tt
local t = {["and"] = 1, ["end"] = 2, ["nil"] = 3}
print(t["and"], t["end"], t["nil"]) --> 1\t2\t3
print(#t); --> 0
do end; (function() print("call after semicolon") end)() --> call after semicolon
local x = 1; local y = 2; print(x, y); --> 1\t2
local a=1 local b=2 print(a,b) --> 1\t2
do local c=a+b;print(c)end --> 3
print(a	+	b) --> 3
local long_name_that_goes_on_and_on_for_more_than_forty_characters = "long"
print(long_name_that_goes_on_and_on_for_more_than_forty_characters) --> long
local self, string_, number = "self is a name", 1, 2
print(self) --> self is a name
print(string_ , number) --> 1\t2
local __ = {} __.__ = {} __.__.__ = "nested"
print(__.__.__) --> nested
local function f(...) return select('#', ...) end
print(f(nil, nil), f(), f(f())) --> 2\t0\t1
print(type(f)=="function"and"tight"or"loose") --> tight
print(1<2,1>2,1<=2,1>=2,1==2,1~=2) --> true\tfalse\ttrue\tfalse\tfalse\ttrue
local class, def, None, lambda, import, yield, async, self2, import_ = 1, 2, 3, 4, 5, 6, 7, 8, 9
print(class, def, None, lambda, import, yield, async, self2, import_) --> 1\t2\t3\t4\t5\t6\t7\t8\t9
local len, str, list, dict, type_, fuel, d, math_ = "len", "str", "list", "dict", "type_", "fuel", "d", "math_"
print(len, str, list, dict, type_, fuel, d, math_) --> len\tstr\tlist\tdict\ttype_\tfuel\td\tmath_
True = "global True"
None_ = nil
print(True, None_, False) --> global True\tnil\tnil
_ENV = "just a global in 5.1"
print(_ENV) --> just a global in 5.1
integer, float, bool = 1, 2, 3
print(integer + float + bool) --> 6
