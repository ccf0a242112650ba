"""The dearest request: what a script costs at most, as far as a search within a bound of effort finds.

In: a program, its budgets, how long requests may be and how long to look. Out: the `Worst` request that was found, and
what part of a budget it took. Requests are changed at random, a field at a time, and kept if they cost more than all
before or had the script read something else than any before: a path that reads one field more is on its way to work
that hangs on it. Values are texts of the script itself, repeated, long ones, and what `why` would try.

A search finds no proof: there may be dearer requests.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from ..interpreter import Limits, Program
from ..interpreter.execution.execute import BUDGET_KINDS
from ..routing.decision import Decision, decide_followed
from ..routing.reads import CLOCK, HEADER, RANDOM, WHOLE
from ..routing.request_fields import FIELDS
from .changes import changes, words_of

TEXTS: Final = ("method", "path", "host", "body", "query", "raw_path", "scheme", "protocol", "client_ip")
_MOST: Final = {field.name: field.most for field in FIELDS}
MOST_HEADERS: Final = 100
MOST_BACKENDS: Final = 100
HEADER_BYTES: Final = 8192
"""Of one header's value: what gateways let through."""
LIKELY: Final = 0.3
"""The part of changes that are those of `why`."""

MOST_LIKELY: Final = 10_000
"""Of a field."""

KEPT: Final = 64
"""Requests that others are made from."""

_LENGTHS: Final = (1, 2, 4, 16, 64, 256, 1024, 4096, 16384, 65536)
_PIECES: Final = (
    "a",
    "1",
    " ",
    ",",
    ";",
    "/",
    ".",
    "=",
    "&a=b",
    "a,",
    "a=1;",
    "%",
    "(",
    '"',
    "\\",
    "\n",
    "0",
    "-",
    "[",
    "{",
    ":",
)
_NUMBERS: Final = ("0", "1", "10", "100", "1000", "10000", "100000", "1000000", "1e9", "-1", "0.5")

Request = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Worst:
    """The dearest request that was found."""

    request: Request
    decision: Decision
    part: float
    """Of the budget that it used most of: 1.0 is all."""
    budget: str
    """Which: "instructions" or "memory"."""
    runs: int


@dataclass(frozen=True, slots=True)
class _Kept:
    request: Request
    seen: frozenset[str]
    part: float


def worst(
    program: Program,
    *,
    limits: Limits,
    size: int,
    seconds: float,
    seed: int = 0,
    begin: tuple[Request, ...] = (),
    enough: float = 1.0,
) -> Worst:
    """Look for ``seconds`` of processor time, or until ``enough`` of a budget is used. ``size`` bounds each text of a
    request, in characters; ``begin`` are requests to begin with. The same seed finds the same, as far as the time goes.
    """
    search = _Search(program, limits, size, seed)
    until = time.process_time() + seconds
    for request in (_PLAIN, *begin):
        search.tries(request)
    while time.process_time() < until and search.best.part < enough:
        search.tries(search.changed())
    found = search.best
    return Worst(found.request, found.decision, found.part, found.budget, search.runs)


_PLAIN: Final[Request] = {
    "method": "GET",
    "path": "/",
    "host": "",
    "headers": {},
    "body": "",
    "backends": [{"name": name, "url": f"http://{name}", "health": True} for name in ("a", "b")],
}


