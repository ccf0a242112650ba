function f(a) return a end
return f(1)
