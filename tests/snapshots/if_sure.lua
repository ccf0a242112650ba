local function f(n)
  if n < 2 then return n end
  return n * 2
end
return f(3)
