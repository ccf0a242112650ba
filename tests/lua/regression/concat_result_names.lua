-- What __concat answers goes by the name of the operand whose register it took: luaV_concat stores it there, and
-- luaG_concaterror names the register by the instruction that loaded it.
local mt = {}
mt.__concat = function() return nil end
local o = setmetatable({}, mt)
local function message(f, ...) return (select(2, pcall(f, ...)):gsub("^.-:%d+: ", "")) end
print(message(function() return 7 .. o .. 8 .. 'z' end)) --> attempt to concatenate upvalue 'o' (a nil value)
print(message(function() return 7 .. 8 .. o .. 'z' end)) --> attempt to concatenate upvalue 'o' (a nil value)
print(message(function(p) return 'a' .. p .. 'b' end, o)) --> attempt to concatenate local 'p' (a nil value)
print(message(function(p) return 'a' .. p.x .. 'b' end, {x = o})) --> attempt to concatenate field 'x' (a nil value)
print(message(function() return 'a' .. tostring .. 'b' end)) --> attempt to concatenate global 'tostring' (a function value)
print(message(function(p) return 'a' .. (p) .. p() end, o)) --> attempt to call local 'p' (a table value)
print(message(function(p) return 'a' .. p .. tostring(1) end, o)) --> attempt to concatenate local 'p' (a nil value)
