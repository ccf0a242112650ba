-- an RS256 token verified
-- call: jwt.verify(token, key, { algorithms = "RS256" }).verified
local jwt, token, key = require "jwt", @rs256@, @rsa@
