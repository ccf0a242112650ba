-- EXPECT: budget -- every other library function that takes a number
local s = ("0"):rep(200000) .. "1"
local t = {1, 2, 3}
while true do
  local x = ("x"):sub(s, s) .. ("x"):byte(s, s) .. ("x"):rep(s)
  x = x:find("x", s) x = ("x"):match("x", s) x = ("x"):gsub("x", "y", s)
  unpack(t, s, s) table.concat(t, "", s, s) table.insert(t, s, 1) table.remove(t, s)
  x = math.floor(s) + math.max(s, 1) + math.random(s) + bit.band(s, s) + os.difftime(s, s)
  x = os.date("%Y", s) .. string.char(s) .. ("%d"):format(s)
end
