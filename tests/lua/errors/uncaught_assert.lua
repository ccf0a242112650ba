print(assert(1, "fine")) --> 1\tfine
assert(type(5) == "string", "five is no string") --> error: uncaught_assert.lua:2: five is no string
