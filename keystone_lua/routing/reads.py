"""What a run read of its request, its clock and its seed: which other requests its answer holds for.

In: a run whose script names the answer's field ``cache``. Out: names of fields, such as ``path`` or
``headers.x-beta``; and what the engine says in ``cache``: for how many seconds and by which fields the answer holds, or
why it holds for this request alone. A run takes its next step by what it has read before, so that equal values of what
it read mean the same run, and the same answer.

Tables of the request and of backends note what is read of them; to generated code and the library they are plain ones,
by what they say of their class, and no count changes. Ways past them would be missed, which tests/routing/test_reads.py
looks for. Whatever is not followed in detail counts as all of its table: an answer is then called less cacheable than
it is. Runs of scripts that do not name the field are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, Final

from ..interpreter.execution.program import Program
from ..interpreter.execution.run import Run
from ..interpreter.runtime.values import _CLASS, LuaValue, MetaTable, Table
from ..interpreter.stdlib.base import HEADER_LOOKUP
from ..interpreter.stdlib.math import STREAM
from .request_fields import ARGS, FIELDS
from .watched_headers import WatchedTable

CACHE: Final = "cache"
"""The answer's field."""

READS: Final = "reads"
"""The key of a run's `Reads` in Run.library_state."""

HEADER: Final = "headers."
"""Before a header's name, in lower case."""

MOST_HEADERS: Final = 32
"""Names of headers that are told apart; a run that read more has read all."""

NAME_BYTES: Final = 64
"""Of a header's name."""

CLOCK, RANDOM, SEQUENCE, WHOLE = "clock", "random", "sequence", "request"
"""What is another one with each request; the last is the request's table as a whole."""

_NEVER: Final = {
    CLOCK: "the clock",
    RANDOM: "random numbers",
    SEQUENCE: "the request's number",
    WHOLE: "all of the request",
    "headers.x-request-id": "the request's id",
    "headers.traceparent": "the request's id",
}

_SEEN_AS: Final[dict[Any, str]] = {
    **{field.name: field.name for field in FIELDS},
    ARGS: "query",
    "headers_multi": "headers",
    "body_base64": "body",
    "body_truncated": "body",
    "headers": "",
    "backends": "",
    SEQUENCE: SEQUENCE,
}
"""By a field of the request's table, what reading it is called; nothing for tables that note reads themselves."""

HELD_BY: Final = tuple(
    [field.name for field in FIELDS if _SEEN_AS[field.name] in (field.name, "") and field.name != "body_base64"]
)
"""What an answer can be said to hold by, besides single headers."""

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")


def field_name(text: str) -> str | None:
    """A name that an answer can hold by, in lower case where it is a header's; None if it is none."""
    if text in HELD_BY:
        return text
    name = text[len(HEADER) :]
    if text.startswith(HEADER) and len(name) <= NAME_BYTES and _TOKEN.match(name):
        return HEADER + name.lower()
    return None


class Reads:
    """The names of what was read. While it is ``quiet``, the engine itself reads."""

    __slots__ = ("names", "once", "quiet", "seen")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.quiet = False
        self.once = False
        """Whether other runs of the program are not followed: then none may go on with what this one made."""
        self.seen: frozenset[str] = frozenset()
        """What the script read, once its run is over."""

    def end(self, run: Run) -> None:
        """The script of ``run`` has ended: who reads now is the engine."""
        self.seen = _names(run, self)

    def header(self, name: LuaValue) -> None:
        """A header was asked for, under any spelling."""
        if self.quiet or name.__class__ is not str:
            return
        if len(name) > NAME_BYTES:  # no copy in lower case of a megabyte
            self.names.add("headers")
            return
        known = HEADER + name.lower()
        if known not in self.names:
            single = len(self.names) < MOST_HEADERS and _TOKEN.match(name)
            self.names.add(known if single else "headers")


def _of(table: Any) -> Reads:
    return table.run.library_state[READS]  # type: ignore[no-any-return]


_RAW: Final[Any] = dict
"""Whose methods are those of every table."""


class _Noted:
    """The ways to what a table has; each is noted by ``_one`` or ``_all``. Mixed into tables."""

    __slots__ = ()

    def _one(self, key: LuaValue) -> None:
        raise NotImplementedError

    def _all(self) -> None:
        raise NotImplementedError

    def get(self, key: LuaValue, default: LuaValue = None, /) -> LuaValue:
        """The raw value."""
        self._one(key)
        return _RAW.get(self, key, default)

    __getitem__ = get

    def __contains__(self, key: Any) -> bool:
        self._one(key)
        return bool(_RAW.__contains__(self, key))

    def __iter__(self) -> Iterator[LuaValue]:
        self._all()
        return iter(_RAW.keys(self))

    def __len__(self) -> int:
        self._all()
        return int(_RAW.__len__(self))

    def keys(self) -> Any:
        """All keys."""
        self._all()
        return _RAW.keys(self)

    def items(self) -> Any:
        """All entries."""
        self._all()
        return _RAW.items(self)

    def values(self) -> Any:
        """All values."""
        self._all()
        return _RAW.values(self)

    def _become(self, kind: type[Table]) -> None:
        self._all()  # what is read from now on is not seen
        _CLASS.__set__(self, kind)


class _RequestReads(_Noted):
    __slots__ = ()

    def _one(self, key: LuaValue) -> None:
        if key.__class__ is str and (name := _SEEN_AS.get(key)):
            _of(self).names.add(name)

    def _all(self) -> None:
        _of(self).names.add(WHOLE)


class TrackedRequest(_RequestReads, Table):
    """A request's table."""

    __slots__ = ()
    __class__ = property(lambda self: Table, _RequestReads._become)


