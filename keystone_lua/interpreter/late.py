"""Compiling while a script runs: the chunks of ``load``.

Input: a text, its name as PUC names chunks, and the run that pays. Output: a chunk's code and its globals. Refuses
what the compiler would refuse in a file. Each stage is paid for before it begins: tokens as they are read, the rest
by compile cost.

A chunk knows nothing of the program that loads it: its globals are looked up by name in the run's table, and no library
function is fixed. Nothing here is remembered, and no constant becomes one of Python's interned strings, which CPython
3.12 keeps for ever.
"""

from __future__ import annotations

from functools import partial
from types import CodeType
from typing import Any, Final

from ..implementation import CPYTHON
from . import costs
from .analysis.builtins import FixedBuiltins
from .analysis.compile_cost import cost_of, cost_of_names, cost_of_twins
from .analysis.pricing import price
from .analysis.scope import Resolution, resolve
from .analysis.types import Kinds
from .codegen import compiler
from .codegen.builder import FunctionBuilder
from .execution.helpers import HELPERS
from .execution.loaded import COMPILERS, Pay
from .levels import Level
from .linking import _check_compile_cost, _room
from .runtime.coroutines import TWINS, Twin
from .sites import FUNCTIONS, SITES, SOURCE, short_source
from .syntax import nodes
from .syntax.parser import parse

MESSAGE_NAME: Final = 80
"""Bytes of a chunk's name in a syntax error (MAXSRC)."""

_BUILTINS: Final = dict(HELPERS)
"""Shared by all chunks: what a chunk's globals lack is looked up here."""


def compile_chunk(text: str, name: str, level: Level, limit: int, pay: Pay) -> tuple[CodeType, dict[str, Any]]:
    """The code of a chunk and its globals. Raises LuaSyntaxError, and what ``pay`` raises."""
    builder, code = _compiled(text, name, level, limit, pay, False)
    assert builder.apart is not None
    space: dict[str, Any] = {"__builtins__": _BUILTINS, SOURCE: name, **builder.apart}
    if not CPYTHON:  # PyPy looks for no builtins there
        space |= _BUILTINS
    space[SITES] = tuple(builder.sites)
    space[FUNCTIONS] = builder.functions
    space[TWINS] = partial(_twins, text, name, level, limit)
    return code, space


COMPILERS.append(compile_chunk)


def _twins(text: str, name: str, level: Level, limit: int, pay: Pay) -> dict[str, Twin]:
    """What a chunk's functions are in coroutines: it is compiled once more, and paid for once more."""
    builder, _ = _compiled(text, name, level, limit, pay, True)
    assert builder.twins is not None
    return builder.twins


def _compiled(
    text: str, name: str, level: Level, limit: int, pay: Pay, twinned: bool
) -> tuple[FunctionBuilder, CodeType]:
    with _room():
        message_name = short_source(name, MESSAGE_NAME)
        parsed = parse(text, message_name, limit, partial(_pay_tokens, pay), False)
        chunk = nodes.Chunk(parsed.line, parsed.column, short_source(name), parsed.body)
        resolution = Resolution()
        resolution.compile_cost = cost_of(chunk, resolution.extents)
        _check_compile_cost(message_name, resolution.compile_cost)
        resolve(chunk, resolution, [0])
        units = resolution.compile_cost + cost_of_names(resolution)
        _check_compile_cost(message_name, units)
        if twinned:
            units += cost_of_twins(resolution)
        pay(costs.LOAD_UNIT * units, costs.LOAD_UNIT_BYTES * units)
        builtins = FixedBuiltins(resolution, level, True, True)
        kinds = Kinds(resolution, [chunk], builtins, level)
        builder = FunctionBuilder(resolution, price(resolution, [chunk]), kinds, builtins, compiler.MAKERS)
        builder.level = level
        builder.apart = {}
        (code,) = compiler.code_objects(builder, [chunk], (), twinned)
        return builder, code


def _pay_tokens(pay: Pay, count: int) -> None:
    pay(costs.LOAD_TOKEN * count, costs.LOAD_TOKEN_BYTES * count)
