"""Random expressions, by the kind of value that they are to have (see drawing.Variable)."""

from __future__ import annotations

from .drawing import Drawing
from .tree import Node, expr, fixed

WORDS = ("abc", "Hello", "a b c", "x=1,y=2", "foo(bar(1))", "The Quick", "aaa", "10", "0x1F", " 7 ", "3.5", "1e2",
         "key: value", "", "z", "%d", "a.b-c", "user@host.org", "[x]", "\\n", "tab\\there", "12ab34")  # fmt: skip
FIELDS = ("x", "y", "name", "n", "v")
NUMBERS = ("1", "2", "3", "5", "7", "10", "0.5", "1.5", "2.25", "100", "1e3", "255", "0x10", "1e15", "3.75", "12345")
BINARY = ("+", "-", "*", "/", "%")


class Expressions(Drawing):
    """``self.expression(kind)`` draws one."""

    def expression(self, kind: str, depth: int = 3) -> Node:
        if self.risky and depth > 0 and self.chance(2):
            return self.anything(depth - 1)
        if kind == "x":
            return self.anything(depth)
        return {
            "n": self.numeric, "s": self.string, "b": self.boolean, "a": self.array, "w": self.words,
            "r": self.record, "o": self.objects, "f": self.function_value,
        }[kind](depth)  # fmt: skip

    def anything(self, depth: int) -> Node:
        choice = self.number(0, 9)
        if choice < 2 and (name := self.variable("nsbawrofx")):
            return expr(name)
        if choice == 2:
            return expr(self.pick(("nil", "true", "false")))
        if choice == 3:
            return expr(self.pick(("undefined_name", "g1", "g2", "gt", "gt.x", "gt[2]", "string.none", "math.pi")))
        if choice == 4 and self.vararg[-1]:
            return expr(self.pick(("...", "(...)", "select('#', ...)")))
        return self.expression(self.pick(("n", "s", "b", "n", "s")), max(depth, 0))

    def literal(self) -> str:
        return self.pick(NUMBERS) if self.chance(70) else str(self.number(1, 50))

    def numeric(self, depth: int) -> Node:
        name = self.variable("nc")
        if depth <= 0 or self.chance(25):
            return expr(name) if name and self.chance(70) else expr(self.literal())
        choice = self.number(0, 21)
        if choice < 7:
            left = expr(name) if name and self.chance(60) else self.call_number(depth - 1)
            right = self.numeric(depth - 1)
            sides = (left, right) if self.chance(60) else (right, left)
            operator = self.pick(BINARY)
            if operator in "/%":  # NaN's sign is exempt, and everything made from it
                if self.chance(30):
                    return expr("(", sides[0], f" {operator} {self.literal()})")
                return expr("fin(", sides[0], f" {operator} ", sides[1], ")")
            return expr("(", sides[0], f" {operator} ", sides[1], ")")
        if choice == 7:
            return expr(
                "fin(",
                expr(name) if name else self.call_number(depth - 1),
                " ^ ",
                self.pick(("2", "0.5", "3", "-1")),
                ")",
            )
        if choice == 8:
            return expr("(-", expr(name) if name else self.call_number(depth - 1), ")")
        if choice == 9:
            return expr("#", expr("(", self.string(depth - 1), ")"))
        if choice == 10:
            return expr("#", fixed(self.variable("aw") or "gt"))
        if choice == 11:
            array = self.variable("a") or "gt"
            return expr("(", array, "[", self.index(array), "] or ", self.literal(), ")")
        if choice == 12 and (record := self.variable("r")):
            return expr("(", record, f".{self.pick(FIELDS[:2])} or ", self.literal(), ")")
        if choice == 13:
            return expr("(tonumber(", self.string(depth - 1), ") or ", self.literal(), ")")
        if choice == 14 and (function := self.variable("f")):
            return expr(function, "(", self.numeric(depth - 1), ", ", self.numeric(depth - 2), ")")
        if choice == 15:
            return expr(
                self.identity(),
                self.unfolded(depth - 1),
                " and ",
                self.numeric(depth - 1),
                " or ",
                self.numeric(depth - 2),
                ")",
            )
        if choice == 16:
            return expr(
                "select('#', ",
                self.expression(self.pick(("x", "n", "s")), depth - 1),
                ", ",
                self.anything(depth - 2),
                ")",
            )
        if choice == 17:
            return expr(
                "(",
                self.pick(('"10"', '"0x10"', '" 5 "', '"1e1"', '"2.5"')),
                f" {self.pick(BINARY[:3])} ",
                self.numeric(depth - 1),
                ")",
            )
        if choice == 18 and (record := self.variable("o")):
            return expr("(tonumber(", record, ".v) or 0)")
        return self.call_number(depth)

    def call_number(self, depth: int) -> Node:
        inner = depth - 1
        choice = self.number(0, 9)
        if choice < 3:
            return expr("int(", self.numeric(inner), ")")
        if choice == 3:
            functions = ("floor", "ceil", "abs")  # of constants LuaJIT's math.ceil may be 0 where it is -0
            return expr(f"math.{self.pick(functions[:: 1 + self.jumps])}(", self.numeric(inner), ")")
        if choice == 4 and not self.jumps:  # LuaJIT orders 0 and -0
            return expr(f"math.{self.pick(('max', 'min'))}(", self.numeric(inner), ", ", self.numeric(inner), ")")
        if choice == 5:
            return expr("(", self.string(inner), ")", fixed(":len()"))
        if choice == 6:
            return expr("((", self.string(inner), f"):byte({self.number(-3, 3)}) or 0)")
        if choice == 7:
            return expr("((", self.string(inner), "):find(", self.pattern_literal(), ") or 0)")
        if choice == 8:
            return expr("math.fmod(int(", self.numeric(inner), f"), {self.number(1, 9)})")
        return expr(
            "(select(2, (", self.string(inner), "):gsub(", self.pattern_literal(), ", ", self.short_string(), ")))"
        )

    def index(self, array: str) -> Node:
        choice = self.number(0, 3)
        if choice == 0:
            return expr(str(self.number(0, 5)))
        if choice == 1 and (name := self.variable("n")):
            return expr(f"int({name}) % 5")
        if choice == 2:
            return expr("#", fixed(array))
        return expr(str(self.number(1, 3)))

    def short_string(self) -> Node:
        return expr(f'"{self.pick(("x", "-", "", "ab", "%%", "<%0>", "%0%0"))}"')

    def quoted(self) -> Node:
        return expr(f'"{self.pick(WORDS)}"')

    def string(self, depth: int) -> Node:
        name = self.variable("s")
        if depth <= 0 or self.chance(25):
            return expr(name) if name and self.chance(60) else self.quoted()
        inner = depth - 1
        choice = self.number(0, 17)
        if choice < 3:
            parts: list[str | Node] = ["(", self.string(inner)]
            for _ in range(self.number(1, 3)):
                parts += [" .. ", self.expression(self.pick(("s", "n", "s")), inner)]
            return expr(*parts, ")")
        if choice == 3:
            return expr("(", self.string(inner), f"):{self.pick(('upper', 'lower', 'reverse'))}()")
        if choice == 4:
            return expr("(", self.string(inner), f"):sub({self.number(-4, 4)}, {self.number(-4, 8)})")
        if choice == 5:
            return expr("(", self.string(inner), f"):sub(1, 20):rep({self.number(-1, 3)})")
        if choice == 6:
            return self.formatted(inner)
        if choice == 7:
            return expr("((", self.string(inner), "):match(", self.pattern_literal(), ") or ", self.quoted(), ")")
        if choice in (8, 9):
            return expr(
                "((", self.string(inner), "):gsub(", self.pattern_literal(), ", ", self.replacement(inner), "))"
            )
        if choice == 10:
            return expr("tostring(", self.expression(self.pick(("b", "s")), inner), ")")
        if choice == 11:
            return expr("type(", self.anything(inner), ")")
        if choice == 12:
            array = self.variable("aw") or "gt"
            return expr("table.concat(", fixed(array), ", ", self.short_string(), ")")
        if choice == 13:
            return expr(
                self.identity(), self.unfolded(inner), " and ", self.string(inner), " or ", self.string(inner), ")"
            )
        if choice == 14:
            array = self.variable("w")
            return expr("(", array, "[", self.index(array), "] or ", self.quoted(), ")") if array else self.quoted()
        if choice == 15 and (record := self.variable("r")):
            return expr("tostring(", record, f".{self.pick(FIELDS)})")
        if choice == 16:
            return expr("string.char(65 + int(", self.numeric(inner), f") % 26, {self.number(48, 57)})")
        return expr("show(", self.anything(inner), ")")

    def formatted(self, depth: int) -> Node:
        directives: list[str] = []
        arguments: list[str | Node] = []
        for _ in range(self.number(1, 3)):
            kind = self.pick(("d", "i", "x", "X", "o", "u", "c", "s", "q", "f", "e", "g", "G", "s", "d", "%"))
            if kind in "qefgG" and self.jumps:
                kind = "s"  # LuaJIT escapes control characters and rounds ties otherwise
            if kind == "%":
                directives.append("%%")
                continue
            flags = self.pick(("", "", "-", "0", "+", " ", "#"))
            width = self.pick(("", "", str(self.number(1, 12))))
            precision = self.pick(("", "", f".{self.number(0, 8)}"))
            if kind in "dixXou":
                if kind in "xXou":
                    flags = flags.strip("+ ")
                arguments += [", ", expr("int(", self.numeric(depth), ")")]
                flags = flags.strip("#") if kind in "diu" else flags
            elif kind == "c":
                flags, precision = flags.strip("0+ #"), ""
                arguments += [", ", expr("33 + int(", self.numeric(depth), ") % 90")]
            elif kind == "q":
                flags = width = precision = ""
                arguments += [", ", self.string(depth)]
            elif kind == "s":
                flags = flags.strip("0+ #")
                arguments += [", ", self.expression(self.pick(("s", "n")), depth)]
            else:
                arguments += [", ", self.numeric(depth)]
            directives.append(f"%{flags}{width}{precision}{kind}")
        return expr(
            f'("{self.pick(("", "|", "a "))}{self.pick((" ", "|", "")).join(directives)}"):format(', *arguments[1:], ")"
        )

    def replacement(self, depth: int) -> Node:
        choice = self.number(0, 5)
        if choice < 3:
            return self.short_string()
        if choice == 3:
            return expr('{a = "A", b = false, ["1"] = 2, x = "<x>", Hello = "bye"}')
        if choice == 4:
            return expr(
                self.pick(("string.upper", "string.len", "tostring", "function(c) return c .. c end", "function() end"))
            )
        self.push(function=True, vararg=False)
        name = self.fresh("m")
        self.declare(name, "x")
        body = self.expression(self.pick(("s", "n", "b")), min(depth, 1))
        self.pop(function=True)
        return (
            expr(f"function({name}) return ", body, " end")
            if self.risky
            else expr(f"function({name}) return show(", body, ") end")
        )

    def boolean(self, depth: int) -> Node:
        if depth <= 0 or self.chance(20):
            name = self.variable("b")
            return expr(name) if name and self.chance(60) else expr(self.pick(("true", "false")))
        inner = depth - 1
        choice = self.number(0, 9)
        if choice < 4:
            kind = self.pick(("n", "n", "s"))
            left = self.expression(kind, inner)
            return expr(
                "(", left, f" {self.pick(('<', '<=', '>', '>=', '==', '~='))} ", self.expression(kind, inner), ")"
            )
        if choice == 4:
            return expr("(", self.anything(inner), f" {self.pick(('==', '~='))} ", self.anything(inner), ")")
        if choice == 5:
            return expr("not ", self.anything(inner))
        if choice < 8:
            left = self.boolean(inner)
            if left.text().removeprefix("not ") in ("true", "false", "nil"):
                left = self.unfolded(inner)
            return expr("(", left, f" {self.pick(('and', 'or'))} ", self.boolean(inner), ")")
        if choice == 8:
            return expr("(", self.string(inner), "):find(", self.pattern_literal(), ") ~= nil")
        return expr("rawequal(", self.anything(inner), ", ", self.anything(inner), ")")

    def identity(self) -> str:
        """Around ``a and b or c``, whose operands 5.1 may name in an error."""
        return "id(" if self.risky else "("

    def unfolded(self, depth: int) -> Node:
        """A condition that 5.1 does not decide while compiling (it would then name what is left in errors)."""
        kind = self.pick(("n", "s"))
        return fixed(
            "(",
            self.expression(kind, depth),
            f" {self.pick(('<', '<=', '>', '==', '~='))} ",
            self.expression(kind, depth - 1),
            ")",
        )

    def array(self, depth: int) -> Node:
        name = self.variable("a")
        if name and self.chance(25):
            return expr(name)
        items: list[str | Node] = []
        for _ in range(self.number(1, 5)):
            items += [self.numeric(depth - 1), ", "]
        return expr("{", *items[:-1], "}")

    def words(self, depth: int) -> Node:
        name = self.variable("w")
        if name and self.chance(25):
            return expr(name)
        items: list[str | Node] = []
        for _ in range(self.number(1, 5)):
            items += [self.string(depth - 1) if self.chance(40) else self.quoted(), ", "]
        return expr("{", *items[:-1], "}")

    def record(self, depth: int) -> Node:
        name = self.variable("r")
        if name and self.chance(25):
            return expr(name)
        items: list[str | Node] = []
        for key in FIELDS[: self.number(1, 5)]:
            kind = "n" if key in "xyn" else self.pick(("s", "b", "n"))
            items += [f"{key} = ", self.expression(kind, depth - 1), ", "]
        return expr("{", *items[:-1], "}")

    def objects(self, depth: int) -> Node:
        name = self.variable("o")
        return expr(name) if name else expr("setmetatable({v = ", self.numeric(depth - 1), "}, {__index = {w = 1}})")

    def function_value(self, depth: int) -> Node:
        name = self.variable("f")
        return expr(name) if name and self.chance(50) else self.closure(depth)

    def closure(self, depth: int) -> Node:
        a, b = self.fresh("p"), self.fresh("p")
        self.push(function=True, vararg=False)
        self.declare(a, "n")
        self.declare(b, "x")
        body = self.numeric(depth - 1)
        self.pop(function=True)
        return expr(f"function({a}, {b}) return ", body, " end")

    def pattern_literal(self) -> Node:
        if self.risky and self.chance(3):
            return expr(
                f'"{self.pick(("(", "%", "[a", "%b", "%f", "%1", ")", "(()", "[^", "a%", "[%a-", "%f[", "(a"))}"'
            )
        return expr(f'"{self.pattern()}"')

    def pattern(self) -> str:
        pieces = ["^"] if self.chance(15) else []
        captures = 0
        closed = 0
        for _ in range(self.number(1, 4)):
            choice = self.number(0, 9)
            if choice == 0 and captures < 3:
                pieces.append("()")
                captures += 1
                closed += 0
            elif choice in (1, 2) and captures < 3:
                pieces.append("(" + self.single() + self.pick(("", "*", "+", "-", "?")) + ")")
                captures += 1
                closed = captures if closed == captures - 1 else closed
            elif choice == 3:
                pieces.append(self.pick(("%b()", "%b[]", "%f[%w]", "%f[%W]", "%f[%s]", "%bab")))
            elif choice == 4 and closed and closed == captures:
                pieces.append(f"%{self.number(1, closed)}")
            else:
                pieces.append(self.single() + self.pick(("", "", "*", "+", "-", "?")))
        if self.chance(12):
            pieces.append("$")
        return "".join(pieces)

    def single(self) -> str:
        return self.pick(("%a", "%d", "%s", "%w", "%l", "%u", "%p", "%x", ".", "a", "b", "l", "1", "=", " ", "[a-c]", "[^%s]",
                          "[%w_]", "[^a]", "[%d.]", "%.", "%(", "%-", "[]x]", "[a-]", "%A", "%S", "%D", "o", "[^%w]"))  # fmt: skip
