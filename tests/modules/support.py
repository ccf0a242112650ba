"""Running a few lines of Lua against the routing library."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from keystone_lua.interpreter import Limits, compile_program, execute

ROOMY = Limits(instructions=400_000_000, memory=1 << 30)
NOW = 1_700_000_000.25


def lua(
    source: str, modules: Mapping[str, bytes] = MappingProxyType({}), limits: Limits = ROOMY, now: float = NOW
) -> tuple[str, ...]:
    """What a chunk returns, each value as ``tostring`` has it. Source and answers: a character a byte."""
    result = execute(compile_program(source.encode("latin-1"), "t", modules, limit=8 << 20), limits, seed=1, now=now)
    assert result.failure is None, result.failure
    return result.values


def quoted(data: bytes | str) -> str:
    """A Lua literal of these bytes."""
    codes = data if isinstance(data, bytes) else data.encode("latin-1")
    return '"' + "".join([f"\\{code:03}" for code in codes]) + '"'
