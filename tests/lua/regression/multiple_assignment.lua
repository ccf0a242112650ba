-- In `t[i], i = 1, 2` the store into i came first and t[2] was set: stores go from right to left, but what stands left of
-- a local that it names keeps the local's old value (check_conflict in PUC's parser). Queues, reversals and partitions
-- written this way lost their elements, silently.
local t, k = {}, "x"
t[k], k = 1, "y"
print(t.x, t.y, k) --> 1\tnil\ty
local q, n = {}, 1
q[n], n = "a", n + 1
q[n], n = "b", n + 1
print(q[1], q[2], q[3], n) --> a\tb\tnil\t3
local a = {1, 2, 3, 4, 5}
local i, j = 1, #a
while i < j do a[i], a[j], i, j = a[j], a[i], i + 1, j - 1 end
print(table.concat(a, " ")) --> 5 4 3 2 1
local l, r = {v = 1, next = {v = 2}}
while l do l.next, r, l = r, l, l.next end
print(r.v, r.next.v, r.next.next) --> 2\t1\tnil
local o = {}
local s = o
o.x, o = 1
print(s.x, o) --> 1\tnil

-- A local to the left of the target is assigned after it.
local u, m = {}, 1
m, u[m] = 2, "one"
print(u[1], u[2], m) --> one\tnil\t2

-- The copy is made when the local's own turn among the targets comes: a call in a target before it changes what is
-- copied, a call in the values does not.
local function turns(late)
  local w, p = {}, 1
  local function step() p = p + 1 return p end
  if late then
    w[p], p, w[10] = "first", step(), step()
  else
    w[p], w[step() + 5], p = "first", "second", 9
  end
  return w[1], w[2], w[3], w[7], p
end
print(turns(true)) --> first\tnil\tnil\tnil\t2
print(turns(false)) --> nil\tfirst\tnil\tsecond\t9

-- Parameters, loop variables and locals that closures share in a loop.
local function shift(list, at)
  list[at], at, list = at, list, at
  return at[1], list
end
print(shift({}, 1)) --> 1\t1
for step = 1, 2 do
  local kept, place = {}, step
  local function see() return place end
  kept[place], place = see(), step + 10
  print(kept[step], kept[step + 10], see()) --> 1\tnil\t11
--> 2\tnil\t12
end
