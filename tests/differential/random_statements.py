"""Random statements without a block of their own."""

from __future__ import annotations

from .random_expressions import BINARY, FIELDS, Expressions
from .tree import Node, expr, fixed, stmt


class Statements(Expressions):
    """A method draws one kind of statement."""

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
