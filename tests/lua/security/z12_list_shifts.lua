-- EXPECT: ok|budget -- one place from the end of a long list is removed and inserted, and read from there on
local t, n = {}, 0
for i = 1, 30000 do t[i] = i end
for i = 1, 1000000 do
  table.insert(t, 29998, i)
  table.remove(t, 29998)
  n = n + select("#", unpack(t, 29990, 29994)) + #table.concat(t, "", 29990, 29991)
end
return n
