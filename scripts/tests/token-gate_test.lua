-- Made with SECRET: {"iss": "https://login.example.com", "aud": "gateway", "exp": 1700000300} and what each name says.
local GOLD = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoiZ2F0ZXdheSIsImV4cCI6MTcwMDAwMDMwMCwidGllciI6ImdvbGQifQ.VQTVkRmgn8c7icK9GWwZxvLO8KXG-iRmE547mM52rQ0"
local PLAIN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoiZ2F0ZXdheSIsImV4cCI6MTcwMDAwMDMwMH0.Gcn6j7BdcR8Rj2Eot-glNSKgNNLg-ZjFn2MJPo0Im6I"
local OLD = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoiZ2F0ZXdheSIsImV4cCI6MTYwMDAwMDAwMH0.9P7n42LBK_A_E2nujHTNX53I6azE5z910LgSSKARKzI"
local OTHER = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoic2hvcCIsImV4cCI6MTcwMDAwMDMwMH0.U7-NqKZTUaS0cYugyNiAPsdmWI-Aik3QNsB-x_iGHpI"
local FORGED = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoiZ2F0ZXdheSIsImV4cCI6MTcwMDAwMDMwMCwidGllciI6ImdvbGQifQ.sBz61qT9RO-E2SlbCAwDhjND8ydw0MRcUUnkPZ9FdJg"
local NONE = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoiZ2F0ZXdheSIsImV4cCI6MTcwMDAwMDMwMCwidGllciI6ImdvbGQifQ."
local ENDLESS = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuY29tIiwiYXVkIjoiZ2F0ZXdheSJ9.b57xuxzMRUMfDPaNzzYuCLgAg0sKyGX2Ue3K3duOcmY"

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
  assert_routes_to(ask("bearer " .. PLAIN), "api-standard")
end

function test_a_token_that_is_not_good_is_rejected_with_the_rule()
  assert_rejects(ask("Bearer " .. OLD), "401: exp")
  assert_rejects(ask("Bearer " .. ENDLESS), "401: require")
  assert_rejects(ask("Bearer " .. OTHER), "401: aud")
  assert_rejects(ask("Bearer " .. FORGED), "401: signature")
  assert_rejects(ask("Bearer " .. NONE), "401: alg")
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
