local N = 33 -- small: 24
-- The same recursion through a global, as most scripts define their functions.

function fib(n)
  if n <= 1 then return n end
  return fib(n - 1) + fib(n - 2)
end

print(fib(N))
