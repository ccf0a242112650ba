-- reference: luajit
-- MD5, SHA-1 and SHA-256 with the bit library, against known answers.
local band, bor, bxor, bnot, lshift, rshift, rol, ror, tohex = bit.band, bit.bor, bit.bxor, bit.bnot, bit.lshift, bit.rshift, bit.rol, bit.ror, bit.tohex
local function add(...) local s = 0 for i = 1, select("#", ...) do s = s + select(i, ...) end return bit.tobit(s % 2 ^ 32) end
local function pad(s, little)
  local n = #s * 8
  s = s .. "\128" .. ("\0"):rep((55 - #s) % 64)
  local bytes = {}
  for i = 0, 7 do bytes[i + 1] = string.char(math.floor(n / 256 ^ i) % 256) end
  local length = table.concat(bytes)
  return s .. (little and length or length:reverse())
end
local function word(s, i, little)
  local a, b, c, d = s:byte(i, i + 3)
  if little then a, b, c, d = d, c, b, a end
  return bor(lshift(a, 24), lshift(b, 16), lshift(c, 8), d)
end
local K, S = {}, {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21}
for i = 1, 64 do K[i] = math.floor(math.abs(math.sin(i)) * 2 ^ 32) end
local function md5(message)
  local m = pad(message, true)
  local a0, b0, c0, d0 = 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476
  for chunk = 1, #m, 64 do
    local a, b, c, d = a0, b0, c0, d0
    for i = 0, 63 do
      local f, g
      if i < 16 then f, g = bor(band(b, c), band(bnot(b), d)), i
      elseif i < 32 then f, g = bor(band(d, b), band(bnot(d), c)), (5 * i + 1) % 16
      elseif i < 48 then f, g = bxor(b, c, d), (3 * i + 5) % 16
      else f, g = bxor(c, bor(b, bnot(d))), 7 * i % 16 end
      f = add(f, a, K[i + 1], word(m, chunk + g * 4, true))
      a, d, c, b = d, c, b, add(b, rol(f, S[math.floor(i / 16) * 4 + i % 4 + 1]))
    end
    a0, b0, c0, d0 = add(a0, a), add(b0, b), add(c0, c), add(d0, d)
  end
  return tohex(bit.bswap(a0)) .. tohex(bit.bswap(b0)) .. tohex(bit.bswap(c0)) .. tohex(bit.bswap(d0))
end
local function sha1(message)
  local m = pad(message)
  local h0, h1, h2, h3, h4 = 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0
  for chunk = 1, #m, 64 do
    local w = {}
    for i = 0, 15 do w[i] = word(m, chunk + i * 4) end
    for i = 16, 79 do w[i] = rol(bxor(w[i - 3], w[i - 8], w[i - 14], w[i - 16]), 1) end
    local a, b, c, d, e = h0, h1, h2, h3, h4
    for i = 0, 79 do
      local f, k
      if i < 20 then f, k = bor(band(b, c), band(bnot(b), d)), 0x5A827999
      elseif i < 40 then f, k = bxor(b, c, d), 0x6ED9EBA1
      elseif i < 60 then f, k = bor(band(b, c), band(b, d), band(c, d)), 0x8F1BBCDC
      else f, k = bxor(b, c, d), 0xCA62C1D6 end
      a, b, c, d, e = add(rol(a, 5), f, e, k, w[i]), a, rol(b, 30), c, d
    end
    h0, h1, h2, h3, h4 = add(h0, a), add(h1, b), add(h2, c), add(h3, d), add(h4, e)
  end
  return tohex(h0) .. tohex(h1) .. tohex(h2) .. tohex(h3) .. tohex(h4)
end
local function frac(x) return math.floor((x - math.floor(x)) * 2 ^ 32) end
local primes, n = {}, 2
while #primes < 64 do local p = true for _, q in ipairs(primes) do if n % q == 0 then p = false break end end if p then primes[#primes + 1] = n end n = n + 1 end
local function sha256(message)
  local m, h, k = pad(message), {}, {}
  for i = 1, 8 do h[i] = frac(primes[i] ^ 0.5) end
  for i = 1, 64 do k[i] = frac(primes[i] ^ (1 / 3)) end
  for chunk = 1, #m, 64 do
    local w = {}
    for i = 1, 16 do w[i] = word(m, chunk + (i - 1) * 4) end
    for i = 17, 64 do
      local a, b = w[i - 15], w[i - 2]
      w[i] = add(w[i - 16], bxor(ror(a, 7), ror(a, 18), rshift(a, 3)), w[i - 7], bxor(ror(b, 17), ror(b, 19), rshift(b, 10)))
    end
    local a, b, c, d, e, f, g, hh = unpack(h)
    for i = 1, 64 do
      local t1 = add(hh, bxor(ror(e, 6), ror(e, 11), ror(e, 25)), bxor(band(e, f), band(bnot(e), g)), k[i], w[i])
      local t2 = add(bxor(ror(a, 2), ror(a, 13), ror(a, 22)), bxor(band(a, b), band(a, c), band(b, c)))
      a, b, c, d, e, f, g, hh = add(t1, t2), a, b, c, add(d, t1), e, f, g
    end
    for i, v in ipairs {a, b, c, d, e, f, g, hh} do h[i] = add(h[i], v) end
  end
  local out = {}
  for i = 1, 8 do out[i] = tohex(h[i]) end
  return table.concat(out)
end
for _, s in ipairs {"", "a", "abc", "message digest", ("x"):rep(63), ("x"):rep(64)} do
  print(#s, md5(s)) --> 0\td41d8cd98f00b204e9800998ecf8427e
  print(#s, sha1(s)) --> 0\tda39a3ee5e6b4b0d3255bfef95601890afd80709
  print(#s, sha256(s)) --> 0\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
--> 1\t0cc175b9c0f1b6a831c399e269772661
--> 1\t86f7e437faa5a7fce15d1ddcb9eaeaea377667b8
--> 1\tca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
--> 3\t900150983cd24fb0d6963f7d28e17f72
--> 3\ta9993e364706816aba3e25717850c26c9cd0d89d
--> 3\tba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
--> 14\tf96b697d7cb7938d525a2f31aaf161d0
--> 14\tc12252ceda8be8994d5fa0290a47231c1d16aae3
--> 14\tf7846f55cf23e14eebeab5b4e1550cad5b509e3348fbc4efa3a1413d393cb650
--> 63\t7dc2ca208106a2f703567bdff99d8981
--> 63\t0ddc4e0cccd9a12850deb5abb0853a4425559fec
--> 63\t75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2
--> 64\tc1bb4f81d892b2d57947682aeb252456
--> 64\tbb2fa3ee7afb9f54c6dfb5d021f14b1ffe40c163
--> 64\t7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c
end
local function hmac(key, message)
  local function x(v) return (key .. ("\0"):rep(64 - #key)):gsub(".", function(c) return string.char(bxor(c:byte(), v)) end) end
  local function raw(hex) return (hex:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)) end
  return sha256(x(0x5c) .. raw(sha256(x(0x36) .. message)))
end
print(hmac("key", "The quick brown fox jumps over the lazy dog")) --> f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8
