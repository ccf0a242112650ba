-- EXPECT: ok =true -- an error object is passed on as it is, its thread dead
local object = setmetatable({}, {__tostring = error})
local co = coroutine.create(function() error(object) end)
local ok, why = coroutine.resume(co)
return tostring(not ok and rawequal(why, object) and coroutine.status(co) == "dead")
