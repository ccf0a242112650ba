"""A run stops exactly where its budget ends, wherever that is, and leaves the process as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keystone_lua.interpreter import Limits

from .suites import ROOMY, SHORT, Whole, again, files, whole

SAMPLES = 5


def ended(run: Whole, limits: Limits, kind: str) -> None:
    """The run stops by ``kind`` with a prefix of the whole output."""
    stopped = again(run.program, limits)
    assert stopped.failure is not None
    assert stopped.failure.kind == kind
    output = [line.text for line in stopped.log]
    assert output == run.output[: len(output)]
    assert stopped.instructions <= limits.instructions
    assert stopped.allocated_bytes <= limits.memory


def boundaries(run: Whole) -> None:
    """Exactly what it needs is enough, one less is not."""
    needed = replace(ROOMY, instructions=run.result.instructions, memory=run.result.allocated_bytes)
    assert again(run.program, needed) == run.result
    ended(run, replace(needed, instructions=needed.instructions - 1), "instructions")
    ended(run, replace(needed, memory=needed.memory - 1), "memory")


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_boundary_of_every_program(path: Path) -> None:
    run = whole(path.read_bytes(), path.name)
    if run is None:
        return  # a program that is refused has no run
    boundaries(run)
    for part in range(1, SAMPLES):
        ended(run, replace(ROOMY, instructions=run.result.instructions * part // SAMPLES), "instructions")
    assert again(run.program, ROOMY) == run.result


@pytest.mark.slow
@pytest.mark.parametrize("name", SHORT)
def test_stop_anywhere(name: str) -> None:
    run = whole(SHORT[name].encode(), name)
    assert run is not None
    boundaries(run)
    count = run.result.instructions
    for limit in range(0, count, 1 + count // 700):
        ended(run, replace(ROOMY, instructions=limit), "instructions")
    size = run.result.allocated_bytes
    for limit in range(0, size, 1 + size // 150):
        ended(run, replace(ROOMY, memory=limit), "memory")
    assert again(run.program, ROOMY) == run.result


def test_a_slice_ends_where_a_budget_would() -> None:
    from keystone_lua.interpreter import SliceExhausted, execute

    run = whole(SHORT["library"].encode(), "t")
    assert run is not None
    for size in range(0, run.result.instructions, 3):
        with pytest.raises(SliceExhausted):
            execute(run.program, ROOMY, seed=1, now=1_700_000_000.0, slice=size)
    enough = execute(run.program, ROOMY, seed=1, now=1_700_000_000.0, slice=run.result.instructions)
    assert enough == run.result
