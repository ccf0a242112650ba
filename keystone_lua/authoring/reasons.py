"""Why a decision is what it is: what the run read, which lines ran, and the smallest changes that would have moved it.

In: a program, a request, seed and clock. Out: `Reasons`. What was read is followed through the run (see
routing.reads). Changes are found by running: of each field that was read, one at a time, `changes` are tried; one
that is shown has moved the answer, and would not if any of its characters were as it was. There may be smaller ones
that nobody thought of: what is shown is so, what is not shown may be.

At most MOST_RUNS runs are made, each within the budgets of the decision, and all together within MOST_INSTRUCTIONS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default_of
from typing import Any, Final

from ..interpreter import Limits, Program
from ..interpreter.text import to_text
from ..routing.decision import Decision, decide, decide_followed
from ..routing.reads import CLOCK, HEADER, RANDOM
from ..routing.spending import profile
from .changes import changes, words_of
from .smallest import distance, smallest

MOST_RUNS: Final = 20_000
MOST_INSTRUCTIONS: Final = 200_000_000
"""Of all runs but the last: some 6 s."""
TRIED: Final = 12
"""Changes of one field that are made smaller."""

MOST_SMALLER: Final = 1_000
"""Runs besides, that make one change smaller."""

SHOWN: Final = 3
"""Changes of one field."""

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
    changed: Mapping[str, Any] = default_of(default_factory=dict, compare=False, repr=False)
    """The fields of the request that are others, with ``random`` for the seed and ``clock`` for the time."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a decision is what it is."""

    decision: Decision
    read: tuple[str, ...]
    """Names of fields, such as ``path`` or ``headers.x-beta``; ``clock``, ``random``; ``request`` for all of it."""
    flips: tuple[Flip, ...]
    """By field, the smallest first."""
    lines: Mapping[str, tuple[int, ...]] = default_of(default_factory=dict)
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
    words = words_of(program)
    waiting = {name: changes(name, request, seed, now, words, others) for name in sorted(seen)}
    found: dict[str, list[Flip]] = {name: [] for name in waiting}
    while waiting and not search.is_over:  # in turns, so that no field has the runs of the others
        for name, tried in list(waiting.items()):
            change = next(tried, None)
            if change is None:
                del waiting[name]
            elif (flip := search.tries(name, *change)) is not None:
                found[name].append(flip)
    flips = tuple(flip for name in found for flip in search.shown(found[name]))
    _, costs = profile(program.source, program.name, program.sources, request, limits=limits, seed=seed, now=now)
    lines: dict[str, list[int]] = {}
    for (chunk, line), spent in costs.lines.items():
        if spent.hits:
            lines.setdefault(to_text(chunk), []).append(line)
    ran = {name: tuple(sorted(numbers)) for name, numbers in sorted(lines.items())}
    return Reasons(decision, tuple(sorted(seen)), flips, ran, search.runs, bool(waiting))


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
        self.runs += 1
        request = {**self._request, **{key: value for key, value in changed.items() if key not in (RANDOM, CLOCK)}}
        seed, now = changed.get(RANDOM, self._seed), changed.get(CLOCK, self._now)
        decision = decide(self._program, request, limits=self._limits, seed=seed, now=now)
        self._instructions += decision.instructions
        answer = decision.answer
        if answer == self._answer:
            return None
        return Flip(name, was, becomes, answer, moved(self._answer, answer), changed)

    def shown(self, flips: list[Flip]) -> list[Flip]:
        """The smallest flips of a field: one of each answer before a second one of any."""
        flips.sort(key=lambda flip: (not flip.moved, _size(flip)))
        kept: dict[str, Flip] = {}
        for flip in (*_firsts(flips), *flips[:TRIED]):
            if len(kept) == SHOWN:
                break
            smaller = self._made_smaller(flip)
            kept.setdefault(repr(smaller.becomes), smaller)
        return sorted(kept.values(), key=lambda flip: (not flip.moved, _size(flip)))

    def _made_smaller(self, flip: Flip) -> Flip:
        """The same with fewer characters changed, as long as it is a flip as good."""
        put = _place(flip)
        if put is None or not isinstance(flip.becomes, str) or not flip.becomes or _size(flip)[0] == 0:
            return flip
        was = flip.was or ""
        best = flip
        left = MOST_SMALLER

        def does(text: str) -> bool:
            nonlocal best, left
            if left == 0 or self._instructions >= 2 * MOST_INSTRUCTIONS:
                return False
            left -= 1
            made = self.tries(flip.field, flip.was, text, put(text))
            if made is None or made.moved < flip.moved or (text == "" and flip.was is None):
                return False
            best = made
            return True

        smallest(was, flip.becomes, does)
        return best


def moved(old: Answer, new: Answer) -> bool:
    """Whether a request goes elsewhere."""
    if old is None or new is None:
        return old is not new
    return any(old.get(name) != new.get(name) for name in ("selected_backend", "reject"))


def _firsts(flips: list[Flip]) -> Iterator[Flip]:
    """The first flip to each answer."""
    seen: list[Answer] = []
    for flip in flips:
        if len(seen) == SHOWN:
            return
        if flip.answer not in seen:
            seen.append(flip.answer)
            yield flip


def _place(flip: Flip) -> Callable[[str], Mapping[str, Any]] | None:
    """What puts another text where a flip has one; None where it has none."""
    for name, value in flip.changed.items():
        if value == flip.becomes and isinstance(value, str):
            return lambda text: {name: text}
    headers = flip.changed.get("headers")
    if flip.field.startswith(HEADER) and headers is not None:
        spelled = next((each for each in headers if each.lower() == flip.field.removeprefix(HEADER)), None)
        if spelled is not None:
            return lambda text: {"headers": {**headers, spelled: text}}
    return None


def _size(flip: Flip) -> tuple[float, str]:
    """How large a change is: characters that are others, less than of another text if only the case is."""
    was, becomes = ("" if value is None else str(value) for value in (flip.was, flip.becomes))
    if isinstance(flip.was, int | float) and isinstance(flip.becomes, int | float):
        return abs(flip.becomes - flip.was), becomes
    if flip.field == "backends":
        return _rank(becomes), becomes
    if was.lower() == becomes.lower():
        return 0, becomes
    return distance(was, becomes), becomes


def _rank(change: str) -> int:
    """The place of a change of the backends: what happens every day first, one backend before all."""
    if change.startswith(("all ", "none")):
        return 2
    if any(word in change for word in (" called ", " with ", " in ", " at ", " of ")):
        return 3
    return 0 if change.endswith((" healthy", " unhealthy")) else 1
