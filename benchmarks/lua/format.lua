local N = 70000 -- small: 1000
-- string.format with the usual directives, tostring and tonumber.

local size, sum = 0, 0
for i = 1, N do
  local a = string.format("%s=%d", "id", i)
  local b = ("%5.2f|%-10s|%05d"):format(i / 3, "left", i)
  local c = string.format("%x %X %o", i, i * 3, i % 64)
  local d = string.format("%q %s", "a\"b", tostring(i % 2 == 0))
  local e = string.format("%.4f %e %i%%", i / 7, i, i % 100)
  local f = string.format("%s %s %s: %s", "GET", "/path/" .. i, "HTTP/1.1", 200)
  size = size + #a + #b + #c + #d + #e + #f
  sum = sum + tonumber(a:sub(4)) + tonumber("0x" .. c:match("^%x+"))
end
print(size, sum)
