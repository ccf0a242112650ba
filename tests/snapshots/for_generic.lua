for k, v in next, {1, 2} do print(k, v) end
