"""Why a decision is what it is: what the run read, which lines ran, and the smallest changes that would have moved it.

In: a program, a request, seed and clock. Out: `Reasons`. What was read is followed through the run (see
routing.reads). Changes are found by running: of each field that was read, one at a time, values are tried that the
script names in its text, that other requests had, none at all, another case; a change that is shown has moved the
answer. There may be smaller ones that nobody thought of: what is shown is so, what is not shown may be.

At most MOST_RUNS runs are made, each within the budgets of the decision, and all together within MOST_INSTRUCTIONS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Final

from ..interpreter import Limits, Program
from ..interpreter.text import to_text
from ..routing.decision import Decision, decide, decide_followed
from ..routing.reads import CLOCK, HEADER, RANDOM, SEQUENCE, WHOLE
from ..routing.spending import profile

MOST_RUNS: Final = 2_000
MOST_INSTRUCTIONS: Final = 200_000_000
"""Of all runs but the last: some 6 s."""
MOST_CONSTANTS: Final = 200
CONSTANT_LENGTH: Final = 200
SHOWN: Final = 3
"""Changes of one field."""

_TEXTS: Final = ("method", "path", "host", "body", "query", "raw_path", "scheme", "protocol", "client_ip")
_USUAL: Final = ("", "0", "1", "100", "true", "false")
_HOURS: Final = (1, 6, 12, 24, 48, 72, 168)
_SEEDS: Final = 32
_MAGIC: Final = re.compile(r"%(.)|[\^$]")
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$&'*+.^_`|~-]{1,64}\Z")

Answer = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Flip:
    """A change of one field, and what came of it."""

    field: str
    was: Any
    """None for a header that was not there."""
    becomes: Any
    answer: Answer
    """None if the script failed then."""
    moved: bool
    """To another backend, or rejected or no longer so; else something of the answer changed."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a decision is what it is."""

    decision: Decision
    read: tuple[str, ...]
    """Names of fields, such as ``path`` or ``headers.x-beta``; ``clock``, ``random``; ``request`` for all of it."""
    flips: tuple[Flip, ...]
    """By field, the smallest first."""
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Of each file, the lines that ran."""
    runs: int = 0
    exhausted: bool = False
    """Whether more changes were to be tried than could be."""


def reasons(
    program: Program,
    request: Mapping[str, Any],
    *,
    limits: Limits,
    seed: int,
    now: float,
    others: tuple[Mapping[str, Any], ...] = (),
) -> Reasons:
    """Find out why. ``others`` are requests whose values are tried as well. Raises EngineError for a bug of ours."""
    decision, seen = decide_followed(program, request, limits=limits, seed=seed, now=now)
    search = _Search(program, request, limits, seed, now, decision.answer)
    words = constants(program)
    flips: list[Flip] = []
    for name in sorted(seen):
        tried = (search.tries(name, *change) for change in changes(name, request, seed, now, words, others))
        found = [flip for flip in tried if flip is not None]
        found.sort(key=lambda flip: (not flip.moved, _size(flip)))
        flips += found[:SHOWN]
    _, costs = profile(program.source, program.name, program.sources, request, limits=limits, seed=seed, now=now)
    lines: dict[str, list[int]] = {}
    for (chunk, line), spent in costs.lines.items():
        if spent.hits:
            lines.setdefault(to_text(chunk), []).append(line)
    ran = {name: tuple(sorted(numbers)) for name, numbers in sorted(lines.items())}
    return Reasons(decision, tuple(sorted(seen)), tuple(flips), ran, search.runs, search.is_over)


class _Search:
    """Runs the script on changed requests."""

    def __init__(
        self, program: Program, request: Mapping[str, Any], limits: Limits, seed: int, now: float, answer: Answer
    ) -> None:
        self._program = program
        self._request = request
        self._limits = limits
        self._seed = seed
        self._now = now
        self._answer = answer
        self.runs = 0
        self._instructions = 0

    @property
    def is_over(self) -> bool:
        """Whether no more may be tried."""
        return self.runs >= MOST_RUNS or self._instructions >= MOST_INSTRUCTIONS

    def tries(self, name: str, was: Any, becomes: Any, changed: Mapping[str, Any]) -> Flip | None:
        """The flip that a change is; None if it is none."""
        if self.is_over:
            return None
        self.runs += 1
        request = {**self._request, **{key: value for key, value in changed.items() if key not in (RANDOM, CLOCK)}}
        seed, now = changed.get(RANDOM, self._seed), changed.get(CLOCK, self._now)
        decision = decide(self._program, request, limits=self._limits, seed=seed, now=now)
        self._instructions += decision.instructions
        answer = decision.answer
        if answer == self._answer:
            return None
        return Flip(name, was, becomes, answer, moved(self._answer, answer))


def moved(old: Answer, new: Answer) -> bool:
    """Whether a request goes elsewhere."""
    if old is None or new is None:
        return old is not new
    return any(old.get(name) != new.get(name) for name in ("selected_backend", "reject"))


Change = tuple[Any, Any, Mapping[str, Any]]
"""What was, what is tried, and the fields of the request that are others then, ``random`` and ``clock`` among them."""


def changes(
    name: str,
    request: Mapping[str, Any],
    seed: int,
    now: float,
    words: tuple[str, ...],
    others: tuple[Mapping[str, Any], ...],
) -> Iterator[Change]:
    """What may be tried of one field."""
    if name == RANDOM:
        yield from ((seed, other, {RANDOM: other}) for other in range(seed + 1, seed + 1 + _SEEDS))
    elif name == CLOCK:
        for away in (3600.0 * hours * sign for hours in _HOURS for sign in (1, -1)):
            yield now, now + away, {CLOCK: now + away}
    elif name == SEQUENCE:
        was = request.get(SEQUENCE, 0)
        yield from ((was, other, {SEQUENCE: other}) for other in range(was + 1, was + 1 + _SEEDS))
    elif name == "backends":
        yield from _backends(request["backends"])
    elif name.startswith(HEADER) or name == "headers":
        yield from _headers(name, request["headers"], words, others)
    elif name in _TEXTS:
        yield from _texts(name, request.get(name, ""), words, others)
    elif name == WHOLE:
        for each in _TEXTS:
            if each in request:
                yield from _texts(each, request[each], words, others)


def _texts(name: str, was: str, words: tuple[str, ...], others: tuple[Mapping[str, Any], ...]) -> Iterator[Change]:
    tried = {was}
    for becomes in (*_near(was, words), *(other[name] for other in others if isinstance(other.get(name), str))):
        if becomes not in tried:
            tried.add(becomes)
            yield was, becomes, {name: becomes}


def _headers(
    name: str, headers: Mapping[str, str], words: tuple[str, ...], others: tuple[Mapping[str, Any], ...]
) -> Iterator[Change]:
    wanted = name.removeprefix(HEADER)
    present = next((each for each in headers if each.lower() == wanted), None)
    if name == "headers":
        for each in headers:
            yield headers[each], None, {"headers": {key: value for key, value in headers.items() if key != each}}
        for word in filter(_TOKEN.match, words):
            yield None, f"{word}: true", {"headers": {**headers, word: "true"}}
        return
    was = headers[present] if present is not None else None
    spelled = present or wanted.title()
    if present is not None:
        yield was, None, {"headers": {key: value for key, value in headers.items() if key != present}}
    tried = {was}
    elsewhere = [v for other in others for k, v in other.get("headers", {}).items() if k.lower() == wanted]
    for becomes in (*_near(was or "", words), *elsewhere):
        if becomes not in tried:
            tried.add(becomes)
            yield was, becomes, {"headers": {**headers, spelled: becomes}}


def _backends(backends: list[Mapping[str, Any]]) -> Iterator[Change]:
    for place, backend in enumerate(backends):
        turned = {**backend, "health": not backend["health"]}
        what = f"{backend['name']} {'healthy' if turned['health'] else 'unhealthy'}"
        yield None, what, {"backends": [*backends[:place], turned, *backends[place + 1 :]]}
    for place, backend in enumerate(backends):
        yield None, f"without {backend['name']}", {"backends": [*backends[:place], *backends[place + 1 :]]}
    if len(backends) > 1:
        yield None, "in reverse order", {"backends": backends[::-1]}


def _near(was: str, words: tuple[str, ...]) -> Iterator[str]:
    """Texts that may make a difference in the place of one."""
    yield from (was.lower(), was.upper(), was.title(), *_USUAL)
    for word in words:
        yield word
        yield from (word.upper(), word.lower())
        if word not in was:
            yield from (word + was, was + word)
        else:
            yield was.replace(word, "")
    if re.fullmatch(r"-?[0-9]{1,15}", was):
        yield from (str(int(was) + step) for step in (1, -1, 10, -10))
    for word in words:
        if re.fullmatch(r"[0-9]{1,15}", word):
            yield from (str(int(word) + step) for step in (1, -1))


def constants(program: Program) -> tuple[str, ...]:
    """The texts and whole numbers in a script and its modules; of a pattern the simplest text that it matches, too."""
    found: dict[str, None] = {}
    waiting: list[Any] = [program.main, *program.modules.values()]
    while waiting and len(found) < MOST_CONSTANTS:
        value = waiting.pop()
        if isinstance(value, CodeType):
            waiting += value.co_consts
        elif isinstance(value, tuple | frozenset):
            waiting += value
        elif isinstance(value, str) and 0 < len(value) <= CONSTANT_LENGTH:
            text = to_text(value)
            found[text] = None
            found[_MAGIC.sub(lambda match: match[1] or "", text)] = None
        elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            found[str(int(value))] = None
    found.pop("", None)
    return tuple(found)


def _size(flip: Flip) -> tuple[int, str]:
    """How large a change is: characters that are others, less than of another text if only the case is."""
    was, becomes = ("" if value is None else str(value) for value in (flip.was, flip.becomes))
    if was.lower() == becomes.lower():
        return 0, becomes
    common = sum(a == b for a, b in zip(was, becomes, strict=False))
    return max(len(was), len(becomes)) - common, becomes
