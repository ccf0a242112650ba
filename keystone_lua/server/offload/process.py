"""The processes beside the server: a zygote, and the lanes that it forks.

    server --exec--> zygote --fork--> lane, lane

In: descriptors of connected sockets. The zygote takes orders (`ORDER`: start a lane on the socket that comes with
it, kill one) and reports what became of its lanes (`REPORT`). A lane takes jobs, runs each to its end, and answers.
Refuses: a program whose hash is not the one asked for. Programs come compiled: what compiling takes is no part of a
run's time or memory, and a lane that is replaced loses none of it.

The zygote is executed, not forked from the server, so that it holds nothing of the server's: no listening socket,
no other memory, and it can be started again at any time. It has no thread and no loop, and forking a lane from it
takes milliseconds. Jobs come as marshalled data, from the server; answers go as JSON, so that the server never
decodes anything richer from a process that runs tenants' scripts.

A lane runs at low priority, and has little that could be abused: no descriptors but its socket, a bounded address
space, and for each job a timer of processor time whose signal ends it. When it has grown too large, it says with an
answer that this was its last.
"""

from __future__ import annotations

import contextlib
import gc
import json
import marshal
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from collections import OrderedDict
from typing import Any, Final, NoReturn

from ...implementation import below_large_frame, set_aside
from ...interpreter import Limits, Program
from ...interpreter.packing import unpack
from ...routing.decision import decide
from .budget_report import Explainer, Sources
from .messages import KILL, LENGTH, ORDER, REPORT, RUNNING, Job, frame, to_plain

NICENESS: Final = 10
"""A tenth of a busy core still reaches a lane; the event loop's neighbours keep their latency."""

ADDRESS_SPACE: Final = 512 << 20
"""Bytes that a lane may map beyond four times the memory limit of a run: a net under the exact budgets."""

RESIDENT_GROWTH: Final = 48 << 20
"""Bytes by which scripts' runs may let a lane grow before it is replaced: what the allocator keeps."""

RESIDENT: Final = 256 << 20
"""Bytes by which it may grow in all, programs that it was sent included: half of `ADDRESS_SPACE`."""

KEPT_PROGRAMS: Final = 64
KEPT_SOURCE: Final = 4 << 20
"""Compiled programs that a lane keeps, and the bytes of their sources together."""

CPU_GRACE: Final = 0.25
"""Seconds of processor time beyond the wall-clock limit, which a run looks at itself, until the timer ends it."""


# the zygote


def zygote(control: int) -> None:
    """Start and reap lanes until the server hangs up. ``control`` is the descriptor of a stream socket."""
    below_large_frame(lambda: _serve(control))


def _serve(control: int) -> None:
    server = socket.socket(fileno=control)
    wake, woken = socket.socketpair()
    woken.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    lanes: dict[int, int] = {}
    gc.collect()
    set_aside()  # a lane's collections need not write to pages that it shares
    try:
        while True:
            ready, _, _ = select.select([server, wake], [], [])
            if wake in ready:
                wake.recv(4096)
                _reap(server, lanes)
            if server in ready:
                order, descriptors, _, _ = socket.recv_fds(server, ORDER.size, 1)
                if not order:
                    return
                what, number = ORDER.unpack(order)
                if what == KILL:
                    with contextlib.suppress(StopIteration):
                        os.kill(next(pid for pid, lane in lanes.items() if lane == number), signal.SIGKILL)
                    continue
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    for other in (server, wake, woken):
                        other.close()
                    _run_lane(descriptors[0])
                os.close(descriptors[0])
                lanes[pid] = number
                server.sendall(REPORT.pack(number, pid, RUNNING))
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server died
    finally:
        signal.set_wakeup_fd(-1)  # the lanes' ends come when the descriptor is closed
        for pid in lanes:
            os.kill(pid, signal.SIGKILL)  # not reaped yet, so the number is still the lane's


def _reap(server: socket.socket, lanes: dict[int, int]) -> None:
    while lanes:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        server.sendall(REPORT.pack(lanes.pop(pid), pid, status))


