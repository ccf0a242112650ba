local function g(...) return ... end
return print(1, g(2)), g(3)
