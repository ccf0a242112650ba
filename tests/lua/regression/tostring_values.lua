-- __tostring may return anything; only print insists on a string.
local function made(v) return setmetatable({}, {__tostring = function() return v end}) end
print(tostring(made(nil)), tostring(made(5)) == 5, tostring(made(true)), type(tostring(made({})))) --> nil\ttrue\ttrue\ttable
for _, v in ipairs({5, true, "s"}) do
  print(pcall(function() local s = tostring(made(v)) return s .. "x" end)) --> true\t5x
  print(pcall(function() local s = tostring(made(v)) return #s end)) --> false\ttostring_values.lua:6: attempt to get length of local 's' (a number value)
  print(pcall(function() local s = tostring(made(v)) return s < "x" end)) --> false\ttostring_values.lua:7: attempt to compare number with string
  print(pcall(function() local s = tostring(made(v)) return s:upper() end)) --> false\ttostring_values.lua:8: attempt to index local 's' (a number value)
  print(pcall(function() local s = tostring(made(v)) return s + 1 end)) --> true\t6
  print(pcall(function() local s = tostring(made(v)) local t = {} t[s] = 1 return next(t) == v end)) --> true\ttrue
--> false\ttostring_values.lua:5: attempt to concatenate local 's' (a boolean value)
--> false\ttostring_values.lua:6: attempt to get length of local 's' (a boolean value)
--> false\ttostring_values.lua:7: attempt to compare boolean with string
--> false\ttostring_values.lua:8: attempt to index local 's' (a boolean value)
--> false\ttostring_values.lua:9: attempt to perform arithmetic on local 's' (a boolean value)
--> true\ttrue
--> true\tsx
--> true\t1
--> true\ttrue
--> true\tS
--> false\ttostring_values.lua:9: attempt to perform arithmetic on local 's' (a string value)
--> true\ttrue
end
local t = {1, 2}
t[3] = tostring(made(nil))
print(#t, next(t, 2)) --> 2\tnil
print(pcall(function() local u = {} u[tostring(made(nil))] = 1 end)) --> false\ttostring_values.lua:27: table index is nil
print(pcall(print, made(5)), pcall(print, made(nil))) --> 5
--> true\tfalse\t'tostring' must return a string to 'print'
print(not tostring(made(nil)), tostring(made(false)) == false) --> true\ttrue
