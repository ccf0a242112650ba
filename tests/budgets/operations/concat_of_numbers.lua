-- Numbers made text.
local n
for i = 1, 1e9 do n = 1.1 / 3 .. i end
