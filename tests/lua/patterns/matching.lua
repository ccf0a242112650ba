-- find and match: classes, sets, repetition, anchors, captures, %b, %f.
local function find(s, p, ...) print(s:find(p, ...)) end
local function match(s, p, ...) print(s:match(p, ...)) end
local function quoted(s, p, ...) local r = s:match(p, ...) print(r and ("%q"):format(r)) end
find("hello", "l") --> 3\t3
find("hello", "l+") --> 3\t4
find("hello", "xyz") --> nil
find("hello", "") --> 1\t0
find("", "") --> 1\t0
find("", "x") --> nil
find("hello", "h") --> 1\t1
find("hello", "o$") --> 5\t5
find("hello", "^h") --> 1\t1
find("hello", "^e") --> nil
find("hello", "^hello$") --> 1\t5
find("hello", "l", 4) --> 4\t4
find("hello", "l", 5) --> nil
find("hello", "l", -2) --> 4\t4
find("hello", "h", -5) --> 1\t1
find("hello", "h", -100) --> 1\t1
find("hello", "", 6) --> 6\t5
find("hello", "", 7) --> 6\t5
find("hello", "", 100) --> 6\t5
find("hello", "^l", 3) --> 3\t3
find("hello", "o", "5") --> 5\t5
find("a.b", ".", 1, true) --> 2\t2
find("a.b", "b", 1, true) --> 3\t3
find("a+b", "+", 1, true) --> 2\t2
find("a+b", "x+", 1, true) --> nil
find("aXb", "X", 3, true) --> nil
find("abc", "", 2, true) --> 2\t1
find("abc", "", 9, true) --> 4\t3
find("a%b", "%b", 1, true) --> 2\t3
find("abc", "b", 1, nil) --> 2\t2
find("a.c", ".", 2, false) --> 2\t2
find("[x]", "[x]", 1, 1) --> 1\t3
find("abc", "(b)") --> 2\t2\tb
find("abc", "(b)(c)") --> 2\t3\tb\tc
find("abc", "()b()") --> 2\t2\t2\t3
find("abc", "(a(b(c)))") --> 1\t3\tabc\tbc\tc
find("abc", "((a)(b))") --> 1\t2\tab\ta\tb
find("k=v", "(%w+)=(%w+)") --> 1\t3\tk\tv
find("abc", "(x?)b") --> 2\t2\t
match("hello 123", "%d+") --> 123
match("hello", "%d+") --> nil
match("hello", "l*") -->
match("hello", "h(.)l") --> e
match("key = value", "^(%w+)%s*=%s*(%w+)$") --> key\tvalue
match("  trim  ", "^%s*(.-)%s*$") --> trim
match("hello", ".-") -->
match("hello", ".-o") --> hello
match("hello", "(.-)l(.*)") --> he\tlo
match("abc", "a.-c") --> abc
match("2024-01-15", "(%d+)-(%d+)-(%d+)") --> 2024\t01\t15
match("abc", "()") --> 1
match("abc", "b()") --> 3
match("hello", "(h)(e)(l)(l)(o)") --> h\te\tl\tl\to
match("x", "(x)?") --> nil
match("", "^$") -->
match("\n", "^$") --> nil
match("abc", "^") -->
match("abc", "$") -->
match("hello", "l", 4) --> l
match("hello", "^l", 3) --> l
match("hello", "()l", 4) --> 4
match("hello", ".", -1) --> o
match("hello", "h", 2) --> nil
match("hello", "", 6) -->
match("hello", "", 7) -->
match("hello", ".", 100) --> nil
for _, class in ipairs {"%a", "%c", "%d", "%l", "%p", "%s", "%u", "%w", "%x", "%z", "%A", "%C", "%D", "%L", "%P", "%S", "%U", "%W", "%X", "%Z", ".", "[%a_]", "[^%s]", "[a-f]", "[^a-f]", "[%d.]", "[]]", "[^]]", "[]a]", "[a-]", "[-a]", "[%-a]", "[+-.]", "[%]]", "[^%]]", "[a^]", "[%a-z]", "[!-~]", "[\128-\255]", "[%w%p]"} do
  local n, codes = 0, {}
  for c = 0, 255 do if string.char(c):find("^" .. class .. "$") then n = n + 1 if n <= 6 then codes[n] = c end end end
  print(class, n, table.concat(codes, " ")) --> %a\t52\t65 66 67 68 69 70
