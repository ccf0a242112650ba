-- a window of the day in a time zone
-- call: time.between("22:00", "06:00", "Europe/Berlin")
local time = require "time"
