local backends = { { name = "site", url = "http://10.0.0.1:8080", health = true } }
local TWO, FOUR = 1704070800, 1704078000 -- 1 January 2024, 02:00 and 04:00 in Berlin
local SUMMER_TWO = 1719792000 -- 1 July 2024, 02:00 in Berlin
local REASON = "Maintenance until 04:00 (Europe/Berlin)"

local function ask(address, now, list)
  return route("maintenance", { headers = { ["X-Real-IP"] = address }, backends = list or backends }, { now = now })
end

function test_the_window_by_its_borders()
  assert_routes_to(ask("8.8.8.8", TWO - 1), "site")
  assert_rejects(ask("8.8.8.8", TWO), REASON)
  assert_equal(ask("8.8.8.8", TWO).reject_status, 503)
  assert_rejects(ask("8.8.8.8", FOUR - 1), REASON)
  assert_routes_to(ask("8.8.8.8", FOUR), "site")
end

function test_the_window_follows_summer_time()
  assert_routes_to(ask("8.8.8.8", SUMMER_TWO - 1), "site")
  assert_rejects(ask("8.8.8.8", SUMMER_TWO), REASON)
end

function test_who_is_on_the_list_gets_through()
  for _, address in ipairs({ "10.1.2.3", "::ffff:10.1.2.3", "2001:db8::7" }) do
    assert_routes_to(ask(address, TWO), "site")
  end
end

function test_what_is_no_address_is_on_no_list()
  assert_rejects(ask("10.1.2", TWO), REASON)
  assert_rejects(ask(nil, TWO), REASON)
end

function test_nobody_is_healthy()
  assert_rejects(ask("10.1.2.3", TWO, {}), "No healthy backends available")
end
