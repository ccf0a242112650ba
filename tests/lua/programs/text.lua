-- Text processing: word counts, base64, CSV, wrap, calc, tokenizer, ini, k-nucleotide, markov-like, caesar.
local text = [[The quick brown fox jumps over the lazy dog. The dog sleeps;
the fox -- quick as ever -- runs on. "Why," asks the dog, "do you run?"]]
local counts, order = {}, {}
for w in text:lower():gmatch("%a+") do if not counts[w] then counts[w] = 0 order[#order + 1] = w end counts[w] = counts[w] + 1 end
table.sort(order, function(a, b) if counts[a] ~= counts[b] then return counts[a] > counts[b] end return a < b end)
for i = 1, 8 do print(order[i], counts[order[i]]) end --> the\t5
--> dog\t3
--> fox\t2
--> quick\t2
--> as\t1
--> asks\t1
--> brown\t1
--> do\t1
local letters = {}
for c in text:gmatch("%a") do c = c:lower() letters[c] = (letters[c] or 0) + 1 end
local row = {}
for b = 97, 122 do local c = string.char(b) row[#row + 1] = c .. (letters[c] or 0) end
print(table.concat(row, " ")) --> a3 b1 c2 d4 e10 f2 g3 h6 i2 j1 k3 l2 m1 n4 o10 p2 q2 r5 s7 t5 u6 v2 w2 x2 y3 z1
local b64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function encode(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    for k = 3, 0, -1 do
      local d = math.floor(n / 64 ^ k) % 64
      out[#out + 1] = (k == 1 and not b or k == 0 and not c) and "=" or b64:sub(d + 1, d + 1)
    end
  end
  return table.concat(out)
end
local function decode(s)
  local out, n, bits = {}, 0, 0
  for c in s:gmatch("[%w+/]") do
    n = n * 64 + b64:find(c, 1, true) - 1
    bits = bits + 6
    if bits >= 8 then bits = bits - 8 local p = 2 ^ bits out[#out + 1] = string.char(math.floor(n / p)) n = n % p end
  end
  return table.concat(out)
end
for _, s in ipairs {"", "f", "fo", "foo", "foob", "fooba", "foobar", "user:pass", "\0\255\128"} do local e = encode(s) print(e, decode(e) == s) end --> \ttrue
--> Zg==\ttrue
--> Zm8=\ttrue
--> Zm9v\ttrue
--> Zm9vYg==\ttrue
--> Zm9vYmE=\ttrue
--> Zm9vYmFy\ttrue
--> dXNlcjpwYXNz\ttrue
--> AP+A\ttrue
local function csv(line)
  local fields, pos = {}, 1
  while true do
    local c = line:sub(pos, pos)
    if c == '"' then
      local value = ""
      repeat
        local s, e, chunk, quote = line:find('^"(.-)"("?)', pos)
        if not s then error("unterminated quote in: " .. line, 0) end
        value, pos = value .. chunk .. quote, e
        if quote == "" then pos = e + 1 end
      until quote == ""
      fields[#fields + 1] = value
      if pos > #line then return fields end
      pos = pos + 1
    else
      local s, e = line:find(",", pos, true)
      if not s then fields[#fields + 1] = line:sub(pos) return fields end
      fields[#fields + 1] = line:sub(pos, s - 1)
      pos = e + 1
    end
  end
end
for _, l in ipairs {'a,b,c', 'a,,c,', '"quoted, comma",x', '"he said ""hi""",y', '', 'one'} do print(#csv(l), table.concat(csv(l), "|")) end --> 3\ta|b|c
--> 4\ta||c|
--> 2\tquoted, comma|x
--> 2\the said "hi"|y
--> 1\t
--> 1\tone
print(pcall(csv, '"open')) --> false\tunterminated quote in: "open
local function wrap(s, width) local lines, line = {}, "" for w in s:gmatch("%S+") do if #line + #w + 1 > width and line ~= "" then lines[#lines + 1] = line line = w else line = line == "" and w or line .. " " .. w end end lines[#lines + 1] = line return lines end
for _, l in ipairs(wrap(text, 32)) do print(("%-32s|"):format(l)) end --> The quick brown fox jumps over  |
--> the lazy dog. The dog sleeps;   |
--> the fox -- quick as ever -- runs|
--> on. "Why," asks the dog, "do you|
--> run?"                           |
local function calc(src)
  local pos = 1
  local function peek() pos = src:find("%S", pos) or #src + 1 return src:sub(pos, pos) end
  local expr
  local function atom()
    local c = peek()
    if c == "(" then pos = pos + 1 local v = expr() if peek() ~= ")" then error("expected ')' at " .. pos, 0) end pos = pos + 1 return v end
    if c == "-" then pos = pos + 1 return -atom() end
    local num = src:match("^%d+%.?%d*", pos)
    if num then pos = pos + #num return tonumber(num) end
    local name = src:match("^%a+", pos)
    if name and math[name] then pos = pos + #name if type(math[name]) == "number" then return math[name] end return math[name](atom()) end
    error(("unexpected '%s' at %d"):format(c, pos), 0)
  end
  local function power() local b = atom() if peek() == "^" then pos = pos + 1 return b ^ power() end return b end
  local function term() local v = power() while true do local c = peek() if c == "*" then pos = pos + 1 v = v * power() elseif c == "/" then pos = pos + 1 v = v / power() elseif c == "%" then pos = pos + 1 v = v % power() else return v end end end
  function expr() local v = term() while true do local c = peek() if c == "+" then pos = pos + 1 v = v + term() elseif c == "-" then pos = pos + 1 v = v - term() else return v end end end
  local v = expr()
  if peek() ~= "" then error(("trailing '%s' at %d"):format(peek(), pos), 0) end
  return v
end
for _, e in ipairs {"1+2*3", "(1+2)*3", "2^3^2", "-2^2", "10/4-1", "7%4*2", "sqrt(16)+abs(-3)", "2*pi", "((1))", "1+", "2*(3", "4 4", "foo", "floor(7/2)^2"} do print(e, pcall(calc, e)) end --> 1+2*3\ttrue\t7
--> (1+2)*3\ttrue\t9
--> 2^3^2\ttrue\t512
--> -2^2\ttrue\t4
--> 10/4-1\ttrue\t1.5
--> 7%4*2\ttrue\t6
--> sqrt(16)+abs(-3)\ttrue\t7
--> 2*pi\ttrue\t6.2831853071796
--> ((1))\ttrue\t1
--> 1+\tfalse\tunexpected '' at 3
--> 2*(3\tfalse\texpected ')' at 5
--> 4 4\tfalse\ttrailing '4' at 3
--> foo\tfalse\tunexpected 'f' at 1
--> floor(7/2)^2\ttrue\t9
local function tokens(src)
  local out, pos = {}, 1
  local rules = {{"^%s+"}, {"^%-%-[^\n]*"}, {"^[%a_][%w_]*", "name"}, {"^0x%x+", "hex"}, {"^%d+%.?%d*", "number"}, {'^"[^"]*"', "string"}, {"^[=~<>]=", "op"}, {"^%.%.", "op"}, {"^[%p]", "op"}}
  while pos <= #src do
    for _, r in ipairs(rules) do
      local m = src:match(r[1], pos)
      if m then if r[2] then out[#out + 1] = r[2]:sub(1, 1) .. ":" .. m end pos = pos + #m break end
    end
  end
  return table.concat(out, " ")
end
print(tokens('local x_1 = 0xff + 3.5 .. "s" -- c\nif a<=b then return {1,2} end')) --> n:local n:x_1 o:= h:0xff o:+ n:3.5 o:.. s:"s" n:if n:a o:<= n:b n:then n:return o:{ n:1 o:, n:2 o:} n:end
local function ini(s) local r, sec = {}, nil for line in s:gmatch("[^\n]+") do local name = line:match("^%s*%[([^%]]+)%]") if name then sec = {} r[name] = sec else local k, v = line:match("^%s*([%w_.]+)%s*=%s*(.-)%s*$") if k then (sec or r)[k] = tonumber(v) or v end end end return r end
local cfg = ini("top=1\n[server]\n port = 8080 \nname= gw one\n; comment\n[empty]\n[paths]\nroot.dir=/srv")
print(cfg.top, cfg.server.port + 1, cfg.server.name, next(cfg.empty), cfg.paths["root.dir"]) --> 1\t8081\tgw one\tnil\t/srv
local dna = ("GATTACA"):rep(40) .. "CCGT"
local freq = {}
for i = 1, #dna - 1 do local k = dna:sub(i, i + 1) freq[k] = (freq[k] or 0) + 1 end
local ks = {}
for k in pairs(freq) do ks[#ks + 1] = k end
table.sort(ks, function(a, b) return freq[a] == freq[b] and a < b or freq[a] > freq[b] end)
for _, k in ipairs(ks) do print(k, freq[k], ("%.3f"):format(100 * freq[k] / (#dna - 1))) end --> AC\t41\t14.488
--> AT\t40\t14.134
--> CA\t40\t14.134
--> GA\t40\t14.134
--> TA\t40\t14.134
--> TT\t40\t14.134
--> AG\t39\t13.781
--> CC\t1\t0.353
--> CG\t1\t0.353
--> GT\t1\t0.353
local complement = {A = "T", T = "A", G = "C", C = "G"}
print((dna:sub(1, 21):reverse():gsub(".", complement))) --> TGTAATCTGTAATCTGTAATC
local function diff(a, b) local la, lb = {}, {} for l in a:gmatch("[^\n]+") do la[#la + 1] = l end for l in b:gmatch("[^\n]+") do lb[#lb + 1] = l end for i = 1, math.max(#la, #lb) do if la[i] ~= lb[i] then if la[i] then print("-" .. la[i]) end if lb[i] then print("+" .. lb[i]) end else print(" " .. la[i]) end end end
diff("one\ntwo\nthree", "one\n2\nthree\nfour") -->  one
--> -two
--> +2
-->  three
--> +four
local function hexdump(s) for off = 1, #s, 8 do local chunk = s:sub(off, off + 7) print(("%04x  %-24s %s"):format(off - 1, (chunk:gsub(".", function(c) return ("%02x "):format(c:byte()) end)), (chunk:gsub("%c", ".")))) end end
hexdump("Hello\0World\n\1\2 tail") --> 0000  48 65 6c 6c 6f 00 57 6f  Hello.Wo
--> 0008  72 6c 64 0a 01 02 20 74  rld... t
--> 0010  61 69 6c                 ail
local function humanize(n) local units = {"B", "KiB", "MiB", "GiB"} local i = 1 while n >= 1024 and i < #units do n = n / 1024 i = i + 1 end return ("%.1f %s"):format(n, units[i]) end
for _, n in ipairs {0, 1023, 1024, 1536, 10 * 1024 ^ 2, 3.7 * 1024 ^ 3, 1024 ^ 5} do print(humanize(n)) end --> 0.0 B
--> 1023.0 B
--> 1.0 KiB
--> 1.5 KiB
--> 10.0 MiB
--> 3.7 GiB
--> 1048576.0 GiB
local function title(s) return (s:gsub("(%a)([%w_']*)", function(f, r) return f:upper() .. r:lower() end)) end
print(title("the QUICK brown fox's dEn")) --> The Quick Brown Fox's Den
local function comma(n) local s = ("%d"):format(n) local k repeat s, k = s:gsub("^(-?%d+)(%d%d%d)", "%1,%2") until k == 0 return s end
for _, n in ipairs {0, 999, 1000, -1234567, 1e12} do print(comma(n)) end --> 0
--> 999
--> 1,000
--> -1,234,567
--> 1,000,000,000,000
