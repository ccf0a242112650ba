local N = 33000 -- small: 500
-- gsub with a string, a function and a table; gmatch; trim, split, escape.

local function trim(s)
  return (s:gsub("^%s+", ""):gsub("%s+$", ""))
end

local function split(s, sep)
  local out = {}
  for field in (s .. sep):gmatch("(.-)" .. sep) do
    out[#out + 1] = field
  end
  return out
end

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local function escape(s)
  return (s:gsub('[&<>"]', escapes))
end

local function url_decode(s)
  s = s:gsub("+", " ")
  return (s:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function url_encode(s)
  return (s:gsub("[^%w%-_%.~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

local size, fields = 0, 0
for i = 1, N do
  size = size + #trim("   value " .. i .. "  \t")
  local parts = split("a,bb,ccc," .. i, ",")
  fields = fields + #parts
  size = size + #escape('<a href="/x?a=1&b=' .. i .. '">')
  size = size + #url_decode("name%3DJohn+Doe%26id%3D" .. i)
  size = size + #url_encode("a b&c=" .. i)
  local replaced, n = ("hello world from lua"):gsub("o", "0")
  size = size + #replaced + n
  size = size + #(("user-$id"):gsub("%$(%w+)", { id = i }))
end
print(size, fields)
