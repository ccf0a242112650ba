-- EXPECT: budget -- what is opened and never closed, and chains without an end
-- allow-load
local texts = { ("("):rep(5000), ("{"):rep(5000), ("function f() "):rep(5000), "return " .. ("not "):rep(5000), "return a" .. (".b"):rep(5000), "return 1" .. ("+1"):rep(5000), ("a,"):rep(5000) .. "a = 1", "x = " .. ("'a'.."):rep(5000) .. "'a'",
  ("elseif a then "):rep(500), "if a then " .. ("elseif a then "):rep(500) .. "end", ("goto a ::a:: "):rep(100), ("[=["):rep(5000), ("'\""):rep(5000) }
while true do for _, text in ipairs(texts) do loadstring(text) end end
