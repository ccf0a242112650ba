-- __concat gets numbers as numbers, also where the compiler knows them to be numbers and joins text in place.
local c = {}
setmetatable(c, {__concat = function (a,b)
  print(type(a), type(b))
  return c
end})
print(c..5 == c , 5 .. c == c) --> table\tnumber
--> number\ttable
--> true\ttrue
print(4 .. c .. 5 == c , 4 .. 5 .. 6 .. 7 .. c == c) --> table\tnumber
--> number\ttable
--> number\ttable
--> number\ttable
--> number\ttable
--> number\ttable
--> true\ttrue
local four = 4
print(four .. 5 .. c == c) --> number\ttable
--> number\ttable
--> true
print("x" .. 5 .. c .. 6 .. "y" == c) --> table\tstring
--> number\ttable
--> string\ttable
--> true
for i = 1, 2 do
  local text = c .. i * 2 --> table\tnumber
  text = i .. c --> number\ttable
--> table\tnumber
--> number\ttable
end
local n, none = 1.5, nil
print(pcall(function() return n .. none end)) --> false\tconcat_metamethod_numbers.lua:32: attempt to concatenate upvalue 'none' (a nil value)
print(pcall(function() return n + 1 .. ":" .. none end)) --> false\tconcat_metamethod_numbers.lua:33: attempt to concatenate upvalue 'none' (a nil value)
