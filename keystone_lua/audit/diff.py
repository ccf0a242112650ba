"""What a change of scripts would do to requests that were recorded.

In: two versions of the scripts, and requests: a log, or a list of them. Every request is decided twice, with the seed,
clock and limits of its record. Out: a `Diff`: how many requests would go elsewhere, from where to where, with
examples; which would become errors or rejects; what the change costs.

A request whose masked header either version reads is counted as unknown, since its value is not there to decide by. An
error is compared by its kind: its line changes with every edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from ..interpreter import Program, compile_program
from . import reading, segments
from .archive import MAX_SOURCE
from .reading import Piece, Progress, Workers
from .records import DecisionRecord, RecordError, read_record
from .replay import CAPS, Caps, outcome_of

EXAMPLES: Final = 3
"""Requests that are shown of each kind of change."""

NO_SCRIPT: Final = "reject (no script)"


@dataclass(frozen=True, slots=True)
class Script:
    """One tenant's script as plain data, to be compiled where it runs. ``name`` and modules are Lua strings."""

    name: str
    source: bytes
    modules: Mapping[str, bytes]

    @classmethod
    def of(cls, program: Program) -> Script:
        """The sources of a program."""
        return cls(program.name, program.source, dict(program.sources))


Version = Mapping[str, Script | str]
"""Tenant to script, or to what is wrong with one that does not compile: it answers with an error, kind ``syntax``."""


class Item(NamedTuple):
    """One request, and where it is from: a file, and its line there if it has more than this one, from 1."""

    file: str
    line: int
    record: DecisionRecord


class Change(NamedTuple):
    """What an answer was and what it is: ``backend NAME``, ``reject``, ``error KIND`` or ``reject (no script)``."""

    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Example:
    """One request that a change is about."""

    file: str
    line: int
    id: str
    request: str
    was: Any
    now: Any

    @property
    def place(self) -> str:
        """Where the request is from."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(slots=True)
class Cost:
    """Instructions or bytes of the requests that both versions ran."""

    was: int = 0
    now: int = 0
    most: int = 0
    """The most that one request needs now."""
    dearer: int = 0
    """How many need more than before."""

    def add(self, was: int, now: int) -> None:
        """Count one request."""
        self.was += was
        self.now += now
        self.most = max(self.most, now)
        self.dearer += now > was

    def merge(self, other: Cost) -> None:
        """Count another part's."""
        self.was += other.was
        self.now += other.now
        self.most = max(self.most, other.most)
        self.dearer += other.dearer


@dataclass(slots=True)
class Diff:
    """What a change does. Requests are ``same``, ``moved``, ``altered``, or ``unknown``."""

    same: int = 0
    moved: Counter[Change] = field(default_factory=Counter)
    """Requests that end elsewhere."""
    altered: Counter[str] = field(default_factory=Counter)
    """Requests that end where they did, with other headers, another path or another reason."""
    unknown: int = 0
    """Requests whose masked header a script reads."""
    capped: int = 0
    """Requests that need more than the caps allow."""
    others: Counter[str] = field(default_factory=Counter)
    """Requests of tenants that were not asked for."""
    unread: int = 0
    """Lines of the log that are no records."""
    lines: int = 0
    """Lines of the log."""
    ran: int = 0
    """Requests that both versions ran."""
    examples: dict[Change, list[Example]] = field(default_factory=dict)
    instructions: Cost = field(default_factory=Cost)
    bytes: Cost = field(default_factory=Cost)

    @property
    def different(self) -> int:
        """Requests whose answer changes."""
        return self.moved.total() + self.altered.total()

    @property
    def compared(self) -> int:
        """Requests whose answers were compared."""
        return self.same + self.different

    @property
    def percent(self) -> float:
        """``different`` of ``compared``."""
        return 100.0 * self.different / self.compared if self.compared else 0.0

    def become(self, what: str) -> int:
        """Requests that become an ``error`` or a ``reject`` and were none."""
        return sum(n for change, n in self.moved.items() if _sort(change.now) == what != _sort(change.was))

    def merge(self, other: Diff, lines: int = 0) -> None:
        """Add what another part of the requests came to; in its file so many lines are before it."""
        self.same += other.same
        self.moved += other.moved
        self.altered += other.altered
        self.unknown += other.unknown
        self.capped += other.capped
        self.others += other.others
        self.unread += other.unread
        self.lines += other.lines
        self.ran += other.ran
        self.instructions.merge(other.instructions)
        self.bytes.merge(other.bytes)
        for change, found in other.examples.items():
            shown = self.examples.setdefault(change, [])
            shown += [replace(each, line=each.line + lines) for each in found[: EXAMPLES - len(shown)]]


