local N = 38000 -- small: 600
-- Templates, query strings and redirects: gsub with functions and tables, sorted keys, concat.

local page = "Hello {{name}}, you have {{count}} new {{ kind }}. {{#admin}}Welcome back.{{/admin}} Bye, {{name}}!"

local function render(template, values)
  local text = template:gsub("{{#(%w+)}}(.-){{/%1}}", function(name, body)
    return values[name] and body or ""
  end)
  return (text:gsub("{{%s*(%w+)%s*}}", function(name)
    return tostring(values[name] or "")
  end))
end

function parse_query(query)
  local out = {}
  for key, value in query:gmatch("([^&=]+)=([^&=]*)") do
    out[key] = value
  end
  return out
end

function build_query(values)
  local keys = {}
  for key in pairs(values) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  local parts = {}
  for i, key in ipairs(keys) do
    parts[i] = key .. "=" .. values[key]
  end
  return table.concat(parts, "&")
end

local size = 0
local query
for i = 1, N do
  size = size + #render(page, { name = "user" .. i, count = i, kind = "mails", admin = i % 2 == 0 })
  local values = parse_query("page=" .. i .. "&sort=name&filter=active&token=abc")
  values.token = nil
  values.page = values.page + 1
  query = build_query(values)
  size = size + #query
end
print(size, query)
