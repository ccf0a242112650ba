-- Loops of no rounds.
local a, b = 2, 1
for i = 1, 1e9 do for j = a, b do end for j = a, b, 0.5 do end while false do end for k in pairs({}) do end end
