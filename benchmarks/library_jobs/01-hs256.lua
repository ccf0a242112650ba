-- an HS256 token verified
-- call: jwt.verify(token, "a secret of at least thirty-two bytes", { algorithms = "HS256" }).verified
local jwt, token = require "jwt", @hs256@
