-- EXPECT: budget -- a reader that never ends
-- allow-load
return load(function() return "x " end)
