-- EXPECT: ok|error -- print uses the tostring of the run
tostring = function() return {} end
return (pcall(print, 1))
