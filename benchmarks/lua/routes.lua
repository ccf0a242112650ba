local N = 28000 -- small: 400
-- URL matching against a list of routes: templates turned into patterns, captures into parameters.

local router = { routes = {} }

function router:add(method, template, handler)
  local names = {}
  local pattern = "^" .. template:gsub("[%-%.]", "%%%0"):gsub("{(%w+)}", function(name)
    names[#names + 1] = name
    return "([^/]+)"
  end) .. "/?$"
  table.insert(self.routes, { method = method, pattern = pattern, names = names, handler = handler })
end

function router:match(method, path)
  for _, route in ipairs(self.routes) do
    if route.method == method then
      local captures = { path:match(route.pattern) }
      if captures[1] then
        local params = {}
        for i, name in ipairs(route.names) do
          params[name] = captures[i]
        end
        return route.handler, params
      end
    end
  end
end

router:add("GET", "/health", function() return 1 end)
router:add("GET", "/users/{id}", function(p) return tonumber(p.id) end)
router:add("POST", "/users/{id}/orders", function(p) return tonumber(p.id) * 2 end)
router:add("GET", "/users/{id}/orders/{order}", function(p) return p.id + p.order end)
router:add("GET", "/static/{file}", function(p) return #p.file end)
router:add("GET", "/api/v1.0/items-{kind}/{id}", function(p) return #p.kind + p.id end)
router:add("DELETE", "/users/{id}", function(p) return -tonumber(p.id) end)

local total, missing = 0, 0
for i = 1, N do
  local requests = {
    { "GET", "/health" }, { "GET", "/users/" .. i }, { "POST", "/users/" .. i .. "/orders" },
    { "GET", "/users/7/orders/" .. i }, { "GET", "/api/v1.0/items-red/" .. i .. "/" }, { "PUT", "/nothing" },
    { "GET", "/a/b/c/d" },
  }
  for _, request in ipairs(requests) do
    local handler, params = router:match(request[1], request[2])
    if handler then
      total = total + handler(params)
    else
      missing = missing + 1
    end
  end
end
print(total, missing)
