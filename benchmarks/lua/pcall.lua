local N = 320000 -- small: 4000
-- pcall that succeeds, error with strings and tables, error levels, assert.

local function check(value)
  if value % 5 == 0 then
    error("bad value")
  elseif value % 7 == 0 then
    error({ code = value }, 2)
  end
  return value * 2
end

local function safe(f, ...)
  local ok, result = pcall(f, ...)
  if ok then
    return result
  end
  return nil, result
end

local ok, texts, codes = 0, 0, 0
for i = 1, N do
  local result, err = safe(check, i)
  if result then
    ok = ok + result
  elseif type(err) == "table" then
    codes = codes + err.code
  else
    texts = texts + (err:find("bad value", 1, true) and 1 or 0)
  end
  if i % 3 == 0 then
    local fine, message = pcall(function() return assert(tonumber("x" .. i), "no number") end)
    if not fine and message:find("no number", 1, true) then texts = texts + 1 end
  end
  local fine, value = pcall(string.rep, "ab", 3)
  ok = ok + (fine and #value or 0)
end
print(ok, texts, codes)