# a lane


def _run_lane(descriptor: int) -> NoReturn:
    """Work until the server hangs up; never return into the zygote's code."""
    status = 1
    try:
        os.nice(NICENESS)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with socket.socket(fileno=descriptor) as server:
            LaneProcess(server).work()
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        status = 0  # the server has gone, or has given this lane up
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


class LaneProcess:
    """One lane: jobs in, answers out, one after another."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server
        self._programs: OrderedDict[tuple[str, str], tuple[Program, Sources]] = OrderedDict()
        self._explainer = Explainer()
        self._kept_source = 0
        self._begun = _resident()
        self._grown = 0
        """Bytes by which runs have let this process grow."""

    def work(self) -> None:
        """Answer jobs until the server hangs up or this process has grown too large."""
        last = False
        while not last and (data := self._read()) is not None:
            job = Job(*marshal.loads(data))
            answer: dict[str, Any]
            try:
                answer = {"decision": self._decide(job)}
            except (BrokenPipeError, ConnectionResetError):
                raise
            except BaseException as error:
                answer = {"trouble": type(error).__name__, "traceback": traceback.format_exc()}
            signal.setitimer(signal.ITIMER_PROF, 0)
            last = self._grown > RESIDENT_GROWTH or _resident() > self._begun + RESIDENT
            self._send({**answer, "last": last})
            gc.collect()  # while nobody waits

    def _decide(self, job: Job) -> list[Any]:
        limits = Limits(*job.limits)
        program, sources = self._program(job)
        before = _resident()
        _bound(limits)
        started = time.monotonic()
        decision = decide(
            program, job.request, limits=limits, seed=job.seed, now=job.now, watched=frozenset(job.watched)
        )
        self._grown += _resident() - before
        if decision.failure is not None:
            taken = time.monotonic() - started
            decision = self._explainer.explained(decision, job.name, job.hash, sources, job.request, limits, taken)
        return to_plain(decision)

    def _program(self, job: Job) -> tuple[Program, Sources]:
        """The job's program, asked for at its first use. Raises `ValueError` for another one."""
        key = (job.name, job.hash)
        if key in self._programs:
            self._programs.move_to_end(key)
            return self._programs[key]
        self._send({"need": job.hash})
        data = self._read()
        if data is None:
            raise BrokenPipeError
        packed, source, modules = marshal.loads(data)
        program = unpack(packed, source, modules)
        if program.hash != job.hash:
            raise ValueError(f"the program sent for {job.name} has another hash than the one asked for")
        sources = Sources(source, modules)
        self._keep(key, program, sources)
        return program, sources

    def _keep(self, key: tuple[str, str], program: Program, sources: Sources) -> None:
        self._programs[key] = program, sources
        self._kept_source += sources.size
        while len(self._programs) > KEPT_PROGRAMS or (self._kept_source > KEPT_SOURCE and len(self._programs) > 1):
            _, (_, dropped) = self._programs.popitem(last=False)
            self._kept_source -= dropped.size

    def _read(self) -> bytes | None:
        head = self._read_exactly(LENGTH.size)
        return None if head is None else self._read_exactly(LENGTH.unpack(head)[0])

    def _read_exactly(self, size: int) -> bytes | None:
        data = bytearray()
        while len(data) < size:
            piece = self._server.recv(size - len(data))
            if not piece:
                return None
            data += piece
        return bytes(data)

    def _send(self, answer: dict[str, Any]) -> None:
        self._server.sendall(frame(json.dumps(answer, separators=(",", ":")).encode("ascii")))


def _bound(limits: Limits) -> None:
    """Set the timer for a job, and the address space for its memory limit."""
    if limits.seconds is not None:
        signal.setitimer(signal.ITIMER_PROF, limits.seconds + CPU_GRACE)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = ADDRESS_SPACE + 4 * limits.memory
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    if most != soft:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _resident() -> int:
    """The most bytes that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


if __name__ == "__main__":
    zygote(int(sys.argv[1]))
