"""Bodies in JSON with one member changed: what `why` tries where a script reads a body.

In: the body that was, texts of the script. Out: bodies, each with one value another, gone or added; and, where there
was none in JSON, small ones made of the script's texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

LARGEST: Final = 65_536
"""Characters of a body that is looked into."""

MOST_PLACES: Final = 32

_NAME: Final = re.compile(r"[A-Za-z_@$][\w.@$-]{0,63}\Z")
"""What members are called."""


def bodies(
    was: str, texts: tuple[str, ...], numbers: tuple[str, ...], pairs: Iterable[tuple[str, str]]
) -> Iterator[str]:
    """Bodies to try."""
    found: Any = None
    if len(was) <= LARGEST and was[:1] in ("{", "["):
        try:
            found = json.loads(was)
        except (ValueError, RecursionError):
            found = None
    values: list[Any] = [True, False, None, *(_number(number) for number in numbers), *texts]
    if isinstance(found, dict | list):
        for place in _places(found)[:MOST_PLACES]:
            yield json.dumps(_without(found, place))
            for value in values:
                yield json.dumps(_with(found, place, value))
    begin = found if isinstance(found, dict | list) else {}
    names = [text for text in texts if _NAME.match(text)]
    likely = [(name, value) for name, text in pairs if _NAME.match(name) for value in (text, _number(text), True)]
    any_value = ((name, value) for name in names for value in values)
    for name, value in chain(likely, any_value):
        for place in _objects(begin)[:MOST_PLACES]:
            yield json.dumps(_with(begin, (*place, name), value))
    for outer, name in _near_first(names):
        for value in (*texts, True, 1):
            for place in _objects(begin)[:MOST_PLACES]:
                yield json.dumps(_with(begin, (*place, outer), {name: value}))


def _near_first(names: list[str]) -> Iterator[tuple[str, str]]:
    """Any two names, those that stand near to each other first."""
    for away in range(1, len(names)):
        for one, other in zip(names, names[away:], strict=False):
            yield one, other
            yield other, one


def _number(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() and abs(value) < 1e15 else text


def _places(value: Any) -> list[tuple[Any, ...]]:
    """Where values stand, from the outside to the inside."""
    found: list[tuple[Any, ...]] = []
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), value)]
    while waiting and len(found) < MOST_PLACES:
        place, here = waiting.pop(0)
        if place:
            found.append(place)
        if isinstance(here, dict | list):
            members = here.items() if isinstance(here, dict) else enumerate(here)
            waiting += [((*place, name), member) for name, member in members]
    return found


def _objects(value: Any) -> list[tuple[Any, ...]]:
    def at(place: tuple[Any, ...]) -> Any:
        here = value
        for name in place:
            here = here[name]
        return here

    return [place for place in ((), *_places(value)) if isinstance(at(place), dict)]


def _with(value: Any, place: tuple[Any, ...], becomes: Any) -> Any:
    if not place:
        return becomes
    first, rest = place[0], place[1:]
    if isinstance(value, dict):
        return {**value, first: _with(value.get(first), rest, becomes)}
    return [_with(each, rest, becomes) if number == first else each for number, each in enumerate(value)]


def _without(value: Any, place: tuple[Any, ...]) -> Any:
    first, rest = place[0], place[1:]
    if isinstance(value, dict):
        if not rest:
            return {name: each for name, each in value.items() if name != first}
        return {**value, first: _without(value[first], rest)}
    if not rest:
        return [each for number, each in enumerate(value) if number != first]
    return [_without(each, rest) if number == first else each for number, each in enumerate(value)]
