-- Long brackets: levels, the first line break, no escapes.
print([[plain]]) --> plain
print([[
first newline is dropped]]) --> first newline is dropped
print(#[[

]]) --> 1
print([==[ has ]] and ]=] inside ]==]) -->  has ]] and ]=] inside\x20
print([[\n is not an escape]]) --> \\n is not an escape
print([=[[[nested]]]=]) --> [[nested]]
print([[a
b
c]]) --> a
--> b
--> c
print(#[[a
b]], #[==[

x]==]) --> 3\t2
print([[]] == "", #[[]], #[=[]=]) --> true\t0\t0
print([[ "quotes" and 'quotes' ]]) -->  "quotes" and 'quotes'\x20
print([=[]]]=], [==[]=]]==]) --> ]]\t]=]
local t = {[ [[key]] ] = 1, [ [=[other]=] ] = 2}
print(t.key, t.other) --> 1\t2
print(("x"):rep(3) .. [[y]]) --> xxxy
print(#[[
]]) --> 0
print(type [[x]], type[==[y]==], #type"z") --> string\tstring\t6
local s = [[
	tabs and  spaces kept
]]
print(#s) --> 23
print(s:gsub("%s", "_")) --> _tabs_and__spaces_kept_\t6
print([[--no comment]]) --> --no comment
print([=[]==]]=]) --> ]==]
print([=[a]]=], #[==[]=]]==]) --> a]\t3
