-- a salted bucket
-- call: bucket.of("user-4711", "checkout", 100) < 100
local bucket = require "bucket"
-- peer: by hand in Lua, a poor hash
local bucket = {}
function bucket.of(key, salt, count)
  local sum = 0
  for i = 1, #salt do
    sum = (sum * 31 + salt:byte(i)) % 4294967296
  end
  for i = 1, #key do
    sum = (sum * 31 + key:byte(i)) % 4294967296
  end
  return sum % count
end
