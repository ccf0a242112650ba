-- Long strings that differ at the end.
local s = ("x"):rep(100000)
local a, b, n = s .. "a", s .. "b"
for i = 1, 1e9 do n = a < b n = a == b end
