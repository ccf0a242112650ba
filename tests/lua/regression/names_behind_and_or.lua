-- A value of and/or goes by the name of the operand that PUC takes to have loaded its register (see registers.py).
local s = "<%0>"
for i = 1, 1 do local n = n
  local function m(f, ...) return (select(2, pcall(f, ...)):gsub('^.-:%d+: ', '')) end
  print(m(function() return "x" .. (s < "0x1F" and i or n) end)) --> attempt to concatenate upvalue 'n' (a nil value)
  print(m(function() return "x" .. ((s < "0x1F") and i or n) end)) --> attempt to concatenate upvalue 'n' (a nil value)
  print(m(function(p) return "x" .. ((s < "0x1F") and i or p) end)) --> attempt to concatenate local 'p' (a nil value)
  print(m(function() local n = nil return tostring(true) .. type(false) .. select('#', true) .. ((s < "0x1F") and i or n) end)) --> attempt to concatenate local 'n' (a nil value)
  print(m(function(...) local n = nil return tostring(true) .. type(false) .. select('#', true, ...) .. ((s < "0x1F") and i or n) end)) --> attempt to concatenate local 'n' (a nil value)
  print(m(function() local n = nil return "x" .. ((s < "0x1F") and i or n) end)) --> attempt to concatenate local 'n' (a nil value)
  print(m(function() local n, y = nil, 5 return "x" .. (y and i or n) .. n end)) --> attempt to concatenate local 'n' (a nil value)
  print(m(function() local n, y = nil, nil return "x" .. (y and i or n) end)) --> attempt to concatenate local 'n' (a nil value)
  print(m(function() local n, y = nil, nil return "x" .. (y or n) end)) --> attempt to concatenate a nil value
  print(m(function() local n, y = nil, nil return "x" .. (y and n) end)) --> attempt to concatenate a nil value
  print(m(function() local n, y = nil, nil return "x" .. (y == 3 and n) end)) --> attempt to concatenate a boolean value
  print(m(function() local n, y = nil, nil return "x" .. (y ~= 3 and n) end)) --> attempt to concatenate a nil value
  print(m(function() local n, y = nil, nil return "x" .. (not y and n or y) end)) --> attempt to concatenate local 'y' (a nil value)
  print(m(function() local n, y = nil, nil return 1 + (not y and n or y) end)) --> attempt to perform arithmetic on local 'y' (a nil value)
  print(m(function() local n, y = nil, nil return (not y and n or y).x end)) --> attempt to index local 'y' (a nil value)
  print(m(function() local n, y = nil, nil return (not y and n or y)() end)) --> attempt to call local 'y' (a nil value)
  print(m(function() local n, y = nil, nil return -(y == 1 and s or n) end)) --> attempt to perform arithmetic on local 'n' (a nil value)
  print(m(function() local n, y = nil, nil return "x" .. (y == 1 and s or n.x) end)) --> attempt to index local 'n' (a nil value)
  print(m(function() local n, y = {}, nil return "x" .. (y == 1 and s or n.x) end)) --> attempt to concatenate field 'x' (a nil value)
end
