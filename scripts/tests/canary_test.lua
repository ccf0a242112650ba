local json = require "json"

-- A request as a gateway sends it, with the headers of a test.
local REQUEST = [[{"method": "GET", "path": "/api/users", "headers": {}, "backends": [
  {"name": "api-stable", "url": "http://10.0.0.1:8080", "health": true},
  {"name": "api-canary", "url": "http://10.0.0.2:8080", "health": true}]}]]

local function ask(headers, options)
  local request = json.decode(REQUEST)
  request.headers = headers
  return route("canary", request, options)
end

local function share(headers)
  local count = 0
  for seed = 1, 400 do
    if ask(headers, { seed = seed }).selected_backend == "api-canary" then
      count = count + 1
    end
  end
  return count / 4
end

function test_a_tenth_of_the_traffic_by_default()
  local percent = share({})
  assert(percent > 5 and percent < 15, percent)
end

function test_the_share_is_what_the_header_says()
  assert_equal(share({ ["X-Canary-Percent"] = "0" }), 0)
  assert_equal(share({ ["X-Canary-Percent"] = "100" }), 100)
  local percent = share({ ["X-Canary-Percent"] = "40" })
  assert(percent > 30 and percent < 50, percent)
end

function test_a_share_that_is_no_number_is_the_default()
  for seed = 1, 20 do
    local options = { seed = seed }
    assert_equal(ask({ ["X-Canary-Percent"] = "many" }, options), ask({}, options))
  end
end

function test_the_same_seed_gives_the_same_answer()
  assert_equal(ask({}, { seed = 7 }), ask({}, { seed = 7 }))
end
