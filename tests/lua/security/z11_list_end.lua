-- EXPECT: ok|budget -- the last of a long list is taken and put back, between walks
local t, n = {}, 0
for i = 1, 30000 do t[i] = i end
for i = 1, 1000000 do
  t[#t] = nil
  t[#t + 1] = i
  local k = next(t, 1)
  if k then n = n + 1 end
end
return n
