-- EXPECT: budget -- a handler that fails is called 196 times, each for the price of an event: 24 times the mean an instruction
while true do
  xpcall(string.gsub, function() local x = nil; return x.name end)
  xpcall(error, function() error() end)
end
