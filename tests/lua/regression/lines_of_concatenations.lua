-- PUC makes one concatenation of a .. (b .. c), which stands on the line of the inner one; the parentheses around it are not
-- seen. Around any other last operand they are.
local n
print(pcall(function() return "a" .. n .. ("b" .. --> false\tlines_of_concatenations.lua:5: attempt to concatenate upvalue 'n' (a nil value)
 "c"
 ) end))
print(pcall(function() return "a" .. ("b" .. (n .. --> false\tlines_of_concatenations.lua:8: attempt to concatenate upvalue 'n' (a nil value)
 "c"
 )
 )
 end))
print(pcall(function() return n .. ((1 .. 2 --> false\tlines_of_concatenations.lua:14: attempt to concatenate upvalue 'n' (a nil value)
 )
 ):rep(2)
 end))
print(pcall(function() return n .. (-(1 .. 2 --> false\tlines_of_concatenations.lua:18: attempt to concatenate upvalue 'n' (a nil value)
 )
 )
 end))
print(pcall(function() return (n .. "a" --> false\tlines_of_concatenations.lua:20: attempt to concatenate upvalue 'n' (a nil value)
 ) .. "b"
 end))
