"""What hostile tenants do to the event loop and to memory: counts and sizes, no times. ``python -m tests.budgets slices`` measures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.server.decisions import service
from tests.budgets.first_slices import BODIES, script, spread

from .support import constant, server_in_thread, write_scripts

MEBIBYTES = 200
"""That no server process exceeds by one request."""


def status(pid: int, word: str) -> int:
    """A line of a process's status, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(word):
            return int(line.split()[1]) >> 10
    raise OSError(word)


def descendants(pid: int) -> list[int]:
    """The processes that a process and those below it have started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


@pytest.mark.slow
def test_hostile_tenants_get_a_slice_of_the_loop_and_stay_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of several tenants is asked three times: every run in the loop is bounded by a slice, whoever asks; a quiet one
    is answered in between."""
    granted: list[Any] = []
    decide = service.decide

    def noted(*arguments: Any, **named: Any) -> Any:
        granted.append(named["slice"])
        return decide(*arguments, **named)

    monkeypatch.setattr(service, "decide", noted)
    cases = spread(61)
    scripts = {f"t{number}.lua": script(statement) for number, (statement, _) in enumerate(cases)}
    write_scripts(tmp_path, {"quiet.lua": constant("b"), **scripts})
    peaks = {}
    with server_in_thread(tmp_path) as client:
        Path("/proc/self/clear_refs").write_text("5")
        before = status(os.getpid(), "VmHWM")
        for number, (statement, body) in enumerate(cases):
            for _ in range(3):
                client.route(f"t{number}", {"body": BODIES[body]})
                assert client.route("quiet", {}).status == 200
            for child in descendants(os.getpid()):
                peaks[statement, body, child] = status(child, "VmHWM")
        grown = status(os.getpid(), "VmHWM") - before
    assert set(granted) == {service.SLICE}
    assert peaks, "no lane was seen"
    assert {case: peak for case, peak in peaks.items() if peak > MEBIBYTES} == {}
    assert grown < MEBIBYTES // 2
