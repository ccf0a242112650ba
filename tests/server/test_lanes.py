"""Lane processes: the same answer as inline, a deadline that kills, and what happens when a process dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.interpreter import Limits, Program, compile_program
from keystone_lua.interpreter.packing import pack
from keystone_lua.routing.decision import Decision, decide
from keystone_lua.routing.scripts_folder import shared_modules
from keystone_lua.server.offload import pool, process
from keystone_lua.server.offload.budget_report import Sources
from keystone_lua.server.offload.errors import DeadlineExceeded, LaneTrouble, Overloaded
from keystone_lua.server.offload.pool import Lanes
from tests.waiting import soon

ROOT = Path(__file__).parents[2]
REQUEST: dict[str, Any] = {
    "method": "GET",
    "path": "/käse/1",
    "host": "shop.example.com",
    "headers": {"X-Canary": "true", "User-Agent": "größe", "Cookie": "a=1; b=2"},
    "body": "\U0001f600\x00\r\n",
    "backends": [
        {"name": "stable", "url": "http://10.0.0.1", "health": True},
        {"name": "canary", "url": "http://10.0.0.2", "health": True},
    ],
}
NOW = 1_700_000_000.25
BUSY = "function on_route_request() local n = 0 for i = 1, {} do n = n + i % 7 end return {{selected_backend = n}} end"
ENDLESS = "function on_route_request() while true do end end"
LONG = Limits(instructions=1 << 60, seconds=0.4)


def made(text: str | bytes, name: str = "a.lua", modules: dict[str, bytes] | None = None) -> Program:
    """A program."""
    return compile_program(text.encode() if isinstance(text, str) else text, name, modules or {})


def within(count: int, limits: Limits, test: Callable[[Lanes], Awaitable[None]]) -> None:
    """Run ``test`` beside running lanes; afterwards no process of theirs may be left."""

    async def main() -> None:
        running = Lanes(count, limits)
        running.start()
        try:
            await soon(lambda: len(running.processes) == 1 + count)
            await asyncio.wait_for(test(running), 60)
        finally:
            processes = running.processes
            await running.stop()
            await soon(lambda: not any(alive(pid) for pid in processes))

    asyncio.run(main())


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ask(running: Lanes, script: Program, tenant: str = "a") -> asyncio.Task[Decision]:
    return asyncio.ensure_future(running.run(tenant, script, REQUEST, 7, NOW))


@contextlib.asynccontextmanager
async def asked(running: Lanes, script: Program, tenant: str = "a") -> AsyncIterator[asyncio.Task[Decision]]:
    """A run that is in a lane, in a process that is known."""
    before = running.running
    task = ask(running, script, tenant)
    await soon(lambda: running.running > before and len(running.processes) >= 2)
    await asyncio.sleep(0.05)
    assert not task.done()
    yield task


# the same answer


def scripts() -> list[tuple[str, bytes, dict[str, bytes]]]:
    """The language suite's gateway programs, made scripts; the bundled scripts; one of each kind of failure."""
    entry = (
        b"\nfunction on_route_request(r) log(r.path) return {selected_backend = math.random(), reject = r.body} end\n"
    )
    files = sorted((ROOT / "tests/lua/gateway").glob("*.lua"))
    found: list[tuple[str, bytes, dict[str, bytes]]]
    found = [(path.name, path.read_bytes() + entry, {}) for path in files]
    modules = dict(shared_modules(ROOT / "scripts"))
    found += [(path.name, path.read_bytes(), modules) for path in sorted((ROOT / "scripts").glob("*.lua"))]
    found.append(("fails.lua", b"local t\nfunction on_route_request() print('\\0\\xff') return t.x.y end", {}))
    found.append(("deep.lua", b"local function f() return 1 + f() end function on_route_request() f() end", {}))
    found.append(("memory.lua", b"function on_route_request() return ('x'):rep(1e9) end", {}))
    found.append(("endless.lua", ENDLESS.encode(), {}))
    found.append(("result.lua", b"function on_route_request() return 1 end", {}))
    return found


@pytest.mark.slow
def test_a_lane_answers_what_the_event_loop_would() -> None:
    limits = Limits(instructions=1_000_000)

    async def compare(running: Lanes) -> None:
        for name, source, modules in scripts():
            program = made(source, name, modules)
            expected = decide(program, REQUEST, limits=limits, seed=7, now=NOW)
            assert await running.run("a", program, REQUEST, 7, NOW) == expected, name

    within(1, limits, compare)


def test_programs_are_told_apart_by_name_and_by_hash() -> None:
    async def positions(running: Lanes) -> None:
        for name, text in (
            ("a.lua", "error('x')"),
            ("b.lua", "error('x')"),
            ("a.lua", "\nerror('x')"),
            ("a.lua", "error('x')"),
        ):
            decision = await ask(running, made(text, name))
            assert decision.failure is not None
            assert decision.failure.position == f"{name}:{1 + text.count(chr(10))}"

    within(1, Limits(), positions)


