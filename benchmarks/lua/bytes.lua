local N = 5000 -- small: 80
-- Bytes and characters: base64, Caesar, hex, reversal, palindromes.

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    local d = math.floor(n / 262144)
    local e = math.floor(n / 4096) % 64
    local f = math.floor(n / 64) % 64
    local g = n % 64
    out[#out + 1] = alphabet:sub(d + 1, d + 1) .. alphabet:sub(e + 1, e + 1) ..
      (b and alphabet:sub(f + 1, f + 1) or "=") .. (c and alphabet:sub(g + 1, g + 1) or "=")
  end
  return table.concat(out)
end

local function caesar(s, shift)
  local out = ""
  for i = 1, #s do
    local c = s:byte(i)
    if c >= 97 and c <= 122 then
      c = (c - 97 + shift) % 26 + 97
    elseif c >= 65 and c <= 90 then
      c = (c - 65 + shift) % 26 + 65
    end
    out = out .. string.char(c)
  end
  return out
end

function to_hex(s)
  local t = {}
  for i = 1, #s do
    t[i] = string.format("%02x", string.byte(s, i))
  end
  return table.concat(t)
end

function is_palindrome(s)
  for i = 1, math.floor(#s / 2) do
    if s:sub(i, i) ~= s:sub(-i, -i) then
      return false
    end
  end
  return true
end

local text = "The quick brown fox jumps over the lazy dog, and back again."
local size, palindromes = 0, 0
local last
for i = 1, N do
  local line = text .. i
  last = base64(line)
  size = size + #last + #to_hex(line)
  last = caesar(line, i)
  local mirrored = line .. line:reverse()
  if is_palindrome(mirrored) then palindromes = palindromes + 1 end
end
print(size, palindromes, last)
