"""Runs that want more than a slice, in other processes, which are killed at a deadline.

In: a tenant's program, a request, limits, seed and clock. Out: the `Decision`, the same as inline. Raises
`Overloaded` when there is no place, when the caller's time passed in the queue, or when a run's process died twice;
`DeadlineExceeded` for a run that had its whole time.

`Lanes` lives in the event loop and owns the queue; `process` is the code on the other side. Times, from a request's
arrival: a run looks at its wall-clock limit itself and answers with kind ``timeout``; one stuck inside a library
function is ended by its lane's timer of processor time; whatever has no result `GRACE` seconds after the limit is
answered here, and its lane killed: as a deadline if the run had its whole time, else as overload.

A lane that dies is replaced. Its end is judged when both are known, the end of its socket's data (an answer may
still be in it) and its wait status: SIGPROF is a deadline, anything else a crash, and a crashed run is started once
more. If the zygote dies, its lanes are given up (their sockets' end stops them) and another one is started.
"""

from __future__ import annotations

import asyncio
import json
import logging
import marshal
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import astuple
from functools import partial
from typing import Any, Final

from ...hidden import Hidden, Secrets
from ...interpreter import Limits, Program
from ...interpreter.packing import pack
from ...routing.decision import Decision
from .errors import DeadlineExceeded, LaneTrouble, Overloaded
from .fair_queue import FairQueue, QueueFull
from .messages import KILL, LENGTH, ORDER, REPORT, RUNNING, START, Job, frame, from_plain

logger = logging.getLogger("keystone.lanes")

GRACE: Final = 0.5
"""Seconds after the wall-clock limit until the caller is answered without the run."""

ATTEMPTS: Final = 2
"""How often a run is started whose process dies under it."""

LARGEST_ANSWER: Final = 16 << 20
"""Bytes of one answer of a lane, beyond its log in JSON; one that claims more is taken for broken."""

RESTART_SECONDS: Final = 0.5
"""Before a process is started in the place of one that lived no longer than this and did nothing."""

END_SECONDS: Final = 1.0
"""For the zygote to end its lanes and itself."""

NOTHING_ELSE: Final = Hidden()


_ZYGOTE: Final = "import sys; sys.path[:] = {}; from keystone_lua.server.offload.process import zygote; zygote({})"


class _Run:
    """A run on its way: waiting, or in a lane."""

    __slots__ = ("attempts", "began", "data", "hide", "lane", "log", "program", "result", "tenant", "timer")

    def __init__(
        self,
        tenant: str,
        program: Program,
        log: int,
        data: bytes,
        result: asyncio.Future[Decision],
        hide: Callable[[], Secrets | None],
    ) -> None:
        self.tenant = tenant
        self.hide = hide
        self.program = program
        self.log = log
        self.data = data
        self.result = result
        self.attempts = 0
        self.began = 0.0
        self.lane: _Lane | None = None
        self.timer: asyncio.TimerHandle | None = None

    @property
    def size(self) -> int:
        return len(self.data)

    def stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()


