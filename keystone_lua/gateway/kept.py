"""Decisions that scripts say hold for a while, given again without asking the engine.

In: what the engine would be asked, and what it has answered. Out: an earlier answer, if there is one for the same
values of the fields that it holds by. Bounded in answers, in what each holds by, and in the ways in which a script's
answers do.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from .decision import Route

MOST_WAYS: Final = 16
"""Lists of fields that the answers of one script hold by; with another one the oldest is forgotten."""

MOST_CHARACTERS: Final = 16 << 10
"""Of the values that an answer holds by."""

MOST_BYTES: Final = 16 << 10
"""Of an answer that is kept."""

_HEADER: Final = "headers."
_PLAIN: Final = frozenset(
    {"method", "path", "host", "query", "raw_path", "scheme", "protocol", "client_ip", "attempt", "failed", "backends"}
)
_BODY: Final = ("body", "body_base64", "body_truncated")

Script = tuple[str, str]
"""An engine's URL, and its name of the script."""


@dataclass(frozen=True, slots=True)
class _Kept:
    route: Route
    until: float


class KeptDecisions:
    """See the module's docstring."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Script, tuple[str, ...], str], _Kept] = OrderedDict()
        self._ways: dict[Script, list[tuple[str, ...]]] = {}

    def find(self, script: Script, question: Mapping[str, Any], now: float) -> Route | None:
        """An answer that still holds."""
        for names in self._ways.get(script, ()):
            values = values_of(question, names)
            found = self._kept.get((script, names, values)) if values is not None else None
            if found is not None and found.until > now:
                self._kept.move_to_end((script, names, values or ""))
                return found.route
        return None

    def keep(self, script: Script, question: Mapping[str, Any], route: Route, size: int, most: int, now: float) -> None:
        """Keep an answer of ``size`` bytes among ``most``, if it says that it holds."""
        if route.holds is None or size > MOST_BYTES:
            return
        names = route.holds.vary
        values = values_of(question, names)
        if values is None or len(values) > MOST_CHARACTERS:
            return
        ways = self._ways.setdefault(script, [])
        if names not in ways:
            del ways[: max(0, len(ways) + 1 - MOST_WAYS)]
            ways.append(names)
        key = script, names, values
        self._kept[key] = _Kept(replace(route, kept=True), now + route.holds.seconds)
        self._kept.move_to_end(key)
        while len(self._kept) > most:
            self._kept.popitem(last=False)


def values_of(question: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The values of these fields, as one text; None if one is none that the engine is told."""
    values: list[Any] = []
    lower: dict[str, str] = {}
    for name in names:
        if name.startswith(_HEADER):
            lower = lower or {key.lower(): value for key, value in question["headers"].items()}
            values.append(lower.get(name[len(_HEADER) :]))
        elif name == "headers":
            values.append([question["headers"], question.get("headers_multi")])
        elif name == "body":
            values.append([question.get(each) for each in _BODY])
        elif name in _PLAIN:
            values.append(question.get(name))
        else:
            return None
    return json.dumps(values)