def test_another_program_is_refused(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    async def mismatch(running: Lanes) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(pool, "pack", lambda _: pack(made("return 2")))
            with pytest.raises(LaneTrouble, match="ValueError"):
                await ask(running, made("return 1"))
        assert "another hash" in caplog.text
        decision = await ask(running, made(BUSY.format(10)))
        assert decision.failure is None

    within(1, Limits(), mismatch)


def test_a_large_program_costs_its_runs_nothing() -> None:
    """Lanes compiled it themselves: for seconds of the request's time, and by so much memory that each was replaced."""
    entries = ", ".join(f'{{id = {number}, name = "n{number}"}}' for number in range(12_000))
    program = made(f"local all = {{{entries}}}\nfunction on_route_request() return {{selected_backend = #all}} end")

    async def test(running: Lanes) -> None:
        before = running.processes
        for _ in range(5):
            decision = await ask(running, program)
            assert decision.failure is None
            assert decision.answer == {"selected_backend": "12000"}
        assert running.processes == before

    within(1, Limits(memory=64 << 20, seconds=1.0), test)


def test_a_lane_says_what_used_a_budget_up() -> None:
    async def test(running: Lanes) -> None:
        failure = (await ask(running, made(ENDLESS))).failure
        assert failure is not None
        assert failure.top is not None
        assert (failure.top["total"], failure.top["lines"][0]["line"]) == (100_000, "a.lua:1")
        again = (await ask(running, made(ENDLESS))).failure
        assert again == failure
        assert again.top is None

    within(1, Limits(instructions=100_000, seconds=10.0), test)


def test_kept_programs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    lane = process.LaneProcess(None)  # type: ignore[arg-type]  # only what it keeps is looked at
    program = made("return 1")
    for number in range(process.KEPT_PROGRAMS + 10):
        lane._keep(("a", str(number)), program, Sources(bytes(10), {}))
    assert len(lane._programs) == process.KEPT_PROGRAMS
    assert ("a", "9") not in lane._programs
    for number in range(3):
        lane._keep(("b", str(number)), program, Sources(bytes(process.KEPT_SOURCE // 2), {}))
    assert list(lane._programs) == [("b", "1"), ("b", "2")]
    lane._keep(("c", "0"), program, Sources(bytes(2 * process.KEPT_SOURCE), {}))
    assert list(lane._programs) == [("c", "0")]


# deadlines


def test_an_endless_run_answers_timeout_itself_and_its_lane_lives_on() -> None:
    async def timeout(running: Lanes) -> None:
        first = await ask(running, made(ENDLESS))
        assert first.failure is not None
        assert (first.failure.kind, first.failure.position) == ("timeout", "a.lua:1")
        assert first.instructions > 0
        before = running.processes
        assert (await ask(running, made(BUSY.format(10)))).failure is None
        assert running.processes == before

    within(1, LONG, timeout)


def test_the_end_of_processor_time_is_a_deadline_and_no_crash() -> None:
    """The timer's signal, as it comes to a run that looks at no clock."""

    async def killed(running: Lanes) -> None:
        async with asked(running, made(ENDLESS)) as task:
            first = running.processes
            os.kill(first[1], signal.SIGPROF)
            with pytest.raises(DeadlineExceeded):
                await task
        await soon(lambda: len(running.processes) == 2 and running.processes != first)

    within(1, Limits(instructions=1 << 60, seconds=30.0), killed)


def test_the_timer_is_set_for_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to: list[float] = []
    monkeypatch.setattr(signal, "setitimer", lambda _, seconds: set_to.append(seconds))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    process._bound(Limits(seconds=3.0))
    assert set_to == [3.0 + process.CPU_GRACE]


def test_a_lane_that_stands_still_is_killed_after_the_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stopped(running: Lanes) -> None:
        async with asked(running, made(ENDLESS)) as task:
            first = running.processes
            os.kill(first[1], signal.SIGSTOP)
            with pytest.raises(DeadlineExceeded):
                await task
        await soon(lambda: len(running.processes) == 2 and running.processes[1] != first[1])
        assert not alive(first[1])
        assert (await ask(running, made(BUSY.format(10)))).failure is None

    within(1, LONG, stopped)


# deaths


@pytest.mark.slow
def test_a_killed_lane_is_replaced_and_its_run_answered_once(caplog: pytest.LogCaptureFixture) -> None:
    script = made(BUSY.format(1_500_000))

    async def crash(running: Lanes) -> None:
        async with asked(running, script) as task:
            victim = running.processes[1]
            assert not task.done()
            os.kill(victim, signal.SIGKILL)
            decision = await task
        assert decision == decide(script, REQUEST, seed=7, now=NOW)
        assert victim not in running.processes

    within(1, Limits(seconds=10), crash)
    assert "ended: signal 9" in caplog.text


def test_a_run_whose_process_dies_twice_is_refused() -> None:
    async def crash(running: Lanes) -> None:
        async with asked(running, made(ENDLESS)) as task:
            first = running.processes[1]
            os.kill(first, signal.SIGKILL)
            await soon(lambda: running.running == 1 and len(running.processes) == 2 and running.processes[1] != first)
            os.kill(running.processes[1], signal.SIGKILL)
            with pytest.raises(Overloaded, match="died twice"):
                await task
        assert (await ask(running, made(BUSY.format(10)))).failure is None

    within(1, Limits(instructions=1 << 60, seconds=30), crash)


@pytest.mark.slow
@pytest.mark.parametrize("busy", [False, True])
def test_the_zygote_is_replaced(busy: bool) -> None:
    script = made(BUSY.format(1_500_000))

    async def kill(running: Lanes) -> None:
        old = running.processes
        if busy:
            async with asked(running, script) as task:
                os.kill(old[0], signal.SIGKILL)
                assert (await task).failure is None
        else:
            os.kill(old[0], signal.SIGKILL)
        await soon(lambda: len(running.processes) == 3 and not set(old) & set(running.processes))
        assert (await ask(running, script)).failure is None
        await soon(lambda: not any(alive(pid) for pid in old))

    within(2, Limits(seconds=20), kill)


def test_a_lane_that_ends_after_the_zygote_is_not_told_of() -> None:
    # The descriptor that a signal is written to was closed by then: Python said so on stderr, which has log lines alone.
    ours, theirs = socket.socketpair()
    code = (
        "import os, signal, sys; from keystone_lua.server.offload.process import zygote; "
        f"zygote({theirs.fileno()}); os.kill(os.getpid(), signal.SIGCHLD)"
    )
    ours.close()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, pass_fds=[theirs.fileno()], capture_output=True, timeout=60, check=True
    )
    theirs.close()
    assert done.stderr == b""


@pytest.mark.slow
def test_everything_killed_at_once_is_no_lost_request() -> None:
    script = made(BUSY.format(1_500_000))

    async def kill(running: Lanes) -> None:
        async with asked(running, script) as task:
            for pid in running.processes:
                os.kill(pid, signal.SIGKILL)
            assert (await task).failure is None

    within(2, Limits(seconds=60), kill)


@pytest.mark.slow
def test_a_lane_that_has_grown_is_replaced_between_runs() -> None:
    grow = "function on_route_request() local t = {} for i = 1, 400000 do t[i] = 'x' .. i end return {} end"

    async def large(running: Lanes) -> None:
        old = running.processes[1]
        first = await ask(running, made(grow))
        assert first.failure is None, first.failure
        assert (await ask(running, made(BUSY.format(10)))).failure is None
        await soon(lambda: len(running.processes) == 2 and running.processes[1] != old)

    within(1, Limits(memory=200 << 20, seconds=20), large)


def test_nonsense_from_a_lane_ends_it(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The answer's decoder is made to fail once: the run is started again in another lane."""
    decode = pool.from_plain
    answers: list[Any] = []

    def once(plain: list[Any]) -> Decision:
        answers.append(plain)
        return decode(plain[:3] if len(answers) == 1 else plain)

    monkeypatch.setattr(pool, "from_plain", once)

    async def nonsense(running: Lanes) -> None:
        assert (await ask(running, made(BUSY.format(10)))).failure is None

    with caplog.at_level(logging.WARNING):
        within(1, Limits(seconds=20), nonsense)
    assert "no proper answer" in caplog.text
    assert len(answers) == 2


# places


def test_a_tenant_has_four_places_and_leaves_one_lane_to_others() -> None:
    endless, quick = made(ENDLESS), made(BUSY.format(10))

    async def crowd(running: Lanes) -> None:
        greedy = [ask(running, endless, "greedy") for _ in range(9)]
        await asyncio.sleep(0.1)
        refused = [task for task in greedy if task.done()]
        assert len(refused) == 9 - 1 - 4
        for task in refused:
            with pytest.raises(Overloaded):
                task.result()
        assert (running.running, running.waiting) == (1, 4)
        assert (await ask(running, quick, "modest")).failure is None
        for task in greedy:
            task.cancel()
        await asyncio.gather(*greedy, return_exceptions=True)
        assert running.waiting == 0

    within(2, Limits(instructions=1 << 60, seconds=3), crowd)


def test_who_waits_too_long_is_told_so() -> None:
    """The first two have their whole time, one after the other; the rest are refused when theirs is over."""

    async def wait(running: Lanes) -> None:
        answers = await asyncio.gather(*[ask(running, made(ENDLESS)) for _ in range(5)], return_exceptions=True)
        assert isinstance(answers[0], Decision)
        assert {type(answer) for answer in answers[1:]} <= {Decision, Overloaded}
        assert {type(answer) for answer in answers[3:]} == {Overloaded}

    within(1, LONG, wait)
