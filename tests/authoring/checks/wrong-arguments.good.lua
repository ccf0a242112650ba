-- Optional arguments, calls that may answer several, a module of one's own, and what is only named.
local bucket = require "bucket"
local json = require "json"
local words = require "words"
local text = require "text"

local function key(request)
  return request.headers["X-User-ID"] or "", "salt"
end

function on_route_request(request, backends)
  local role = json.get(request.body, "/role")
  local share = bucket.unleash(key(request)) + bucket.unleash("a", "b", 50) + #text.split(request.path, "/", 2)
  local shown, encode = pcall(json.encode, { role }), json.encode
  log(json.encode_number_precision(), json.encode_empty_table_as_object())
  words.first = words:first(1, 2, 3)
  return { selected_backend = backends[share + 1].name, modified_path = encode(shown) }
end
