-- A local function that returns a call of itself begins again.
local function gcd(a, b)
  if b == 0 then return a end
  return gcd(b, a % b)
end
return gcd(48, 18)
