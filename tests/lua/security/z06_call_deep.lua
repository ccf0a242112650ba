-- EXPECT: ok|error|budget -- __call of __call
local f = print for i = 1, 150 do f = setmetatable({}, {__call = f}) end return pcall(f)
