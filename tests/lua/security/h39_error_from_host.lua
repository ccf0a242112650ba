-- EXPECT: ok =true -- messages of caught errors name no host types
local bad = 0
local fs = {function() return {} + 1 end, function() return nil .. "x" end, function() return #5 end, function() return ("x")() end, function() return {} < {} end, function() return string.rep({}) end, function() return table.concat({{}}) end, function() local a a.b = 1 end, function() return math.floor("x") end, function() return setmetatable(1) end, function() for i = 1, {} do end end, function() return -{} end}
for _, f in ipairs(fs) do local ok, m = pcall(f) if ok or m:find("float") or m:find("NoneType") or m:find("str ") or m:find("tuple") or m:find("object") or m:find("Traceback") then bad = bad + 1 end end
return bad == 0
