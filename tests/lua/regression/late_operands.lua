-- A table or key that is a local of the function is read from its register when the instruction runs, so a call in
-- another part of the statement changes it. It was read too early: as a key beside another target, as the table of
-- `t[f()]` and as a computed key of a constructor.
local U = {}
local function several()
  local j = 1
  local function f() j = 5 return "v" end
  U[j], U[j + 1] = f(), "w"
  return U[1], U[2], U[5]
end
print(several()) --> nil\tw\tv

local function indexed()
  local t = {"old"}
  local function f() t = {"new"} return 1 end
  local read = t[f()]
  t[f()] = "stored"
  return read, t[1]
end
print(indexed()) --> new\tstored

local function constructed()
  local key = "early"
  local function f() key = "late" return 1 end
  local t = {[key] = f()}
  return t.early, t.late
end
print(constructed()) --> nil\t1
