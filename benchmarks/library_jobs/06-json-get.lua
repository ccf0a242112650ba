-- one value at the end of 900 kB of JSON
-- call: json.get(text, "/target/region")
-- count: 5
local json, text = require "json", @large@
-- peer: lua-cjson, all of it decoded
local cjson, text = require "cjson", @large@
local json = { get = function(s) return cjson.decode(s).target.region end }
