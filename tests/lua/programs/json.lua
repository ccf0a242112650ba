-- JSON in Lua: encode with sorted keys, decode by recursive descent, errors with positions.
local json = {}
local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t"}
local function escape(c) return escapes[c] or ("\\u%04x"):format(c:byte()) end
local function is_array(t)
  local n = 0
  for k in pairs(t) do
    if type(k) ~= "number" or k <= 0 or k ~= math.floor(k) then return false end
    n = n + 1
  end
  return n == #t, n
end
function json.encode(v, seen)
  local kind = type(v)
  if kind == "nil" then return "null"
  elseif kind == "boolean" then return tostring(v)
  elseif kind == "number" then
    if v ~= v or v == math.huge or v == -math.huge then error("cannot encode " .. (v ~= v and "nan" or "inf"), 2) end
    return ("%.14g"):format(v)
  elseif kind == "string" then return '"' .. v:gsub('[%c"\\]', escape) .. '"'
  elseif kind == "table" then
    seen = seen or {}
    if seen[v] then error("circular reference", 0) end
    seen[v] = true
    local out = {}
    if is_array(v) and #v > 0 then
      for i, x in ipairs(v) do out[i] = json.encode(x, seen) end
      seen[v] = nil
      return "[" .. table.concat(out, ",") .. "]"
    end
    local keys = {}
    for k in pairs(v) do
      if type(k) ~= "string" then error("bad key of type " .. type(k), 0) end
      keys[#keys + 1] = k
    end
    table.sort(keys)
    for i, k in ipairs(keys) do out[i] = json.encode(k) .. ":" .. json.encode(v[k], seen) end
    seen[v] = nil
    return "{" .. table.concat(out, ",") .. "}"
  end
  error("cannot encode a " .. kind, 2)
end
local function fail(s, i, message)
  local line, col = 1, 1
  for p = 1, i - 1 do if s:sub(p, p) == "\n" then line, col = line + 1, 1 else col = col + 1 end end
  error(("%s at line %d col %d"):format(message, line, col), 0)
end
local function skip(s, i) return s:find("[^ \t\r\n]", i) or #s + 1 end
local unescapes = {b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ["/"] = "/", ["\\"] = "\\", ['"'] = '"'}
local function utf8(n)
  if n < 0x80 then return string.char(n) end
  if n < 0x800 then return string.char(0xC0 + math.floor(n / 64), 0x80 + n % 64) end
  return string.char(0xE0 + math.floor(n / 4096), 0x80 + math.floor(n / 64) % 64, 0x80 + n % 64)
end
local parse
local function parse_string(s, i)
  local out, j = {}, i + 1
  while true do
    local k = s:find('["\\]', j)
    if not k then fail(s, i, "unterminated string") end
    out[#out + 1] = s:sub(j, k - 1)
    if s:sub(k, k) == '"' then return table.concat(out), k + 1 end
    local c = s:sub(k + 1, k + 1)
    if c == "u" then
      local hex = s:match("^%x%x%x%x", k + 2)
      if not hex then fail(s, k, "bad unicode escape") end
      out[#out + 1] = utf8(tonumber(hex, 16))
      j = k + 6
    else
      out[#out + 1] = unescapes[c] or fail(s, k, "bad escape '\\" .. c .. "'")
      j = k + 2
    end
  end
end
local function parse_number(s, i)
  local text = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", i)
  local n = text and tonumber(text)
  if not n then fail(s, i, "bad number") end
  return n, i + #text
end
local words = {t = {"true", true}, f = {"false", false}, n = {"null", nil}}
function parse(s, i)
  i = skip(s, i)
  local c = s:sub(i, i)
  if c == "{" then
    local t = {}
    i = skip(s, i + 1)
    if s:sub(i, i) == "}" then return t, i + 1 end
    while true do
      if s:sub(i, i) ~= '"' then fail(s, i, "expected string for key") end
      local k, v
      k, i = parse_string(s, i)
      i = skip(s, i)
      if s:sub(i, i) ~= ":" then fail(s, i, "expected ':'") end
      v, i = parse(s, i + 1)
      t[k] = v
      i = skip(s, i)
      c = s:sub(i, i)
      i = skip(s, i + 1)
      if c == "}" then return t, i end
      if c ~= "," then fail(s, i - 1, "expected '}' or ','") end
    end
  elseif c == "[" then
    local t, n = {}, 0
    i = skip(s, i + 1)
    if s:sub(i, i) == "]" then return t, i + 1 end
    while true do
      n = n + 1
      t[n], i = parse(s, i)
      i = skip(s, i)
      c = s:sub(i, i)
      i = i + 1
      if c == "]" then return t, i end
      if c ~= "," then fail(s, i - 1, "expected ']' or ','") end
    end
  elseif c == '"' then return parse_string(s, i)
  elseif c:find("[%d-]") then return parse_number(s, i)
  elseif words[c] then
    local word = words[c]
    if s:sub(i, i + #word[1] - 1) == word[1] then return word[2], i + #word[1] end
  end
  fail(s, i, c == "" and "unexpected end" or "unexpected character '" .. c .. "'")
end
function json.decode(s)
  if type(s) ~= "string" then error("expected argument of type string, got " .. type(s), 2) end
  local v, i = parse(s, 1)
  i = skip(s, i)
  if i <= #s then fail(s, i, "trailing garbage") end
  return v
end
for _, v in ipairs {1, 1.5, -0.25, 1e20, "text", "quote \" slash \\ nl \n ctl \1", true, false, {}, {1, 2, 3}, {a = 1, b = {true, "x"}}, {{}, {{}}}, {["key with space"] = "v", z = {y = {x = 0}}}} do print(json.encode(v)) end --> 1
--> 1.5
--> -0.25
--> 1e+20
--> "text"
--> "quote \\" slash \\\\ nl \\n ctl \\u0001"
--> true
--> false
--> {}
--> [1,2,3]
--> {"a":1,"b":[true,"x"]}
--> [{},[{}]]
--> {"key with space":"v","z":{"y":{"x":0}}}
print(json.encode(nil), pcall(json.encode, print)) --> null\tfalse\tcannot encode a function
print(pcall(json.encode, {[1] = 1, [3] = 3})) --> false\tbad key of type number
print(pcall(json.encode, {[true] = 1})) --> false\tbad key of type boolean
print(pcall(json.encode, 1/0)) --> false\tcannot encode inf
local loop = {} loop.self = loop
print(pcall(json.encode, loop)) --> false\tcircular reference
for _, s in ipairs {'1', '-1.5e3', '"a\\u0041\\n\\"b"', '[]', '{}', '[1, [2, [3]], {"a": null}]', ' { "k" : [ true , false , null ] , "z" : "\\u00e9\\u20ac" } ', '{"a":{"b":{"c":[1,2,{"d":"e"}]}}}', '[1.0, 2.50, 1e2]'} do
  print(s, "->", json.encode(json.decode(s))) --> 1\t->\t1
--> -1.5e3\t->\t-1500
--> "a\\u0041\\n\\"b"\t->\t"aA\\n\\"b"
--> []\t->\t{}
--> {}\t->\t{}
--> [1, [2, [3]], {"a": null}]\t->\t[1,[2,[3]],{}]
-->  { "k" : [ true , false , null ] , "z" : "\\u00e9\\u20ac" } \t->\t{"k":[true,false],"z":"\xC3\xA9\xE2\x82\xAC"}
--> {"a":{"b":{"c":[1,2,{"d":"e"}]}}}\t->\t{"a":{"b":{"c":[1,2,{"d":"e"}]}}}
--> [1.0, 2.50, 1e2]\t->\t[1,2.5,100]
end
for _, s in ipairs {'', '{', '[1,', '[1 2]', '{"a" 1}', '{a: 1}', '"open', '"bad \\x"', '"\\u12"', 'tru', 'nul', '1 2', '[1]]', '\n\n  ?', '-', '{"a":1,}'} do
  print(("%q"):format(s):gsub("\n", "n"), pcall(json.decode, s)) --> ""\tfalse\tunexpected end at line 1 col 1
--> "{"\tfalse\texpected string for key at line 1 col 2
--> "[1,"\tfalse\tunexpected end at line 1 col 4
--> "[1 2]"\tfalse\texpected ']' or ',' at line 1 col 4
--> "{\\"a\\" 1}"\tfalse\texpected ':' at line 1 col 6
--> "{a: 1}"\tfalse\texpected string for key at line 1 col 2
--> "\\"open"\tfalse\tunterminated string at line 1 col 1
--> "\\"bad \\\\x\\""\tfalse\tbad escape '\\x' at line 1 col 6
--> "\\"\\\\u12\\""\tfalse\tbad unicode escape at line 1 col 2
--> "tru"\tfalse\tunexpected character 't' at line 1 col 1
--> "nul"\tfalse\tunexpected character 'n' at line 1 col 1
--> "1 2"\tfalse\ttrailing garbage at line 1 col 3
--> "[1]]"\tfalse\ttrailing garbage at line 1 col 4
--> "\\n\\n  ?"\tfalse\tunexpected character '?' at line 3 col 3
--> "-"\tfalse\tbad number at line 1 col 1
--> "{\\"a\\":1,}"\tfalse\texpected string for key at line 1 col 8
end
print(pcall(json.decode, 5)) --> false\texpected argument of type string, got number
local big = {}
for i = 1, 100 do big[i] = {id = i, name = "item " .. i, tags = {"a", "b", i % 3 == 0}, nested = {x = i / 4}} end
local text = json.encode(big)
print(#text, text:sub(1, 70)) --> 6913\t[{"id":1,"name":"item 1","nested":{"x":0.25},"tags":["a","b",false]},{
print(json.encode(json.decode(text)) == text) --> true
