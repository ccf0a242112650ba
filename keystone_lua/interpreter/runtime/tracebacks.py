"""Where in the script an error happened, and the words that Lua uses for it.

Generated code carries, as the "line number" of every Python instruction, the index of a Site:
the script's line and the names of the operands there. So a position costs nothing until
somebody asks. A frame is the script's if its globals hold the program's sites; it is a
library function's if its code was registered. Everything else on the stack is the engine's.

Input: frames and exceptions. Output: positions, LuaErrors with Lua's messages, tracebacks. A Python exception that no
site expects becomes an EngineError.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any, Final

from ..errors import EngineError
from ..sites import FUNCTIONS, SITES, Site
from .errors import LuaError
from .lines import is_long, line_of
from .values import TABLE_CLASSES, LuaValue, type_name

LIBRARY_CODES: Final[set[CodeType]] = set()
"""The code of every registered library function."""


DRIVERS: Final[list[CodeType]] = []
"""The code that runs a coroutine: a local ``stack`` has the generators that wait for each other, if its body is one."""


def site_of(frame: FrameType | None) -> Site | None:
    """The site at which a script frame stands; None for the engine's frames."""
    if frame is None:
        return None
    sites = frame.f_globals.get(SITES)
    return sites[frame_line(frame)] if sites is not None else None


def frame_line(frame: FrameType) -> int:
    """The line at which a frame stands."""
    code = frame.f_code
    return line_of(code, frame.f_lasti, frame.f_globals) if is_long(code) else frame.f_lineno or 0


def traceback_line(traceback: TracebackType) -> int:
    """The line at which an error left a frame."""
    frame = traceback.tb_frame
    code = frame.f_code
    return line_of(code, traceback.tb_lasti, frame.f_globals) if is_long(code) else traceback.tb_lineno


def _is_function(frame: FrameType) -> bool:
    # Outlined blocks and expressions belong to the function around them.
    return frame.f_code.co_name[0] == "f"


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """``frame``, its caller, and so on; a coroutine's frames end with its body's."""
    while frame is not None:
        yield frame
        frame = frame.f_back
        if frame is not None and frame.f_code in DRIVERS:
            for generator in islice(reversed(frame.f_locals.get("stack", ())), 1, None):
                yield generator.gi_frame
            return


def position(level: int) -> str:
    """``luaL_where``: "name:line: " of the function at ``level``, or "" if that is not a script's.

    Level 1 is the caller of the library function that is running now.
    """
    caller = sys._getframe(1)
    library = caller if caller.f_code in LIBRARY_CODES else caller.f_back  # library_error's caller
    if level == 1 and library is not None and library.f_code in LIBRARY_CODES:
        site = site_of(library.f_back)
        if site is not None:
            return site.position + " "  # as below, mostly
    within = True
    for frame in _frames(caller):
        if (site := site_of(frame)) is not None:
            if level == 1:
                return site.position + " "
            within = False
            level -= _is_function(frame)
        elif frame.f_code in LIBRARY_CODES:
            if not within:
                if level == 1:
                    return ""
                level -= 1
            within = False
    return ""


def operand_site() -> Site:
    """The site of the operation being performed; one without position if a library function performs it."""
    for frame in _frames(sys._getframe(1)):
        if (site := site_of(frame)) is not None:
            return site
        if frame.f_code in LIBRARY_CODES:
            break
    return NOWHERE


NOWHERE: Final = Site("", 0)


def located(site: Site, message: str) -> LuaError:
    """An error at ``site`` (luaG_runerror)."""
    return LuaError(f"{site.position} {message}" if site.line else message)


def operation_error(message: str) -> LuaError:
    """``luaG_runerror`` for the operation being performed."""
    return located(operand_site(), message)


UNNAMED: Final = 1 << 30
"""An operand that the script does not name, such as a metatable's ``__index``."""


def operand_error(verb: str, value: LuaValue, operand: int = 0) -> LuaError:
    """``luaG_typeerror``: "attempt to index local 'x' (a nil value)"."""
    return _operand_error(operand_site(), verb, type_name(value), operand)


