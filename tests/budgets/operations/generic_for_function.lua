-- An iterator of Lua for each round.
local function step(s, i) if i < s then return i + 1 end end
for i = 1, 1e9 do for k in step, 20, 0 do end end
