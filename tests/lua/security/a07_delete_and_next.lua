-- EXPECT: ok|budget -- next() from the start over 50,000 deleted entries must not be quadratic and free
local t = {}
for i = 1, 50000 do t[i] = i end
local n = 0
while true do
  local k = next(t)
  if k == nil then break end
  t[k] = nil
  n = n + 1
end
return n
