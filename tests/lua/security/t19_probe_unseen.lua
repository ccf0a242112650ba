-- EXPECT: ok =yyyyyyyynn -- scattered keys that no library function stores one by one
-- The ways to give a table number keys that generated code or a constructor stores itself. Each table must count its
-- runs of keys: one of scattered keys charges 12 instructions more for each use.
local function used(t)
  local start = os.clock()
  for i = 1, 1000 do if t[68941] then break end end
  return os.clock() - start
end
local plain = used({})
local function scattered(t) return used(t) > 1.5 * plain end

local answers = ''
local function answer(yes) answers = answers .. (yes and 'y' or 'n') end

local by_counter = {}
for n = 1, 20 do for i = 1, n * 7, n * 7 - 1 do by_counter[i] = 1 end end
for i = 3, 100, 2 do by_counter[i] = 1 end
answer(scattered(by_counter))

local by_length, u = {}, {}
for i = 1, 80 do u[i] = i if i % 2 == 0 then by_length[#u + 1] = i end end
answer(scattered(by_length))

local holes = {}
for i = 1, 100, 3 do holes[i] = i end
answer(scattered({ unpack(holes, 1, 100) }))
answer(scattered(table.pack(unpack(holes, 1, 100))))
local x
answer(scattered({ 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1 }))
answer(scattered({ [60] = 1, [2.5] = x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1 } ))
answer(scattered({ [plain + 9] = 1, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1, x, 1 }))

local spread = {}
for i = 1, 100 do spread[i] = i end
for i = 2, 60, 3 do spread[i] = nil end
answer(scattered(spread))
answer(scattered({ 1, 2, 3, unpack(spread, 1, 1) }))
local many = {}
for i = 1, 200 do many[i] = i end
for i = 1, 150 do many[i] = nil end
for i = 300, 201, -1 do many[i] = i end
answer(scattered(many))
return answers
