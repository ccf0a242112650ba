-- Small well-known algorithms: sieve, sorts, permutations, hanoi, primes, gcd, big factorial, roman, collatz.
local function sieve(n) local p, out = {}, {} for i = 2, n do p[i] = true end for i = 2, n do if p[i] then out[#out + 1] = i for j = i * i, n, i do p[j] = false end end end return out end
print(table.concat(sieve(100), " ")) --> 2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79 83 89 97
print(#sieve(5000)) --> 669
local function quicksort(t, lo, hi) lo, hi = lo or 1, hi or #t if lo < hi then local p, i = t[hi], lo - 1 for j = lo, hi - 1 do if t[j] <= p then i = i + 1 t[i], t[j] = t[j], t[i] end end t[i + 1], t[hi] = t[hi], t[i + 1] quicksort(t, lo, i) quicksort(t, i + 2, hi) end return t end
local function mergesort(t) if #t <= 1 then return t end local mid = math.floor(#t / 2) local a, b = {}, {} for i = 1, mid do a[i] = t[i] end for i = mid + 1, #t do b[i - mid] = t[i] end a, b = mergesort(a), mergesort(b) local r, i, j = {}, 1, 1 while i <= #a or j <= #b do if j > #b or (i <= #a and a[i] <= b[j]) then r[#r + 1] = a[i] i = i + 1 else r[#r + 1] = b[j] j = j + 1 end end return r end
local function heapsort(t) local n = #t local function sift(i, n) while true do local c = 2 * i if c > n then return end if c < n and t[c + 1] > t[c] then c = c + 1 end if t[i] >= t[c] then return end t[i], t[c] = t[c], t[i] i = c end end for i = math.floor(n / 2), 1, -1 do sift(i, n) end for i = n, 2, -1 do t[1], t[i] = t[i], t[1] sift(1, i - 1) end return t end
local function bubble(t) local swapped repeat swapped = false for i = 1, #t - 1 do if t[i] > t[i + 1] then t[i], t[i + 1] = t[i + 1], t[i] swapped = true end end until not swapped return t end
local function insertion(t) for i = 2, #t do local v, j = t[i], i - 1 while j > 0 and t[j] > v do t[j + 1] = t[j] j = j - 1 end t[j + 1] = v end return t end
local function data() local t, x = {}, 42 for i = 1, 25 do x = (x * 1103515245 + 12345) % 2147483648 t[i] = x % 100 end return t end
for _, f in ipairs {quicksort, mergesort, heapsort, bubble, insertion} do print(table.concat(f(data()), " ")) end --> 0 8 27 48 48 56 56 56 64 68 68 72 72 72 76 76 80 84 84 84 88 88 92 96 96
--> 0 8 27 48 48 56 56 56 64 68 68 72 72 72 76 76 80 84 84 84 88 88 92 96 96
--> 0 8 27 48 48 56 56 56 64 68 68 72 72 72 76 76 80 84 84 84 88 88 92 96 96
--> 0 8 27 48 48 56 56 56 64 68 68 72 72 72 76 76 80 84 84 84 88 88 92 96 96
--> 0 8 27 48 48 56 56 56 64 68 68 72 72 72 76 76 80 84 84 84 88 88 92 96 96
local function permutations(a, n, f) n = n or #a if n <= 1 then f(a) else for i = 1, n do a[n], a[i] = a[i], a[n] permutations(a, n - 1, f) a[n], a[i] = a[i], a[n] end end end
permutations({"a", "b", "c"}, nil, function(p) print(table.concat(p, " ")) end) --> b c a
--> c b a
--> c a b
--> a c b
--> b a c
--> a b c
local moves = {}
local function hanoi(n, a, b, c) if n > 0 then hanoi(n - 1, a, c, b) moves[#moves + 1] = a .. c hanoi(n - 1, b, a, c) end end
hanoi(4, "A", "B", "C")
print(#moves, table.concat(moves, " ")) --> 15\tAB AC BC AB CA CB AB AC BC BA CA BC AB AC BC
local function bigfact(n) local d = {1} for i = 2, n do local carry = 0 for j = 1, #d do local v = d[j] * i + carry d[j] = v % 10 carry = math.floor(v / 10) end while carry > 0 do d[#d + 1] = carry % 10 carry = math.floor(carry / 10) end end return table.concat(d):reverse() end
print(bigfact(30)) --> 265252859812191058636308480000000
print(bigfact(50)) --> 30414093201713378043612608166064768844377641568960512000000000000
local function roman(n) local s = "" for _, p in ipairs {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} do while n >= p[1] do s = s .. p[2] n = n - p[1] end end return s end
for _, n in ipairs {1, 4, 9, 14, 40, 90, 400, 1994, 2024, 3999} do print(n, roman(n)) end --> 1\tI
--> 4\tIV
--> 9\tIX
--> 14\tXIV
--> 40\tXL
--> 90\tXC
--> 400\tCD
--> 1994\tMCMXCIV
--> 2024\tMMXXIV
--> 3999\tMMMCMXCIX
local function collatz(n) local steps = 0 while n ~= 1 do n = n % 2 == 0 and n / 2 or 3 * n + 1 steps = steps + 1 end return steps end
for _, n in ipairs {1, 7, 27, 97, 871} do print(n, collatz(n)) end --> 1\t0
--> 7\t16
--> 27\t111
--> 97\t118
--> 871\t178
local function levenshtein(a, b) local prev = {} for j = 0, #b do prev[j] = j end for i = 1, #a do local cur = {[0] = i} for j = 1, #b do local cost = a:byte(i) == b:byte(j) and 0 or 1 cur[j] = math.min(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + cost) end prev = cur end return prev[#b] end
print(levenshtein("kitten", "sitting"), levenshtein("", "abc"), levenshtein("same", "same"), levenshtein("gateway", "getaway")) --> 3\t3\t0\t2
local function lcs(a, b) local m = setmetatable({}, {__index = function(t, k) local r = setmetatable({}, {__index = function() return "" end}) rawset(t, k, r) return r end}) for i = 1, #a do for j = 1, #b do if a:sub(i, i) == b:sub(j, j) then m[i][j] = m[i - 1][j - 1] .. a:sub(i, i) else m[i][j] = #m[i - 1][j] >= #m[i][j - 1] and m[i - 1][j] or m[i][j - 1] end end end return m[#a][#b] end
print(lcs("AGGTAB", "GXTXAYB"), lcs("abc", "xyz") == "") --> GTAB\ttrue
local graph = {a = {b = 7, c = 9, f = 14}, b = {a = 7, c = 10, d = 15}, c = {a = 9, b = 10, d = 11, f = 2}, d = {b = 15, c = 11, e = 6}, e = {d = 6, f = 9}, f = {a = 14, c = 2, e = 9}}
local function dijkstra(g, from) local dist, done = {[from] = 0}, {} while true do local best for n, d in pairs(dist) do if not done[n] and (not best or d < dist[best]) then best = n end end if not best then return dist end done[best] = true for n, w in pairs(g[best]) do local d = dist[best] + w if not dist[n] or d < dist[n] then dist[n] = d end end end end
local d = dijkstra(graph, "a")
for _, n in ipairs {"a", "b", "c", "d", "e", "f"} do print(n, d[n]) end --> a\t0
--> b\t7
--> c\t9
--> d\t20
--> e\t20
--> f\t11
local function binsearch(t, x) local lo, hi = 1, #t while lo <= hi do local mid = math.floor((lo + hi) / 2) if t[mid] == x then return mid elseif t[mid] < x then lo = mid + 1 else hi = mid - 1 end end return nil, lo end
print(binsearch({1, 3, 5, 7, 9}, 7), binsearch({1, 3, 5}, 4)) --> 4\tnil\t3
local function gcd(a, b) return b == 0 and a or gcd(b, a % b) end
print(gcd(1071, 462), gcd(2 ^ 40, 2 ^ 20 * 3)) --> 21\t1048576
local function powmod(b, e, m) local r = 1 b = b % m while e > 0 do if e % 2 == 1 then r = r * b % m end b = b * b % m e = math.floor(e / 2) end return r end
print(powmod(2, 100, 1000007), powmod(3, 12345, 65537)) --> 698635\t40360
local function subsets(t) local out = {} for mask = 0, 2 ^ #t - 1 do local s, m = {}, mask for i = 1, #t do if m % 2 == 1 then s[#s + 1] = t[i] end m = math.floor(m / 2) end out[#out + 1] = "{" .. table.concat(s, ",") .. "}" end return table.concat(out, " ") end
print(subsets({"x", "y", "z"})) --> {} {x} {y} {x,y} {z} {x,z} {y,z} {x,y,z}
local function fizz(n) local r = {} for i = 1, n do r[i] = i % 15 == 0 and "FizzBuzz" or i % 3 == 0 and "Fizz" or i % 5 == 0 and "Buzz" or i end return table.concat(r, " ") end
print(fizz(20)) --> 1 2 Fizz 4 Buzz Fizz 7 8 Fizz Buzz 11 Fizz 13 14 FizzBuzz 16 17 Fizz 19 Buzz
local function pascal(n) local row = {1} for i = 1, n do print(table.concat(row, " ")) local nxt = {1} for j = 1, #row do nxt[j + 1] = row[j] + (row[j + 1] or 0) end row = nxt end end
pascal(8) --> 1
--> 1 1
--> 1 2 1
--> 1 3 3 1
--> 1 4 6 4 1
--> 1 5 10 10 5 1
--> 1 6 15 20 15 6 1
--> 1 7 21 35 35 21 7 1
local function rot13(s) return (s:gsub("%a", function(c) local b = c:byte() local base = b >= 97 and 97 or 65 return string.char((b - base + 13) % 26 + base) end)) end
print(rot13("Hello, World!"), rot13(rot13("Round Trip"))) --> Uryyb, Jbeyq!\tRound Trip
local function rle(s) local r, i = {}, 1 while i <= #s do local c = s:sub(i, i) local run = s:match("^" .. c .. "+", i) r[#r + 1] = #run .. c i = i + #run end return table.concat(r) end
print(rle("WWWWBBBWWC"), rle(""), rle("abc")) --> 4W3B2W1C\t\t1a1b1c
local function spiral(n) local m = {} for i = 1, n do m[i] = {} end local t, l, b, r, v = 1, 1, n, n, 1 while t <= b do for c = l, r do m[t][c] = v v = v + 1 end t = t + 1 for y = t, b do m[y][r] = v v = v + 1 end r = r - 1 for c = r, l, -1 do m[b][c] = v v = v + 1 end b = b - 1 for y = b, t, -1 do m[y][l] = v v = v + 1 end l = l + 1 end return m end
for _, row in ipairs(spiral(4)) do print(table.concat(row, "\t")) end --> 1\t2\t3\t4
--> 12\t13\t14\t5
--> 11\t16\t15\t6
--> 10\t9\t8\t7
