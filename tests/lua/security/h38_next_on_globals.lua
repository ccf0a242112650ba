-- EXPECT: ok =true -- walking the globals shows Lua values only
local seen = {}
local function walk(t, d) if seen[t] or d > 4 then return true end seen[t] = true for k, v in pairs(t) do local a, b = type(k), type(v) if b == "table" then walk(v, d + 1) end end return true end
return walk(_G, 0)
