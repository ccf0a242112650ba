local N = 230000 -- small: 4000
-- The planets' orbits: fields of tables, floating point.

local sqrt = math.sqrt
local PI = math.pi
local SOLAR_MASS = 4 * PI * PI
local DAYS = 365.24

local bodies = {
  { x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = SOLAR_MASS },
  { x = 4.84143144246472090e+00, y = -1.16032004402742839e+00, z = -1.03622044471123109e-01,
    vx = 1.66007664274403694e-03 * DAYS, vy = 7.69901118419740425e-03 * DAYS, vz = -6.90460016972063023e-05 * DAYS,
    mass = 9.54791938424326609e-04 * SOLAR_MASS },
  { x = 8.34336671824457987e+00, y = 4.12479856412430479e+00, z = -4.03523417114321381e-01,
    vx = -2.76742510726411269e-03 * DAYS, vy = 4.99852801234917238e-03 * DAYS, vz = 2.30417297573763929e-05 * DAYS,
    mass = 2.85885980666130812e-04 * SOLAR_MASS },
}

local function advance(list, count, dt)
  for i = 1, count do
    local bi = list[i]
    local bix, biy, biz, mass = bi.x, bi.y, bi.z, bi.mass
    local vx, vy, vz = bi.vx, bi.vy, bi.vz
    for j = i + 1, count do
      local bj = list[j]
      local dx, dy, dz = bix - bj.x, biy - bj.y, biz - bj.z
      local d2 = dx * dx + dy * dy + dz * dz
      local mag = sqrt(d2)
      mag = dt / (mag * d2)
      local bm = bj.mass * mag
      vx = vx - (dx * bm)
      vy = vy - (dy * bm)
      vz = vz - (dz * bm)
      bm = mass * mag
      bj.vx = bj.vx + (dx * bm)
      bj.vy = bj.vy + (dy * bm)
      bj.vz = bj.vz + (dz * bm)
    end
    bi.vx = vx
    bi.vy = vy
    bi.vz = vz
    bi.x = bix + dt * vx
    bi.y = biy + dt * vy
    bi.z = biz + dt * vz
  end
end

local function energy(list)
  local e = 0
  for i, b in ipairs(list) do
    e = e + 0.5 * b.mass * (b.vx ^ 2 + b.vy ^ 2 + b.vz ^ 2)
    for j = i + 1, #list do
      local o = list[j]
      local dx, dy, dz = b.x - o.x, b.y - o.y, b.z - o.z
      e = e - b.mass * o.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end

local before = energy(bodies)
for _ = 1, N do
  advance(bodies, #bodies, 0.01)
end
print(string.format("%.9f %.9f", before, energy(bodies)))
