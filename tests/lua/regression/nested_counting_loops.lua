-- A counting loop with a limit that is not known takes two of CPython's 20 nested blocks: one for the chunks that are paid
-- ahead, one for the rounds. Eleven of them were a SyntaxError of Python's.
local n, rounds = 1, 0
for a = 1, n do for b = 1, n do for c = 1, n do for d = 1, n do for e = 1, n do for f = 1, n do
  for g = 1, n do for h = 1, n do for i = 1, n do for j = 1, n do for k = 1, n do for l = 1, n do
    for m = 1, n do for o = 1, n do for p = 1, n do for q = 1, n do
      rounds = rounds + 1
    end end end end
  end end end end end end
end end end end end end
print(rounds) --> 1
