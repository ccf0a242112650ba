"""Random statements for what no expression names: the rest of the library, texts that are loaded, odd spellings."""

from __future__ import annotations

from collections.abc import Callable

from .random_statements import Statements
from .tree import Node, Part, expr, fixed, stmt

ONE_NUMBER = ("acos", "asin", "atan", "cos", "cosh", "deg", "exp", "frexp", "log", "log10", "modf", "rad", "sin", "sinh",
              "sqrt", "tan", "tanh")  # fmt: skip
TWO_NUMBERS = ("atan2", "ldexp", "pow", "fmod", "max", "min")
BITS = ("band", "bor", "bxor", "lshift", "rshift", "arshift", "rol", "ror")
HELPERS = "show, out, int, fin, id, keys, try"
"""What a text that is loaded gets as ``...``, for it sees no locals."""

SPELLINGS = (
    "[[long]]", "[==[]]\n]==]", "[[\nline]]", "'it\\'s'", '"\\65\\066\\n\\t\\\\"', '"\\\nx"', "'\\0601'", '"\\r\\a\\b\\f\\v" == nil',
    "3.", ".5", "0X1f", "1E2", "3e-2", "1.e1", "1e+3", "00012", "0xffffffffff", "1 --[[c]] + 2", "(2) --[==[ ]] ]==]",
    "-2 ^ 2", "2 ^ -3 ^ 2", "not nil == true", "1 .. 2 .. 3", "-'2'", "#'a' + 1", "({1, 2, [1] = 3})[1]", "#{1, 2; 3,}", '("x"):rep(3)',
    "#[[\n]]", "'a' < 'B'", '"a\\0b" < "a\\0c"', "_VERSION", "math.huge == 1 / 0", "-math.huge", "(...)",
)  # fmt: skip
"""Expressions as people seldom write them."""


class Libraries(Statements):
    """``self.library()`` draws a statement."""

    def library(self) -> Node:
        kinds: tuple[Callable[[], Node], ...] = (self.mathematics, self.spelling, self.raw, self.unusual, self.time)
        if self.jumps:
            kinds = (self.mathematics, self.bits)
        elif not self.loops:
            kinds = (*kinds, self.loaded)
        return kinds[self.source.randrange(len(kinds))]()

    def mathematics(self) -> Node:
        argument = self.anything(1) if self.risky and self.chance(10) else self.numeric(2)
        if self.chance(60):
            return stmt(f"try(math.{self.pick(ONE_NUMBER)}, ", argument, ")")
        if self.chance(20) and not self.jumps:
            return stmt("try(math.mod, ", argument, ", ", self.numeric(1), ")")
        name, second = self.pick(TWO_NUMBERS[: 3 if self.jumps else None]), self.numeric(1)
        if name == "ldexp" and self.jumps:
            second = expr("int(", second, ")")  # LuaJIT takes the exponent's low bits, PUC and the C library all of it
        return stmt(f"try(math.{name}, ", argument, ", ", second, ")")

    def spelling(self) -> Node:
        separator = self.pick((";", " --c\n", " --[[ c ]]", "\n--[=[\n]]\n]=]", ""))
        if self.vararg[-1]:
            return stmt(f"out({self.pick(SPELLINGS)})", separator)
        return stmt(f"out({self.pick(SPELLINGS[:-1])})", separator)

    def raw(self) -> Node:
        table = fixed(self.variable("ro") or "gn")
        field = self.pick(("'x'", "'v'", "1", "'none'"))
        return stmt(self.pick((
            f"out(rawget({table.text()}, {field}))", f"out(rawequal({table.text()}, {table.text()}), rawequal(1, '1'))",
            f"try(function() rawset({table.text()}, {field}, 5) return rawget({table.text()}, {field}) end)",
            f"try(rawget, {self.pick(('nil', '1', table.text()))}, {self.pick(('nil', field))})",
            f"out(type(getmetatable({table.text()})), getmetatable('').__index == string)",
        )))  # fmt: skip

    def unusual(self) -> Node:
        array, word = fixed(self.variable("aw") or "gt"), self.string(1)
        choice = self.number(0, 6)
        if choice == 0:
            end = self.pick(("", " if i > 1 then return v, 'more' end"))
            each = self.pick(("foreachi", "foreach"))
            return stmt(f"out(table.{each}({{unpack(", array, f", 1, 5)}}, function(i, v) out(i, v){end} end))")
        if choice == 1:
            return stmt(
                "out(table.maxn({", self.anything(1), ", ", self.anything(1), f", [{self.number(1, 9)}.5] = 1}}))"
            )
        if choice == 2:
            return stmt("try(table.setn, {}, ", self.numeric(1), ")")
        if choice == 3:
            return stmt(
                "for a, b in string.gfind((", word, "):sub(1, 30), ", self.pattern_literal(), ") do out(a, b) end"
            )
        if choice == 4:
            return stmt("try(table.concat, ", array, f", ', ', {self.number(0, 3)}, {self.number(0, 4)})")
        if choice == 5:
            return stmt("try(string.", self.pick(("rep", "sub", "byte", "char", "find", "format", "gsub", "upper")), ", ",
                        word, ", ", self.anything(0), ", ", self.anything(0), ")")  # fmt: skip
        if self.risky and self.chance(30):
            return stmt("try(select, ", self.anything(0), ", ", word, ")")
        return stmt(f"out(select({self.number(1, 3)}, ", self.anything(1), ", ", word, ", unpack(", array, ", 1, 3)))")

    def time(self) -> Node:
        form = self.pick(("%Y-%m-%d %H:%M:%S", "%j %w %a %A %b %B", "%p %I %M %y %%", "%x %X", "%c"))
        seconds = expr(str(self.number(-100_000, 2_000_000_000)))
        if self.chance(40):
            return stmt(f"out(os.date('!{form}', ", seconds, "))")
        if self.chance(30):
            return stmt("out(os.difftime(", seconds, ", ", self.numeric(1), "))")
        parts = ("year = 1970 +", "month =", "day =", "hour =")
        fields = ", ".join(f"{part} {self.number(-2, 40)}" for part in parts[: self.number(2, 4)])
        return stmt(f"try(os.time, {{{fields}}})")

    def bits(self) -> Node:
        return stmt(
            f"out(bit.{self.pick(BITS)}(int(",
            self.numeric(2),
            f"), {self.number(0, 40)}), bit.tohex(int(",
            self.numeric(1),
            "), 4))",
        )

    def loaded(self) -> Node:
        """A text of its own, without the locals around it; now and then one that does not compile."""
        saved, self.scopes = self.scopes, [[]]
        self.push(function=True, vararg=True)
        body: list[Node] = [self.print() if self.chance(50) else self.local() for _ in range(self.number(0, 3))]
        value = self.anything(2)
        self.pop(function=True)
        self.scopes = saved
        lines: list[Part] = [part for node in body for part in (node, "\n")]
        text = stmt(f"local {HELPERS} = ...\n", *lines, "return ", value, self.pick(("", "", "", " end", " +")))
        name = self.pick(("", "", ", '=named'", ", '@file.lua'", ", 'two\\nlines'"))
        if "]===]" in text.text():
            return self.spelling()
        if self.chance(70):
            made: list[Part] = ["loadstring([===[", text, f"]===]{name})"]
        else:
            made = [
                "load((function(t) local at = 0 return function() at = at + 7 return t:sub(at - 6, at) end end)([===[",
                text,
                f"]===]){name})",
            ]
        return stmt("do local f, why = ", *made, f" out(why) if f then try(f, {HELPERS}) end end")
