"""Remarks on a decision that was tried by hand or in a test.

Input: a request and an answer, or a script whose result was no answer. Output: remarks, or the place of the return.
The server does neither: a gateway may know backends that it did not offer, and a failure must not cost a second run
there.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from ..interpreter import Limits, LuaSyntaxError, compile_program
from ..interpreter.profiling.recorder import CountedRun
from ..interpreter.syntax import nodes
from ..interpreter.syntax.nodes import children
from ..interpreter.syntax.parser import parse
from ..routing.decision import ENTRY_POINT, decision_of

_NAMED: Final = ("selected_backend", "mirror")
SHOWN: Final = 10
"""Backends that a remark lists."""


def remarks(request: Mapping[str, Any], answer: Mapping[str, Any] | None) -> list[str]:
    """Backends that the answer names and the request has not offered, if it offered any."""
    offered = [backend["name"] for backend in request["backends"]]
    if answer is None or not offered or answer.get("reject"):
        return []
    named = [(field, answer[field]) for field in _NAMED if answer.get(field)]
    named += [(f"candidates[{place}]", name) for place, name in enumerate(answer.get("candidates", ()), 1)]
    return [
        f"{field}: no backend {name!r} was offered{_advice(name, offered)}"
        for field, name in named
        if name not in offered
    ]


def _advice(name: str, offered: list[str]) -> str:
    close = get_close_matches(name, offered, 1, 0.7)
    if close:
        return f": did you mean {close[0]!r}?"
    return f"; there are {', '.join(offered[:SHOWN])}{', ...' if len(offered) > SHOWN else ''}"


def returned_at(
    source: bytes,
    name: str,
    modules: Mapping[str, bytes],
    request: Mapping[str, Any],
    limits: Limits,
    seed: int,
    now: float,
) -> str:
    """``canary.lua:12``: where on_route_request returned a value that is no answer, found by a second run; "" if that
    cannot be seen."""
    try:
        program = compile_program(source, name, modules, accounted=True)
        lines = _returns(parse(source, name))
    except LuaSyntaxError:
        return ""
    run = CountedRun(program, limits, seed, now)
    hits = run.hits
    decision = decision_of(run, request)
    if decision.failure is None or decision.failure.kind != "result" or program.accounts is None:
        return ""
    places = (program.sites[site] for site in program.accounts.statements if hits[site])
    found = [place.line for place in places if place.chunk == name and place.line in lines]
    return f"{name}:{max(found)}" if found else ""


def _returns(chunk: nodes.Chunk) -> set[int]:
    """The lines of the returns of functions that are assigned to the entry point."""
    lines: set[int] = set()
    waiting: list[Any] = [chunk]
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.Assign):
            for target, value in zip(node.targets, node.values, strict=False):
                if isinstance(target, nodes.Name) and target.name == ENTRY_POINT and isinstance(value, nodes.Function):
                    lines |= _own_returns(value)
        waiting.extend(children(node))
    return lines


def _own_returns(function: nodes.Function) -> set[int]:
    lines: set[int] = set()
    waiting: list[Any] = [function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.Return):
            lines.add(node.line)
        if not isinstance(node, nodes.Function):
            waiting.extend(children(node))
    return lines
