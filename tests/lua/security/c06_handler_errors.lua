-- EXPECT: ok =false -- xpcall's handler raises
return xpcall(function() error("a") end, function(m) error(m) end)
