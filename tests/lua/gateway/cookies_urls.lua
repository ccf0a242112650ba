-- Cookies, query strings, percent-encoding, URL and path matching.
local function trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end
local function parse_cookies(header)
  local cookies = {}
  if not header then return cookies end
  for pair in header:gmatch("[^;]+") do
    local name, value = pair:match("^%s*([^=%s]+)%s*=%s*(.-)%s*$")
    if name then cookies[name] = value:match('^"(.*)"$') or value end
  end
  return cookies
end
local c = parse_cookies('session=abc123; theme="dark"; empty=; spaced = yes ;bad; a=b=c')
print(c.session, c.theme, c.empty == "", c.spaced, c.bad, c.a) --> abc123\tdark\ttrue\tyes\tnil\tb=c
print(next(parse_cookies(nil)), next(parse_cookies("")), next(parse_cookies(";;;"))) --> nil\tnil\tnil
local function decode(s) return (s:gsub("+", " "):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)) end
local function encode(s) return (s:gsub("[^%w%-._~]", function(ch) return ("%%%02X"):format(ch:byte()) end)) end
print(decode("a%20b+c%2Bd%3d"), encode("a b+c=d/e?f"), decode(encode("round trip: 100% & more!"))) --> a b c+d=\ta%20b%2Bc%3Dd%2Fe%3Ff\tround trip: 100% & more!
print(decode("%"), decode("%4"), decode("%zz"), decode("%41%4a"), encode(""), encode("~safe-._")) --> %\t%4\t%zz\tAJ\t\t~safe-._
local function parse_query(q)
  local params, order = {}, {}
  for key, sep, value in q:gmatch("([^&=]+)(=?)([^&]*)") do
    key = decode(key)
    value = sep == "=" and decode(value) or true
    if params[key] == nil then order[#order + 1] = key params[key] = value
    elseif type(params[key]) == "table" then table.insert(params[key], value)
    else params[key] = {params[key], value} end
  end
  return params, order
end
local q, order = parse_query("a=1&b=two%20words&flag&a=2&c=&a=3&d=x=y")
print(table.concat(order, ","), q.b, q.flag, #q.a, q.a[3], q.c == "", q.d) --> a,b,flag,c,d\ttwo words\ttrue\t3\t3\ttrue\tx=y
local function parse_url(url)
  local u = {}
  u.scheme, url = url:match("^(%a[%w+.-]*)://(.*)$")
  if not u.scheme then return nil, "no scheme" end
  u.authority, u.path = url:match("^([^/?#]*)(.*)$")
  u.path, u.fragment = u.path:match("^([^#]*)#?(.*)$")
  u.path, u.query = u.path:match("^([^?]*)%??(.*)$")
  u.userinfo, u.host = u.authority:match("^(.-)@(.*)$")
  u.host = u.host or u.authority
  u.host, u.port = u.host:match("^(.-):?(%d*)$")
  u.port = tonumber(u.port) or ({http = 80, https = 443})[u.scheme]
  if u.path == "" then u.path = "/" end
  return u
end
for _, url in ipairs {"http://example.com", "https://user:pw@host.tld:8443/a/b.html?x=1&y=2#frag", "ftp://files/", "http://[::1]:8080/x", "no-scheme", "HTTP://UPPER/Path?#"} do
  local u, err = parse_url(url)
  if u then print(u.scheme, u.userinfo, u.host, u.port, u.path, u.query, u.fragment) else print(u, err) end --> http\tnil\texample.com\t80\t/\t\t
--> https\tuser:pw\thost.tld\t8443\t/a/b.html\tx=1&y=2\tfrag
--> ftp\tnil\tfiles\tnil\t/\t\t
--> http\tnil\t[::1]\t8080\t/x\t\t
--> nil\tno scheme
--> HTTP\tnil\tUPPER\tnil\t/Path\t\t
end
local function compile_route(pattern)
  local names = {}
  local lua = pattern:gsub("[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0"):gsub(":(%w+)", function(n) names[#names + 1] = n return "([^/]+)" end):gsub("%*", "(.*)")
  return "^" .. lua .. "$", names
end
local routes = {}
local function route(method, pattern, handler)
  local p, names = compile_route(pattern)
  routes[#routes + 1] = {method = method, pattern = p, names = names, handler = handler}
end
local function dispatch(method, path)
  local allowed = {}
  for _, r in ipairs(routes) do
    local captures = {path:match(r.pattern)}
    if #captures > 0 then
      if r.method == method then
        local params = {}
        for i, name in ipairs(r.names) do params[name] = captures[i] end
        return r.handler(params, unpack(captures))
      end
      allowed[#allowed + 1] = r.method
    end
  end
  if #allowed > 0 then return 405, table.concat(allowed, ", ") end
  return 404, "no route for " .. path
end
route("GET", "/", function() return 200, "root" end)
route("GET", "/users/:id", function(p) return 200, "user " .. p.id end)
route("POST", "/users/:id", function(p) return 201, "posted " .. p.id end)
route("GET", "/users/:id/posts/:post", function(p) return 200, p.id .. "/" .. p.post end)
route("GET", "/static/*", function(_, rest) return 200, "file " .. rest end)
route("GET", "/v1.0/a-b", function() return 200, "escaped" end)
for _, r in ipairs {{"GET", "/"}, {"GET", "/users/42"}, {"POST", "/users/42"}, {"DELETE", "/users/42"}, {"GET", "/users/1/posts/2"}, {"GET", "/static/css/site.css"}, {"GET", "/v1.0/a-b"}, {"GET", "/v1x0/a-b"}, {"GET", "/nothing/here"}} do
  print(r[1], r[2], dispatch(r[1], r[2])) --> GET\t/\t200\troot
--> GET\t/users/42\t200\tuser 42
--> POST\t/users/42\t201\tposted 42
--> DELETE\t/users/42\t405\tGET, POST
--> GET\t/users/1/posts/2\t200\t1/2
--> GET\t/static/css/site.css\t200\tfile css/site.css
--> GET\t/v1.0/a-b\t200\tescaped
--> GET\t/v1x0/a-b\t404\tno route for /v1x0/a-b
--> GET\t/nothing/here\t404\tno route for /nothing/here
end
print((compile_route("/a.b/:x-:y/*"))) --> ^/a%.b/([^/]+)%-([^/]+)/(.*)$
local function normalize(path)
  local out = {}
  for seg in path:gmatch("[^/]+") do
    if seg == ".." then table.remove(out) elseif seg ~= "." then out[#out + 1] = seg end
  end
  return "/" .. table.concat(out, "/") .. (path:match("/$") and #out > 0 and "/" or "")
end
for _, p in ipairs {"/a/b/../c", "/./a//b/", "/../..", "//", "/a/./b/.", "a/b", "/a/b/../../../c/"} do print(p, normalize(p)) end --> /a/b/../c\t/a/c
--> /./a//b/\t/a/b/
--> /../..\t/
--> //\t/
--> /a/./b/.\t/a/b
--> a/b\t/a/b
--> /a/b/../../../c/\t/c/
local rewrites = {{"^/old/(.*)$", "/new/%1"}, {"^/u/(%d+)$", "/users?id=%1"}, {"%.php$", ".html"}}
for _, path in ipairs {"/old/x/y", "/u/77", "/page.php", "/same"} do
  for _, r in ipairs(rewrites) do local p, n = path:gsub(r[1], r[2]) if n > 0 then path = p break end end
  print(path) --> /new/x/y
--> /users?id=77
--> /page.html
--> /same
end
local function match_host(pattern, host) return host:lower():match("^" .. pattern:gsub("%.", "%%."):gsub("%*", "[^.]+") .. "$") ~= nil end
print(match_host("*.example.com", "API.example.com"), match_host("*.example.com", "a.b.example.com"), match_host("example.com", "examplexcom")) --> true\tfalse\tfalse
local function set_cookie(name, value, opts)
  local parts = {name .. "=" .. value}
  for _, k in ipairs {"Path", "Domain", "Max-Age"} do if opts[k] then parts[#parts + 1] = k .. "=" .. opts[k] end end
  if opts.Secure then parts[#parts + 1] = "Secure" end
  return table.concat(parts, "; ")
end
print(set_cookie("sid", "x1", {Path = "/", ["Max-Age"] = 3600, Secure = true})) --> sid=x1; Path=/; Max-Age=3600; Secure
print(("a=1&b=2"):gsub("(%w)=(%w)", "%2=%1"), ("?x=1"):sub(2), ("/api/v1"):sub(1, 5) == "/api/") --> 1=a&2=b\tx=1\ttrue
