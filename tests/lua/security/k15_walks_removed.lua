-- EXPECT: budget -- every other walk over a table: pairs, next, foreach, with keys of any kind
local t = {}
for i = 1, 20000 do t["k" .. i] = 1 end
for i = 1, 19990 do t["k" .. i] = nil end
local n = 0
while true do
  for k in pairs(t) do n = n + 1 end
  for k in next, t do n = n + 1 break end
  table.foreach(t, function() end)
  n = n + #t + table.getn(t) + select("#", unpack(t))
end
