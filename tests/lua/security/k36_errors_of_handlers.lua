-- EXPECT: budget -- each error of a handler stayed in a cycle with the frame of xpcall: 47 MB for 10
local n = 0
while true do
  xpcall(function() error("x") end, function(m)
    n = n + 1
    if n % 3 > 0 then local z = nil + 1 end
    return m
  end)
end