class _Lane(asyncio.Protocol):
    """The server's end of one lane process."""

    def __init__(self, lanes: Lanes, number: int) -> None:
        self.number = number
        self.pid = 0
        self.run: _Run | None = None
        self.status: int | None = None
        self.hung_up = False
        self.given_up = False
        self.answered = False
        self.since = asyncio.get_running_loop().time()
        self.transport: asyncio.Transport | None = None
        self._lanes = lanes
        self._received = bytearray()

    @property
    def idle(self) -> bool:
        return self.run is None and self.transport is not None and not self.given_up and not self.hung_up

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= LENGTH.size:
            (size,) = LENGTH.unpack_from(self._received)
            if size > LARGEST_ANSWER + 6 * (self.run.log if self.run is not None else 0):
                self._lanes.broken(self, f"an answer of {size} bytes")
                return
            end = LENGTH.size + size
            if len(self._received) < end:
                return
            answer = bytes(self._received[LENGTH.size : end])
            del self._received[:end]
            self._lanes.answered(self, answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self.hung_up = True
        self._lanes.lane_changed(self)

    def give_up(self) -> None:
        """Give it no more runs, and let it end: it does when its socket does."""
        self.given_up = True
        if self.transport is not None:
            self.transport.close()

    def send(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(frame(data))


class Lanes:
    """``count`` lane processes, and what waits for them. For one event loop."""

    def __init__(
        self, count: int, limits: Limits, watched: frozenset[str] = frozenset(), hidden: Hidden = NOTHING_ELSE
    ) -> None:
        """``watched`` names the headers of which decisions say whether a script read them, ``hidden`` what of a request
        no log line shows."""
        self._hidden = hidden
        self._watched = tuple(watched)
        self._count = count
        self._limits = limits
        self._share = max(1, count - 1)
        """Lanes that one tenant may use at once."""
        self._queue: FairQueue[_Run] = FairQueue()
        self._running: Counter[str] = Counter()
        self._lanes: dict[int, _Lane] = {}
        self._next_number = 0
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._reports = b""
        self._zygote_since = 0.0
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """Runs that wait for a lane."""
        return self._queue.items

    @property
    def running(self) -> int:
        """Runs that are in a lane."""
        return self._running.total()

    @property
    def processes(self) -> list[int]:
        """The process numbers of the zygote and of the lanes that have reported theirs."""
        zygote = [] if self._zygote is None else [self._zygote.pid]
        return zygote + [lane.pid for lane in self._lanes.values() if lane.pid]

    async def run(
        self,
        tenant: str,
        program: Program,
        request: Mapping[str, Any],
        seed: int,
        now: float,
        limits: Limits | None = None,
    ) -> Decision:
        """Run a program to its end. ``limits`` are the tenant's own, of the same time.

        Raises `Overloaded`, `DeadlineExceeded`, `LaneTrouble`. Cancelled, it gives up its place in the queue.
        """
        return (await self.timed_run(tenant, program, request, seed, now, limits))[0]

    async def timed_run(
        self, tenant: str, program: Program, request: Mapping[str, Any], seed: int, now: float, limits: Limits | None
    ) -> tuple[Decision, float]:
        """The same, and how many seconds it has waited for a lane."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        limits = limits or self._limits
        job = Job(program.name, program.hash, dict(request), astuple(limits), seed, now, self._watched)
        hide = partial(self._hidden.secrets, request)
        run = _Run(tenant, program, limits.log, marshal.dumps(tuple(job)), loop.create_future(), hide)
        try:
            self._queue.add(run)
        except QueueFull:
            raise Overloaded("too many runs are waiting") from None
        if self._limits.seconds is not None:
            run.timer = loop.call_later(self._limits.seconds + GRACE, self._expire, run)
        try:
            self._dispatch()
            return await run.result, run.began - asked
        finally:
            if run.lane is None:  # else the timer still guards the lane, for a caller who has gone
                run.stop_timer()
                self._queue.remove(run)

    def start(self) -> None:
        """Start the processes. Call in the running loop."""
        self._start_zygote()

    async def stop(self) -> None:
        """End every process and refuse what waits."""
        self._stopping = True
        while (run := self._queue.take(lambda _: True)) is not None:
            self._fail(run, Overloaded("the server is stopping"))
        for lane in self._lanes.values():
            if lane.run is not None:
                self._fail(lane.run, Overloaded("the server is stopping"))
            if lane.transport is not None:
                lane.transport.abort()
        self._close_control()  # at which the zygote kills its lanes and ends
        for task in self._tasks:
            task.cancel()
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            if not any(lane.pid for lane in self._lanes.values()):
                zygote.kill()  # still busy with its start
            await asyncio.to_thread(_end, zygote)

    # runs

    def _dispatch(self) -> None:
        """Give waiting runs to idle lanes."""
        if not self._queue.items:
            return
        for lane in list(self._lanes.values()):
            if not lane.idle:
                continue
            run = self._queue.take(lambda tenant: self._running[tenant] < self._share)
            if run is None:
                return
            run.attempts += 1
            run.began = asyncio.get_running_loop().time()
            run.lane = lane
            lane.run = run
            self._running[run.tenant] += 1
            lane.send(run.data)

    def _release(self, lane: _Lane) -> _Run | None:
        """Take the run off a lane."""
        run, lane.run = lane.run, None
        if run is not None:
            run.lane = None
            self._running[run.tenant] -= 1
            if not self._running[run.tenant]:
                del self._running[run.tenant]
        return run

    def _fail(self, run: _Run, error: Exception) -> None:
        if not run.result.done():
            run.result.set_exception(error)

    def _expire(self, run: _Run) -> None:
        """The caller's time is over."""
        lane = run.lane
        if lane is None:
            self._queue.remove(run)
            self._fail(run, Overloaded("waited too long for a lane"))
            return
        self._release(lane)
        assert self._limits.seconds is not None
        whole = asyncio.get_running_loop().time() - run.began >= self._limits.seconds
        self._fail(run, DeadlineExceeded() if whole else Overloaded("waited too long for a lane"))
        self._kill(lane)
        self._dispatch()

    def answered(self, lane: _Lane, data: bytes) -> None:
        """A lane has said something."""
        if lane.run is None:
            return  # its run has expired
        try:
            answer = json.loads(data)
            if "need" in answer:
                program = lane.run.program
                lane.send(marshal.dumps((pack(program), program.source, dict(program.sources))))
                return
            decision = from_plain(answer["decision"]) if "decision" in answer else None
            trouble = "" if decision is not None else f"{answer['trouble']}"
            last = bool(answer["last"])
        except (ValueError, TypeError, KeyError) as error:
            self.broken(lane, f"no proper answer: {type(error).__name__}")
            return
        run = self._release(lane)
        lane.answered = True
        if last or lane.number not in self._lanes:
            lane.give_up()
        if run is None:
            return
        run.stop_timer()
        if not run.result.done():
            if decision is not None:
                run.result.set_result(decision)
            else:
                found = answer.get("traceback")
                extra = {"hide": run.hide()}
                logger.error("tenant %r: the engine failed in a lane\n%s", run.tenant, found, extra=extra)
                run.result.set_exception(LaneTrouble(trouble))
        self._dispatch()

    # processes

    def broken(self, lane: _Lane, why: str) -> None:
        """A lane speaks nonsense: end it. Its run counts as crashed."""
        logger.error("lane %d: %s", lane.pid, why)
        self._kill(lane)

    def _kill(self, lane: _Lane) -> None:
        lane.given_up = True
        self._order(KILL, lane.number)
        if lane.transport is not None:
            lane.transport.abort()

    def lane_changed(self, lane: _Lane) -> None:
        """A lane's socket or its process has ended."""
        if self._stopping or not lane.hung_up or (lane.status is None and lane.number in self._lanes):
            return
        known = self._lanes.pop(lane.number, None) is not None
        status = lane.status
        run = self._release(lane)
        if run is not None and not run.result.done():
            if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
                self._fail(run, DeadlineExceeded())
            elif run.attempts < ATTEMPTS:
                self._queue.put_back(run)
            else:
                self._fail(run, Overloaded("the process that ran the script died twice"))
        if status is not None and status != 0 and not lane.given_up:
            logger.warning("lane %d ended: %s", lane.pid, _words(status))
        if known:
            self._later(0.0 if lane.answered else _pause(lane.since), self._start_lane)
        self._dispatch()

    def _start_lane(self) -> None:
        if self._control is None or self._stopping or len(self._lanes) >= self._count:
            return
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._next_number += 1
        lane = self._lanes[self._next_number] = _Lane(self, self._next_number)
        with theirs:
            sent = self._order(START, lane.number, theirs)
        if not sent:
            ours.close()
            del self._lanes[lane.number]
            return
        self._spawn(self._connect(lane, ours))

    async def _connect(self, lane: _Lane, ours: socket.socket) -> None:
        await asyncio.get_running_loop().create_connection(lambda: lane, sock=ours)
        if lane.number not in self._lanes:  # the zygote died in between
            lane.give_up()
        self._dispatch()

    def _start_zygote(self) -> None:
        if self._stopping:
            return
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-c", _ZYGOTE.format(sys.path, theirs.fileno())]
        with theirs:
            try:
                # A group of its own: a terminal's Ctrl-C is for the server, which then ends its lanes. No session of
                # its own: Linux weighs sessions against each other (autogroups), and niceness would count for nothing.
                self._zygote = subprocess.Popen(
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    process_group=0,
                )  # fmt: skip
            except OSError as error:
                ours.close()
                logger.error("cannot start the process for lanes: %s", error)
                self._later(RESTART_SECONDS, self._start_zygote)
                return
        ours.setblocking(False)
        self._control = ours
        self._reports = b""
        self._zygote_since = asyncio.get_running_loop().time()
        asyncio.get_running_loop().add_reader(ours, self._read_reports)
        for _ in range(self._count):
            self._start_lane()

    def _order(self, what: bytes, number: int, *sockets: socket.socket) -> bool:
        if self._control is None:
            return False
        try:
            socket.send_fds(self._control, [ORDER.pack(what, number)], [each.fileno() for each in sockets])
        except OSError:
            return False  # the zygote has died, as _read_reports is about to find
        return True

    def _read_reports(self) -> None:
        assert self._control is not None
        try:
            data = self._control.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._zygote_died()
            return
        self._reports += data
        while len(self._reports) >= REPORT.size:
            number, pid, status = REPORT.unpack_from(self._reports)
            self._reports = self._reports[REPORT.size :]
            lane = self._lanes.get(number)
            if lane is None:
                continue
            lane.pid = pid
            if status != RUNNING:
                lane.status = status
                self.lane_changed(lane)

    def _zygote_died(self) -> None:
        logger.warning("the process that starts lanes has died; starting another one")
        self._close_control()
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            self._spawn(asyncio.to_thread(_end, zygote))
        orphans = list(self._lanes.values())
        self._lanes.clear()
        for lane in orphans:
            if lane.run is None:
                lane.give_up()
            # One with a run may still answer, and is given up then; its own timer ends it in any case.
        self._later(_pause(self._zygote_since), self._start_zygote)

    def _close_control(self) -> None:
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None

    def _later(self, seconds: float, call: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, call)

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _pause(since: float) -> float:
    """Seconds to wait before replacing a process that was started at ``since``."""
    return RESTART_SECONDS if asyncio.get_running_loop().time() - since < RESTART_SECONDS else 0.0


def _end(zygote: subprocess.Popen[bytes]) -> None:
    """Wait for a zygote whose socket is closed."""
    try:
        zygote.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        zygote.kill()
        zygote.wait()


def _words(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit code {os.waitstatus_to_exitcode(status)}"
