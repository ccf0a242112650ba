-- EXPECT: ok =7 -- a yield across the library or a metamethod is an error that can be caught
local y, n = coroutine.yield, 0
local meta = setmetatable({}, {__index = y, __add = y, __lt = y, __tostring = y, __newindex = y})
local tries = {function() return meta.x end, function() return meta + 1 end, function() return meta < meta end, function() return tostring(meta) end,
  function() meta.x = 1 end, function() table.sort({2, 1}, y) end, function() return (("x"):gsub("x", y)) end}
for _, f in ipairs(tries) do
  local ok, why = coroutine.resume(coroutine.create(f))
  if not ok and why == "attempt to yield across metamethod/C-call boundary" then n = n + 1 end
end
return n
