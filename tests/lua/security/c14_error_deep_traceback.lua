-- EXPECT: error -- an error under 5,000 frames keeps its report small
local function r(n) if n == 0 then error("bottom") end r(n - 1) return 1 end
r(5000)
