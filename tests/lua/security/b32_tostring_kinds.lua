-- EXPECT: ok =5 -- __tostring may return any value: what follows must not trust it to be a string
local function mk(v) return setmetatable({}, {__tostring = function() return v end}) end
local n = 0
for _, v in ipairs({5, true, {}, print, "s"}) do
  for _, f in ipairs({
    function() local s = tostring(mk(v)) return s .. "x" end,
    function() local s = tostring(mk(v)) return #s end,
    function() local s = tostring(mk(v)) return s < "x" end,
    function() local s = tostring(mk(v)) return s:upper() end,
    function() local s = tostring(mk(v)) return s + 1 end,
    function() local s = tostring(mk(v)) local t = {} t[s] = 1 return next(t) end,
    function() return tostring(mk(v)) .. 1 .. tostring(mk(v)) end,
    function() local s = tostring(mk(nil)) local t = {} t[s] = 1 end,
    function() local t = {1, 2} t[3] = tostring(mk(nil)) return #t end,
    function() for i = tostring(mk(v)), 3 do end end,
    function() return ("x"):rep(tostring(mk(v))) end,
  }) do
    pcall(f)
  end
  n = n + 1
end
return n
