-- Every NaN is written alike. Its sign differed with CPython's specialisation of + and * : twelve identical requests had
-- three answers, and a log of one Python replayed as different on another.
local inf = 1 / 0
local p = inf - inf
local n = -p
print(p, n, 0 / 0, -(0 / 0), inf * 0, math.sqrt(-1), math.log(-1), math.acos(2), 0 / 0 % 1) --> -nan\t-nan\t-nan\t-nan\t-nan\t-nan\t-nan\t-nan\t-nan
local function add(a, b) return a + b end
local function times(a, b) return a * b end
local seen, kinds = {}, 0
for i = 1, 40 do
  for _, v in ipairs { add(n, p), add(p, n), times(n, p), times(p, n), add(1, n), add(1, p) } do
    for _, text in ipairs { tostring(v), v .. "", table.concat { v }, ("%s"):format(v), ("%g"):format(v) } do
      if not seen[text] then seen[text] = true kinds = kinds + 1 end
    end
  end
end
print(kinds, seen["-nan"]) --> 1\ttrue
print(("%f|%e|%G|%+5.1f|% g|%-6g|%06g|%d|%i|%x"):format(n, p, n, n, p, n, p, n, p, n)) --> -nan|-nan|-NAN| -nan|-nan|-nan  |  -nan|-9223372036854775808|-9223372036854775808|8000000000000000
print((("x"):gsub("x", { x = n })), pcall(error, n, 1)) --> -nan\tfalse\t-nan
print(bit.tobit(n), bit.tobit(p), #tostring(n)) --> 0\t0\t4
