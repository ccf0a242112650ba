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
