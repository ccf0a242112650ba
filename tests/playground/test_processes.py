"""The processes that do the page's jobs: bounded by the kernel, gone with the server, replaced when they die."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.playground import process, processes
from keystone_lua.playground.processes import Busy, Processes
from tests.waiting import until

from .support import SCRIPT, playground

BASE = {"name": "t.lua", "source": SCRIPT, "modules": {}, "limits": asdict(Limits()), "seed": 0, "now": 0.0}
CHECK = {**BASE, "kind": "check"}
ENDLESS = {
    **BASE, "kind": "tests", "scripts": {},
    "files": {"tests/a_test.lua": "function test_a() end function test_b() while true do end end function test_c() end"},
}  # fmt: skip


def used(work: Callable[[Processes], Any]) -> Any:
    """What ``work`` answers, with processes that are ended afterwards."""

    async def run() -> Any:
        made = Processes()
        try:
            return await work(made)
        finally:
            await made.close()

    return asyncio.run(run())


def test_a_job_that_takes_too_long_is_ended_by_the_kernel_and_what_it_told_is_kept() -> None:
    async def work(made: Processes) -> list[dict[str, Any]]:
        await made.start()
        started = time.monotonic()
        parts = await made.parts(ENDLESS, 1.0)
        assert time.monotonic() - started < 10
        return parts

    parts = used(work)
    assert [part["test"]["name"] for part in parts if "test" in part] == ["test_a"]
    assert parts[-1] == {"begin": "tests/a_test.lua::test_b"}


def test_more_jobs_than_there_is_room_for_are_refused() -> None:
    async def work(made: Processes) -> list[Any]:
        await made.start()
        count = processes.RUNNING + processes.WAITING + 3
        return await asyncio.gather(*(made.parts(ENDLESS, 0.3) for _ in range(count)), return_exceptions=True)

    answers = used(work)
    assert len([one for one in answers if isinstance(one, Busy)]) == 3
    assert len([one for one in answers if isinstance(one, list)]) == processes.RUNNING + processes.WAITING


def test_the_parent_of_all_is_started_again() -> None:
    async def work(made: Processes) -> list[dict[str, Any]]:
        await made.start()
        assert made._parent is not None
        os.kill(made._parent.pid, signal.SIGKILL)
        made._parent.wait()
        return await made.parts(CHECK, 5.0)

    assert used(work)[-1] == {"done": True}


def test_a_job_of_no_kind_is_trouble_and_no_hang() -> None:
    assert "trouble" in used(lambda made: made.parts({**CHECK, "kind": "nothing"}, 5.0))[-1]


def test_a_job_can_write_nothing_and_has_bounds(tmp_path: Path) -> None:
    """In a process like a job's: what the kernel says to a file, and to more memory than there is."""
    target = tmp_path / "written"
    code = (
        "import signal; from keystone_lua.playground.process import _bound; _bound(5.0, 10 << 20)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"try:\n open({str(target)!r}, 'wb', 0).write(b'x')\nexcept OSError as error: print('file:', error.strerror)\n"
        "try:\n bytearray(4 << 30)\nexcept MemoryError: print('memory')\n"
        "try:\n files = [open('/dev/null') for _ in range(100)]\nexcept OSError as error: print('files:', error.strerror)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20
    )  # fmt: skip
    assert done.stdout.splitlines() == ["file: File too large", "memory", "files: Too many open files"]
    assert process.NICENESS > 0


def test_a_job_that_waits_is_ended_as_well() -> None:
    code = "import time; from keystone_lua.playground.process import _bound; _bound(0.3, 10 << 20); time.sleep(60)"
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=20)
    assert done.returncode == -signal.SIGALRM


def test_all_processes_end_with_the_server() -> None:
    def children(pid: int) -> list[int]:
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
        return [int(line) for line in found.stdout.split()]

    with playground() as client:
        (parent,) = children(client.pid)
        head: dict[str, str | None] = {"Content-Type": "application/json", "X-Playground-Key": client.key}
        assert client.ask("POST", "/api/start", head, b"{}")[0] == 200
        assert os.getpgid(parent) == parent
        assert os.getpgid(parent) != os.getpgid(os.getpid())

    def gone() -> bool:
        return not Path(f"/proc/{parent}").exists()

    until(gone)


@pytest.mark.parametrize("sent", [b"", b"{", b"[]"])
def test_a_broken_job_ends_its_own_process_alone(sent: bytes) -> None:
    async def work(made: Processes) -> list[dict[str, Any]]:
        await made.start()
        ours, theirs = socket.socketpair()
        assert made._control is not None
        with theirs:
            socket.send_fds(made._control, [b"j"], [theirs.fileno()])
        with ours:
            ours.sendall(sent)
            ours.shutdown(socket.SHUT_WR)
            ours.settimeout(10)
            await asyncio.to_thread(ours.recv, 1 << 16)
        return await made.parts(CHECK, 5.0)

    assert used(work)[-1] == {"done": True}
