-- EXPECT: ok =got 7,T,40 -- and with metatables
local t = {}
for i = 1, 40 do t[i * 777] = i end
setmetatable(t, {__index = function(_, k) return "got " .. k end, __tostring = function() return "T" end,
  __newindex = function(t, k, v) rawset(t, k, v) end})
t[31] = 40
return t[7] .. "," .. tostring(t) .. "," .. t[31]
