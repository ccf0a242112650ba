-- a token's claims, unverified
-- call: jwt.decode(token).payload.sub
local jwt, token = require "jwt", @hs256@
