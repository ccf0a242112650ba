print("one") --> one
local function check(v)
  if not v then
    error("bad value: " .. tostring(v), 2)
  end
end
check(true)
check(false) --> error: uncaught_error.lua:8: bad value: false
