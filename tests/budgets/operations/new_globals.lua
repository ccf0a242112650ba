-- Globals by name and fields by computed names.
local t, k = {}, { "a", "b", "c" }
for i = 1, 1e9 do x = i y = x t[k[i % 3 + 1]] = y x = nil t.a = nil end
