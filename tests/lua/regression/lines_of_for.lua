-- The iterator of a for is called at the line of the token after "in", not at the line of "in".
print(pcall(function() --> false\tlines_of_for.lua:4: attempt to call a number value
  for k in
    3
  do
    print(k)
  end
end))
print(pcall(function() --> false\tlines_of_for.lua:11: attempt to call a nil value
  for k
  in ("x")
    .y,
    1 do end
end))
local function nothing() end
print(pcall(function() --> false\tlines_of_for.lua:19: attempt to call a nil value
  for k in

    nothing(
    ) do end
end))
local t = {f = {}}
print(pcall(function() --> false\tlines_of_for.lua:24: attempt to call a table value
  for k in t
    .f do end
end))
print(pcall(function() --> false\tlines_of_for.lua:28: attempt to call a number value
  for k in (
    3
  ) do end
end))
print(pcall(function() --> false\tlines_of_for.lua:35: attempt to perform arithmetic on field 'n' (a nil value)
  for k in
    - -
    t.n do end
end))
t.n = 1
print(pcall(function() --> false\tlines_of_for.lua:40: attempt to call a number value
  for k in
    - -
    t.n do end
end))
print(pcall(function() --> false\tlines_of_for.lua:45: attempt to call a boolean value
  for k in
    not (
    t).n do end
end))
print(pcall(function() --> false\tlines_of_for.lua:49: attempt to call a number value
  for k in ((

    t) .n
    ) do end
end))
print(pcall(function() --> false\tlines_of_for.lua:56: attempt to call a number value
  for k in
    (1 +
    2) * 3, 4 do end
end))
