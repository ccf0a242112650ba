-- gsub and gmatch: replacement forms, counts, anchors, empty matches.
local g = string.gsub
print(g("hello", "l", "L")) --> heLLo\t2
print(g("hello", "l", "L", 1)) --> heLlo\t1
print(g("hello", "l", "L", 0)) --> hello\t0
print(g("hello", "l", "L", -1)) --> hello\t0
print(g("hello", "l", "L", 10)) --> heLLo\t2
print(g("hello", "l", "L", "1")) --> heLlo\t1
print(g("hello", "l", "L", 1.9)) --> heLlo\t1
print(g("hello", "x", "y")) --> hello\t0
print(g("hello", "l", "")) --> heo\t2
print(g("", "x", "y")) --> \t0
print(g("hello", "", "-")) --> -h-e-l-l-o-\t6
print(g("", "", "-")) --> -\t1
print(g("hello", "x*", "-")) --> -h-e-l-l-o-\t6
print(g("hello", "l*", "-")) --> -h-e--o-\t5
print(g("abc", ".", "%0%0")) --> aabbcc\t3
print(g("abc", "b*", "X")) --> XaXXcX\t4
print(g("abc", "%w*", "X")) --> XX\t2
print(g("abc def", "%w*", "X")) --> XX XX\t4
print(g("abc", ".-", "X")) --> XaXbXcX\t4
print(g("abc", "()", "%1")) --> 1a2b3c4\t4
print(g("aaa", "a-", "X")) --> XaXaXaX\t4
print(g("abc", "$", "X")) --> abcX\t1
print(g("abc", "^", "X")) --> Xabc\t1
print(g("a b", "%s*", "_")) --> _a__b_\t4
print(g("hello world", "^h", "J")) --> Jello world\t1
print(g("hhh", "^h", "J")) --> Jhh\t1
print(g("hello", "o$", "0")) --> hell0\t1
print(g("hello", "^(.)(.*)$", "%2%1")) --> elloh\t1
print(g("abc", "^b", "X")) --> abc\t0
print(g("aaa", "^a", "b", 5)) --> baa\t1
print(g("hello world", "(%w+) (%w+)", "%2 %1")) --> world hello\t1
print(g("abc", "(a)(b)(c)", "%3%2%1")) --> cba\t1
print(g("abc", "b", "%0")) --> abc\t1
print(g("abc", "b", "[%0]")) --> a[b]c\t1
print(g("abc", "b", "%1")) --> abc\t1
print(g("abc", "(b)", "%1%1")) --> abbc\t1
print(g("abc", "b", "%%")) --> a%c\t1
print(g("abc", "b", "100%%")) --> a100%c\t1
print(g("k=v", "(%w)=(%w)", "%2=%1=%0")) --> v=k=k=v\t1
print(g("x", "x", "a%%b%%c")) --> a%b%c\t1
print(g("abc", "%w", "%0%0", 2)) --> aabbc\t2
print(g("a.b", "%.", "%%")) --> a%b\t1
print(g("abc", "b", "\\0")) --> a\\0c\t1
print(g("abc", "b", "%0\0%0") == "ab\0bc") --> true
print(g("$name is $age", "%$(%w+)", {name = "Bob", age = 42})) --> Bob is 42\t2
print(g("$name $none", "%$(%w+)", {name = "Bob"})) --> Bob $none\t2
print(g("a b", "%w", {a = "x", b = false})) --> x b\t2
print(g("a b", "%w", {a = true and "T"})) --> T b\t2
print(g("123", "%d", {["1"] = "one", ["2"] = 2, [3] = "no"})) --> one23\t3
print(g("abc", "(a)(b)", {a = "first"})) --> firstc\t1
print(g("abc", "()", {"one", "two"})) --> oneatwobc\t4
print(g("ab", "%w", setmetatable({}, {__index = function(_, k) return k:upper() end}))) --> AB\t2
print(g("abc", "%w", string.upper)) --> ABC\t3
print(g("abc", "%w", function(c) if c == "b" then return "B" end end)) --> aBc\t3
print(g("abc", "%w", function() return false end)) --> abc\t3
print(g("abc", "%w", function() return nil end)) --> abc\t3
print(g("abc", "%w", function() end)) --> abc\t3
print(g("abc", "%w", function(c) return c:byte() end)) --> 979899\t3
print(g("abc", "(%w)(%w)", function(x, y) return y .. x end)) --> bac\t1
print(g("a1b2", "(%a)(%d)", function(a, d) return d * 2 .. a end)) --> 2a4b\t2
print(g("abc", "()b()", function(p, q) return p .. "-" .. q end)) --> a2-3c\t1
print(g("abc", "b", function(...) return select("#", ...) end)) --> a1c\t1
print(g("abc", "", function(s) return "[" .. s .. "]" end)) --> []a[]b[]c[]\t4
print(g("abc", "%w", function(c) return c, "extra" end)) --> abc\t3
print(g("abc", "%w", function(c) return 1.5 end)) --> 1.51.51.5\t3
local n = 0
print(g("a,b,c", "[^,]+", function(w) n = n + 1 return n .. w end)) --> 1a,2b,3c\t3
print(g("hello", "%w+", function(w) return (g(w, "l", "L")) end)) --> heLLo\t1
for _, r in ipairs {true, false, 5, 1.5} do print(tostring(r), pcall(g, "abc", "b", r)) end --> true\tfalse\tbad argument #3 to '?' (string/function/table expected)
--> false\tfalse\tbad argument #3 to '?' (string/function/table expected)
--> 5\ttrue\ta5c\t1
--> 1.5\ttrue\ta1.5c\t1
print(pcall(g, "abc", "b")) --> false\tbad argument #3 to '?' (string/function/table expected)
print(pcall(g, "abc", "b", nil)) --> false\tbad argument #3 to '?' (string/function/table expected)
print(pcall(g, "abc")) --> false\tbad argument #2 to '?' (string expected, got no value)
print(pcall(g)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(g, nil, "a", "b")) --> false\tbad argument #1 to '?' (string expected, got nil)
print(pcall(g, "abc", nil, "b")) --> false\tbad argument #2 to '?' (string expected, got nil)
print(pcall(g, "abc", {}, "b")) --> false\tbad argument #2 to '?' (string expected, got table)
print(pcall(g, "abc", "b", "c", {})) --> false\tbad argument #4 to '?' (number expected, got table)
print(pcall(g, "abc", "b", "c", "x")) --> false\tbad argument #4 to '?' (number expected, got string)
print(pcall(g, "abc", "b", function() return {} end)) --> false\tinvalid replacement value (a table)
print(pcall(g, "abc", "b", function() return true end)) --> false\tinvalid replacement value (a boolean)
print(pcall(g, "abc", "b", {b = {}})) --> false\tinvalid replacement value (a table)
print(pcall(g, "abc", "b", {b = true})) --> false\tinvalid replacement value (a boolean)
print(pcall(g, "abc", "b", function() return print end)) --> false\tinvalid replacement value (a function)
print(pcall(g, "abc", "b", function() error("in callback") end)) --> false\tgsub.lua:89: in callback
print(pcall(g, "abc", "b", function() error() end)) --> false\tnil
print(pcall(g, "abc", "b", "%2")) --> false\tinvalid capture index
print(pcall(g, "abc", "(b)", "%2")) --> false\tinvalid capture index
print(pcall(g, "abc", "b", "%9")) --> false\tinvalid capture index
print(pcall(g, "abc", "b", "%x")) --> true\taxc\t1
print(#g("abc", "b", "a%")) --> 4
print(pcall(g, "abc", "x", "%9")) --> true\tabc\t0
print(pcall(function() return ("x"):gsub("x") end)) --> false\tgsub.lua:97: bad argument #2 to 'gsub' (string/function/table expected)
print(pcall(function() return ("x"):gsub("x", true) end)) --> false\tgsub.lua:98: bad argument #2 to 'gsub' (string/function/table expected)
print(pcall(function() return ("x"):gsub("(", "") end)) --> true\tx\t2
print(pcall(function() return ("x"):gsub("x", function() return {} end) end)) --> false\tgsub.lua:100: invalid replacement value (a table)
print(pcall(function() return ("x"):gsub("x", "%5") end)) --> false\tgsub.lua:101: invalid capture index
for _, p in ipairs {"(", ")", "(()", "a)", "%", "abc%", "[", "[a", "[a-", "[^", "[]", "[^]", "[%", "[%a", "%b", "%bx", "%f", "%fa", "%f[", "%1", "(a%1)", "%9", "%0", "(a)%2", "(((((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))))", "x%", "[]]", "[a-%]", "[z-a]", "*", "+", "?", "-", "*a", "+a", "^*", "a**", "a+?", "()%1", "(x)%1?", "$$", "^^", "a^", "$a", "%bxy", "%f[a]", "[[]", "[%]", "[%]]", ".-", "(.", "(.)%", "(a))", ".)", "^)", "[^a-", "[]-a]", "%z", "%f[%a]", "^$", "[%a-]", "%Q", "%-", "[%z]", "()()", "(()"} do
  print(("%q"):format(p), pcall(string.find, "a^$axya*[]", p)) --> "("\tfalse\tunfinished capture
--> ")"\ttrue\tnil
--> "(()"\tfalse\tunfinished capture
--> "a)"\ttrue\tnil
--> "%"\tfalse\tmalformed pattern (ends with '%')
--> "abc%"\ttrue\tnil
--> "["\tfalse\tmalformed pattern (missing ']')
--> "[a"\tfalse\tmalformed pattern (missing ']')
--> "[a-"\tfalse\tmalformed pattern (missing ']')
--> "[^"\tfalse\tmalformed pattern (missing ']')
--> "[]"\tfalse\tmalformed pattern (missing ']')
--> "[^]"\tfalse\tmalformed pattern (missing ']')
--> "[%"\tfalse\tmalformed pattern (missing ']')
--> "[%a"\tfalse\tmalformed pattern (missing ']')
--> "%b"\tfalse\tunbalanced pattern
--> "%bx"\tfalse\tunbalanced pattern
--> "%f"\tfalse\tmissing '[' after '%f' in pattern
--> "%fa"\tfalse\tmissing '[' after '%f' in pattern
--> "%f["\tfalse\tmalformed pattern (missing ']')
--> "%1"\tfalse\tinvalid capture index
--> "(a%1)"\tfalse\tinvalid capture index
--> "%9"\tfalse\tinvalid capture index
--> "%0"\tfalse\tinvalid capture index
--> "(a)%2"\tfalse\tinvalid capture index
--> "(((((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))))"\tfalse\ttoo many captures
--> "x%"\tfalse\tmalformed pattern (ends with '%')
--> "[]]"\ttrue\t10\t10
--> "[a-%]"\tfalse\tmalformed pattern (missing ']')
--> "[z-a]"\ttrue\tnil
--> "*"\ttrue\t8\t8
--> "+"\ttrue\tnil
--> "?"\ttrue\tnil
--> "-"\ttrue\tnil
--> "*a"\ttrue\tnil
--> "+a"\ttrue\tnil
--> "^*"\ttrue\tnil
--> "a**"\ttrue\t7\t8
--> "a+?"\ttrue\tnil
--> "()%1"\ttrue\tnil
--> "(x)%1?"\ttrue\tnil
--> "$$"\ttrue\tnil
--> "^^"\ttrue\tnil
--> "a^"\ttrue\t1\t2
--> "$a"\ttrue\t3\t4
--> "%bxy"\ttrue\t5\t6
--> "%f[a]"\ttrue\t1\t0
--> "[[]"\ttrue\t9\t9
--> "[%]"\tfalse\tmalformed pattern (missing ']')
--> "[%]]"\ttrue\t10\t10
--> ".-"\ttrue\t1\t0
--> "(."\tfalse\tunfinished capture
--> "(.)%"\tfalse\tmalformed pattern (ends with '%')
--> "(a))"\tfalse\tinvalid pattern capture
--> ".)"\tfalse\tinvalid pattern capture
--> "^)"\tfalse\tinvalid pattern capture
--> "[^a-"\tfalse\tmalformed pattern (missing ']')
--> "[]-a]"\ttrue\t1\t1
--> "%z"\ttrue\tnil
--> "%f[%a]"\ttrue\t1\t0
--> "^$"\ttrue\tnil
--> "[%a-]"\ttrue\t1\t1
--> "%Q"\ttrue\tnil
--> "%-"\ttrue\tnil
--> "[%z]"\ttrue\tnil
--> "()()"\ttrue\t1\t0\t1\t1
--> "(()"\tfalse\tunfinished capture
end
for w in ("one two  three"):gmatch("%a+") do print(w) end --> one
--> two
--> three
for k, v in ("a=1, b=2, c=3"):gmatch("(%w+)=(%w+)") do print(k, v) end --> a\t1
--> b\t2
--> c\t3
for p in ("abc"):gmatch("()") do print(p) end --> 1
--> 2
--> 3
--> 4
for c in ("abc"):gmatch("") do print(#c) end --> 0
--> 0
--> 0
--> 0
for s in ("abc"):gmatch("b*") do print("[" .. s .. "]") end --> []
--> [b]
--> []
--> []
for x in ("hello"):gmatch("^h") do print("anchor in gmatch", x) end
for x in ("x^hx"):gmatch("^h") do print("caret is literal", x) end --> caret is literal\t^h
for x in (""):gmatch("") do print("once") end --> once
for x in (""):gmatch("x") do print("never") end
for a, b, c in ("1-2-3 4-5-6"):gmatch("(%d)-(%d)-(%d)") do print(a, b, c) end --> 1\t2\t3
--> 4\t5\t6
for n in ("10 20 30"):gmatch("%d+") do print(n + 1) end --> 11
--> 21
--> 31
for line in ("a\nb\n\nc"):gmatch("([^\n]*)\n?") do print("line", line) end --> line\ta
--> line\tb
--> line\t
--> line\tc
--> line\t
local it = ("xy"):gmatch(".")
print(it(), it(), it()) --> x\ty
print(type(it), pcall(it)) --> function\ttrue
print(pcall(string.gmatch)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(string.gmatch, "x")) --> false\tbad argument #2 to '?' (string expected, got no value)
print(pcall(string.gmatch, nil, "x")) --> false\tbad argument #1 to '?' (string expected, got nil)
print(pcall(string.gmatch, "x", {})) --> false\tbad argument #2 to '?' (string expected, got table)
print(pcall(function() for x in ("x"):gmatch("(") do end end)) --> false\tgsub.lua:209: unfinished capture
print(pcall(function() for x in ("x"):gmatch("%") do end end)) --> false\tgsub.lua:210: malformed pattern (ends with '%')
local words = {}
for w in ("The quick brown fox"):gmatch("%a+") do words[#words + 1] = w:lower():gsub("^%l", string.upper) end
print(table.concat(words, "|")) --> The|Quick|Brown|Fox
print((("  trim me  "):gsub("^%s+", ""):gsub("%s+$", ""))) --> trim me
print((("a b c"):gsub(" ", "%%20")), (("a%20b"):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end))) --> a%20b%20c\ta b
print((("hello world"):gsub("o", "0", 1)), (("CamelCaseName"):gsub("(%u)", " %1")), (("snake_case_name"):gsub("_(%l)", function(c) return c:upper() end))) --> hell0 world\t Camel Case Name\tsnakeCaseName
print((("<b>&\"'</b>"):gsub('[<>&"\']', {["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;", ["'"] = "&#39;"}))) --> &lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;
print((("x = 1 -- comment"):gsub("%-%-.*$", "")), (("a.b.c"):gsub("%.", "/")), (("path//to///file"):gsub("/+", "/"))) --> x = 1 \ta/b/c\tpath/to/file
print((("1234567.891"):reverse():gsub("(%d%d%d)", "%1,"):reverse())) --> 1,234,567.,891
print((("abc"):gsub("%w", {a = 1, b = 2.5})), (("abc"):gsub("(%w)", "<%1>")), (("hello"):gsub("(l)(l)", "%2%1%0"))) --> 12.5c\t<a><b><c>\thellllo
print(("abc"):gsub("b", {b = "x", a = "y"}), ("f(a,b)"):gsub("%((.-)%)", "[%1]"), ("a(b)c"):gsub("%b()", "")) --> axc\tf[a,b]\tac\t1
print(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower), ("word1 word2"):gsub("%f[%w]%w+", "%0!")) --> the (quick) fox\tword1! word2!\t2
print(("\0a\0"):gsub("%z", "0"), #("a\0b"):gsub(".", "%0%0")) --> 0a0\t6
