local N = 55000 -- small: 1000
-- Addresses against CIDR blocks, and a chain of access rules.

local function ip_to_number(ip)
  local a, b, c, d = ip:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if not a then
    return nil
  end
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  if a > 255 or b > 255 or c > 255 or d > 255 then
    return nil
  end
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function parse_cidr(text)
  local ip, bits = text:match("^(.-)/(%d+)$")
  local size = 2 ^ (32 - tonumber(bits))
  local base = ip_to_number(ip)
  return { first = base - base % size, last = base - base % size + size - 1 }
end

local rules = {
  { action = "deny", block = parse_cidr("10.1.0.0/16") },
  { action = "allow", block = parse_cidr("10.0.0.0/8") },
  { action = "allow", block = parse_cidr("192.168.0.0/24") },
  { action = "deny", block = parse_cidr("0.0.0.0/0") },
}

local function decide(ip)
  local number = ip_to_number(ip)
  if number == nil then
    return "bad"
  end
  for _, rule in ipairs(rules) do
    local block = rule.block
    if number >= block.first and number <= block.last then
      return rule.action
    end
  end
end

local counts = { allow = 0, deny = 0, bad = 0 }
for i = 1, N do
  for _, ip in ipairs({ "10." .. i % 3 .. ".2." .. i % 256, "192.168.0." .. i % 300, "8.8.8." .. i % 10 }) do
    local action = decide(ip)
    counts[action] = counts[action] + 1
  end
end
print(counts.allow, counts.deny, counts.bad)
