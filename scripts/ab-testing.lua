-- A/B testing: a user sees the same variant at every request.
--
--   X-User-ID: 4711     required; its bucket decides between version-a and version-b

local backends_of = require "backends"
local bucket = require "bucket"

local SALT = "variant-1" -- another salt draws the users anew, for another experiment

function on_route_request(request, backends)
  local user = request.headers["X-User-ID"]
  if not user or user == "" then
    return backends_of.reject("X-User-ID header required for A/B testing")
  end
  local variant = bucket.of(user, SALT, 2) == 0 and "a" or "b"
  return backends_of.route(backends, "version-" .. variant, "X-Variant", variant)
end
