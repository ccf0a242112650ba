-- Fuzzed: a constructor with a computed key gave its temporaries back too early, and the operand at its left was lost.
local function f(...) return ... end
local p, o, g = 1, {5, 6}, nil
print(pcall(function() return missing + ({[p] = o[p]})[p] end)) print(pcall(function() return f(1) .. ({[p] = f(o[p]) .. "x", [f(2)] = f(3)})[p] end)) --> false\ttemporaries_of_constructors.lua:4: attempt to perform arithmetic on global 'missing' (a nil value)
--> true\t15x
print(pcall(function() local t, u = {}, nil t[p], u[p], u[f(1)] = nil, missing + ({[p] = o[f(2)]})[p], nil end)) --> false\ttemporaries_of_constructors.lua:6: attempt to perform arithmetic on global 'missing' (a nil value)
print(pcall(function() return f(1) + f(2) * ({[f("k")] = f(3) + f(4), [f("l")] = f(5)}).k end)) --> true\t15