class _Search:
    """What has been tried."""

    def __init__(self, program: Program, limits: Limits, size: int, seed: int) -> None:
        self._program = program
        self._limits = limits
        self._size = size
        self._chance = random.Random(seed)
        self._texts = words_of(program)
        self._words = tuple(dict.fromkeys(word for word in self._texts.whole if word)) or ("a",)
        self._likely: dict[str, list[Mapping[str, Any]]] = {}
        self._pool: list[_Kept] = []
        self._known: set[frozenset[str]] = set()
        self.runs = 0
        self.best = Worst(_PLAIN, _never(), -1.0, "instructions", 0)

    def tries(self, request: Request) -> None:
        """Run the script, and keep the request if it is worth it."""
        self.runs += 1
        decision, seen = decide_followed(self._program, request, limits=self._limits, seed=1, now=1_700_000_000.0)
        parts = {
            "instructions": decision.instructions / self._limits.instructions,
            "memory": decision.allocated_bytes / self._limits.memory,
        }
        budget = max(parts, key=lambda name: parts[name])
        part = parts[budget]
        if decision.failure is not None and decision.failure.kind in BUDGET_KINDS:
            part = 1.0
        if part > self.best.part:
            self.best = Worst(request, decision, part, budget, self.runs)
        elif seen in self._known:
            return
        self._known.add(seen)
        self._pool.append(_Kept(request, seen, part))
        if len(self._pool) > KEPT:
            self._pool.remove(min(self._pool[:-1], key=lambda kept: kept.part))

    def changed(self) -> Request:
        """A request made of one that was kept: of the dearest as often as of any."""
        best = max(self._pool, key=lambda kept: kept.part)
        kept = best if self._chance.random() < 0.5 else self._chance.choice(self._pool)
        request = {**kept.request, "headers": {**kept.request["headers"]}, "backends": [*kept.request["backends"]]}
        names = [name for name in kept.seen if name in self._ways or name.startswith(HEADER) or name in TEXTS]
        if WHOLE in kept.seen or not names:
            names = [*TEXTS[:5], "headers", "backends"]
        for _ in range(self._chance.choice((1, 1, 1, 2, 3))):
            name = self._chance.choice(sorted(names))
            if self._chance.random() < LIKELY and (likely := self._changes(name)):
                change = self._chance.choice(likely)
                headers = {**request["headers"], **change.get("headers", {})}
                request |= {**change, "headers": dict(list(headers.items())[:MOST_HEADERS])}
            elif name in TEXTS:
                request[name] = self._text(request.get(name, ""), min(self._size, _MOST[name]))
            elif name.startswith(HEADER):
                wanted = name.removeprefix(HEADER)
                old = request["headers"].get(wanted, "")
                request["headers"][wanted] = self._text(old, min(self._size, HEADER_BYTES))
            else:
                self._ways[name](self, request)
        return request

    def _changes(self, name: str) -> list[Mapping[str, Any]]:
        """What `why` would try of a field: cookies, members of JSON, addresses, what patterns match."""
        if name not in self._likely:
            tried = islice(changes(name, _PLAIN, 1, 0.0, self._texts, ()), MOST_LIKELY)
            self._likely[name] = [change for _, _, change in tried if self._is_allowed(change)]
        return self._likely[name]

    def _is_allowed(self, change: Mapping[str, Any]) -> bool:
        lengths = [(len(value), min(self._size, _MOST[name])) for name, value in change.items() if name in TEXTS]
        values = change.get("headers", {}).values()
        return (
            all(length <= most for length, most in lengths)
            and all(len(value) <= min(self._size, HEADER_BYTES) for value in values)
            and len(change.get("backends", ())) <= MOST_BACKENDS
            and not {RANDOM, CLOCK} & change.keys()
        )

    def _text(self, was: str, most: int) -> str:
        chance = self._chance
        kind = chance.randrange(8)
        if kind == 0:
            made = chance.choice(self._words)
        elif kind == 1:
            made = chance.choice(_NUMBERS)
        elif kind == 2:
            made = chance.choice((*_PIECES, *self._words)) * chance.choice(_LENGTHS)
        elif kind == 3:
            made = was + chance.choice((*_PIECES, *self._words)) * chance.choice(_LENGTHS)
        elif kind == 4:
            made = chance.choice(self._words) + was
        elif kind == 5:
            made = was * 2
        elif kind == 6:
            made = chance.choice(self._words) + chance.choice(self._words) * chance.choice(_LENGTHS)
        else:
            made = chance.choice(_PIECES) * most
        return made[:most]

    def _add_headers(self, request: Request) -> None:
        for number in range(self._chance.choice((1, 10, MOST_HEADERS))):
            name = self._chance.choice((*(word for word in self._words if word.isalnum()), f"x-{number}"))
            if len(request["headers"]) < MOST_HEADERS:
                request["headers"][name] = self._text("", min(self._size, HEADER_BYTES))

    def _add_backends(self, request: Request) -> None:
        count = self._chance.choice((0, 1, 10, MOST_BACKENDS))
        health = self._chance.random() < 0.7
        stem = self._chance.choice(("b", *self._words))[:100]
        request["backends"] = [
            {"name": f"{stem}{number}", "url": f"http://{number}", "health": health} for number in range(count)
        ]

    _ways: Final[Mapping[str, Callable[[_Search, Request], None]]] = {
        "headers": _add_headers,
        "backends": _add_backends,
    }


def _never() -> Decision:
    return Decision(None, None, 0, 0, (), 0, 0.0)
