-- assert adds the caller's position where error would, and only to what it makes itself.
print(pcall(function() assert(false, "msg") end)) --> false\tpositions_of_assert.lua:2: msg
print(pcall(function() assert(nil) end)) --> false\tpositions_of_assert.lua:3: assertion failed!
print(pcall(assert, false, "plain")) --> false\tplain
print(pcall(function() assert(false, 42) end)) --> false\tpositions_of_assert.lua:5: 42
print(pcall(function() assert(false, {}) end)) --> false\tpositions_of_assert.lua:6: bad argument #2 to 'assert' (string expected, got table)
print(pcall(function() return assert(1 == 1, "unused") end)) --> true\ttrue\tunused
print(pcall(function() return (assert(false, "in a return")) end)) --> false\tpositions_of_assert.lua:8: in a return
