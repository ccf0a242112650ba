-- Numeric benchmarks of the usual suites, small: mandelbrot, n-body, spectral norm, fannkuch, matrix, nsieve.
local function mandelbrot(w, h, limit)
  for y = 0, h - 1 do
    local line = {}
    for x = 0, w - 1 do
      local cr, ci, zr, zi, n = 2.5 * x / w - 1.8, 2 * y / h - 1, 0, 0, 0
      while n < limit and zr * zr + zi * zi < 4 do zr, zi, n = zr * zr - zi * zi + cr, 2 * zr * zi + ci, n + 1 end
      line[#line + 1] = n == limit and "#" or n > 8 and "+" or n > 4 and "." or " "
    end
    print((table.concat(line):gsub("%s+$", "")))
  end
end
mandelbrot(48, 16, 60) -->                             ....+++.
-->                           ....++#+++...
-->                       .......+#####+......
-->                  ......+#+++########+#+++++.
-->            ...........++#################+...
-->        ...+....+.....+####################++.
-->      ......++#+####++#####################++.
-->   ......++++########+#####################+..
--> ########################################++...
-->   ......++++########+#####################+..
-->      ......++#+####++#####################++.
-->        ...+....+.....+####################++.
-->            ...........++#################+...
-->                  ......+#+++########+#+++++.
-->                       .......+#####+......
-->                           ....++#+++...
local PI = math.pi
local SOLAR = 4 * PI * PI
local DAYS = 365.24
local bodies = {
  {x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = SOLAR},
  {x = 4.84143144246472090e+00, y = -1.16032004402742839e+00, z = -1.03622044471123109e-01, vx = 1.66007664274403694e-03 * DAYS, vy = 7.69901118419740425e-03 * DAYS, vz = -6.90460016972063023e-05 * DAYS, mass = 9.54791938424326609e-04 * SOLAR},
  {x = 8.34336671824457987e+00, y = 4.12479856412430479e+00, z = -4.03523417114321381e-01, vx = -2.76742510726411899e-03 * DAYS, vy = 4.99852801234917238e-03 * DAYS, vz = 2.30417297573763929e-05 * DAYS, mass = 2.85885980666130812e-04 * SOLAR},
}
local function advance(dt)
  local n = #bodies
  for i = 1, n do
    local a = bodies[i]
    for j = i + 1, n do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local mag = math.sqrt(dx * dx + dy * dy + dz * dz)
      mag = dt / (mag * mag * mag)
      local bm, am = b.mass * mag, a.mass * mag
      a.vx, a.vy, a.vz = a.vx - dx * bm, a.vy - dy * bm, a.vz - dz * bm
      b.vx, b.vy, b.vz = b.vx + dx * am, b.vy + dy * am, b.vz + dz * am
    end
  end
  for i = 1, n do local b = bodies[i] b.x, b.y, b.z = b.x + dt * b.vx, b.y + dt * b.vy, b.z + dt * b.vz end
end
local function energy()
  local e = 0
  for i, a in ipairs(bodies) do
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.mass * b.mass / math.sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end
print(("%.9f"):format(energy())) --> -0.166188305
for _ = 1, 200 do advance(0.01) end
print(("%.9f"):format(energy())) --> -0.166141886
local function A(i, j) local ij = i + j - 1 return 1 / (ij * (ij - 1) * 0.5 + i) end
local function Av(x, y, N) for i = 1, N do local a = 0 for j = 1, N do a = a + x[j] * A(i, j) end y[i] = a end end
local function Atv(x, y, N) for i = 1, N do local a = 0 for j = 1, N do a = a + x[j] * A(j, i) end y[i] = a end end
local N, u, v, t = 20, {}, {}, {}
for i = 1, N do u[i] = 1 end
for _ = 1, 10 do Av(u, t, N) Atv(t, v, N) Av(v, t, N) Atv(t, u, N) end
local vBv, vv = 0, 0
for i = 1, N do vBv, vv = vBv + u[i] * v[i], vv + v[i] * v[i] end
print(("%0.9f"):format(math.sqrt(vBv / vv))) --> 1.273839841
local function fannkuch(n)
  local p, q, s, sign, maxflips, sum = {}, {}, {}, 1, 0, 0
  for i = 1, n do p[i], q[i], s[i] = i, i, i end
  repeat
    local q0 = p[1]
    if q0 ~= 1 then
      for i = 2, n do q[i] = p[i] end
      local flips = 1
      while true do
        local qq = q[q0]
        if qq == 1 then sum = sum + sign * flips if flips > maxflips then maxflips = flips end break end
        q[q0] = q0
        if q0 >= 4 then local i, j = 2, q0 - 1 repeat q[i], q[j] = q[j], q[i] i, j = i + 1, j - 1 until i >= j end
        q0 = qq
        flips = flips + 1
      end
    end
    if sign == 1 then
      p[1], p[2] = p[2], p[1]
      sign = -1
    else
      p[2], p[3] = p[3], p[2]
      sign = 1
      for i = 3, n do
        local sx = s[i]
        if sx ~= 1 then s[i] = sx - 1 break end
        if i == n then return sum, maxflips end
        s[i] = i
        local tt = p[1]
        for j = 1, i do p[j] = p[j + 1] end
        p[i + 1] = tt
      end
    end
  until false
end
print(fannkuch(6)) --> 49\t10
local function matmul(a, b) local r = {} for i = 1, #a do r[i] = {} for j = 1, #b[1] do local s = 0 for k = 1, #b do s = s + a[i][k] * b[k][j] end r[i][j] = s end end return r end
local m = matmul({{1, 2, 3}, {4, 5, 6}}, {{7, 8}, {9, 10}, {11, 12}})
for _, row in ipairs(m) do print(unpack(row)) end --> 58\t64
--> 139\t154
local function det(a) local n, d = #a, 1 for i = 1, n do local p = i for r = i + 1, n do if math.abs(a[r][i]) > math.abs(a[p][i]) then p = r end end if a[p][i] == 0 then return 0 end if p ~= i then a[p], a[i] = a[i], a[p] d = -d end d = d * a[i][i] for r = i + 1, n do local f = a[r][i] / a[i][i] for c = i, n do a[r][c] = a[r][c] - f * a[i][c] end end end return d end
print(det({{2, 0, 1}, {1, 3, 2}, {1, 1, 4}}), det({{1, 2}, {2, 4}})) --> 18\t0
local function newton(f, df, x) for i = 1, 50 do local nx = x - f(x) / df(x) if math.abs(nx - x) < 1e-12 then return nx, i end x = nx end end
print(newton(function(x) return x * x - 2 end, function(x) return 2 * x end, 1)) --> 1.4142135623731\t6
print(("%.10f"):format((newton(math.cos, function(x) return -math.sin(x) end, 1)))) --> 1.5707963268
local function simpson(f, a, b, n) local h, s = (b - a) / n, f(a) + f(b) for i = 1, n - 1 do s = s + f(a + i * h) * (i % 2 == 0 and 2 or 4) end return s * h / 3 end
print(("%.10f %.10f"):format(simpson(math.sin, 0, math.pi, 100), simpson(function(x) return x ^ 3 end, 0, 2, 10))) --> 2.0000000108 4.0000000000
local function bottom_up(depth) if depth == 0 then return {} end return {bottom_up(depth - 1), bottom_up(depth - 1)} end
local function check(tree) if tree[1] then return 1 + check(tree[1]) + check(tree[2]) end return 1 end
for depth = 2, 8, 2 do print(depth, check(bottom_up(depth))) end --> 2\t7
--> 4\t31
--> 6\t127
--> 8\t511
local seed = 42
local function lcg(max) seed = (seed * 3877 + 29573) % 139968 return max * seed / 139968 end
local hist = {}
for _ = 1, 1000 do local k = math.floor(lcg(10)) hist[k] = (hist[k] or 0) + 1 end
for k = 0, 9 do print(k, hist[k]) end --> 0\t80
--> 1\t93
--> 2\t109
--> 3\t106
--> 4\t86
--> 5\t96
--> 6\t105
--> 7\t122
--> 8\t85
--> 9\t118
local fib = {[0] = 0, 1}
for i = 2, 80 do fib[i] = fib[i - 1] + fib[i - 2] end
print(fib[30], fib[70], fib[80]) --> 832040\t1.9039249070914e+14\t2.3416728348468e+16
