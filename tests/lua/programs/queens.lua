-- Eight queens: first solution, number of solutions for small boards.
local N = 8
local function ok(a, n, c)
  for i = 1, n - 1 do
    if a[i] == c or a[i] - i == c - n or a[i] + i == c + n then return false end
  end
  return true
end
local function show(a)
  for i = 1, N do
    local row = {}
    for j = 1, N do row[j] = a[i] == j and "Q" or "-" end
    print(table.concat(row, " "))
  end
end
local function first(a, n)
  if n > N then show(a) return true end
  for c = 1, N do
    if ok(a, n, c) then
      a[n] = c
      if first(a, n + 1) then return true end
    end
  end
  return false
end
print(first({}, 1)) --> Q - - - - - - -
--> - - - - Q - - -
--> - - - - - - - Q
--> - - - - - Q - -
--> - - Q - - - - -
--> - - - - - - Q -
--> - Q - - - - - -
--> - - - Q - - - -
--> true
local function count(size)
  local total, cols, d1, d2 = 0, {}, {}, {}
  local function place(r)
    if r > size then total = total + 1 return end
    for c = 1, size do
      if not cols[c] and not d1[r + c] and not d2[r - c] then
        cols[c], d1[r + c], d2[r - c] = true, true, true
        place(r + 1)
        cols[c], d1[r + c], d2[r - c] = nil, nil, nil
      end
    end
  end
  place(1)
  return total
end
for size = 1, 7 do print(size, count(size)) end --> 1\t1
--> 2\t0
--> 3\t0
--> 4\t2
--> 5\t10
--> 6\t4
--> 7\t40
