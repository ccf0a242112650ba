local N = 12500 -- small: 200
-- A JSON encoder as gateway scripts carry it: recursion, type dispatch, escapes, sorted keys.

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function encode_string(s)
  return '"' .. s:gsub('[%c"\\]', function(c)
    return escapes[c] or string.format("\\u%04x", c:byte())
  end) .. '"'
end

local encode

local function is_array(t)
  local n = 0
  for k in pairs(t) do
    if type(k) ~= "number" then return false end
    n = n + 1
  end
  return n == #t
end

local function encode_table(t)
  local out = {}
  if is_array(t) then
    for i, v in ipairs(t) do
      out[i] = encode(v)
    end
    return "[" .. table.concat(out, ",") .. "]"
  end
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys)
  for _, k in ipairs(keys) do
    out[#out + 1] = encode_string(k) .. ":" .. encode(t[k])
  end
  return "{" .. table.concat(out, ",") .. "}"
end

function encode(value)
  local kind = type(value)
  if kind == "string" then
    return encode_string(value)
  elseif kind == "number" or kind == "boolean" then
    return tostring(value)
  elseif kind == "table" then
    return encode_table(value)
  elseif kind == "nil" then
    return "null"
  end
  error("cannot encode a " .. kind)
end

local size = 0
local last
for i = 1, N do
  last = encode({
    id = i, name = "service \"" .. i .. "\"", tags = { "a", "b\n", "c" .. i }, active = i % 2 == 0,
    backends = { { name = "b1", weight = 5 }, { name = "b2", weight = i / 4 } },
    limits = { rate = 100, burst = 20, window = "1m" },
  })
  size = size + #last
end
print(size, last)
