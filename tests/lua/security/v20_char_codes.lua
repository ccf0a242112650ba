-- EXPECT: error -- codes out of range
return string.char(65, 256, -1)
