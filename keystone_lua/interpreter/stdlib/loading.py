"""``load`` and ``loadstring``: text that becomes a function while a script runs. There only if limits allow it.

Input: text, or a function that answers it piece by piece; a chunk name; for ``load`` a mode and an environment, as in
LuaJIT. Output: a function, or nil and the reason, in lua5.1's words. Refuses binary chunks, which cannot be checked.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..costs import LIBRARY
from ..errors import LuaSyntaxError
from ..numerals import number_to_string
from ..runtime import metatables
from ..runtime.errors import LuaError
from ..runtime.tracebacks import from_python, library_error
from ..runtime.values import ABSENT, LuaValue, Table
from .args import check_function, check_string, check_table, opt_string

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_LOAD: Final = LIBRARY["load"]
_LOADSTRING: Final = LIBRARY["loadstring"]
_SIGNATURE: Final = "\33"
"""Begins what string.dump makes (LUA_SIGNATURE)."""
_WRONG_MODE: Final = "attempt to load chunk with wrong mode"
_BINARY: Final = "attempt to load a binary chunk (mode is 't')"


def load_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def load(
        d: int, pieces: LuaValue = ABSENT, name: LuaValue = None, mode: LuaValue = None, env: LuaValue = None,
        *_: LuaValue,
    ) -> LuaValue:  # fmt: skip
        run.charge(_LOAD)
        if mode is not None:
            letters = check_string(mode, 3)
            run.charge(len(letters) // costs.COPY)
            if "t" not in letters:
                return None, _WRONG_MODE
        environment = None if env is None else check_table(env, 4)
        if pieces.__class__ is str:  # as LuaJIT and Lua 5.2
            return _loaded(run, d, pieces, opt_string(name, 2, pieces), environment)
        shown = opt_string(name, 2, "=(load)")
        function = check_function(pieces, 1)
        try:
            text = _joined(run, d, function)
        except LuaError as error:
            return None, run.caught(error)
        except TypeError as error:
            return None, run.caught(from_python(error))
        return _loaded(run, d, text, shown, environment)

    return load


def loadstring_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def loadstring(d: int, text: LuaValue = ABSENT, name: LuaValue = None, *_: LuaValue) -> LuaValue:
        run.charge(_LOADSTRING)
        source = check_string(text, 1)
        return _loaded(run, d, source, opt_string(name, 2, source))

    return loadstring


def _joined(run: RunContext, d: int, function: FunctionType) -> str:
    """All pieces, until the function answers nil, nothing or an empty text (generic_reader)."""
    found: list[str] = []
    while True:
        run.charge(costs.LOAD_PIECE, costs.VALUE)
        piece = metatables.first(run.call(function, d))
        if piece.__class__ is float:
            piece = number_to_string(piece)
        if piece is None or piece == "":
            break
        if piece.__class__ is not str:
            raise library_error("reader function must return a string")
        found.append(piece)
    size = sum(map(len, found))
    run.charge(size // costs.COPY, costs.STRING + size)
    return "".join(found)


def _loaded(run: RunContext, d: int, text: str, name: str, environment: Table | None = None) -> LuaValue:
    """The function, or nil and a message."""
    if text[:1] == _SIGNATURE:
        return None, _BINARY
    try:
        return run.load(d, text, name, environment)
    except LuaSyntaxError as error:
        message = error.message
    run.charge(len(message) // costs.COPY, costs.RESULTS + costs.STRING + len(message))
    return None, message
