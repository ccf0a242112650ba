-- the same encoded
-- call: #json.encode(value) > 500
local json = require "json"
local value = json.decode(@small@)
-- peer: lua-cjson
local json = require "cjson"
local value = json.decode(@small@)
