"""What the page begins with: a script, its tests and a request, small enough to be read at once."""

from __future__ import annotations

from typing import Any, Final

_SCRIPT: Final = """\
-- Customers of the beta list go to the canary, all others to a healthy stable backend.
local BETA = { ["4711"] = true, ["4712"] = true }

local function choose(backends, kind)
  for _, backend in ipairs(backends) do
    if backend.health and backend.name == "api-" .. kind then
      return backend.name
    end
  end
end

function on_route_request(request, backends)
  local customer = request.headers["X-Customer"]
  local name = BETA[customer] and choose(backends, "canary") or choose(backends, "stable")
  if not name then
    return { reject = true, reject_status = 503, reject_reason = "No healthy backend" }
  end
  log("customer " .. (customer or "unknown") .. " goes to " .. name)
  return { selected_backend = name, modified_headers = { ["X-Routed-By"] = "beta" } }
end
"""

_TEST: Final = """\
local function ask(customer, healthy)
  return route("beta", {
    headers = { ["X-Customer"] = customer },
    backends = {
      { name = "api-stable", url = "http://10.0.0.1:8080", health = healthy },
      { name = "api-canary", url = "http://10.0.0.2:8080", health = healthy },
    },
  })
end

function test_a_customer_of_the_list_gets_the_canary()
  assert_routes_to(ask("4711", true), "api-canary")
end

function test_others_get_the_stable_one()
  assert_routes_to(ask("1", true), "api-stable")
end

function test_nothing_is_healthy()
  assert_rejects(ask("4711", false), "No healthy backend")
end
"""

STATE: Final[dict[str, Any]] = {
    "name": "beta",
    "script": _SCRIPT,
    "test_file": "tests/beta_test.lua",
    "test": _TEST,
    "request": {
        "method": "GET",
        "path": "/products",
        "host": "shop.example.com",
        "headers": {"X-Customer": "4711"},
        "body": "",
        "backends": [
            {"name": "api-stable", "url": "http://10.0.0.1:8080", "health": True},
            {"name": "api-canary", "url": "http://10.0.0.2:8080", "health": True},
        ],
    },
}
