local function f(...) return select('#', ...), (select(2, ...)) end
return f(1, 2)
