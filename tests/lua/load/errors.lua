-- allow-load
-- Syntax errors are answered, not raised; chunk names as luaO_chunkid has them, in messages 80 bytes long.
local function try(text, name) print(select("#", loadstring(text, name)), loadstring(text, name)) end
try("x =") --> 2\tnil\t[string "x ="]:1: unexpected symbol near '<eof>'
try("x = = 1") --> 2\tnil\t[string "x = = 1"]:1: unexpected symbol near '='
try("x = }") --> 2\tnil\t[string "x = }"]:1: unexpected symbol near '}'
try("for") --> 2\tnil\t[string "for"]:1: '<name>' expected near '<eof>'
try("for i = 1 do end") --> 2\tnil\t[string "for i = 1 do end"]:1: ',' expected near 'do'
try("if x then") --> 2\tnil\t[string "if x then"]:1: 'end' expected near '<eof>'
try("if x then\n\nelse\n\n") --> 2\tnil\t[string "if x then..."]:5: 'end' expected (to close 'if' at line 1) near '<eof>'
try("x = 'abc") --> 2\tnil\t[string "x = 'abc"]:1: unfinished string near '<eof>'
try("x = 'abc\ndef'") --> 2\tnil\t[string "x = 'abc..."]:1: unfinished string near ''abc'
try("x = [[abc") --> 2\tnil\t[string "x = [[abc"]:1: unfinished long string near '<eof>'
try("x = [==[abc]]") --> 2\tnil\t[string "x = [==[abc]]"]:1: unfinished long string near '<eof>'
try("--[[ never ends") --> 2\tnil\t[string "--[[ never ends"]:1: unfinished long comment near '<eof>'
try("x = 1e") --> 2\tnil\t[string "x = 1e"]:1: malformed number near '1e'
try("x = 0xg") --> 2\tnil\t[string "x = 0xg"]:1: malformed number near '0xg'
try("return return") --> 2\tnil\t[string "return return"]:1: unexpected symbol near 'return'
try("break") --> 2\tnil\t[string "break"]:1: no loop to break near '<eof>'
try("function f() return ... end") --> 2\tnil\t[string "function f() return ... end"]:1: cannot use '...' outside a vararg function near '...'
try("local function f( end") --> 2\tnil\t[string "local function f( end"]:1: <name> or '...' expected near 'end'
try("f() = 1") --> 2\tnil\t[string "f() = 1"]:1: unexpected symbol near '='
try("a.b:c = 1") --> 2\tnil\t[string "a.b:c = 1"]:1: function arguments expected near '='
try("x = 1 1") --> 2\tnil\t[string "x = 1 1"]:1: unexpected symbol near '1'
try("x = 1 -- fine\ny = 2\nz = ?") --> 2\tnil\t[string "x = 1 -- fine..."]:3: unexpected symbol near '?'
try("local x <const> = 1") --> 2\tnil\t[string "local x <const> = 1"]:1: unexpected symbol near '<'
try("x = \\") --> 2\tnil\t[string "x = \\"]:1: unexpected symbol near '\\'
try("x = '\\300'") --> 2\tnil\t[string "x = '\\300'"]:1: escape sequence too large near '''
try("x = a\n(b)()") --> 2\tnil\t[string "x = a..."]:2: ambiguous syntax (function call x new statement) near '('
try("goto 1") --> 2\tnil\t[string "goto 1"]:1: '=' expected near '1'
try("end") --> 2\tnil\t[string "end"]:1: '<eof>' expected near 'end'
try("x = {1, 2") --> 2\tnil\t[string "x = {1, 2"]:1: '}' expected near '<eof>'
try("x = (1") --> 2\tnil\t[string "x = (1"]:1: ')' expected near '<eof>'
try(("("):rep(300) .. "1" .. (")"):rep(300)) --> 2\tnil\t[string "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((..."]:1: chunk has too many syntax levels
-- names
for _, name in ipairs { "=name", "@file.lua", "plain", "two\nlines", "two\rlines", "\nfirst", "=", "@", "", "=\n", "zero\0byte", "=zero\0byte" } do
  try("x = = 1", name) --> 2\tnil\tname:1: unexpected symbol near '='
  print(pcall(loadstring("error('at run time')", name))) --> false\tname:1: at run time
  print(pcall(loadstring("local t t.x = 1", name))) --> false\tname:1: attempt to index local 't' (a nil value)
--> 2\tnil\tfile.lua:1: unexpected symbol near '='
--> false\tfile.lua:1: at run time
--> false\tfile.lua:1: attempt to index local 't' (a nil value)
--> 2\tnil\t[string "plain"]:1: unexpected symbol near '='
--> false\t[string "plain"]:1: at run time
--> false\t[string "plain"]:1: attempt to index local 't' (a nil value)
--> 2\tnil\t[string "two..."]:1: unexpected symbol near '='
--> false\t[string "two..."]:1: at run time
--> false\t[string "two..."]:1: attempt to index local 't' (a nil value)
--> 2\tnil\t[string "two..."]:1: unexpected symbol near '='
--> false\t[string "two..."]:1: at run time
--> false\t[string "two..."]:1: attempt to index local 't' (a nil value)
--> 2\tnil\t[string "..."]:1: unexpected symbol near '='
--> false\t[string "..."]:1: at run time
--> false\t[string "..."]:1: attempt to index local 't' (a nil value)
--> 2\tnil\t:1: unexpected symbol near '='
--> false\t:1: at run time
--> false\t:1: attempt to index local 't' (a nil value)
--> 2\tnil\t:1: unexpected symbol near '='
--> false\t:1: at run time
--> false\t:1: attempt to index local 't' (a nil value)
--> 2\tnil\t[string ""]:1: unexpected symbol near '='
--> false\t[string ""]:1: at run time
--> false\t[string ""]:1: attempt to index local 't' (a nil value)
--> 2\tnil\t
--> :1: unexpected symbol near '='
--> false\t
--> :1: at run time
--> false\t
--> :1: attempt to index local 't' (a nil value)
--> 2\tnil\t[string "zero"]:1: unexpected symbol near '='
--> false\t[string "zero"]:1: at run time
--> false\t[string "zero"]:1: attempt to index local 't' (a nil value)
--> 2\tnil\tzero:1: unexpected symbol near '='
--> false\tzero:1: at run time
--> false\tzero:1: attempt to index local 't' (a nil value)
end
for size = 40, 84 do
  for _, mark in ipairs { "", "=", "@" } do
    local name = mark .. ("abcdefghij"):rep(9):sub(1, size)
    print(select(2, loadstring("?", name))) --> [string "abcdefghijabcdefghijabcdefghijabcdefghij"]:1: unexpected symbol near '?'
    print(select(2, pcall(loadstring("error('x')", name)))) --> [string "abcdefghijabcdefghijabcdefghijabcdefghij"]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghij:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghij:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghija"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghija"]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghija:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghija:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijab"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijab"]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijab:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijab:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc"]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabc:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabc:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcd"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcd:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcd:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcde"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcde:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcde:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcde:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcde:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdef"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefg"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghija"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> ...bcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> ...cdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: unexpected symbol near '?'
--> ...defghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: unexpected symbol near '?'
--> ...efghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: unexpected symbol near '?'
--> ...fghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: unexpected symbol near '?'
--> ...ghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> ...hijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> ...ijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> ...jabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> ...abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc"]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> ...bcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> ...cdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: unexpected symbol near '?'
--> ...defghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: unexpected symbol near '?'
--> ...efghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: unexpected symbol near '?'
--> ...fghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: unexpected symbol near '?'
--> ...ghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> ...hijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> ...ijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> ...jabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> ...abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...bcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> ...bcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...cdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> ...cdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...defghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: unexpected symbol near '?'
--> ...defghijabcdefghijabcdefghijabcdefghijabcdefghijabcde:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...efghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: unexpected symbol near '?'
--> ...efghijabcdefghijabcdefghijabcdefghijabcdefghijabcdef:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...fghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: unexpected symbol near '?'
--> ...fghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...ghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: unexpected symbol near '?'
--> ...ghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...hijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> ...hijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...ijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: unexpected symbol near '?'
--> ...ijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...jabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: unexpected symbol near '?'
--> ...jabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: unexpected symbol near '?'
--> ...abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...bcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: unexpected symbol near '?'
--> ...bcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc:1: x
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: unexpected symbol near '?'
--> [string "abcdefghijabcdefghijabcdefghijabcdefghijabc..."]:1: x
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: unexpected symbol near '?'
--> abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghi:1: x
--> ...cdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: unexpected symbol near '?'
--> ...cdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd:1: x
  end
end
print(select(2, loadstring("x = " .. ("very long text "):rep(20) .. "="))) --> [string "x = very long text very long text very long text very long text..."]:1: '=' expected near 'text'
print(select(2, pcall(loadstring("local x = nil + 1 " .. (" "):rep(100))))) --> [string "local x = nil + 1                          ..."]:1: attempt to perform arithmetic on a nil value
-- positions within the chunk
print(pcall(loadstring("\n\n\nerror('fourth')", "=c"))) --> false\tc:4: fourth
print(pcall(loadstring("local function f() error('in f', 2) end\nf()", "=c"))) --> false\tc:2: in f
print(pcall(loadstring("return nil .. 'x'", "=c"))) --> false\tc:1: attempt to concatenate a nil value
print(pcall(loadstring("return {} < {}", "=c"))) --> false\tc:1: attempt to compare two table values
print(pcall(loadstring("local a\na.b.c = 1", "=c"))) --> false\tc:2: attempt to index local 'a' (a nil value)
print(pcall(loadstring("undefined()", "=c"))) --> false\tc:1: attempt to call global 'undefined' (a nil value)
print(pcall(loadstring("string.rep()", "=c"))) --> false\tc:1: bad argument #1 to 'rep' (string expected, got no value)
print(pcall(loadstring("('x'):rep({})", "=c"))) --> false\tc:1: bad argument #1 to 'rep' (number expected, got table)
print(pcall(loadstring("error({})", "=c")) == false) --> true
print(pcall(loadstring("error('no position', 0)", "=c"))) --> false\tno position
print(pcall(loadstring("error()", "=c"))) --> false\tnil
-- what stands around it has its own positions
print(pcall(function() loadstring("error('deep')", "=inner")() end)) --> false\tinner:1: deep
print(pcall(function() loadstring("error('deep', 2)", "=inner")() end)) --> false\terrors.lua:368: deep
-- arguments
print(pcall(loadstring)) --> false\tbad argument #1 to '?' (string expected, got no value)
print(pcall(loadstring, {})) --> false\tbad argument #1 to '?' (string expected, got table)
print(pcall(loadstring, "x", {})) --> false\tbad argument #2 to '?' (string expected, got table)
print(pcall(load)) --> false\tbad argument #1 to '?' (function expected, got no value)
print(pcall(load, 1)) --> false\tbad argument #1 to '?' (function expected, got number)
print(pcall(load, {})) --> false\tbad argument #1 to '?' (function expected, got table)
print(pcall(load, print, {})) --> false\tbad argument #2 to '?' (string expected, got table)
