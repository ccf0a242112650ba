-- A case-insensitive header table as a class, as gateways write it.
local Headers = {}
Headers.__index = Headers
Headers.__tostring = function(self)
  local lines = {}
  for _, name in ipairs(self.order) do lines[#lines + 1] = name .. ": " .. self.values[name:lower()] end
  return table.concat(lines, "\r\n")
end
function Headers.new(initial)
  local self = setmetatable({values = {}, order = {}}, Headers)
  local names = {}
  for name in pairs(initial or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do self:set(name, initial[name]) end
  return self
end
function Headers:set(name, value)
  if type(name) ~= "string" then error("header name must be a string", 2) end
  if not name:match("^[%w!#$%%&'*+%-.^_`|~]+$") then error("bad header name '" .. name .. "'", 2) end
  local key = name:lower()
  if self.values[key] == nil then self.order[#self.order + 1] = name end
  self.values[key] = tostring(value)
  return self
end
function Headers:get(name, default)
  local value = self.values[name:lower()]
  if value == nil then return default end
  return value
end
function Headers:has(name) return self.values[name:lower()] ~= nil end
function Headers:remove(name)
  local key = name:lower()
  self.values[key] = nil
  for i, n in ipairs(self.order) do if n:lower() == key then table.remove(self.order, i) break end end
  return self
end
function Headers:each()
  local i = 0
  return function()
    i = i + 1
    local name = self.order[i]
    if name then return name, self.values[name:lower()] end
  end
end
local h = Headers.new({Host = "example.com", ["X-Canary"] = "true", Accept = "*/*"})
print(h:get("host"), h:get("HOST"), h:get("x-canary"), h:get("missing"), h:get("missing", "default")) --> example.com\texample.com\ttrue\tnil\tdefault
print(h:has("accept"), h:has("Accept-Language")) --> true\tfalse
h:set("X-Request-Id", 12345):set("x-canary", false)
for name, value in h:each() do print(name, value) end --> Accept\t*/*
--> Host\texample.com
--> X-Canary\tfalse
--> X-Request-Id\t12345
h:remove("ACCEPT"):remove("nothing")
print(tostring(h):gsub("\r\n", " | ")) --> Host: example.com | X-Canary: false | X-Request-Id: 12345\t2
print(pcall(h.set, h, "bad name", "x")) --> false\tbad header name 'bad name'
print(pcall(h.set, h, 5, "x")) --> false\theader name must be a string
print(pcall(function() h:set("also bad:", 1) end)) --> false\theaders.lua:57: bad header name 'also bad:'
print(pcall(function() h.set("X", 1) end)) --> false\theaders.lua:58: header name must be a string
print(pcall(function() h:unknown() end)) --> false\theaders.lua:59: attempt to call method 'unknown' (a nil value)
print(#h.order, rawget(h, "get"), getmetatable(h) == Headers) --> 3\tnil\ttrue
local function parse(block)
  local result = Headers.new()
  for line in block:gmatch("([^\r\n]+)") do
    local name, value = line:match("^([^:%s]+):%s*(.-)%s*$")
    if name then result:set(name, value) else return nil, "malformed line: " .. line end
  end
  return result
end
local p = parse("Content-Type: text/html; charset=utf-8\r\nContent-Length:  42  \r\nX-Empty:\r\n")
print(p:get("content-type"), p:get("content-length") + 1, p:get("x-empty") == "") --> text/html; charset=utf-8\t43\ttrue
print(parse("no colon here")) --> nil\tmalformed line: no colon here
local type_, params = p:get("content-type"):match("^([^;]+);?%s*(.*)$")
print(type_, params, params:match("charset=([%w-]+)")) --> text/html\tcharset=utf-8\tutf-8
local request = {headers = {["X-Canary"] = "true", ["X-User-ID"] = "u42", Cookie = "a=1; b=2"}}
local function header(req, name)
  local exact = req.headers[name]
  if exact then return exact end
  local wanted = name:lower()
  for k, v in next, req.headers do if k:lower() == wanted then return v end end
end
print(header(request, "X-Canary"), header(request, "x-user-id"), header(request, "none")) --> true\tu42
local merged = setmetatable({}, {__index = request.headers, __newindex = function(t, k, v) rawset(t, k, v) end})
merged["X-New"] = "added"
print(merged["X-Canary"], merged["X-New"], request.headers["X-New"]) --> true\tadded\tnil