def _operand_error(site: Site, verb: str, kind: str, operand: int) -> LuaError:
    name = site.names[operand] if operand < len(site.names) else ""
    note = site.notes[operand] if operand < len(site.notes) else ""
    text = f"attempt to {verb} {name} (a {kind} value)" if name else f"attempt to {verb} a {kind} value"
    return located(site, f"{text}: {note}" if note else text)


def comparison_error(left: LuaValue, right: LuaValue) -> LuaError:
    """``luaG_ordererror``."""
    one, two = type_name(left), type_name(right)
    return operation_error(
        f"attempt to compare two {one} values" if one == two else f"attempt to compare {one} with {two}"
    )


def overflow_error(message: str) -> str:
    """The message of a stack overflow, positioned at the call that went too deep."""
    frames = _frames(sys._getframe(1))
    for frame in frames:
        if site_of(frame) is not None and _is_function(frame):
            break
    site = site_of(next(frames, None))
    return f"{site.position} {message}" if site is not None else message


def library_error(message: str) -> LuaError:
    """``luaL_error``: the message with the position of the library function's caller."""
    return LuaError(position(1) + message)


def argument_error(index: int, message: str) -> LuaError:
    """``luaL_argerror``: names the function as its call site does, counts ``self`` for methods."""
    frames = _frames(sys._getframe(1))
    frame: FrameType | None = None
    for frame in frames:
        if frame.f_code in LIBRARY_CODES or site_of(frame) is not None:
            break
    if site_of(frame) is None:  # the function that complains: who called it?
        # The engine's own frames between (a for statement's, an operator's) are no callers.
        for frame in frames:
            if frame.f_code in LIBRARY_CODES or site_of(frame) is not None:
                break
    site = site_of(frame)
    if site is None:
        return LuaError(f"bad argument #{index} to '?' ({message})")
    kind, _, quoted = (site.names[0] if site.is_call and site.names else "").partition(" ")
    name = quoted.strip("'") or "?"
    if kind == "method":
        index -= 1
        if index == 0:
            return located(site, f"calling '{name}' on bad self ({message})")
    return located(site, f"bad argument #{index} to '{name}' ({message})")


_CALLED: Final = re.compile("'([A-Za-z]++)' object is not callable")
_UNCALLABLE: Final = {
    "NoneType": "nil", "float": "number", "str": "string", "LuaBoolean": "boolean", "Coroutine": "thread",
    "Native": "userdata",
}  # fmt: skip
"""Lua's types by the classes of values, beside tables."""


def _uncallable(error: BaseException) -> str | None:
    """The Lua type of what was called and is no function; None if ``error`` is another."""
    found = _CALLED.fullmatch(str(error))
    if found is None:
        return None
    return "table" if found[1] in TABLE_CLASSES else _UNCALLABLE.get(found[1])


def from_python(error: BaseException) -> LuaError:
    """The Lua error that a Python exception in generated code stands for.

    Only a call of a value that is no function is expected: calls are not guarded, to save
    time. Raises EngineError, with the exception as its cause, for anything else.
    """
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is not None and error.__class__ is TypeError:
        sites = traceback.tb_frame.f_globals.get(SITES)
        kind = _uncallable(error)
        if sites is not None and kind is not None and (site := sites[traceback_line(traceback)]).is_call:
            return _operand_error(site, "call", kind, 0).with_traceback(error.__traceback__)
    raise EngineError(f"{error.__class__.__name__}: {error}") from error


def traceback_lines(error: BaseException) -> tuple[str, ...]:
    """The script's lines on the way to where ``error`` was raised, innermost first, as Lua words them."""
    found: list[tuple[FrameType, int]] = []
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if SITES in frame.f_globals and _is_function(frame):
            found.append((frame, traceback_line(traceback)))
        traceback = traceback.tb_next
    found.reverse()
    if len(found) <= 22:
        return tuple([_line(*place) for place in found])
    return (*(_line(*place) for place in found[:12]), "...", *(_line(*place) for place in found[-10:]))


def _line(frame: FrameType, number: int) -> str:
    globals_: dict[str, Any] = frame.f_globals
    return f"{globals_[SITES][number].position} in {globals_[FUNCTIONS][frame.f_code.co_name]}"
