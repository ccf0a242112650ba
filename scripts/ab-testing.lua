-- A/B testing: a user sees the same variant at every request.
--
--   X-User-ID: 4711     required; its hash decides between version-a and version-b

local backends_of = require "backends"

-- Stable in every run and on every machine: 31-multiplication modulo 2^32.
local function hash(text)
  local sum = 0
  for i = 1, #text do
    sum = (sum * 31 + text:byte(i)) % 4294967296
  end
  return sum
end

function on_route_request(request, backends)
  local user = request.headers["X-User-ID"]
  if not user or user == "" then
    return backends_of.reject("X-User-ID header required for A/B testing")
  end
  local variant = hash(user) % 2 == 0 and "a" or "b"
  return backends_of.route(backends, "version-" .. variant, "X-Variant", variant)
end
