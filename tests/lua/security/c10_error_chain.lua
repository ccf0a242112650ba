-- EXPECT: budget -- error objects that keep their predecessors
local prev
while true do local ok, e = pcall(error, {prev = prev}) prev = e end
