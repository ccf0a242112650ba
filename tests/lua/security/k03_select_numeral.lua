-- EXPECT: budget -- select, error, tonumber and ipairs' step converted their number arguments for nothing
local s = ("0"):rep(1000000) .. "1"
local step, t = ipairs({})
while true do
  select(s, 1)
  pcall(error, "", s)
  pcall(tonumber, "1", s)
  pcall(step, t, s)
end
