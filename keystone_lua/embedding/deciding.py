"""Decisions for a Python program: what the server does with a request, as a function call.

In: a Program and a request as the API has it, in Python's own types. Out: a Decision. Refuses wrong arguments with
TypeError and ValueError, which name the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..interpreter import DEFAULT, Limits, LogLine, Program
from ..routing.decision import Decision
from ..routing.decision import decide as decide_request
from ..routing.request import MAX_NESTING, BadRequest, request_of
from ..routing.request_fields import WrongType, unknown
from . import arguments as given
from .text import outside

_NEEDED: Final = ("method", "path")


def decide(
    program: Program, request: Mapping[str, Any], *, limits: Limits = DEFAULT, seed: int = 0, now: float = 0.0
) -> Decision:
    """Run ``on_route_request(request, backends)`` with globals of its own.

    ``request`` has the fields that docs/api.md lists. ``method`` and ``path`` must be there, other fields are empty
    if left out, and unknown ones are refused. ``limits``, ``seed`` and ``now`` are as for `execute`. A Decision's
    ``answer`` is the API's answer as a dict, or None with a ``failure``. There are no host functions: a decision can
    be taken again from its record, and no record has what they answered. Raises TypeError, ValueError; EngineError
    for a bug of the engine.
    """
    given.program(program)
    given.limits(limits)
    seed, now = given.whole("seed", seed), given.clock(now)
    plain = _plain(given.mapping("request", request), "request", 0)
    missing = [name for name in _NEEDED if name not in plain]
    if missing:
        raise ValueError(f"request: {' and '.join(missing)} must be there")
    try:
        if (mistake := unknown(plain)) is not None:
            raise mistake
        made = request_of(plain)
    except WrongType as error:
        raise TypeError(f"request.{error}") from None
    except BadRequest as error:
        raise ValueError(f"request.{error}") from None
    decision = decide_request(program, made, limits=limits, seed=seed, now=now)
    if decision.log:
        decision = decision._replace(log=tuple([LogLine(outside(e.text), outside(e.position)) for e in decision.log]))
    return decision


def _plain(value: Any, where: str, depth: int) -> Any:
    """A copy of JSON's own types."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if depth == MAX_NESTING:
        raise ValueError(f"{where}: nests deeper than {MAX_NESTING} levels, or in a circle")
    if isinstance(value, Mapping):
        made = {}
        for name, item in value.items():
            if not isinstance(name, str):
                raise TypeError(f"{where}: a name must be a str, not {type(name).__name__}")
            made[str.__str__(name)] = _plain(item, f"{where}.{name:.40}", depth + 1)
        return made
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{where}[{place}]", depth + 1) for place, item in enumerate(value)]
    raise TypeError(f"{where}: {type(value).__name__} is nothing that a request can have")
