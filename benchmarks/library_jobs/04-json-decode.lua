-- 613 bytes of JSON decoded
-- call: json.decode(text).customer.tier
local json, text = require "json", @small@
-- peer: lua-cjson
local json, text = require "cjson", @small@