def _sort(outcome: str) -> str:
    return outcome.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Comparer:
    """The `reading.Task` of a diff: ``old`` and ``new`` scripts, and the one tenant to look at, if not all."""

    old: Version
    new: Version
    tenant: str | None = None
    caps: Caps = CAPS

    def __call__(self, piece: Piece) -> Diff:
        """Decide the requests of one piece of a log."""
        found = Diff()
        self.compare(self._items(piece, found), found)
        return found

    def compare(self, items: Iterable[Item], found: Diff) -> None:
        """Decide ``items`` and add to ``found``."""
        for item in items:
            record = item.record
            if self.tenant is not None and record.tenant != self.tenant:
                found.others[record.tenant] += 1
                continue
            # Of one script's two versions, either is whatever its file is called.
            was = _decided(self.old, self.tenant or record.tenant, record, self.caps)
            now = _decided(self.new, self.tenant or record.tenant, record, self.caps)
            if was["read"] or now["read"]:
                found.unknown += 1
                continue
            if was["capped"] or now["capped"]:
                found.capped += 1
                continue
            _count(found, item, was, now)

    def _items(self, piece: Piece, found: Diff) -> Iterator[Item]:
        for number, data, _, _ in piece.lines():
            found.lines = number
            try:
                _, record = read_record(data)
            except RecordError:
                found.unread += 1
                continue
            if isinstance(record, DecisionRecord):
                yield Item(piece.file, number, record)


def diff_logs(
    old: Version,
    new: Version,
    files: Sequence[Path],
    *,
    tenant: str | None = None,
    caps: Caps = CAPS,
    processes: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Diff:
    """Compare two versions on the requests of logs, each with its segments; ``executor`` as in `replay_logs`.

    Raises `OSError`.
    """
    paths = [path for file in files for chain in segments.chains(file) or [[file]] for path in chain]
    parts = [piece for path in paths for piece in reading.pieces(path)]
    result = Diff()
    before: Counter[str] = Counter()
    """Lines of each file so far."""
    made = reading.work(Comparer(old, new, tenant, caps), parts, Workers(processes, executor), progress)
    for part, found in zip(parts, made, strict=True):
        result.merge(found, before[part.file])
        before[part.file] += found.lines
    return result


def _count(found: Diff, item: Item, was: dict[str, Any], now: dict[str, Any]) -> None:
    change = Change(_outcome(was), _outcome(now))
    if was["ran"] and now["ran"]:
        found.ran += 1
        found.instructions.add(was["instructions"], now["instructions"])
        found.bytes.add(was["bytes"], now["bytes"])
    if change.was == change.now and was["answer"] == now["answer"]:
        found.same += 1
        return
    if change.was == change.now:
        found.altered[change.was] += 1
    else:
        found.moved[change] += 1
    shown = found.examples.setdefault(change, [])
    if len(shown) < EXAMPLES:
        request = f"{item.record.request['method']} {item.record.request['path']}"
        shown.append(Example(item.file, item.line, item.record.id, request, _shown(was), _shown(now)))


def _outcome(made: dict[str, Any]) -> str:
    if not made["ran"] and made["error"] is None:
        return NO_SCRIPT
    if made["error"] is not None:
        return f"error {made['error']['kind']}"
    answer = made["answer"]
    return "reject" if answer.get("reject") else f"backend {answer['selected_backend']}"


def _shown(made: dict[str, Any]) -> Any:
    return made["error"] if made["error"] is not None else made["answer"]


_NOTHING: Final = {
    "answer": None,
    "error": None,
    "instructions": 0,
    "bytes": 0,
    "read": (),
    "capped": False,
    "ran": False,
}

_programs: dict[tuple[str, bytes, tuple[tuple[str, bytes], ...]], Program] = {}
"""What this process has compiled."""


def _decided(version: Version, tenant: str, record: DecisionRecord, caps: Caps) -> dict[str, Any]:
    script = version.get(tenant)
    if script is None:
        return _NOTHING
    if isinstance(script, str):
        return {**_NOTHING, "error": {"kind": "syntax", "message": script, "position": ""}}
    key = (script.name, script.source, tuple(script.modules.items()))
    program = _programs.get(key)
    if program is None:
        program = _programs[key] = compile_program(script.source, script.name, script.modules, MAX_SOURCE)
    return {**outcome_of(program, record, caps), "ran": True}
