-- reference: luajit
-- A chunk with goto in a loop still reads locals late.
local n = 10
local function f() n = 1 return 3 end
for i = 1, 3 do if i then goto continue end do end ::continue:: end
print(n - f() - n) --> -3
n = 10
print(n < f(), n) --> true\t1
local function g()
  local k = 5
  local function h() k = 50 return 1 end
  while true do
    if k then goto out end
  end
  ::out::
  return k + h() + k, k
end
print(g()) --> 101\t50
