"""The compute suite at small sizes: compiled once, the run timed, the answer compared with lua5.1's."""

from __future__ import annotations

from typing import Any

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute

from .programs import BenchmarkProgram, load

LIMITS = Limits(instructions=10**11, memory=10**12, log=1 << 26)


@pytest.mark.parametrize("entry", load().values(), ids=lambda entry: entry.name)
def test_program(benchmark: Any, entry: BenchmarkProgram) -> None:
    program = compile_program(entry.source(entry.small), f"{entry.name}.lua")
    result = benchmark.pedantic(execute, (program, LIMITS), rounds=7, warmup_rounds=1)
    assert result.failure is None
    assert "".join(line.text + "\n" for line in result.log) == entry.answer(small=True)
