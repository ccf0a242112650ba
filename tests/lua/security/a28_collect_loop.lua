-- EXPECT: ok|budget -- collectgarbage in a loop
for i = 1, 1e9 do collectgarbage() collectgarbage("count") end