class TrackedQueryRequest(_RequestReads, MetaTable):
    """One that makes ``args`` when they are asked for."""

    __slots__ = ()
    __class__ = property(lambda self: MetaTable, _RequestReads._become)


class TrackedBackends(_Noted, Table):
    """The list of backends: a look at it is a look at all of them."""

    __slots__ = ()
    __class__ = property(lambda self: Table, _Noted._become)

    def _one(self, key: LuaValue) -> None:
        _of(self).names.add("backends")

    def _all(self) -> None:
        _of(self).names.add("backends")


class TrackedHeaders(_Noted, WatchedTable):
    """A request's headers."""

    __slots__ = ()
    __class__ = property(lambda self: MetaTable, WatchedTable._become)

    def _one(self, key: LuaValue) -> None:
        _of(self).header(key)

    def _all(self) -> None:
        reads = _of(self)
        if not reads.quiet:
            reads.names.add("headers")

    def get(self, key: LuaValue, default: LuaValue = None, /) -> LuaValue:
        """The raw value, which the audit may watch as well."""
        self._one(key)
        return WatchedTable.get(self, key, default)

    __getitem__ = get

    def items(self) -> Any:
        """All entries likewise."""
        self._all()
        return WatchedTable.items(self)

    def values(self) -> Any:
        """All values likewise."""
        self._all()
        return WatchedTable.values(self)


def quiet_lookup(run: Run) -> FunctionType:
    """The ``__index`` of tracked headers: it looks at all names for one, which has been noted before."""
    inner: Any = run.member("", HEADER_LOOKUP)

    def lookup(d: int, table: LuaValue, name: LuaValue = None, *_: LuaValue) -> LuaValue:
        reads: Reads = run.library_state[READS]
        reads.quiet = True
        try:
            return inner(d, table, name)
        finally:
            reads.quiet = False

    assert isinstance(lookup, FunctionType)
    return lookup


_NOW: Final[Any] = Run.__dict__["now"]
_SEED: Final[Any] = Run.__dict__["seed"]


class Tracking(Run):
    """A run that notes when its clock, its seed or its counts are looked at. Mixed into classes of runs."""

    __slots__ = ()

    def _note(self, name: str) -> None:
        reads = self.library_state.get(READS)
        if reads is not None:
            reads.names.add(name)

    def _get_now(self) -> float:
        self._note(CLOCK)
        return _NOW.__get__(self)  # type: ignore[no-any-return]

    def _get_seed(self) -> int:
        self._note(RANDOM)
        return _SEED.__get__(self)  # type: ignore[no-any-return]

    now = property(_get_now, _NOW.__set__)
    seed = property(_get_seed, _SEED.__set__)

    def instructions_used(self) -> int:
        """``os.clock`` asks; they hang on the sizes of what was not read, too."""
        self._note(CLOCK)
        return super().instructions_used()


_KINDS: Final[dict[type[Run], type[Run]]] = {}
"""By a class of runs, the same with `Tracking`."""


def track(run: Run) -> Reads | None:
    """Have a run note what it reads, if its script names the field; to be asked before its request is made."""
    return follow(run) if names_cache(run.program) else None


def names_cache(program: Program) -> bool:
    """Whether a script names the field in its text, so that each of its runs is followed."""
    named = program.facts.get(CACHE)
    if named is None:
        named = program.facts[CACHE] = _names_it(program)
    return bool(named)


def follow(run: Run) -> Reads:
    """Have a run note what it reads, to be asked before its request is made."""
    if not isinstance(run, Tracking):
        kind = type(run)
        if kind not in _KINDS:
            _KINDS[kind] = type(kind.__name__, (Tracking, kind), {"__slots__": ()})
        run.__class__ = _KINDS[kind]
    reads = run.library_state[READS] = Reads()
    return reads


def _names_it(program: Program) -> bool:
    """Whether the code, or that of a constant, has the field's name as a text."""
    waiting: list[Any] = [program.main, *program.modules.values()]
    for maker in program.makers:
        waiting += [maker.main, *maker.modules.values()]
    while waiting:
        found = waiting.pop()
        if found == CACHE:
            return True
        if isinstance(found, CodeType):
            waiting.extend(found.co_consts)
        elif isinstance(found, tuple):
            waiting.extend(found)
    return False


def _names(run: Run, reads: Reads) -> frozenset[str]:
    """What was read so far; whoever has drawn a number, has read the seed."""
    return frozenset(reads.names | ({RANDOM} if STREAM in run.library_state else set()))


def cached(said: dict[str, Any], run: Run, reads: Reads | None) -> dict[str, Any]:
    """The answer's ``cache``, by what the script ``said`` in it and what its run has read."""
    if reads is None:
        return _not("what the script read is not known: it has no text 'cache'")
    names = _names(run, reads)
    never = [_NEVER[name] for name in sorted(names & _NEVER.keys())]
    if never:
        return _not(f"the script read {' and '.join(never)}")
    read = sorted(name for name in names if not ("headers" in names and name.startswith(HEADER)))
    named = said.get("vary")
    if named is None:
        return {"seconds": said["seconds"], "vary": read}
    missing = [name for name in read if name not in named and not ("headers" in named and name.startswith(HEADER))]
    if missing:
        return _not(f"the script read {', '.join(missing)}, which its vary does not name")
    return {"seconds": said["seconds"], "vary": named}


def shared(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as it is told while two versions of the scripts answer: which one did, no field of the request says."""
    return {**answer, CACHE: _not("two versions of the scripts answer")} if CACHE in answer else answer


def _not(why: str) -> dict[str, Any]:
    return {"seconds": 0, "because": why}
