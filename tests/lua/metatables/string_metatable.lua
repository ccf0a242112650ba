-- The strings' own metatable is an ordinary, writable table of the run.
getmetatable("").__add = function(a, b) return "added " .. a .. b end
print("a" + "b", "a" + 1, "1" + "2") --> added ab\tadded a1\t3
getmetatable("").__add = nil
getmetatable("").__call = function(s, ...) return s .. " called", ... end
print(("name")(1, 2)) --> name called\t1\t2
getmetatable("").__call = nil
getmetatable("").__unm = function(s) return s:reverse() end
print(-"abc", -"12") --> cba\t-12
getmetatable("").__unm = nil
getmetatable("").__lt = function() return "never used" end
print("a" < "b", pcall(function() return "a" < 1 end)) --> true\tfalse\tstring_metatable.lua:12: attempt to compare string with number
getmetatable("").__lt = nil
getmetatable("").__index = function(s, k) if type(k) == "number" then return string.sub(s, k, k) end return string[k] end
print(("abc")[2], ("abc")[-1], ("abc"):upper(), ("abc")[9] == "") --> b\tc\tABC\ttrue
getmetatable("").__index = string
print(("abc")[2], ("abc"):upper()) --> nil\tABC
