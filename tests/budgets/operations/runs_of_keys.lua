-- Runs that come and go in a large array, and keys outside of it.
local t = {}
for i = 1, 20000 do t[i] = i end
for i = 1, 1e9 do local k = i * 37 % 19000 + 2 t[k] = nil t[k] = i t[-k] = i t[-k] = nil end
