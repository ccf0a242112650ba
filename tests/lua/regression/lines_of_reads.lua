-- An index is read when the token behind it has been seen: an operator, a comma, a bracket, a method's name; an error stands
-- on that token's line. A store stands on the line of its statement's last token, closing parentheses and braces included.
local gn = {}
print(pcall(function() gn.gn --> false\tlines_of_reads.lua:6: attempt to index field 'gn' (a nil value)
.x = ( 5 + math.floor( ( 6 )
) ) end))
print(pcall(function() gn.gn.x = math.floor(5 --> false\tlines_of_reads.lua:8: attempt to index field 'gn' (a nil value)
) end))
print(pcall(function() gn.gn.x = {1 --> false\tlines_of_reads.lua:11: attempt to index field 'gn' (a nil value)
,
} end))
print(pcall(function() gn.gn.x, gn.y = 1, (2 --> false\tlines_of_reads.lua:13: attempt to index field 'gn' (a nil value)
) end))
print(pcall(function() gn.gn.x, gn.y = 1, #(gn --> false\tlines_of_reads.lua:15: attempt to index field 'gn' (a nil value)
) end))
print(pcall(function() return { [nil] = (2 --> false\tlines_of_reads.lua:17: table index is nil
) } end))
print(pcall(function() return { [nil] = gn[1 --> false\tlines_of_reads.lua:19: table index is nil
], 5 } end))
print(pcall(function() for i = 1, 3 do gn.gn[#gn.gn + 1] = (i --> false\tlines_of_reads.lua:20: attempt to get length of field 'gn' (a nil value)
) end end))
print(pcall(function() local t for i = 1, 3 do t[#t + 1] = (i --> false\tlines_of_reads.lua:22: attempt to get length of local 't' (a nil value)
) end end))
print(pcall(function() local t for i = 1, 3 do t[#t --> false\tlines_of_reads.lua:24: attempt to get length of local 't' (a nil value)
 + 1] = i
 end end))
print(pcall(function() local t = 5 return t.x --> false\tlines_of_reads.lua:27: attempt to index local 't' (a number value)
 .y
 + 1 end))
print(pcall(function() local t = {} return t.x --> false\tlines_of_reads.lua:32: attempt to index field 'x' (a nil value)
 .y
 + 1 end))
print(pcall(function() local t = {} return t.x --> false\tlines_of_reads.lua:34: attempt to perform arithmetic on field 'x' (a nil value)
 + 1 end))
print(pcall(function() return gg --> false\tlines_of_reads.lua:37: attempt to index global 'gg' (a nil value)
 .y
 + 1 end))
print(pcall(function() return gg[ --> false\tlines_of_reads.lua:41: attempt to index global 'gg' (a nil value)
 1
 ]
 + 1 end))
print(pcall(function() return 1 + gg[ --> false\tlines_of_reads.lua:45: attempt to index global 'gg' (a nil value)
 1
 ]
 * 2
 end))
