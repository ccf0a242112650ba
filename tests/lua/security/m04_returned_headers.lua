-- EXPECT: ok =23821 -- an answer of 24,000 headers took 23 ms of the event loop for 83 instructions, once a constant held them
local headers, size, count = {}, 0, 0
local letters = {}
for letter in ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&'*+-.^_`|~"):gmatch(".") do
  letters[#letters + 1] = letter
end
local function add(name)
  if size + #name > 65536 then return true end
  size, count = size + #name, count + 1
  headers[name] = ""
end
for _, a in ipairs(letters) do
  add(a)
  for _, b in ipairs(letters) do add(a .. b) end
end
for _, a in ipairs(letters) do
  for _, b in ipairs(letters) do
    for _, c in ipairs(letters) do
      if add(a .. b .. c) then
        function on_route_request() return {selected_backend = "x", modified_headers = headers} end
        return count
      end
    end
  end
end
