"""Places: the levels of a script's stack as ``debug`` tells of them.

Input: Python's stack, or a function. Output: places, innermost first; level 0 is the library function that asks.
Unknown facts are empty, as in PUC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from sys import _getframe
from types import CodeType, FrameType, FunctionType, TracebackType
from typing import TYPE_CHECKING, Any, Final

from ..costs import WORK
from ..sites import FUNCTIONS, SITES, SOURCE, Site, chunk_id
from .tracebacks import LIBRARY_CODES, _frames, _is_function, frame_line, traceback_line

if TYPE_CHECKING:
    from .context import RunContext

HANDLERS: Final[list[CodeType]] = []
"""The code that calls an error's handler: its local ``failing`` is the error. The stack that it came through is gone by
then, and is told from its traceback."""


@dataclass(frozen=True, slots=True)
class Place:
    """One level. A function of the library, and the host, have no chunk."""

    chunk: str = ""
    current: int = -1
    """The line that is running."""
    defined: int = -1
    """The line of the function's definition; 0 for a chunk."""
    called: str = ""
    """How the caller names the function: ``local 'f'``. It may be as long as the source: levels that are passed over
    copy nothing of it."""
    source: str | None = None
    """The name of a chunk that was loaded, as ``load`` was given it."""

    @property
    def is_script(self) -> bool:
        """Whether it is a function of a chunk, whose name may be empty."""
        return self.defined >= 0

    @property
    def kind(self) -> str:
        """Whose name it is: global, local, method, field, upvalue."""
        return self.called.partition(" ")[0]

    @property
    def name(self) -> str:
        """The name."""
        return self.called[self.called.find(" ") + 2 : -1]

    @property
    def line(self) -> str:
        """The level's line of a traceback (db_errorfb)."""
        where = f"{chunk_id(self.chunk)}:{self.current}:" if self.is_script else "[C]:"
        if self.called:
            return f"{where} in function '{self.name}'"
        if not self.is_script:
            return f"{where} ?"
        if self.defined == 0:
            return f"{where} in main chunk"
        return f"{where} in function <{chunk_id(self.chunk)}:{self.defined}>"


HOST: Final = Place()

LEVEL: Final = WORK["traceback.level"]


def stack_places(run: RunContext) -> Iterator[Place]:
    """The levels, from the library function that asks to the host, each paid for."""
    for place in _places():
        run.charge(LEVEL)
        yield place
    if not run.threads:  # below a coroutine's body there is nothing
        run.charge(LEVEL)
        yield HOST


def _places() -> Iterator[Place]:
    """Those of the script and of the library."""
    inner: Place | None = None
    site: Site | None = None
    for frame, number in _stack():
        sites = frame.f_globals.get(SITES)
        if sites is None:
            if inner is not None:
                yield inner
            inner, site = HOST, None
            continue
        site = site or sites[number]
        if not _is_function(frame):
            continue
        if inner is not None:
            yield _named(inner, site)
        inner, site = replace(function_place(frame), current=site.line), None
    if inner is not None:
        yield inner


def function_place(of: FrameType | FunctionType) -> Place:
    """Where a function, or that of a frame, is defined."""
    code = of.f_code if isinstance(of, FrameType) else of.__code__
    space = of.f_globals if isinstance(of, FrameType) else of.__globals__
    sites = space.get(SITES)
    if sites is None:
        return HOST
    site = sites[code.co_firstlineno]
    is_chunk = not space[FUNCTIONS][code.co_name].startswith("function ")
    return Place(site.chunk, -1, 0 if is_chunk else site.line, source=space.get(SOURCE))


def _stack() -> Iterator[tuple[FrameType, int]]:
    """Frames of the script and of the library, innermost first, each with its line."""
    for frame in _frames(_getframe(1)):
        if SITES in frame.f_globals or frame.f_code in LIBRARY_CODES:
            yield frame, frame_line(frame)
        elif frame.f_code in HANDLERS:
            yield from _passed(frame.f_locals["failing"])


def _passed(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    """The frames that an error came through, but for the one that has caught it."""
    found: list[Any] = []
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        if SITES in traceback.tb_frame.f_globals or traceback.tb_frame.f_code in LIBRARY_CODES:
            found.append((traceback.tb_frame, traceback_line(traceback)))
        traceback = traceback.tb_next
    yield from reversed(found[1:])


def _named(inner: Place, site: Site) -> Place:
    """A level with the name that its caller's call site gives it."""
    if not (site.is_call and site.names):
        return inner
    called = site.names[0]
    return replace(inner, called=called) if " " in called else inner
