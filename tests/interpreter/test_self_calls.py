"""Which returns begin their function again: by the text alone, and at no other price than a call's."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import compile_program, execute
from keystone_lua.interpreter.analysis.self_calls import self_calls
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1
from keystone_lua.interpreter.linking import link_program
from keystone_lua.interpreter.syntax import nodes


def found(source: str) -> int:
    linked = link_program(source.encode(), "x.lua")
    function = linked.chunks[0].body.statements[-1]
    assert isinstance(function, nodes.LocalFunction)
    return len(self_calls(function, linked.resolution))


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("(n) return f(n) end", 1),
        ("(n) return f() end", 1),
        ("(n) return f(n, n, n) end", 1),
        ("(a, b) return f(1, g()) end", 1),
        ("(a, b) return f(g()) end", 0),  # g may give both
        ("(n) if n then return f(n) elseif g then do return f(1) end else return f(2) end end", 3),
        ("(n) return f(n), 1 end", 0),
        ("(n) return (f(n)) end", 0),
        ("(n) return 1 + f(n) end", 0),
        ("(n) f(n) end", 0),
        ("(n) return g(n) end", 0),
        ("(n) return n.f(n) end", 0),
        ("(f) return f(n) end", 0),
        ("(n) local f = g return f(n) end", 0),
        ("(n) f = g return f(n) end", 0),
        ("(n) while n do return f(n) end end", 0),
        ("(n) for i = 1, n do return f(i) end end", 0),
        ("(n) local function g() return n end return f(n) end", 0),
        ("(n) goto a ::a:: return f(n) end", 0),
        ("(...) return f(1) end", 0),
    ],
)
def test_by_the_text(body: str, count: int) -> None:
    assert found(f"local function f{body}") == count


@pytest.mark.parametrize("level", [LEVEL_0, LEVEL_1])
def test_prices_and_depth_are_a_calls(level: object) -> None:
    begun = "local function f(n) if n == 0 then return 0 end return f(n - 1) end return f(300)"
    called = "local function f(n) if n == 0 then return 0 end return (f(n - 1)) end return f(300)"
    counts = [
        (result.instructions, result.allocated_bytes)
        for source in (begun, called)
        for result in [execute(compile_program(source.encode(), "x.lua", level=level))]  # type: ignore[arg-type]
    ]
    assert counts[0] == counts[1]
