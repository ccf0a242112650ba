local N = 42000 -- small: 400
-- Cookie headers parsed, signed values checked, Set-Cookie built.

local function parse(header)
  local cookies = {}
  for pair in string.gmatch(header, "[^;]+") do
    local name, value = pair:match("^%s*(.-)%s*=%s*(.-)%s*$")
    if name and name ~= "" then
      cookies[name] = value
    end
  end
  return cookies
end

local function serialize(name, value, options)
  local out = { name .. "=" .. value }
  if options.path then out[#out + 1] = "Path=" .. options.path end
  if options.max_age then out[#out + 1] = "Max-Age=" .. options.max_age end
  if options.secure then out[#out + 1] = "Secure" end
  if options.http_only then out[#out + 1] = "HttpOnly" end
  return table.concat(out, "; ")
end

local sessions, sizes, variants = 0, 0, { a = 0, b = 0 }
for i = 1, N do
  local cookies = parse("session=abc" .. i .. "; theme=dark;  lang=en ; variant=" .. (i % 3 == 0 and "a" or "b"))
  if cookies.session and cookies.session:sub(1, 3) == "abc" then
    sessions = sessions + tonumber(cookies.session:sub(4))
  end
  local variant = cookies["variant"]
  variants[variant] = variants[variant] + 1
  sizes = sizes + #serialize("session", cookies.session, { path = "/", max_age = 3600, secure = true })
end
print(sessions, sizes, variants.a, variants.b)
