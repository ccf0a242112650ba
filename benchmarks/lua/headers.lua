local N = 28000 -- small: 500
-- Parsing HTTP heads into tables, and choosing from Accept headers.

local head = "GET /api/users?id=%d HTTP/1.1\r\nHost: example.com\r\nUser-Agent: curl/8.0\r\n" ..
  "Accept: text/html;q=0.8, application/json, */*;q=0.1\r\nX-Forwarded-For: 10.0.0.%d, 192.168.1.1\r\n" ..
  "Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"

function parse_head(text)
  local request = { headers = {} }
  local first = true
  for line in text:gmatch("([^\r\n]+)\r\n") do
    if first then
      request.method, request.path, request.version = line:match("^(%u+) (%S+) HTTP/(%d%.%d)$")
      first = false
    else
      local name, value = line:match("^([^:]+):%s*(.*)$")
      if name then
        request.headers[name:lower()] = value
      end
    end
  end
  return request
end

function parse_accept(value)
  local list = {}
  for part in value:gmatch("[^,]+") do
    local kind, rest = part:match("^%s*([^;%s]+)(.*)$")
    local q = rest:match("q=([%d%.]+)")
    list[#list + 1] = { kind = kind, q = tonumber(q or 1) }
  end
  table.sort(list, function(a, b) return a.q > b.q end)
  return list
end

local best, lengths, ips = 0, 0, 0
for i = 1, N do
  local request = parse_head(head:format(i, i % 256))
  local accept = parse_accept(request.headers["accept"])
  if accept[1].kind == "application/json" then best = best + 1 end
  lengths = lengths + #request.path + tonumber(request.headers["content-length"])
  local client = request.headers["x-forwarded-for"]:match("^%s*([%d%.]+)")
  ips = ips + tonumber(client:match("%.(%d+)$"))
end
print(best, lengths, ips)
