-- Comments of every form, and where they may stand.
print("after a line comment") -- trailing --> after a line comment
print(1 --[[inside]] + 2) --> 3
print(--[==[ a ]] b ]=] ]==] "level two") --> level two
--[[ one
print("not run")
two ]] print("after a block") --> after a block
--[==[
]]
]=]
]==]
print("after nested brackets") --> after nested brackets
--[ not a block comment
print("single bracket is a line comment") --> single bracket is a line comment
--[=[ block on one line ]=] print("same line") --> same line
--[=
print("unfinished opener is a line comment") --> unfinished opener is a line comment
--]] closes nothing
print("closing brackets alone") --> closing brackets alone
---[[ three dashes make a line comment
print("runs") --> runs
--]]
local t = { 1, --[[ in a table ]] 2, -- tail
  3 --[=[ ]] ]=], }
print(#t) --> 3
print("--not a comment", '--[[nor this]]') --> --not a comment\t--[[nor this]]
print(1--[[x]]..2) --> 12
local a = 5 --
print(a)-- --> 5
print(a--[[
spans lines ]]) --> 5
if --[[c]] true --[[c]] then --[[c]] print --[[c]] ("c") --[[c]] end --[[c]] --> c
--
--[[]]
--[==[]==]
print("end") --> end
