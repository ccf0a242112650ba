"""Sources that are hard on a compiler: each shape filled up to a number of bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Shape = Callable[[int], str]
"""From bytes to a source of about that many."""


def repeated(piece: str, before: str = "", after: str = "") -> Shape:
    """``before``, as many of ``piece`` as fit, ``after``; ``{i}`` in a piece is its number."""

    def fill(size: int) -> str:
        if "{i}" not in piece:
            return before + piece * max(1, (size - len(before) - len(after)) // len(piece)) + after
        count = max(1, (size - len(before) - len(after)) // (len(piece) + 3))
        return before + "".join([piece.replace("{i}", str(i)) for i in range(count)]) + after

    return fill


def nested(opener: str, inner: str, closer: str, depth: int = 180) -> Shape:
    """Side by side, each ``depth`` levels deep."""
    return repeated(opener * depth + inner + closer * depth)


def crossing(depth: int, gotos: int) -> str:
    """Jumps out of ``depth`` loops, each to a label of its own."""
    jumps = "".join([f"if a then goto l{i} end " for i in range(gotos)])
    return "while a do " * depth + jumps + "end " * depth + "".join([f"::l{i}:: b=1 " for i in range(gotos)])


SHAPES: Final[dict[str, Shape]] = {
    "line comment": lambda size: "--" + "x" * (size - 2),
    "long comment": lambda size: "--[[" + "]" * (size - 6) + "]]",
    "many comments": repeated("--\n"),
    "a comment that looks like blocks": lambda size: "-- " + "if ) " * ((size - 9) // 5) + "\nif x",
    "comment levels": lambda size: "--[====[" + "]===]" * ((size - 20) // 5) + "]====]",
    "blank lines": lambda size: "\n" * size,
    "blanks": lambda size: " " * size,
    "carriage returns": lambda size: "\r\n\r" * (size // 3),
    "long string": lambda size: "return [==[" + "]=" * ((size - 20) // 2) + "]==]",
    "short string": lambda size: "return '" + "x" * (size - 10) + "'",
    "escapes": lambda size: "return '" + "\\065" * ((size - 10) // 4) + "'",
    "backslash newlines": lambda size: "return '" + "\\\n" * ((size - 10) // 2) + "'",
    "z escapes": lambda size: "return '" + "\\z \n" * ((size - 10) // 4) + "'",
    "many strings": repeated("x='{i}'\n"),
    "string list": repeated("'',", "return {", "}"),
    "unfinished string": lambda size: "x='" + "a" * (size - 3),
    "unfinished long string": lambda size: "x=[====[" + "]===]" * ((size - 8) // 5),
    "many unfinished openers": lambda size: "[====" * (size // 5),
    "brackets": lambda size: "[=[" * (size // 3),
    "quotes": lambda size: "\"'" * (size // 2),
    "digits": lambda size: "return " + "1" * (size - 7),
    "hexadecimal digits": lambda size: "return 0x" + "f" * (size - 9),
    "long exponent": lambda size: "return 1e" + "9" * (size - 9),
    "dots": lambda size: "return " + "1." * (size // 2),
    "long name": lambda size: "x" * (size - 2) + "=1",
    "binary": lambda size: "\xff\x00\x01" * (size // 3),
    "semicolons": repeated("x=1;"),
    "assignments": repeated("a=1\n"),
    "short assignments": repeated("a=a "),
    "different globals": repeated("a{i}=1\n"),
    "global swap": repeated("a,b=b,a\n"),
    "local statements": repeated("do local a=1 end\n"),
    "locals": repeated("do local a,b,c,d,e,f,g,h,i,j=1,2,3,4,5,6,7,8,9,0 end\n"),
    "wide assignment": lambda size: "a" + ",a" * (size // 4) + "=1",
    "wide values": lambda size: "a=1" + ",1" * (size // 2 - 2),
    "assignment garbage": lambda size: "a=b=" * (size // 4),
    "numbers": repeated("a={i}\n"),
    "number list": repeated("{i},", "return {", "}"),
    "ones": repeated("1,", "return {", "}"),
    "names list": repeated("a,", "return {", "}"),
    "keyed list": repeated("a{i}=1,", "return {", "}"),
    "computed keys": repeated("[a]=1,", "return {", "}"),
    "empty tables": repeated("{},", "return {", "}"),
    "table of tables": repeated("{1,2},", "return {", "}"),
    "records": repeated("{a=1,b='x'},", "return {", "}"),
    "functions": repeated("function f() end "),
    "local functions": repeated("do local function f() end end "),
    "anonymous functions": repeated("a=function()end "),
    "function list": repeated("function()end,", "return {", "}"),
    "methods": repeated("function a:b() end "),
    "functions with upvalues": repeated("function f() a=a+1 end ", "local a=1 "),
    "vararg functions": repeated("function f(...) return ... end "),
    "calls": repeated("f()\n"),
    "calls with arguments": repeated("f(a,1,'x')\n"),
    "method calls": repeated("a:b()\n"),
    "call chains": repeated("f()()()()\n"),
    "string calls": repeated("f'x' "),
    "table calls": repeated("f{} "),
    "library calls": repeated("a=math.floor(a) "),
    "string methods": repeated("a=a:sub(1,2) "),
    "formats": repeated("a=string.format('%d',a) "),
    "plus chain": repeated("+1", "return 1"),
    "variable chain": repeated("+a", "return a"),
    "call sum": repeated("+f()", "return 1"),
    "concat chain": repeated("..a", "return a"),
    "string concat": repeated("..'x'", "return a"),
    "comparison chain": repeated("<a", "return a"),
    "equals chain": repeated("==a", "return a"),
    "and chain": repeated(" and a", "return a"),
    "or chain": repeated(" or a", "return a"),
    "and or chain": repeated(" and a or a", "return a"),
    "not chains": repeated("a=not not not not a "),
    "minus": repeated("a=- - - -a "),
    "length": repeated("a=#a "),
    "powers": repeated("a=a^a^a^a "),
    "index reads": repeated("a=a.b "),
    "index chains": repeated("a=a.b.c.d.e.f.g.h "),
    "index stores": repeated("a.b=1 "),
    "index chain stores": repeated("a.b.c.d=1 "),
    "computed stores": repeated("a[b]=c "),
    "number stores": repeated("a[1]=1 "),
    "ifs": repeated("if a then end "),
    "if elses": repeated("if a then b=1 else b=2 end "),
    "elseifs": repeated("elseif a then ", "if a then ", " end"),
    "elseif calls": repeated("elseif f() then b=1 ", "if a then ", " end"),
    "elseif comparisons": repeated("elseif a=={i} then b=1 ", "if a then ", " end"),
    "whiles": repeated("while a do end "),
    "repeats": repeated("repeat until a "),
    "numeric fors": repeated("for i=1,2 do end "),
    "numeric fors of unknowns": repeated("for i=a,b,c do end "),
    "pairs": repeated("for k,v in pairs(a) do end "),
    "ipairs": repeated("for k,v in ipairs(a) do end "),
    "iterators": repeated("for k in a do end "),
    "breaks": repeated("while a do break end "),
    "dos": repeated("do end "),
    "gotos": repeated("do goto a ::a:: end "),
    "labels": repeated("::a{i}:: "),
    "goto to labels": repeated("goto a{i} ::a{i}:: "),
    "backward gotos": repeated("do ::a:: if b then goto a end end "),
    "loops with continue": repeated("while a do if b then goto c end ::c:: end "),
    "forward gotos to one label": repeated("if a then goto z end ", "", " ::z::"),
    "backward gotos to one label": repeated("if a then goto z end ", "::z:: "),
    "gotos out of loops": lambda size: crossing(100, max(1, size // 44)),
    "returns": repeated("do return end "),
    "nested parentheses": repeated("a=" + "(" * 180 + "a" + ")" * 180 + " "),
    "nested tables": repeated("a=" + "{" * 180 + "}" * 180 + " "),
    "nested calls": repeated("a=" + "f(" * 180 + "a" + ")" * 180 + " "),
    "nested indexes": repeated("a=" + "a[" * 180 + "a" + "]" * 180 + " "),
    "nested functions": nested("function f() ", "", " end ", 150),
    "nested function values": nested("a=function() ", "", " end ", 90),
    "nested dos": nested("do ", "a=1 ", "end "),
    "nested ifs": nested("if a then ", "b=1 ", "end "),
    "nested whiles": nested("while a do ", "b=1 ", "end "),
    "nested fors": nested("for i=1,2 do ", "b=1 ", "end "),
    "nested loops and functions": nested("while a do function f() ", "b=1 ", "end end ", 90),
    "nested concat": repeated("a=" + "a..(" * 150 + "a" + ")" * 150 + " "),
    "right-associative": repeated("a=" + "a^" * 150 + "a "),
    "boxes": repeated("while a do local b=1 c=function() b=b+1 return b end end "),
    "upvalues": repeated("function f() return a,b,c,d,e,f,g,h end ", "local a,b,c,d,e,f,g,h "),
    "deep upvalues": repeated("function f() function g() function h() a=a+1 end end end ", "local a=1 "),
    "locals in functions": repeated("function f() local a,b,c=1,2,3 return a+b+c end "),
    "open parentheses": lambda size: "(" * size,
    "open braces": lambda size: "{" * size,
    "open functions": lambda size: "function f() " * (size // 13),
    "open not": lambda size: "return " + "not " * (size // 4),
    "ends": lambda size: "end " * (size // 4),
    "one function of statements": repeated("a=a+1 ", "function f() local a=1 ", " end"),
    "one loop of statements": repeated("a=a+1 ", "local a=1 while b do ", " end"),
    "one loop of calls": repeated("f(a) ", "while b do ", " end"),
    "one loop of functions": repeated("f=function() return a end ", "while b do local a=1 ", " end"),
    "local kinds": repeated("a=b b=a ", "local a,b=1,2 "),
    "call results as kinds": repeated("a=f(a) ", "local a local function f(x) return x end "),
    "local function calls": repeated("f(1) ", "local function f(a) return a end "),
    "errors": repeated("error('x') "),
    "vararg uses": repeated("a=... "),
    "select": repeated("a=select('#',...) "),
    "multiple results": repeated("a,b,c=f() "),
    "mixed": repeated("local function f{i}(a) return {a,a+1,x=a..'{i}'} end if f{i}(1) then g=f{i} end do end ", "do ", " end"),
}  # fmt: skip