local function id(...) return ... end
print(pcall(function() return gg.x --> false\tlines_of_reads.lua:49: attempt to index global 'gg' (a nil value)
:name() end))
print(pcall(function() return gg --> false\tlines_of_reads.lua:51: attempt to index global 'gg' (a nil value)
:name() end))
print(pcall(function() return (gg.x --> false\tlines_of_reads.lua:53: attempt to index global 'gg' (a nil value)
) end))
print(pcall(function() return id(gg.x --> false\tlines_of_reads.lua:55: attempt to index global 'gg' (a nil value)
, 1) end))
print(pcall(function() return id(1, gg.x --> false\tlines_of_reads.lua:57: attempt to index global 'gg' (a nil value)
) end))
print(pcall(function() return id(1, gg.x --> false\tlines_of_reads.lua:60: attempt to index global 'gg' (a nil value)

) + 1 end))
print(pcall(function() local a, b = gg.x --> false\tlines_of_reads.lua:62: attempt to index global 'gg' (a nil value)
, 1 end))
print(pcall(function() return gg.x --> false\tlines_of_reads.lua:64: attempt to index global 'gg' (a nil value)
, 1 end))
print(pcall(function() local a a = gg.x --> false\tlines_of_reads.lua:66: attempt to index global 'gg' (a nil value)
, 1 end))
print(pcall(function() return {gg.x --> false\tlines_of_reads.lua:68: attempt to index global 'gg' (a nil value)
, 1} end))
print(pcall(function() return {1, gg.x --> false\tlines_of_reads.lua:71: attempt to index global 'gg' (a nil value)

} end))
print(pcall(function() return {x = gg.x --> false\tlines_of_reads.lua:72: attempt to index global 'gg' (a nil value)

} end))
print(pcall(function() return {[gg.x --> false\tlines_of_reads.lua:75: attempt to index global 'gg' (a nil value)

] 
= 1

} end))
print(pcall(function() return -gg.x --> false\tlines_of_reads.lua:81: attempt to index global 'gg' (a nil value)
end))
print(pcall(function() if gg.x --> false\tlines_of_reads.lua:83: attempt to index global 'gg' (a nil value)
then end end))
print(pcall(function() while gg.x --> false\tlines_of_reads.lua:85: attempt to index global 'gg' (a nil value)
do end end))
print(pcall(function() for i = gg.x --> false\tlines_of_reads.lua:87: attempt to index global 'gg' (a nil value)
, 1 do end end))
print(pcall(function() for i = 1 --> false\tlines_of_reads.lua:90: attempt to index global 'gg' (a nil value)
, gg.x
, 1
do end end))
print(pcall(function() for i in gg.x --> false\tlines_of_reads.lua:93: attempt to index global 'gg' (a nil value)
do end end))
print(pcall(function() return gg.x --> false\tlines_of_reads.lua:96: attempt to index global 'gg' (a nil value)
.. "a" end))
print(pcall(function() return "a" .. gg.x --> false\tlines_of_reads.lua:99: attempt to index global 'gg' (a nil value)

.. "a" end))
print(pcall(function() return gg.x --> false\tlines_of_reads.lua:101: attempt to index global 'gg' (a nil value)
and 1 end))
print(pcall(function() return gg.x --> false\tlines_of_reads.lua:103: attempt to index global 'gg' (a nil value)
or 1 end))
print(pcall(function() return gg.x --> false\tlines_of_reads.lua:105: attempt to index global 'gg' (a nil value)
== 1 end))
print(pcall(function() return 1 == --> false\tlines_of_reads.lua:107: attempt to index global 'gg' (a nil value)
gg.x

end))
print(pcall(function() return not gg.x --> false\tlines_of_reads.lua:110: attempt to index global 'gg' (a nil value)

== 1 end))
print(pcall(function() return gg.x.y --> false\tlines_of_reads.lua:113: attempt to index global 'gg' (a nil value)

== 1 end))
print(pcall(function() local t = {} return t.x.y --> false\tlines_of_reads.lua:118: attempt to index field 'x' (a nil value)

== 1 end))
print(pcall(function() local t = {} t.x.y --> false\tlines_of_reads.lua:121: attempt to index field 'x' (a nil value)

= 1 end))
print(pcall(function() local t = {} t.x --> false\tlines_of_reads.lua:125: attempt to index field 'x' (a nil value)

.y
= 1 end))
print(pcall(function() local t = {} t[gg.x --> false\tlines_of_reads.lua:126: attempt to index global 'gg' (a nil value)
] = 1 end))
print(pcall(function() local t = {} t[gg.x --> false\tlines_of_reads.lua:128: attempt to index global 'gg' (a nil value)

] 
.y= 1 end))
print(pcall(function() local t = {} return t[gg.x --> false\tlines_of_reads.lua:132: attempt to index global 'gg' (a nil value)

] 
.y end))
print(pcall(function() local t = {} return t[gg.x --> false\tlines_of_reads.lua:136: attempt to index global 'gg' (a nil value)

] 
 end))
print(pcall(function() local t = {} return id "x" .y --> false\tlines_of_reads.lua:142: attempt to index field 'y' (a nil value)
 
 .z end))
print(pcall(function() local t = {} return id (gg.x)  --> false\tlines_of_reads.lua:143: attempt to index global 'gg' (a nil value)
 
 .z end))
print(pcall(function() local t = {} return id {gg.x  --> false\tlines_of_reads.lua:148: attempt to index global 'gg' (a nil value)

} 
 
 .z end))
print(pcall(function() return gg.x --> false\tlines_of_reads.lua:152: attempt to index global 'gg' (a nil value)
^ 2 end))
print(pcall(function() repeat until gg.x --> false\tlines_of_reads.lua:153: attempt to index global 'gg' (a nil value)

 end))
print(pcall(function() gg.x --> false\tlines_of_reads.lua:156: attempt to index global 'gg' (a nil value)

.y "s" end))
print(pcall(function() return (gg.x --> false\tlines_of_reads.lua:161: attempt to index global 'gg' (a nil value)

) .y end))
print(pcall(function() return ((gg.x --> false\tlines_of_reads.lua:164: attempt to index global 'gg' (a nil value)

)
) .y end))
print(pcall(function() return 1 + (gg.x --> false\tlines_of_reads.lua:168: attempt to index global 'gg' (a nil value)

) + 2 end))
print(pcall(function() return id(gg.x --> false\tlines_of_reads.lua:171: attempt to index global 'gg' (a nil value)

, gg.y
, 2) end))
