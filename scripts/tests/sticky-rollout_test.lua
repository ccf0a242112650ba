local backends = {
  { name = "site-old", url = "http://10.0.0.1:8080", health = true },
  { name = "site-new", url = "http://10.0.0.2:8080", health = true },
}

local function ask(headers)
  return route("sticky-rollout", { headers = headers, backends = backends })
end

local function share(percent)
  local new = {}
  for user = 1, 300 do
    local answer = ask({ ["X-User-ID"] = "user-" .. user, ["X-Rollout-Percent"] = percent })
    new[user] = answer.selected_backend == "site-new"
  end
  return new
end

local function count(users)
  local n = 0
  for _, new in ipairs(users) do
    n = n + (new and 1 or 0)
  end
  return n
end

function test_the_share_is_kept_and_who_is_in_stays_in()
  local few, many = share("10"), share("40")
  assert(count(few) > 15 and count(few) < 45, "about 30 of 300")
  assert(count(many) > 95 and count(many) < 145, "about 120 of 300")
  for user, new in ipairs(few) do
    assert(not new or many[user], "user-" .. user .. " fell out")
  end
end

function test_nobody_and_everybody()
  assert_equal(count(share("0")), 0)
  assert_equal(count(share("100")), 300)
end

function test_the_cookie_has_the_say()
  assert_routes_to(ask({ Cookie = "a=1; rollout=new", ["X-Rollout-Percent"] = "0" }), "site-new")
  assert_routes_to(ask({ Cookie = "rollout=old", ["X-User-ID"] = "u", ["X-Rollout-Percent"] = "100" }), "site-old")
  assert_routes_to(ask({ Cookie = "rollout=else", ["X-User-ID"] = "u", ["X-Rollout-Percent"] = "100" }), "site-new")
end

function test_who_is_drawn_gets_the_cookie_once()
  local everybody = { ["X-User-ID"] = "u", ["X-Rollout-Percent"] = "100" }
  local cookie = "rollout=new; Path=/; Max-Age=2592000; SameSite=Lax"
  assert_equal(ask(everybody).append_response_headers, { ["Set-Cookie"] = cookie })
  everybody.Cookie = "rollout=new"
  assert_equal(ask(everybody).append_response_headers, nil)
  assert_equal(ask({}).append_response_headers, nil)
end

function test_a_client_without_a_user_stays_on_the_old_one()
  assert_routes_to(ask({ ["X-Rollout-Percent"] = "100" }), "site-old")
  assert_equal(ask({}).modified_headers, { ["X-Rollout"] = "old", ["X-Routed-By"] = "lua-engine" })
end
