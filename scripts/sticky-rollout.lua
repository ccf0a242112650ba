-- Sticky rollout: a share of the users goes to the backends called "new", always the same users.
--
--   Cookie: rollout=new|old     this client stays where it is, whatever the share; who is drawn gets "new"
--   X-User-ID: 4711             the user, if there is no such cookie; without one the client is no user
--   X-Rollout-Percent: 25       the share, 0 to 100; 10 if absent. Who is in at 10 stays in at 25

local backends_of = require "backends"
local bucket = require "bucket"

local SALT = "rollout-1" -- another salt draws the users anew
local DEFAULT_PERCENT = 10
local STEPS = 10000 -- a hundredth of a percent

local COOKIE = "; Path=/; Max-Age=2592000; SameSite=Lax"

local function kept_kind(headers)
  local kept = (headers["Cookie"] or ""):match("%f[%w]rollout=(%a+)")
  return (kept == "new" or kept == "old") and kept or nil
end

local function is_new(headers)
  local user = headers["X-User-ID"]
  if not user or user == "" then
    return false
  end
  local percent = tonumber(headers["X-Rollout-Percent"]) or DEFAULT_PERCENT
  return bucket.of(user, SALT, STEPS) < percent * STEPS / 100
end

function on_route_request(request, backends)
  local kept = kept_kind(request.headers)
  local kind = kept or (is_new(request.headers) and "new" or "old")
  local answer = backends_of.route(backends, kind, "X-Rollout", kind)
  if kind == "new" and not kept then
    answer.append_response_headers = { ["Set-Cookie"] = "rollout=new" .. COOKIE }
  end
  return answer
end
