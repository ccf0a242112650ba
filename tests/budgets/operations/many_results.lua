-- Hundreds of values spread, selected and collected.
local t = {}
for i = 1, 250 do t[i] = i end
local n
for i = 1, 1e9 do n = select("#", unpack(t)) n = math.max(unpack(t)) end
