local base64 = require "base64"
local hash = require "hash"
local json = require "json"

local SECRET = "replace me with a secret of 32 bytes or more"

-- A token with these claims, made as its issuer makes it.
local function token(claims, secret, algorithm)
  local head = json.encode({ alg = algorithm or "HS256" })
  local signed = base64.encode_url(head) .. "." .. base64.encode_url(json.encode(claims))
  return signed .. "." .. base64.encode_url(hash.hmac_bin("sha256", secret or SECRET, signed))
end

-- The claims of a good token; `change` has those that are others, or not there (json.null).
local function claims(change)
  local all = { iss = "https://login.example.com", aud = "gateway", exp = 1700000300 }
  for name, value in pairs(change or {}) do
    all[name] = value ~= json.null and value or nil
  end
  return all
end

local GOLD = token(claims({ tier = "gold" }))

local backends = {
  { name = "api-gold", url = "http://10.0.0.1:8080", health = true },
  { name = "api-standard", url = "http://10.0.0.2:8080", health = true },
}

local function ask(authorization)
  local request = { headers = { Authorization = authorization }, backends = backends }
  return route("token-gate", request, { now = 1700000000 })
end

function test_the_claim_says_which_backend()
  local answer = ask("Bearer " .. GOLD)
  assert_routes_to(answer, "api-gold")
  assert_equal(answer.modified_headers, { ["X-Tier"] = "gold", ["X-Routed-By"] = "lua-engine" })
  assert_routes_to(ask("bearer " .. token(claims())), "api-standard")
  assert_routes_to(ask("Bearer " .. token(claims({ tier = 7 }))), "api-standard")
end

function test_a_token_that_is_not_good_is_rejected_with_the_rule()
  assert_rejects(ask("Bearer " .. token(claims({ exp = 1600000000 }))), "401: exp")
  assert_rejects(ask("Bearer " .. token(claims({ exp = json.null }))), "401: require")
  assert_rejects(ask("Bearer " .. token(claims({ aud = "shop" }))), "401: aud")
  assert_rejects(ask("Bearer " .. token(claims({ iss = "https://evil.example" }))), "401: iss")
  assert_rejects(ask("Bearer " .. token(claims(), "another secret of 32 bytes or more")), "401: signature")
  assert_rejects(ask("Bearer " .. token(claims(), SECRET, "none")), "401: alg")
  assert_rejects(ask("Bearer a.b.c"), "401: malformed")
end

function test_without_a_token()
  for _, authorization in ipairs({ "", "Basic YTpi", "Bearer", GOLD, "Bearer a b" }) do
    assert_rejects(ask(authorization), "401: a bearer token is required")
  end
  local answer = ask(nil)
  assert_rejects(answer, "401: a bearer token is required")
  assert_equal(answer.reject_status, 401)
  assert_equal(answer.reject_headers, { ["WWW-Authenticate"] = "Bearer" })
end
