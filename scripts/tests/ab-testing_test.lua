local backends = {
  { name = "version-a", url = "http://10.0.0.1:8080", health = true },
  { name = "version-b", url = "http://10.0.0.2:8080", health = true },
}

local function ask(user, list)
  return route("ab-testing", { headers = { ["X-User-ID"] = user }, backends = list or backends })
end

function test_a_user_gets_the_variant_of_its_bucket()
  assert_routes_to(ask("b"), "version-a") -- another version of the engine draws no other: see bucket.of
  assert_routes_to(ask("a"), "version-b")
  assert_equal(ask("b").modified_headers, { ["X-Variant"] = "a", ["X-Routed-By"] = "lua-engine" })
end

function test_the_same_user_gets_the_same_variant()
  for user = 1, 50 do
    assert_equal(ask("user-" .. user), ask("user-" .. user))
  end
end

function test_both_variants_get_a_fair_share()
  local counts = { ["version-a"] = 0, ["version-b"] = 0 }
  for user = 1, 400 do
    local name = ask("user-" .. user).selected_backend
    counts[name] = counts[name] + 1
  end
  assert(counts["version-a"] > 150 and counts["version-b"] > 150, "unfair")
end

function test_a_request_without_user_is_rejected()
  local reason = "X-User-ID header required for A/B testing"
  assert_rejects(ask(nil), reason)
  assert_rejects(ask(""), reason)
end

function test_the_header_is_found_in_any_case()
  local answer = route("ab-testing", { headers = { ["x-user-id"] = "b" }, backends = backends })
  assert_routes_to(answer, "version-a")
end

function test_the_other_variant_helps_out()
  local list = { { name = "version-a", health = false }, { name = "version-b", health = true } }
  local answer = ask("b", list)
  assert_routes_to(answer, "version-b")
  assert_equal(answer.modified_headers, { ["X-Routed-By"] = "lua-engine-fallback" })
end

function test_nobody_is_healthy()
  assert_rejects(ask("b", { { name = "version-a" }, { name = "version-b" } }), "No healthy backends available")
end
