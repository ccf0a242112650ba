-- A pattern that was never seen before, each time.
local n
for i = 1, 1e9 do n = ("x"):find("^[%w" .. i .. "]+([^" .. i .. "]-)%d?$") end
