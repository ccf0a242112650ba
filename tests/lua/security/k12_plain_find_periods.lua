-- EXPECT: budget -- needles and subjects with periods, the ends of the subject's tail among them
local n = 0
while true do
  for _, size in ipairs({70, 99, 100, 101, 500, 1249}) do
    local p = ("ab"):rep(size) .. "c"
    local z = ("\0"):rep(size) .. "a"
    local s, y = ("ab"):rep(2 * size + 7), ("\0"):rep(2 * size + 7)
    if s:find(p, 1, true) or y:find(z, 1, true) or s:find(p, 3, true) then n = n + 1 end
  end
end
