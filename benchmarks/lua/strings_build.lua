local N = 60000 -- small: 6000
-- Building strings: .. in chains, accumulation, table.concat, rep, tostring.

local parts = {}
for i = 1, N do
  parts[#parts + 1] = "item " .. i .. ": " .. i * 2 .. ";"
end
local joined = table.concat(parts, "\n")

local line = ""
local lines = 0
for i = 1, N do
  line = line .. "x" .. i % 10
  if #line > 80 then
    lines = lines + #line
    line = ""
  end
end

local buffer = {}
for i = 1, N / 2 do
  table.insert(buffer, tostring(i))
  table.insert(buffer, ",")
end
local csv = table.concat(buffer)

local function header(name, value)
  return name .. ": " .. value .. "\r\n"
end

local size = 0
for i = 1, N do
  size = size + #header("X-Request-Id", "req-" .. i)
end
print(#joined, lines, #csv, size, #(("ab"):rep(N)))
