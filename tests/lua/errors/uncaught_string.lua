-- A file may end in an uncaught error.
print("before") --> before
local config = nil
local function use(c)
  return c.backend
end
print("still before") --> still before
use(config) --> error: uncaught_string.lua:5: attempt to index local 'c' (a nil value)
print("never")
