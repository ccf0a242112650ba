-- A local function that returns a call of itself: its parameters get new values, all at once.
local function swap(a, b, n) if n == 0 then return a, b end return swap(b, a, n - 1) end
print(swap(1, 2, 3)) --> 2\t1
local function gcd(a, b) if b == 0 then return a end return gcd(b, a % b) end
print(gcd(48, 18)) --> 6
-- Fewer values than parameters, and more.
local function fewer(a, b, c) if a == 0 then return a, b, c end return fewer(a - 1, a) end
print(fewer(2, "b", "c")) --> 0\t1\tnil
local said = {}
local function say(x) said[#said + 1] = x return x end
local function more(n) if n == 0 then return table.concat(said, " ") end return more(say(n - 1), say("extra"), say("last")) end
print(more(2)) --> 1 extra last 0 extra last
local function none() if said == nil then return "done" end said = nil return none() end
print(none()) --> done
-- A last call of several values, of none, of one.
local function several(n) if n == 3 then return n, "several" elseif n == 1 then return end return n end
local function last(a, b) if b == nil or a == 0 then return a, b end return last(a - 1, several(a)) end
print(last(4, "x")) --> 0\tnil
-- In branches, blocks and loops.
local function branches(n, text)
  if n == 0 then
    return text
  elseif n % 2 == 0 then
    do return branches(n - 1, text .. "e") end
  else
    for i = 1, 3 do
      if i == 2 then return branches(n - 1, text .. "o") end
    end
  end
end
print(branches(5, "")) --> oeoeo
-- Locals begin anew.
local function fresh(n)
  local seen
  if n == 1 then seen = "set" end
  if n == 0 then return seen end
  return fresh(n - 1)
end
print(fresh(3)) --> nil
-- A function that makes functions keeps the locals of each call apart.
local function keep(n, list)
  if n == 0 then return list[1]() .. list[2]() end
  list[#list + 1] = function() return n end
  return keep(n - 1, list)
end
print(keep(2, {})) --> 21
-- Another function by the same name, and one that is assigned again.
local function shadowed(n)
  local shadowed = function(m) return "other " .. m end
  return shadowed(n)
end
print(shadowed(1)) --> other 1
local function changed(n) if n == 0 then return "first" end return changed(n - 1) end
local before = changed
changed = function() return "second" end
print(before(1)) --> second
-- Errors name what failed.
local function bad(t, n) if n == 0 then return t.x.y end return bad(t, n - 1) end
print(pcall(bad, {}, 2)) --> false\tself_calls.lua:58: attempt to index field 'x' (a nil value)
print(pcall(bad, 1, 2)) --> false\tself_calls.lua:58: attempt to index local 't' (a number value)
-- A thread yields on the way.
local co = coroutine.wrap(function()
  local function count(n) if n == 0 then return "end" end coroutine.yield(n) return count(n - 1) end
  return count(3)
end)
print(co(), co(), co(), co()) --> 3\t2\t1\tend
-- Recursion that is none of these goes on as before.
local function ack(m, n)
  if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) else return ack(m - 1, ack(m, n - 1)) end
end
print(ack(2, 3)) --> 9
