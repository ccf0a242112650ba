"""Draws a random program that ends by construction and whose answer does not depend on exempt behaviour.

Input: a ``random.Random`` (or hypothesis's). Output: a tree. Avoided: traversal order of hash parts, ``#`` on
tables with holes, addresses, NUL bytes, tail calls of functions that raise at level 2, arithmetic on two
constants (5.1 merges 0 and -0 in its constant table), ``%d`` of numbers beyond integers.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .drawing import PRELUDE
from .random_expressions import BINARY
from .random_library import Libraries
from .tree import Node, block, expr, fixed, stmt

METAMETHODS = ("__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__concat", "__eq", "__lt", "__le",
               "__call", "__index", "__newindex", "__tostring")  # fmt: skip
HOLES = ("return #{...}, select('#', unpack({...}))", "local t = {1, nil, ...} return #t, table.getn(t), t[#t]")
"""Uses of ``...`` whose answers hang on where nils are, which LuaJIT sees otherwise than PUC."""


class Generator(Libraries):
    """One program. ``risky`` programs contain run-time errors; ``jumps`` allows goto."""

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
            self.update, self.update, self.lengths, self.library, self.library,
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
