"""Draws a random program that ends by construction and whose answer does not depend on exempt behaviour.

Input: a ``random.Random`` (or hypothesis's). Output: a tree. Avoided: traversal order of hash parts, ``#`` on
tables with holes, addresses, NUL bytes, tail calls of functions that raise at level 2, arithmetic on two
constants (5.1 merges 0 and -0 in its constant table), ``%d`` of numbers beyond integers.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from .tree import Node, block, expr, fixed, stmt

PRELUDE = (
    """local function show(v)
  local t = type(v)
  if t == "table" then
    if getmetatable(v) and getmetatable(v).__tostring then return tostring(v) end
    local out = {}
    for i = 1, 12 do if v[i] == nil then break end out[i] = type(v[i]) == "table" and "{..}" or show(v[i]) end
    return "{" .. table.concat(out, ",") .. "}"
  end
  if t == "function" then return "fn" end
  if v ~= v then return "nan" end
  return tostring(v)
end""",
    """local function out(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show((select(i, ...))) end
  print(table.concat(parts, " "))
end""",
    "local function int(x) if x ~= x or x - x ~= 0 then return 0 end return math.floor(x) % 1000 end",
    "local function fin(x) if x - x ~= 0 then return 0 end return x end",
    "local function id(...) return ... end",
    """local function keys(t)
  local r = {}
  for k in pairs(t) do r[#r + 1] = k end
  table.sort(r, function(a, b) return tostring(a) < tostring(b) end)
  return r
end""",
    """local function try(f, ...)
  local function report(ok, ...) out(ok and "ok" or "error", ...) end
  report(pcall(f, ...))
end""",
    "g1, g2, gt, gn = 7, 'glob', {1, 2, 3}, {x = 1, n = {x = 2, n = {}}}",
)
"""Helpers that programs use: the shrinker drops those that a failure does not need."""

WORDS = ("abc", "Hello", "a b c", "x=1,y=2", "foo(bar(1))", "The Quick", "aaa", "10", "0x1F", " 7 ", "3.5", "1e2",
         "key: value", "", "z", "%d", "a.b-c", "user@host.org", "[x]", "\\n", "tab\\there", "12ab34")  # fmt: skip
FIELDS = ("x", "y", "name", "n", "v")
NUMBERS = ("1", "2", "3", "5", "7", "10", "0.5", "1.5", "2.25", "100", "1e3", "255", "0x10", "1e15", "3.75", "12345")
METAMETHODS = ("__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__concat", "__eq", "__lt", "__le",
               "__call", "__index", "__newindex", "__tostring")  # fmt: skip
BINARY = ("+", "-", "*", "/", "%")


@dataclass(frozen=True, slots=True)
class Variable:
    """A name in scope. ``kind``: n number, c number that must not be assigned, s string, b boolean, a array of numbers, w array of strings,
    r record, o object with a metatable, f function of numbers to a number, x anything (may be nil)."""

    name: str
    kind: str


HOLES = ("return #{...}, select('#', unpack({...}))", "local t = {1, nil, ...} return #t, table.getn(t), t[#t]")
"""Uses of ``...`` whose answers hang on where nils are, which LuaJIT sees otherwise than PUC."""


class Generator:
    """One program. ``risky`` programs contain run-time errors; ``jumps`` allows goto."""

    def __init__(self, source: random.Random, *, risky: bool = True, jumps: bool = False) -> None:
        self.source = source
        self.risky = risky
        self.jumps = jumps
        self.scopes: list[list[Variable]] = [[]]
        self.serial = 0
        self.loops = 0
        self.functions = 0
        self.vararg = [True]
        self.budget = 90

    # drawing

    def pick(self, options: tuple[str, ...]) -> str:
        return options[self.source.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self.source.randrange(100) < percent

    def number(self, low: int, high: int) -> int:
        return self.source.randint(low, high)

    def fresh(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{self.serial}"

    def declare(self, name: str, kind: str) -> None:
        self.scopes[-1].append(Variable(name, kind))

    def variables(self, kinds: str) -> list[str]:
        seen: dict[str, str] = {}
        for scope in self.scopes:
            for variable in scope:
                seen[variable.name] = variable.kind
        return [name for name, kind in seen.items() if kind in kinds]

    def variable(self, kinds: str) -> str | None:
        names = self.variables(kinds)
        return names[self.source.randrange(len(names))] if names else None

    # expressions

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
            return expr(f"math.{self.pick(('floor', 'ceil', 'abs'))}(", self.numeric(inner), ")")
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

    # patterns

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

    # statements

    def push(self, *, function: bool = False, vararg: bool | None = None) -> None:
        self.scopes.append([])
        if function:
            self.functions += 1
            self.vararg.append(bool(vararg))
            self.saved_loops = [*getattr(self, "saved_loops", []), self.loops]
            self.loops = 0

    def pop(self, *, function: bool = False) -> None:
        self.scopes.pop()
        if function:
            self.functions -= 1
            self.vararg.pop()
            self.loops = self.saved_loops.pop()

    def body(self, depth: int, low: int = 1, high: int = 4) -> list[Node]:
        statements = []
        for _ in range(self.number(low, high)):
            if self.budget <= 0:
                break
            self.budget -= 1
            statements.append(self.statement(depth))
        return statements

    def scoped(self, depth: int, low: int = 1, high: int = 4) -> Node:
        self.push()
        statements = self.body(depth, low, high)
        if self.loops and self.chance(12):
            statements.append(stmt("if ", self.boolean(1), " then break end"))
        self.pop()
        return block(statements)

    def statement(self, depth: int) -> Node:
        simple: tuple[Callable[[], Node], ...] = (
            self.local, self.local, self.local, self.assign, self.assign, self.print, self.print, self.print,
            self.table_call, self.table_call, self.field_assign, self.multiple, self.global_assign, self.local_call,
            self.update, self.update, self.lengths,
        )  # fmt: skip
        compound: tuple[Callable[[int], Node], ...] = (
            self.numeric_for, self.ipairs_for, self.pairs_for, self.while_loop, self.repeat_loop, self.condition,
            self.condition, self.do_block, self.local_function, self.local_function, self.method_class, self.metatable,
            self.protected, self.protected, self.closures_in_loop, self.gmatch_for, self.vararg_function, self.sort_call,
            self.sorted_pairs_for, self.recursive, self.long_loop, self.long_loop, self.array_loop, self.string_builder,
        )  # fmt: skip
        if self.jumps and depth > 0 and self.chance(18):
            return self.jump(depth - 1)
        if depth > 0 and self.chance(45) and self.loops < 3:
            return compound[self.source.randrange(len(compound))](depth - 1)
        return simple[self.source.randrange(len(simple))]()

    def local(self) -> Node:
        kind = self.pick(("n", "n", "s", "s", "b", "a", "w", "r", "f", "x"))
        name = self.fresh(kind)
        value = self.expression(kind)
        if self.chance(15) and (shadowed := self.variable("nsbx")):
            name = shadowed
        self.declare(name, kind)
        if self.chance(12):
            other = self.fresh("x")
            self.declare(other, "x")
            return stmt(f"local {name}, {other} = ", value, *([", ", self.anything(1)] if self.chance(60) else []))
        return stmt(f"local {name} = ", value)

    def local_call(self) -> Node:
        function = self.variable("f")
        if function is None:
            return self.local()
        first, second = self.fresh("n"), self.fresh("x")
        node = stmt(f"local {first}, {second} = {function}(", self.numeric(1), ", ", self.anything(1), ")")
        self.declare(first, "n")
        self.declare(second, "x")
        return node

    def update(self) -> Node:
        """A statement whose right side may change what the left side names."""
        name = self.variable("n")
        function = self.variable("f")
        if name is None or function is None:
            return self.assign()
        operator = self.pick(BINARY[:3])
        call = expr(f"{function}({name}, ", self.anything(0), ")")
        form = self.number(0, 4)
        if form == 0:
            return stmt(f"{name} = {name} {operator} ", call)
        if form == 1:
            return stmt(f"out({name}, ", call, f", {name})")
        if form == 2:
            return stmt(f"out({name} {operator} ", call, f" {operator} {name}, {name} .. ", call, f" .. {name})")
        if form == 3:
            return stmt(
                f"if {name} {self.pick(('<', '<=', '>', '==', '~='))} ",
                call,
                f" then out('yes', {name}) else out('no', {name}) end",
            )
        return stmt(f"gt[int({name}) % 4 + 1] = ", call, " out(gt[1], gt[2], gt[3])")

    def assign(self) -> Node:
        kind = self.pick(("n", "s", "n", "s", "b", "x"))
        name = self.variable(kind)
        if name is None:
            return self.local()
        if self.risky and self.chance(5):
            return stmt(f"{name} = ", self.anything(2))
        if kind == "s":
            return stmt(f"{name} = (", self.string(2), "):sub(1, 40)")
        return stmt(f"{name} = ", self.expression(kind))

    def multiple(self) -> Node:
        names = self.variables("nx")
        if len(names) < 2:
            return self.local()
        a, b = names[self.source.randrange(len(names))], names[self.source.randrange(len(names))]
        if self.chance(25):
            return stmt(f"{a}, {b} = {b}, {a}")
        targets = [self.place(a, b) for _ in range(self.number(1, 4))]
        values = [self.assigned(target, targets, b) for target in targets]
        if self.chance(10):
            values.pop()
        parts: list[str | Node] = []
        for value in values or [self.anything(1)]:
            parts += [", ", value]
        return stmt(fixed(", ".join(targets), " = "), *parts[1:], " out(", fixed(", ".join(targets)), ")")

    def place(self, a: str, b: str) -> str:
        """A target: a local, parameter, loop variable, upvalue or global, or a field of a table under one of them."""
        table = self.variable("r") or "gn"
        function = self.variable("f") or "int"
        return self.pick((a, b, a, b, "g1", f"{table}.x", f"gn[{a}]", f"{table}[{b}]", f"gn.n[{a}]", "gn.n.x", f"{table}[{a} + 1]",
                          f"gt[int({b}) % 3 + 1]", f"gn[{function}({a}, {b})]", f"{table}.y"))  # fmt: skip

    def assigned(self, target: str, targets: list[str], name: str) -> Node:
        """A value for a target: often another target's, or a call that changes the locals that it can reach."""
        function, word = self.variable("f") or "int", self.variable("s") or "g2"
        choice = self.number(0, 8)
        if choice < 3 or (target in ("g1", name) and choice > 6):
            return expr("(tonumber(", self.pick(tuple(targets)), ") or 1)")
        if choice < 5:
            return expr(f"{function}({name}, ", self.numeric(1), ")")
        if choice == 5:
            return expr(f"(({word}):byte(", self.numeric(0), ") or 2)")
        if choice == 6 and self.risky:
            return expr(
                f"{word}:sub({self.pick((f'gn[{name}]', 'gn.x', name, 'undefined_name'))}, ", self.numeric(0), ")"
            )
        return self.numeric(2) if choice < 8 else expr(f"(gn[{name}] or {name})")

    def global_assign(self) -> Node:
        if self.chance(50):
            return stmt("g1 = ", self.numeric(2))
        return stmt("g2 = ", self.string(1))

    def field_assign(self) -> Node:
        if record := self.variable("r" if self.chance(70) else "o"):
            field = self.pick(FIELDS)
            return stmt(f"{record}.{field} = ", self.expression("n" if field in "xyn" else self.pick(("s", "n", "b"))))
        if array := self.variable("a"):
            return stmt(f"{array}[#", fixed(array), " + 1] = ", self.numeric(2))
        return self.local()

    def print(self) -> Node:
        parts: list[str | Node] = []
        for _ in range(self.number(1, 3)):
            kind = self.pick(("n", "s", "b", "x", "n", "s", "a", "w", "r"))
            parts += [", ", self.expression(kind)]
        return stmt("out(", *parts[1:], ")")

    def table_call(self) -> Node:
        if (array := self.variable("a")) is None:
            return self.local()
        choice = self.number(0, 7)
        if choice < 2:
            return stmt(f"table.insert({array}, ", self.numeric(2), ")")
        if choice == 2:
            return stmt(f"table.insert({array}, 1, ", self.numeric(2), ")")
        if choice == 3:
            return stmt(f"if #{array} > 1 then out(table.remove({array})) end")
        if choice == 4:
            return stmt(f"if #{array} > 1 then out(table.remove({array}, 1)) end")
        if choice == 5:
            return stmt(f"out(unpack({array}, {self.number(1, 2)}, {self.number(1, 4)}))")
        if choice == 6:
            return stmt(f"out(select({self.pick(('1', '2', '-1'))}, unpack({array})))")
        return stmt(f"out(#{array}, {array}[1], {array}[#{array}], next({{}}), type(next({array})))")

    def lengths(self) -> Node:
        """Constructors with nils between their positions, where LuaJIT's lengths are others than PUC's."""
        items: list[str | Node] = []
        for _ in range(self.number(1, 6)):
            filled = self.jumps or self.chance(60)
            kind = "n" if self.jumps else self.pick(("x", "n", "x"))
            items += [", ", self.expression(kind, 1) if filled else expr("nil")]
        made = expr("{", *items[1:], "}")
        if self.chance(30):
            return stmt("out(unpack(", made, "))")
        return stmt("out(", self.pick(("#", "table.getn", "table.remove")), "(", made, "))")

    def sort_call(self, _depth: int) -> Node:
        if self.chance(50) and (array := self.variable("w")):
            compare = self.pick(("", ", function(a, b) return a > b end", ", function(a, b) return #a < #b end"))
            return stmt(f"table.sort({array}{compare}) out(table.concat({array}, ' '))")
        array = self.variable("a") or "gt"
        compare = self.pick(
            ("", ", function(a, b) return a > b end", ", function(a, b) return int(a) % 7 < int(b) % 7 end")
        )
        return stmt(f"try(function() table.sort({array}{compare}) return unpack({array}) end)")

    def numeric_for(self, depth: int) -> Node:
        name = self.fresh("i")
        start, count = self.number(-3, 5), self.number(0, 5)
        step = self.pick(("1", "1", "2", "-1", "0.5", "-2", "0.25", "1.5"))
        stop = start + float(step) * count
        value = self.fresh("n")
        self.push()
        self.loops += 1
        self.declare(name, "n")
        self.declare(value, "n")
        inner = self.scoped(depth)
        self.loops -= 1
        self.pop()
        tail = "" if step == "1" else f", {step}"
        return stmt(f"for {name} = {start}, {stop:g}{tail} do local {value} = {name}\n", inner, "end")

    def ipairs_for(self, depth: int) -> Node:
        array = self.variable("aw") or "gt"
        kind = "s" if array in self.variables("w") else "n"
        i, v, copy = self.fresh("i"), self.fresh(kind), self.fresh("c")
        self.push()
        self.loops += 1
        self.declare(i, "n")
        self.declare(v, kind)
        inner = self.scoped(depth)
        self.loops -= 1
        self.pop()
        return stmt(
            f"do local {copy} = {{unpack(",
            fixed(array),
            f", 1, 6)}} for {i}, {v} in ipairs({copy}) do\n",
            inner,
            "end end",
        )

    def pairs_for(self, depth: int) -> Node:
        k, v = self.fresh("k"), self.fresh("n")
        items = ", ".join(self.literal() for _ in range(self.number(0, 4)))
        form = self.pick((f"pairs({{{items}}})", f"next, {{{items}}}", f"next, {{{items}}}, nil"))
        self.push()
        self.loops += 1
        self.declare(k, "n")
        self.declare(v, "n")
        inner = self.scoped(depth)
        self.loops -= 1
        self.pop()
        return stmt(f"for {k}, {v} in {form} do\n", inner, "end")

    def sorted_pairs_for(self, depth: int) -> Node:
        record = self.variable("r")
        if record is None:
            return self.local()
        k = self.fresh("s")
        self.push()
        self.loops += 1
        self.declare(k, "s")
        inner = self.scoped(depth, 0, 2)
        self.loops -= 1
        self.pop()
        return stmt(f"for _, {k} in ipairs(keys({record})) do out({k}, {record}[{k}])\n", inner, "end")

    def gmatch_for(self, depth: int) -> Node:
        a, b = self.fresh("x"), self.fresh("x")
        subject, pattern = self.string(1), self.pattern_literal()
        self.push()
        self.loops += 1
        self.declare(a, "x")
        self.declare(b, "x")
        inner = self.scoped(depth, 0, 2)
        self.loops -= 1
        self.pop()
        return stmt(
            f"for {a}, {b} in (", subject, "):sub(1, 12):gmatch(", pattern, f") do out({a}, {b})\n", inner, "end"
        )

    def while_loop(self, depth: int) -> Node:
        counter = self.fresh("c")
        self.push()
        self.loops += 1
        condition = self.boolean(2)
        inner = self.scoped(depth)
        self.loops -= 1
        self.pop()
        joined = self.pick((f"{counter} < {self.number(0, 4)} and ", f"{counter} < {self.number(1, 4)} and not "))
        return stmt(
            f"do local {counter} = 0 while {joined}",
            expr("(", condition, ")"),
            f" do {counter} = {counter} + 1\n",
            inner,
            "end end",
        )

    def repeat_loop(self, depth: int) -> Node:
        counter, local = self.fresh("c"), self.fresh("n")
        self.push()
        self.loops += 1
        statements = self.body(depth, 0, 3)
        value = self.numeric(2)
        self.declare(local, "n")
        condition = self.boolean(2)
        self.loops -= 1
        self.pop()
        statements.append(stmt(f"local {local} = ", value))
        return stmt(
            f"do local {counter} = 0 repeat {counter} = {counter} + 1\n", block(statements),
            f"until {counter} >= {self.number(1, 4)} or ", condition, " end",
        )  # fmt: skip

    def condition(self, depth: int) -> Node:
        parts: list[str | Node] = ["if ", self.expression(self.pick(("b", "b", "x")), 2), " then\n", self.scoped(depth)]
        if self.chance(30):
            parts += ["elseif ", self.boolean(2), " then\n", self.scoped(depth)]
        if self.chance(50):
            parts += ["else\n", self.scoped(depth)]
        return stmt(*parts, "end")

    def do_block(self, depth: int) -> Node:
        return stmt("do\n", self.scoped(depth), "end")

    def local_function(self, depth: int) -> Node:
        name, a, b = self.fresh("f"), self.fresh("n"), self.fresh("x")
        self.push(function=True, vararg=False)
        self.declare(a, "n")
        self.declare(b, "x")
        statements = self.body(depth, 0, 3)
        if self.chance(20):
            statements.append(stmt("if ", self.boolean(1), " then return ", self.numeric(1), " end"))
        result = self.numeric(2)
        extra = [", ", self.anything(1)] if self.chance(30) else []
        self.pop(function=True)
        self.declare(name, "f")
        return stmt(
            f"local function {name}({a}, {b})\n", block(statements), "return ", expr("(", result, ")"), *extra, "\nend"
        )

    def rounds(self) -> int:
        """How often a loop may go round here: often where nothing around it repeats."""
        if self.loops or self.functions > 1:
            return self.number(1, 20)
        return (self.number(10, 40), self.number(10, 40), self.number(60, 200), self.number(1020, 1030))[
            self.number(0, 3)
        ]

    def long_loop(self, _depth: int) -> Node:
        """A loop of simple statements over locals: what an engine has fast paths for."""
        acc, i, t, f = self.fresh("acc"), self.fresh("i"), self.fresh("t"), self.fresh("h")
        u = self.fresh("u")  # may have holes
        count = self.rounds()
        k, m = self.number(1, 9), self.number(2, 1000)
        outer = self.variable("n") or acc
        simple = (
            f"{acc} = {acc} + {i} % {k}", f"{acc} = ({acc} * {m} + {i}) % {m * 7}", f"{t}[#{t} + 1] = {i} * {k}",
            f"{u}[{i}] = {acc}", f"if {i} % {k} == {k - 1} then {acc} = {acc} + 1 elseif {acc} > {m} then {acc} = {acc} - {k} end",
            f"if {acc} > {m} then break end", f"{acc} = {f}({acc}, {i})", f"{acc} = {acc} + ('{k}' + {i})",
            f"for j = {i}, {i} + 2 do {acc} = {acc} + j end", f"if {i} == {m} then error('at ' .. {i}) end",
            f"local x = {i} {t}.f = function() x = x + {i} return x end", f"if {t}.f and {i} % {k} == 0 then {acc} = {acc} + {t}.f() end",
            f"{acc} = {acc} - {u}[{i}]", f"{acc} = {acc} + ({u}[{i} - 1] or 0)", f"if not ({i} < {m}) and {acc} ~= {k} then {acc} = -{acc} end",
            f"{acc} = {acc} + math.floor({i} / {k}) * math.max({i}, {k})", f"{acc} = {acc} + #('x'):rep({i} % {k})",
            f"{acc} = {acc} + ({i} > {m} and 1 or {k})", f"{outer} = {acc}", f"{t}.n = ({t}.n or 0) + 1",
            f"while {acc} > {m * 9} do {acc} = {acc} / 2 - 1 end", f"repeat local y = {acc} % 3 {acc} = {acc} + y until y < 2 or {acc} > {m}",
            f"if {i} > {m} then return {acc}, {i} end", f"{acc}, {u}[0] = {acc} + 1, {acc}", f"{i} = {i} + {k}",
            f"if {acc} == {m} or {i} == {m} then {acc} = {acc} + 0.5 end", f"local a, b = {acc}, {i} a, b = b, a {acc} = a + b",
            f"{acc} = {acc} + tonumber(tostring({i})) * 1", f"if {i} == {m} then {acc} = nil end",
        )  # fmt: skip
        body = [stmt(self.pick(simple)) for _ in range(self.number(1, 5))]
        head = self.pick((
            f"for {i} = 1, {count} do", f"for {i} = {count}, 1, -1 do", f"for {i} = 1, {count}, {self.pick(('1', '2', '0.5', '3'))} do",
            f"local n = {count} for {i} = n - n + 1, n do", f"local {i} = 0 while {i} < {count} do {i} = {i} + 1",
            f"for {i} = {count} / 2, {count} * 0.75 do",
        ))  # fmt: skip
        function = self.pick(
            (
                "return a + b",
                "return (a + b) % 1000",
                "if b > 9 then return a end return a * b",
                "local c = a - b return c",
            )
        )
        return stmt(
            f"do local {acc}, {t}, {u} = {self.number(0, 3)}, {{}}, {{}} local function {f}(a, b) {function} end\n",
            f"try(function()\n{head}\n", block(body), f"end\nreturn {acc}, #{t}, {t}.n, {t}[1], {u}[1]\nend) out({acc}) end",
        )  # fmt: skip

    def array_loop(self, _depth: int) -> Node:
        """Loops over arrays by index: sums, in-place changes, swaps, runs past the end."""
        a, i = self.fresh("a"), self.fresh("i")
        count, k = min(self.rounds(), 200), self.number(1, 9)
        uses = (
            f"for {i} = 1, #{a} do {a}[{i}] = {a}[{i}] * {k} + 1 end", f"for {i} = #{a}, 1, -1 do {a}[{i}] = {a}[{i}] - {i} end",
            f"for {i} = 1, #{a} / 2 do {a}[{i}], {a}[#{a} - {i} + 1] = {a}[#{a} - {i} + 1], {a}[{i}] end",
            f"for {i} = 1, #{a} do {a}[{i}] = {a}[{i}] + {a}[{i} + 1] end", f"for {i} = 2, #{a} do {a}[{i}] = {a}[{i}] + {a}[{i} - 1] end",
            f"while #{a} > {k} do table.remove({a}) end", f"for {i} = 1, {k} do table.insert({a}, 1, {i}) end",
            f"for {i}, v in ipairs({a}) do if v % 2 == 0 then {a}[{i}] = -v end end", f"table.sort({a}, function(x, y) return x % {k + 1} < y % {k + 1} end)",
            f"for {i} = #{a}, 1, -1 do if {a}[{i}] % {k + 1} == 0 then table.remove({a}, {i}) end end", f"local s = 0 for {i}, v in ipairs({a}) do s = s + v end out(s)",
            f"for {i} = 1, #{a} do {a}[{i}] = tostring({a}[{i}]) end", f"out(math.max(unpack({a}, 1, 10)), select('#', unpack({a})))",
            f"for {i} = 1, #{a} do local row = {{}} for j = 1, 3 do row[j] = {a}[{i}] * j end {a}[{i}] = row[2] end",
            f"local b = {{}} for {i} = 1, #{a} do b[#b + 1] = {a}[{i}] end {a} = b", f"{a}[#{a} + 1] = {a}[1] {a}[#{a}] = nil",
        )  # fmt: skip
        body = [stmt(self.pick(uses)) for _ in range(self.number(1, 4))]
        return stmt(
            f"do local {a} = {{}} for {i} = 1, {count} do {a}[{i}] = ({i} * {self.number(3, 99)}) % {self.number(5, 50)} end\ntry(function()\n",
            block(body), f"return #{a}, {a}[1], {a}[2], {a}[#{a}]\nend) end",
        )  # fmt: skip

    def string_builder(self, _depth: int) -> Node:
        """Loops over the bytes of a string and pieces put together."""
        s, h, i, p = self.fresh("s"), self.fresh("h"), self.fresh("i"), self.fresh("p")
        uses = (
            f"{h} = ({h} * 31 + {s}:byte({i})) % 65536", f"{p}[#{p} + 1] = {s}:sub({i}, {i})", f"{p}[{i}] = {s}:sub({i}, {i} + 1)",
            f"if {s}:sub({i}, {i}):find('%a') then {h} = {h} + 1 end", f"local c = {s}:sub({i}, {i}) if c == ' ' then {p}[#{p} + 1] = '_' else {p}[#{p} + 1] = c:upper() end",
            f"{h} = {h} + (tonumber({s}:sub({i}, {i})) or 0)", f"{p}[#{p} + 1] = ('%02x'):format({s}:byte({i}))",
            f"{p}[#{p} + 1] = string.char(({s}:byte({i}) + {i}) % 26 + 97)", f"if {s}:byte({i}) > 100 then break end",
            f"{p}[#{p} + 1] = {i} .. {s}:sub(-{i}, -{i})", f"{h} = {h} + ({s}:find({s}:sub({i}, {i}), 1, true) or 0)",
        )  # fmt: skip
        body = [stmt(self.pick(uses)) for _ in range(self.number(1, 4))]
        return stmt(
            f"do local {s}, {h}, {p} = ", self.string(2), f", 7, {{}} {s} = {s}:sub(1, 60) try(function()\nfor {i} = 1, #{s} do\n",
            block(body), f"end\nreturn {h}, table.concat({p}, '{self.pick(('', '.'))}')\nend) end",
        )  # fmt: skip

    def recursive(self, depth: int) -> Node:
        name, n = self.fresh("r"), self.fresh("n")
        self.push(function=True, vararg=False)
        self.declare(n, "c")
        statements = self.body(min(depth, 1), 0, 2)
        value = self.numeric(2)
        self.pop(function=True)
        tail = self.pick(
            (f"return {name}({n} - 1)", f"return 1 + {name}({n} - 1)", f"local r = {name}({n} - 1) return r")
        )
        return stmt(
            f"local function {name}({n})\n", block(statements), f"if {n} <= 0 then return ", value, f" end\n{tail}\nend ",
            f"out({name}({self.number(0, 4)}))",
        )  # fmt: skip

    def vararg_function(self, depth: int) -> Node:
        name = self.fresh("v")
        self.push(function=True, vararg=True)
        statements = self.body(depth, 0, 2)
        uses = self.pick((
            "return ...", "return select('#', ...), ...", "return (...)", "local a, b = ... return b, a", "return {...}",
            "local t = {n = select('#', ...), ...} return t.n, t[1], t[2]", "return ..., 'last'", "return select(2, ...)",
            *(() if self.jumps else HOLES),
        ))  # fmt: skip
        self.pop(function=True)
        arguments: list[str | Node] = []
        for _ in range(self.number(1, 4)):
            arguments += [", ", self.anything(1)]
        return stmt(
            f"local function {name}(...)\n", block(statements), f"do {uses} end\nend try({name}", *arguments, ")"
        )

    def closures_in_loop(self, depth: int) -> Node:
        fs, i, u = self.fresh("t"), self.fresh("i"), self.fresh("n")
        self.push()
        self.loops += 1
        self.declare(i, "n")
        self.declare(u, "n")
        first = self.numeric(1)
        inner = self.scoped(min(depth, 1), 0, 2)
        self.push(function=True, vararg=False)
        change = self.numeric(2)
        self.pop(function=True)
        self.loops -= 1
        self.pop()
        return stmt(
            f"local {fs} = {{}} for {i} = 1, 3 do local {u} = ", first, "\n", inner,
            f"{fs}[{i}] = function() {u} = ", change, f" return {u} end end\n",
            f"for {i} = 1, 3 do if {fs}[{i}] then out({fs}[{i}](), {fs}[{i}]()) end end",
        )  # fmt: skip

    def method_class(self, depth: int) -> Node:
        cls, obj = self.fresh("C"), self.fresh("o")
        self.push(function=True, vararg=False)
        self.declare("self.v", "n")
        arg = self.fresh("n")
        self.declare(arg, "n")
        statements = self.body(min(depth, 1), 0, 2)
        value = self.numeric(2)
        self.pop(function=True)
        start = self.numeric(1)
        self.declare(obj, "o")
        return stmt(
            f"local {cls} = {{}} {cls}.__index = {cls}\nfunction {cls}.new(v) return setmetatable({{v = v}}, {cls}) end\n",
            f"function {cls}:step({arg})\n", block(statements), "self.v = ", value, "\nreturn self end\n",
            f"local {obj} = {cls}.new(", start, f") out({obj}:step({self.number(1, 5)}):step({self.number(1, 5)}).v)",
        )  # fmt: skip

    def metatable(self, _depth: int) -> Node:
        obj, handlers = self.fresh("o"), self.fresh("mt")
        parts: list[str | Node] = [f"local {handlers} = {{}}\n"]
        for event in sorted({self.pick(METAMETHODS) for _ in range(self.number(1, 5))}):
            a, b = self.fresh("x"), self.fresh("x")
            self.push(function=True, vararg=False)
            self.declare(a, "x")
            self.declare(b, "x")
            value = (
                expr("show(", self.anything(1), ")")
                if event == "__tostring"
                else self.expression(self.pick(("n", "s", "x", "b")), 2)
            )
            self.pop(function=True)
            if event == "__newindex":
                parts += [f"{handlers}.{event} = function(t, k, v) rawset(t, k, show(v)) end\n"]
            elif event == "__index" and self.chance(50):
                parts += [f"{handlers}.{event} = {{w = 5, name = 'inherited'}}\n"]
            else:
                seen = f"out(type({a}), type({b})) " if event != "__tostring" and self.chance(50) else ""
                parts += [f"{handlers}.{event} = function({a}, {b}) {seen}return ", value, " end\n"]
        self.declare(obj, "o")
        parts += [f"local {obj} = setmetatable({{v = ", self.numeric(1), f"}}, {handlers})\n"]
        uses = (
            f"{obj} + 1", f"2 - {obj}", f"{obj} * {obj}", f"{obj} / 2", f"{obj} % 3", f"{obj} ^ 2", f"-{obj}", f"{obj} .. 'x'",
            f"{obj} .. 1.5", f"'y' .. 2 .. {obj}", f"7 .. {obj} .. 8 .. 'z'",
            f"'y' .. {obj}", f"{obj} == setmetatable({{}}, {handlers})", f"{obj} < {obj}", f"{obj} <= setmetatable({{}}, {handlers})",
            f"{obj}(1, 2)", f"{obj}.v", f"{obj}.w", f"{obj}.name", f"{obj}[1]", f"tostring({obj}) == nil", f"{obj} == 1",
        )  # fmt: skip
        for _ in range(self.number(1, 4)):
            parts += [f"try(function() local r = {self.pick(uses)} return r end)\n"]
        if self.chance(40):
            self.push(function=True, vararg=False)
            value = self.anything(1)
            self.pop(function=True)
            field = self.pick(("v", "z", "name"))
            parts += [f"try(function() {obj}.{field} = ", value, f" return {obj}.z, {obj}.v end)\n"]
        return stmt(*parts)

    def protected(self, depth: int) -> Node:
        self.push(function=True, vararg=False)
        statements = self.body(depth, 0, 3)
        ending, second = self.ending(), self.ending()
        self.pop(function=True)
        choice = self.number(0, 3)
        if choice == 0:
            return stmt(
                "out(xpcall(function()\n",
                block(statements),
                ending,
                "\nend, function(m) return 'handled ' .. show(m) end))",
            )
        if choice == 1:
            return stmt("out(pcall(function()\n", block(statements), ending, "\nend))")
        if choice == 2:
            return stmt(
                "try(function()\n", block(statements), "pcall(function()\n", second, "\nend)\n", ending, "\nend)"
            )
        return stmt("try(function()\n", block(statements), ending, "\nend)")

    def ending(self) -> Node:
        choice = self.number(0, 11 if self.risky else 1)
        if choice < 2:
            return stmt("do return ", self.anything(2), ", ", self.anything(1), " end")
        if choice == 2:
            return stmt("error(", self.string(1), self.pick(("", ", 0", ", 1", ", 2")), ")")
        if choice == 3:
            return stmt("error({code = ", self.numeric(1), "})")
        if choice == 4:
            return stmt("error(", self.anything(1), ")")
        if choice == 5:
            return stmt("local z = ", self.anything(1), f" {self.pick(BINARY)} ", self.anything(1))
        if choice == 6:
            return stmt("local z = ", self.anything(1), " .. ", self.anything(1))
        if choice == 7:
            return stmt("local z = ", self.anything(1), f" {self.pick(('<', '<=', '>', '>='))} ", self.anything(1))
        if choice == 8:
            name = self.variable("nsbarx") or "g1"
            return stmt(self.pick((f"{name}.a.b = 1", f"{name}.x()", f"{name}:method(1)", f"{name}()", f"local z = {name}.a.b", f"local z = #{name}", f"{name}[nil] = 1", f"local z = -{name}", f"undefined_thing.x = {name}", f"undefined_function({name})", f"local z = {name}[1][2]")))  # fmt: skip
        if choice == 9:
            call = self.pick(("math.floor", "table.concat", "ipairs", "tonumber", "string.char", "setmetatable",
                              "table.insert", "string.format", "unpack", "string.sub", "math.max", "select", "rawset", "next"))  # fmt: skip
            return stmt(f"local z = {call}(", self.anything(0), ", ", self.anything(0), ")")
        if choice == 10:
            return stmt("assert(", self.expression("x", 1), ", ", self.string(0), ")")
        return stmt("for i = ", self.anything(0), ", ", expr("3"), " do break end")

    # goto

    def jump(self, depth: int) -> Node:
        label = self.fresh("L")
        choice = self.number(0, 3)
        if choice == 0:
            name = self.fresh("i")
            self.push()
            self.loops += 1
            self.declare(name, "n")
            condition, inner = self.boolean(2), self.scoped(depth)
            self.loops -= 1
            self.pop()
            return stmt(
                f"for {name} = 1, {self.number(1, 4)} do if ",
                condition,
                f" then goto {label} end\ndo\n",
                inner,
                f"end\n::{label}:: end",
            )
        if choice == 1:
            counter = self.fresh("c")
            self.push()
            saved, self.loops = self.loops, 0
            condition, inner = self.boolean(1), self.scoped(depth)
            self.loops = saved
            self.pop()
            return stmt(
                f"do local {counter} = 0 ::{label}:: {counter} = {counter} + 1 do\n", inner, f"end if {counter} < {self.number(1, 3)} and ",
                expr("(", condition, ")"), f" then goto {label} end end",
            )  # fmt: skip
        if choice == 2:
            saved, self.loops = self.loops, 0
            condition, inner = self.boolean(1), self.scoped(depth)
            self.loops = saved
            return stmt("do if ", condition, f" then goto {label} end\ndo\n", inner, f"end\n::{label}:: end")
        a, b = self.fresh("i"), self.fresh("i")
        self.push()
        self.loops += 1
        self.declare(a, "n")
        self.declare(b, "n")
        condition, inner = self.boolean(2), self.scoped(depth, 0, 2)
        self.loops -= 1
        self.pop()
        return stmt(
            f"do for {a} = 1, 3 do for {b} = 1, 3 do if ", condition, f" then goto {label} end out({a}, {b})\n", inner,
            f"end end ::{label}:: end",
        )  # fmt: skip

    def program(self) -> Node:
        statements = self.body(4, 3, 9)
        if self.risky and self.chance(25):
            statements.append(self.ending())
        return block([block([stmt(helper) for helper in PRELUDE]), block(statements)])


def generate(source: random.Random, *, jumps: bool = False) -> Node:
    """A program. With ``jumps`` it uses goto and raises no errors of its own making."""
    return Generator(source, risky=not jumps and source.randrange(100) < 70, jumps=jumps).program()
