-- EXPECT: budget -- keys that are lost in 1: j * 2^-122 less 1 is -1, and hashes to j; a read passed 60,000 entries, 160 us
local t, j = { [-1] = true }, 1
for i = 1, 30000 do
  t[j * 2 ^ -122] = true
  j = (5 * j + 1) % 65536
end
local x
while true do x = t[1] end
