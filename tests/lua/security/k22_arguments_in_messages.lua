-- EXPECT: budget -- messages that quote an argument
local s = (" "):rep(1000000)
while true do
  pcall(collectgarbage, s)
  pcall(require, s)
  pcall(assert, false, s)
  xpcall(function() error(s, 0) end, type)
end