--> %c\t33\t0 1 2 3 4 5
--> %d\t10\t48 49 50 51 52 53
--> %l\t26\t97 98 99 100 101 102
--> %p\t32\t33 34 35 36 37 38
--> %s\t6\t9 10 11 12 13 32
--> %u\t26\t65 66 67 68 69 70
--> %w\t62\t48 49 50 51 52 53
--> %x\t22\t48 49 50 51 52 53
--> %z\t1\t0
--> %A\t204\t0 1 2 3 4 5
--> %C\t223\t32 33 34 35 36 37
--> %D\t246\t0 1 2 3 4 5
--> %L\t230\t0 1 2 3 4 5
--> %P\t224\t0 1 2 3 4 5
--> %S\t250\t0 1 2 3 4 5
--> %U\t230\t0 1 2 3 4 5
--> %W\t194\t0 1 2 3 4 5
--> %X\t234\t0 1 2 3 4 5
--> %Z\t255\t1 2 3 4 5 6
--> .\t256\t0 1 2 3 4 5
--> [%a_]\t53\t65 66 67 68 69 70
--> [^%s]\t250\t0 1 2 3 4 5
--> [a-f]\t6\t97 98 99 100 101 102
--> [^a-f]\t250\t0 1 2 3 4 5
--> [%d.]\t11\t46 48 49 50 51 52
--> []]\t1\t93
--> [^]]\t255\t0 1 2 3 4 5
--> []a]\t2\t93 97
--> [a-]\t2\t45 97
--> [-a]\t2\t45 97
--> [%-a]\t2\t45 97
--> [+-.]\t4\t43 44 45 46
--> [%]]\t1\t93
--> [^%]]\t255\t0 1 2 3 4 5
--> [a^]\t2\t94 97
--> [%a-z]\t53\t45 65 66 67 68 69
--> [!-~]\t94\t33 34 35 36 37 38
--> [\x80-\xFF]\t128\t128 129 130 131 132 133
--> [%w%p]\t94\t33 34 35 36 37 38
end
match("aaa", "a*") --> aaa
match("aaa", "a+") --> aaa
match("aaa", "a-") -->
match("aaa", "a?") --> a
match("aaab", "a-b") --> aaab
match("aaab", "a*b") --> aaab
match("b", "a*b") --> b
match("b", "a+b") --> nil
match("b", "a?b") --> b
match("ab", "a?b") --> ab
match("aab", "a?b") --> ab
match("xaaax", "x(a*)x") --> aaa
match("xaaax", "x(a-)x") --> aaa
match("aXbX", "(.*)X") --> aXb
match("aXbX", "(.-)X") --> a
match("foo.bar.baz", "^(.*)%.(.-)$") --> foo.bar\tbaz
match("a,b,,c", "^(.-),(.-),(.-),(.*)$") --> a\tb\t\tc
match("THE (quick) fox", "%((%a+)%)") --> quick
match("f(a(b)c)d", "%b()") --> (a(b)c)
match("f(a(b)c", "%b()") --> (b)
match("((x)", "%b()") --> (x)
match("[[x]]", "%b[]") --> [[x]]
match("<a<b>>", "%b<>") --> <a<b>>
match("aXbXc", "%bXX") --> XbX
match("if x then end", "%bie") --> if x the
match("()", "%b()") --> ()
match(")(", "%b()") --> nil
match("a(b", "%b()c") --> nil
match("{a{b}{c}}d", "^%b{}") --> {a{b}{c}}
match("THE (quick) fox", "%f[%a]%a+") --> THE
match("THE quick", "%f[%l]%a+") --> quick
match("THE END", "%f[%z]") -->
match("abc", "%f[%w]%w+%f[%W]") --> abc
match("foo bar", "%f[b]bar") --> bar
match("x", "%f[x]x") --> x
match("x", "%f[^x]$") -->
find("hello world", "%f[%w]%w+", 3) --> 7\t11
find("THE (quick) fox", "%f[%a]%a+%f[%A]", 5) --> 6\t10
find("", "%f[^a]") --> nil
find("a", "%f[%z]") --> 2\t1
match("abab", "(ab)%1") --> ab
match("abcabc", "(%w+)%1") --> abc
match("abba", "(.)(.)%2%1") --> a\tb
match("hello", "(.)%1") --> l
match("abc", "(.)%1") --> nil
match('"quoted"', '(["\'])(.-)%1') --> "\tquoted
match("'it\"s'", '(["\'])(.-)%1') --> '\tit"s
match("aa aaa aaaa", "(a+) %1") --> aa
match("=x=", "(=)(x)%1") --> =\tx
match("abab", "(a)(b)%1%2") --> a\tb
quoted("a\0b", "a%zb") --> "a\\000b"
quoted("a\0b", "%z") --> "\\000"
quoted("a\0b", "a.b") --> "a\\000b"
find("a\0b", "b") --> 3\t3
find("a\0b", "b", 1, true) --> 3\t3
find("a\0b\0", "%z", 3) --> 4\t4
quoted("\0", "[%z]") --> "\\000"
quoted("a\0b", "[^%z]+") --> "a"
quoted("\0\0a", "%z*a") --> "\\000\\000a"
match("a.b-c", "[.-]") --> .
match("a.b-c", "[%w.]+") --> a.b
match("50%", "%d+%%") --> 50%
match("a+b", "a%+b") --> a+b
match("(a)", "%(a%)") --> (a)
match("a^b", "a^b") --> a^b
match("a$b", "a$b") --> a$b
match("a$", "a%$$") --> a$
match("^a", "%^a") --> ^a
match("a]b", "[]]") --> ]
match("a-b", "a%-b") --> a-b
match("{x}", "{x}") --> {x}
match("a|b", "a|b") --> a|b
match("\\d", "\\d") --> \\d
match("x*", "x%*") --> x*
match("a{2}", "a{2}") --> a{2}
match("tab\tx", "\t") --> \t
match("é", "é") --> \xC3\xA9
match("naïve", "%w+") --> na
match("ünï", "[%w\128-\255]+") --> \xC3\xBCn\xC3\xAF
match("0x1F", "^0[xX](%x+)$") --> 1F
match("v1.2.3", "v(%d+)%.(%d+)%.(%d+)") --> 1\t2\t3
match("http://host:80/path?q=1", "^(%w+)://([^:/]+):?(%d*)(/[^?]*)%??(.*)$") --> http\thost\t80\t/path\tq=1
match("/api/v2/users/42", "^/api/v(%d+)/(%w+)/(%d+)$") --> 2\tusers\t42
match("text/html; charset=utf-8", "charset=([%w-]+)") --> utf-8
match("a=1; b=2", "b=([^;]*)") --> 2
match("Bearer abc.def", "^Bearer%s+(%S+)$") --> abc.def
match("user@host.tld", "^([%w._-]+)@([%w.-]+)$") --> user\thost.tld
match("192.168.1.10", "^(%d+)%.(%d+)%.(%d+)%.(%d+)$") --> 192\t168\t1\t10
match("gzip, deflate;q=0.5", "(%w+);q=([%d.]+)") --> deflate\t0.5
print(("x"):rep(100):match("^(x*)$") == ("x"):rep(100), #("ab"):rep(50):match("(.-)b$"), ("a"):rep(30):find(("a?"):rep(10) .. ("a"):rep(20))) --> true\t99\t1\t30
print(string.find(12345, 34), string.match(12345, "%d%d$"), string.find("a5b", 5), string.gsub(1.5, "%.", ",")) --> 3\t45\t2\t1,5\t1
print(("one;two;;four"):find(";", 5), ("one;two"):match("[^;]+", 5), ("äöü"):find("ö"), ("äöü"):len()) --> 8\ttwo\t3\t6
print(select("#", ("abc"):match("x")), select("#", ("abc"):match("b")), select("#", ("abc"):match("(a)(b)(c)")), select("#", ("abc"):find("(a)(b)"))) --> 1\t1\t3\t4
print(("abc"):match("((a)(b)(c))"), ("abc"):match("(a)()(b)()")) --> abc\ta\t2\tb\t3
print(("key: value"):match("^(%w+):%s*(.+)$"), ("nokey"):match("^(%w+):%s*(.+)$")) --> key\tnil
print(("a b c"):match("^(%S+)%s+(%S+)%s+(%S+)$")) --> a\tb\tc
print(("  x"):find("^%s*"), ("x  "):find("%s*$"), ("x"):find("%s*$"), (""):find("%s*$")) --> 1\t2\t2\t1\t0
local max = ("(a)"):rep(32)
print(select("#", ("a"):rep(32):match(max))) --> 32
