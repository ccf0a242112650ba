local N = 7000 -- small: 80
-- A JSON decoder in Lua: position by position with find, sub and byte.

local document = [[
{"id": 4711, "name": "service \"one\"", "ratio": -12.5e-1, "active": true, "none": null,
 "tags": ["a", "b\n", "caf\u0041"],
 "backends": [{"name": "b1", "url": "http://10.0.0.1:8080", "health": true, "weight": 5},
              {"name": "b2", "url": "http://10.0.0.2:8080", "health": false, "weight": 10}],
 "limits": {"rate": 100, "burst": 20, "window": "1m"}}]]

local decode_value

local function skip(s, i)
  return s:find("[^ \t\r\n]", i) or #s + 1
end

local function fail(s, i, message)
  error(message .. " at " .. i)
end

local unescaped = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

local function decode_string(s, i)
  local out = {}
  local j = i + 1
  while true do
    local stop = s:find('["\\]', j)
    if not stop then fail(s, i, "unclosed string") end
    out[#out + 1] = s:sub(j, stop - 1)
    if s:sub(stop, stop) == '"' then
      return table.concat(out), stop + 1
    end
    local c = s:sub(stop + 1, stop + 1)
    if c == "u" then
      out[#out + 1] = string.char(tonumber(s:sub(stop + 2, stop + 5), 16) % 256)
      j = stop + 6
    else
      out[#out + 1] = unescaped[c] or fail(s, stop, "bad escape")
      j = stop + 2
    end
  end
end

local function decode_number(s, i)
  local text = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", i)
  return tonumber(text) or fail(s, i, "bad number"), i + #text
end

local function decode_array(s, i)
  local out = {}
  i = skip(s, i + 1)
  if s:byte(i) == 93 then return out, i + 1 end
  while true do
    out[#out + 1], i = decode_value(s, i)
    i = skip(s, i)
    local c = s:byte(i)
    if c == 93 then return out, i + 1 end
    if c ~= 44 then fail(s, i, "expected , or ]") end
    i = skip(s, i + 1)
  end
end

local function decode_object(s, i)
  local out = {}
  i = skip(s, i + 1)
  if s:byte(i) == 125 then return out, i + 1 end
  while true do
    local key
    key, i = decode_string(s, i)
    i = skip(s, i)
    if s:sub(i, i) ~= ":" then fail(s, i, "expected :") end
    out[key], i = decode_value(s, skip(s, i + 1))
    i = skip(s, i)
    local c = s:byte(i)
    if c == 125 then return out, i + 1 end
    if c ~= 44 then fail(s, i, "expected , or }") end
    i = skip(s, i + 1)
  end
end

function decode_value(s, i)
  local c = s:sub(i, i)
  if c == "{" then return decode_object(s, i) end
  if c == "[" then return decode_array(s, i) end
  if c == '"' then return decode_string(s, i) end
  if s:sub(i, i + 3) == "true" then return true, i + 4 end
  if s:sub(i, i + 4) == "false" then return false, i + 5 end
  if s:sub(i, i + 3) == "null" then return nil, i + 4 end
  return decode_number(s, i)
end

local function decode(s)
  local value, i = decode_value(s, skip(s, 1))
  if skip(s, i) <= #s then fail(s, i, "trailing text") end
  return value
end

local sum = 0
local last
for i = 1, N do
  last = decode(document)
  sum = sum + last.id + last.backends[2].weight + #last.tags + last.ratio
end
print(sum, last.name, last.tags[3], last.backends[1].url, last.limits.window)
