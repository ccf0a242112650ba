-- a regular expression with two groups
-- call: re.match("/api/v2/users/4711", [[^/api/v(\d+)/(\w+)/]])[2]
local re = require "re"
