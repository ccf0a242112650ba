-- SHA-256 of 100 bytes
-- call: #hash.sha256(text)
local hash, text = require "hash", ("x"):rep(100)
