local C = {}
C.__index = C
function C.new(x) return setmetatable({x = x}, C) end
function C:get() return self.x end
return C.new(1):get()
