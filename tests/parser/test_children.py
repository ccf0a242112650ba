"""What children() says of each kind of node, beside what its fields hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keystone_lua.interpreter.syntax import nodes
from keystone_lua.interpreter.syntax.nodes import children
from keystone_lua.interpreter.syntax.parser import parse

LONG = b"local z = a" + b".b(1):c()" * 20
EVERYTHING = (
    LONG
    + b"""
local a, b = 1, -2 local function f(...) return ..., nil, true end
function a.b:c(x) self.x = x[1] end
a["k"], b = {1, k = 2, [3] = 4}, (f()) .. "s" .. a:m(1)
do while a < b do break end end
repeat goto on ::on:: until not a and b or a ^ 2 == 3
if a then f() elseif b then f(1) else return end
for i = 1, 2 do f(i) end for i = 1, 2, 3 do f(i) end
for k, v in f() do a.b.c.d(k)(v).e = k + v - 1 end
"""
)


def held(node: Any) -> list[Any]:
    """Everything with fields in the fields of a node."""
    found: list[Any] = []
    for name in node.__match_args__:
        value = getattr(node, name)
        found += [part for part in (value if isinstance(value, (tuple, list)) else [value]) if is_part(part)]
    return found


def is_part(value: Any) -> bool:
    return hasattr(value, "__match_args__")


def below(node: Any) -> Iterator[Any]:
    yield node
    for part in held(node):
        yield from below(part)


def test_of_every_kind() -> None:
    every = list(below(parse(EVERYTHING, "t")))
    kinds = {kind for kind in vars(nodes).values() if isinstance(kind, type) and is_part(kind)}
    assert {node.__class__ for node in every} == kinds - {nodes.Node, nodes.Expression, nodes.Statement}
    for node in every:
        assert list(children(node)) == held(node), node.__class__
