-- assert returns all its arguments; it dropped a second one that was nil.
local function found() return "orders", nil end
print(select("#", assert(true, nil)), select("#", assert(1, nil, nil)), select("#", assert(1))) --> 2\t3\t1
print(pcall(assert, true, nil)) --> true\ttrue\tnil
print(assert(found())) --> orders\tnil
print(pcall(assert, nil, nil)) --> false\tassertion failed!
print(pcall(assert, false)) --> false\tassertion failed!
