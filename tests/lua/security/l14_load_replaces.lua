-- EXPECT: ok =1 -- a chunk may change every global, load itself included, and nothing else
-- allow-load
local keep, print = loadstring, print
keep("for k in pairs(_G) do _G[k] = nil end")()
local ok = keep("return type == nil and loadstring == nil and string == nil")()
keep("function loadstring() return 'mine' end string = { upper = 1 }")()
return ok and loadstring() == "mine" and ("x"):upper() == "X" and keep("return ('y'):upper()")() == "Y" and 1
