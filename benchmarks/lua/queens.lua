local N = 9 -- small: 7
-- All solutions of the n queens, by backtracking over arrays of booleans and by scanning rows.

local function solve(n)
  local columns, up, down = {}, {}, {}
  local solutions = 0
  local function place(row)
    if row > n then
      solutions = solutions + 1
      return
    end
    for c = 1, n do
      if not columns[c] and not up[row + c] and not down[row - c + n] then
        columns[c], up[row + c], down[row - c + n] = true, true, true
        place(row + 1)
        columns[c], up[row + c], down[row - c + n] = false, false, false
      end
    end
  end
  place(1)
  return solutions
end

function is_safe(board, row, column)
  for r = 1, row - 1 do
    local c = board[r]
    if c == column or c - r == column - row or c + r == column + row then
      return false
    end
  end
  return true
end

local scanned = 0
function add_queen(board, row, n)
  if row > n then
    scanned = scanned + 1
  else
    for c = 1, n do
      if is_safe(board, row, c) then
        board[row] = c
        add_queen(board, row + 1, n)
      end
    end
  end
end

local total = 0
for _ = 1, 14 do
  total = total + solve(N)
  add_queen({}, 1, N)
end
print(total, scanned)
