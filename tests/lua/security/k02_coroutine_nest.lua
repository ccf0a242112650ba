-- EXPECT: ok =C stack overflow -- resumes that nest for ever end with an error, and leave no stack of C's behind
local function nest() local ok, why = coroutine.resume(coroutine.create(function() return nest() end)) return why end
local last for i = 1, 5 do last = nest() end
return last
