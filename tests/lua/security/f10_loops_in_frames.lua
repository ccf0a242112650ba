-- EXPECT: error -- each open loop of a frame keeps an iterator, ten at each of 6,900 depths
local t = {1}
local function f(n)
  if n == 0 then return 0 end
  for _ in next, t do for _ in next, t do for _ in next, t do for _ in next, t do for _ in next, t do for _ in
  next, t do for _ in next, t do for _ in next, t do for _ in next, t do for _ in next, t do
    return 0 + f(n - 1) end end end end end end end end end end
end
return f(6900)
