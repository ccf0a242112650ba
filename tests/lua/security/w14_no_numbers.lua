-- EXPECT: ok =inf -inf nan -- numbers that are none
local n = tostring(0 / 0):gsub("-", "") return tostring(1 / 0) .. " " .. tostring(-1 / 0) .. " " .. n
