-- Decisions over backends: canary, blue-green, A/B by hash, weights, health, errors.
local backends = {
  {name = "version-a", url = "http://10.0.0.1:8080", health = true},
  {name = "version-b", url = "http://10.0.0.2:8080", health = true},
  {name = "stable", url = "http://10.0.0.3:8080", health = false},
  {name = "canary", url = "http://10.0.0.4:8080", health = true},
}
local function healthy(list) local r = {} for _, b in ipairs(list) do if b.health then r[#r + 1] = b end end return r end
local function find_backend(list, word)
  for _, b in ipairs(list) do if b.health and b.name:find(word, 1, true) then return b end end
  return nil
end
print(#healthy(backends), find_backend(backends, "version-a").url, find_backend(backends, "stable"), find_backend(backends, "canary").name) --> 3\thttp://10.0.0.1:8080\tnil\tcanary
print(("version-a"):match("version-a"), ("version-a"):match("version%-a"), ("version-a"):find("version-a", 1, true)) --> nil\tversion-a\t1\t9
local function hash(s) local h = 0 for i = 1, #s do h = (h * 31 + s:byte(i)) % 2147483647 end return h end
for _, id in ipairs {"user1", "user2", "alice", "bob", "", "x"} do print(id, hash(id), hash(id) % 100, hash(id) % 2 == 0 and "A" or "B") end --> user1\t111578566\t66\tA
--> user2\t111578567\t67\tB
--> alice\t92903040\t40\tA
--> bob\t97717\t17\tB
--> \t0\t0\tA
--> x\t120\t20\tA
local counts = {A = 0, B = 0}
for i = 1, 1000 do local v = hash("user" .. i) % 2 == 0 and "A" or "B" counts[v] = counts[v] + 1 end
print(counts.A + counts.B, counts.A > 300, counts.B > 300) --> 1000\ttrue\ttrue
local function weighted(list, point)
  local total = 0
  for _, b in ipairs(list) do total = total + (b.weight or 1) end
  local target, seen = point * total, 0
  for _, b in ipairs(list) do
    seen = seen + (b.weight or 1)
    if target < seen then return b.name end
  end
  return list[#list].name
end
local w = {{name = "a", weight = 5}, {name = "b", weight = 3}, {name = "c"}, {name = "d", weight = 1}}
for p = 0, 1, 0.125 do print(p, weighted(w, p)) end --> 0\ta
--> 0.125\ta
--> 0.25\ta
--> 0.375\ta
--> 0.5\tb
--> 0.625\tb
--> 0.75\tb
--> 0.875\tc
--> 1\td
local rr = {index = 0}
function rr:next(list) self.index = self.index % #list + 1 return list[self.index] end
local seq = {}
for _ = 1, 7 do seq[#seq + 1] = rr:next({"x", "y", "z"}) end
print(table.concat(seq)) --> xyzxyzx
local function decide(request, list)
  local up = healthy(list)
  if #up == 0 then return {reject = true, reject_reason = "No healthy backends available"} end
  local canary = request.headers["X-Canary"]
  local percent = tonumber(request.headers["X-Canary-Percent"] or 10)
  if not percent then error("bad X-Canary-Percent: " .. request.headers["X-Canary-Percent"], 2) end
  local use = canary == "true" or (canary ~= "false" and (request.roll or 100) <= percent)
  local chosen = find_backend(list, use and "canary" or "stable") or up[1]
  return {selected_backend = chosen.url, modified_headers = {["X-Routed-By"] = "lua-engine", ["X-Backend-Type"] = use and "canary" or "stable"}, modified_path = request.path}
end
for _, headers in ipairs {{["X-Canary"] = "true"}, {["X-Canary"] = "false"}, {}, {["X-Canary-Percent"] = "100"}, {["X-Canary-Percent"] = "0"}} do
  local d = decide({headers = headers, path = "/p", roll = 50}, backends)
  print(d.selected_backend, d.modified_headers["X-Backend-Type"], d.modified_path, d.reject) --> http://10.0.0.4:8080\tcanary\t/p\tnil
--> http://10.0.0.1:8080\tstable\t/p\tnil
--> http://10.0.0.1:8080\tstable\t/p\tnil
--> http://10.0.0.4:8080\tcanary\t/p\tnil
--> http://10.0.0.1:8080\tstable\t/p\tnil
end
print(decide({headers = {}}, {}).reject_reason) --> No healthy backends available
print(pcall(decide, {headers = {["X-Canary-Percent"] = "many"}}, backends)) --> false\tbad X-Canary-Percent: many
print(pcall(function() decide({headers = {["X-Canary-Percent"] = "x"}}, backends) end)) --> false\trouting.lua:70: bad X-Canary-Percent: x
print(pcall(decide, {}, backends)) --> false\trouting.lua:53: attempt to index field 'headers' (a nil value)
print(pcall(decide, nil, backends)) --> false\trouting.lua:53: attempt to index local 'request' (a nil value)
print(pcall(decide, {headers = {}}, nil)) --> false\trouting.lua:8: bad argument #1 to 'ipairs' (table expected, got nil)
local states = {blue = "green", green = "blue"}
local function bluegreen(req) local s = (req.headers["X-Deployment-State"] or "blue"):lower() if not states[s] then return nil, "unknown state " .. s end return s, states[s] end
print(bluegreen({headers = {}})) --> blue\tgreen
print(bluegreen({headers = {["X-Deployment-State"] = "GREEN"}})) --> green\tblue
print(bluegreen({headers = {["X-Deployment-State"] = "red"}})) --> nil\tunknown state red
local function ip_to_number(ip)
  local a, b, c, d = ip:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if not a then return nil end
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  if a > 255 or b > 255 or c > 255 or d > 255 then return nil end
  return a * 2 ^ 24 + b * 2 ^ 16 + c * 2 ^ 8 + d
end
local function in_cidr(ip, cidr)
  local net, bits = cidr:match("^(.-)/(%d+)$")
  local i, n = ip_to_number(ip), ip_to_number(net)
  if not i or not n then return false end
  local size = 2 ^ (32 - bits)
  return i - i % size == n - n % size
end
print(ip_to_number("192.168.1.10"), ip_to_number("256.1.1.1"), ip_to_number("1.2.3"), ip_to_number("a.b.c.d")) --> 3232235786\tnil\tnil\tnil
print(in_cidr("10.1.2.3", "10.0.0.0/8"), in_cidr("11.1.2.3", "10.0.0.0/8"), in_cidr("192.168.1.77", "192.168.1.64/26"), in_cidr("192.168.1.130", "192.168.1.64/26"), in_cidr("1.2.3.4", "0.0.0.0/0")) --> true\tfalse\ttrue\tfalse\ttrue
local function accept(header)
  local list = {}
  for item in header:gmatch("[^,]+") do
    local mime = item:match("^%s*([^;%s]+)")
    local quality = tonumber(item:match(";%s*q=([%d.]+)")) or 1
    list[#list + 1] = {mime = mime, q = quality, i = #list}
  end
  table.sort(list, function(x, y) if x.q ~= y.q then return x.q > y.q end return x.i < y.i end)
  local names = {}
  for i, e in ipairs(list) do names[i] = e.mime .. "(" .. e.q .. ")" end
  return table.concat(names, " ")
end
print(accept("text/html, application/xml;q=0.9, */*;q=0.1, image/webp, text/plain;q=0.95")) --> text/html(1) image/webp(1) text/plain(0.95) application/xml(0.9) */*(0.1)
local function version_less(a, b)
  local x, y = {a:match("(%d+)%.(%d+)%.(%d+)")}, {b:match("(%d+)%.(%d+)%.(%d+)")}
  for i = 1, 3 do local m, n = tonumber(x[i]), tonumber(y[i]) if m ~= n then return m < n end end
  return false
end
local versions = {"1.10.0", "1.2.3", "2.0.0", "1.2.10", "0.9.9"}
table.sort(versions, version_less)
print(table.concat(versions, " < ")) --> 0.9.9 < 1.2.3 < 1.2.10 < 1.10.0 < 2.0.0
local Bucket = {} Bucket.__index = Bucket
function Bucket.new(rate, burst) return setmetatable({rate = rate, burst = burst, tokens = burst, last = 0}, Bucket) end
function Bucket:take(now) self.tokens = math.min(self.burst, self.tokens + (now - self.last) * self.rate) self.last = now if self.tokens >= 1 then self.tokens = self.tokens - 1 return true end return false, ("retry in %.2f s"):format((1 - self.tokens) / self.rate) end
local b = Bucket.new(2, 3)
for _, t in ipairs {0, 0, 0, 0, 0.25, 0.5, 1.5, 10} do print(t, b:take(t)) end --> 0\ttrue
--> 0\ttrue
--> 0\ttrue
--> 0\tfalse\tretry in 0.50 s
--> 0.25\tfalse\tretry in 0.25 s
--> 0.5\ttrue
--> 1.5\ttrue
--> 10\ttrue
local chain = {}
local function use(mw) chain[#chain + 1] = mw end
local function run(req) local i = 0 local function nxt() i = i + 1 local mw = chain[i] if mw then return mw(req, nxt) end return "end of chain" end return nxt() end
use(function(req, nxt) req.log = {"start"} local r = nxt() req.log[#req.log + 1] = "finish" return r end)
use(function(req, nxt) if req.deny then return "denied" end return nxt() end)
use(function(req) req.log[#req.log + 1] = "handled" return "ok " .. req.path end)
local req = {path = "/x"}
print(run(req), table.concat(req.log, ",")) --> ok /x\tstart,handled,finish
req = {path = "/x", deny = true}
print(run(req), table.concat(req.log, ",")) --> denied\tstart,finish
local function template(s, vars) return (s:gsub("{{%s*([%w_.]+)%s*}}", function(path) local v = vars for key in path:gmatch("[^.]+") do v = type(v) == "table" and v[key] or nil end return v ~= nil and tostring(v) or "" end)) end
print(template("Hello {{ user.name }}, {{count}} of {{ missing.field }}items{{}}", {user = {name = "Ann"}, count = 3})) --> Hello Ann, 3 of items{{}}
