-- A key cleared in the middle of an array and set again, or set out of turn, leaves one run of keys. Each time was
-- counted for good, and each sixteenth time the whole array was looked over: 40,000 instructions for 10,000 keys, and
-- filling an array in swapped pairs took 219 MB.
local function used(f, t)
  local start = os.clock()
  f(t)
  return os.clock() - start
end
local function array(n)
  local t = {}
  for i = 1, n do t[i] = i end
  return t
end
local function one(t) for i = 1, 300 do t[10] = nil t[10] = i end end
local function two(t) for i = 1, 300 do t[10] = nil t[11] = nil t[10] = i t[11] = i end end
local function outside(t) for i = 1, 300 do t[-7] = i t[-7] = nil end end
local function pairwise(n) local t = {} for i = 1, n, 2 do t[i + 1] = i t[i] = i end return t end
print(used(one, array(5000)) < 1.1 * used(one, array(50))) --> true
print(used(two, array(5000)) < 1.1 * used(two, array(50))) --> true
print(used(outside, array(5000)) < 1.1 * used(outside, array(50))) --> true
print(used(pairwise, 4000) < 11 * used(pairwise, 400)) --> true
print(#pairwise(4000)) --> 4000
