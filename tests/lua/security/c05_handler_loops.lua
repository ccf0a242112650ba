-- EXPECT: budget -- xpcall's handler never ends
xpcall(error, function() while true do end end)
