-- EXPECT: budget -- a long date format in a loop
local f = ("%c"):rep(1000)
while true do os.date(f, 0) end
