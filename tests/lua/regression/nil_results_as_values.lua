-- Storing a nil that a call gave makes no entry.
local function none() end
local t = {1, 2}
for _, f in ipairs({none, function() return nil end, function() return ("x"):match("y") end, function() return tonumber("x") end, function() return rawget({}, 1) end, function() return getmetatable({}) end, function() return next({}) end, function() return (string.find("a", "b")) end}) do
  t[3] = f()
  t.x = f()
  print(#t, next(t, 2), t.x) --> 2\tnil\tnil
--> 2\tnil\tnil
--> 2\tnil\tnil
--> 2\tnil\tnil
--> 2\tnil\tnil
--> 2\tnil\tnil
--> 2\tnil\tnil
--> 2\tnil\tnil
end
local n = 0
for _ in pairs(t) do n = n + 1 end
print(n) --> 2
