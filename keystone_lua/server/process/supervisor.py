"""Several workers on one address: starts them, replaces those that die, makes all of them reload, stops them.

In: bound sockets, compiled scripts. Out: an exit code. It serves no request and has no event loop and
no thread, so that it can fork at any time: a worker that dies is replaced by one that begins with the scripts that are
in force. One socket is bound before the fork and accepted from by all: the kernel splits connections evenly over
those that are idle (SO_REUSEPORT by a hash, and what waits for a dead worker is lost).

A reload reads the folder and compiles what has changed once, here, and hands the programs to every worker. It is
answered when every worker has them in force; a worker that does not say so in time is killed and replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import selectors
import signal
import socket
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from ...routing.folder_versions import CannotSwitch
from ...routing.scripts import Snapshot
from ...routing.scripts_folder import Folder, ScriptsFolderError, read_folder
from ..orders import Order, Switch
from ..scripts import reload as scripts_reload
from ..scripts.reload import WATCH_SECONDS, Reloads, Report, Watch
from ..scripts.versions import switch_folders
from ..telemetry.logs import facts
from ..telemetry.metrics import BEAT
from .control import MAX_FROM_WORKER, Control, Messages, order
from .service_manager import notify
from .worker import BEAT_SECONDS, STOP_SECONDS, Worker, work

logger = logging.getLogger("keystone.supervisor")

EXIT_GOOD = 0
EXIT_TROUBLE = 1

STEADY_SECONDS = 5.0
"""A worker that lived longer is replaced at once."""
FIRST_DELAY = 0.1
"""Seconds before a worker is replaced that did not; doubled each time."""
LONGEST_DELAY = 5.0

HUNG_SECONDS = 4.0
"""Without a turn of its loop a worker is taken for hung. It tells of one every BEAT_SECONDS; what holds a loop for
longest, the compiling of one large script, takes 2 s."""

SEND_SECONDS = HUNG_SECONDS
LOAD_SECONDS = 30.0
"""For a worker to put a folder in force, besides four times what it took here."""
KILL_SECONDS = 0.5
"""After a worker should have ended itself."""


@dataclass(slots=True)
class _Child:
    """A worker, seen from here."""

    number: int
    pid: int
    line: socket.socket
    loaded: int
    """The number of the last load that it has in force."""
    since: float = field(default_factory=time.monotonic)
    ready: bool = False
    messages: Messages = field(default_factory=lambda: Messages(MAX_FROM_WORKER))


@dataclass(slots=True)
class _Load:
    """A reload under way."""

    number: int
    report: Report
    askers: list[_Child]
    deadline: float


class Supervisor:
    """Runs `config.workers` workers."""

    def __init__(self, worker: Worker, watch: Watch | None) -> None:
        """Every worker is as ``worker`` but for its number. ``watch`` says when to reload without being asked."""
        self._worker = worker
        self._watch = watch
        self._config = worker.config
        self._store = worker.store
        self._counts = worker.counts
        self._children: dict[int, _Child] = {}
        """By process number."""
        self._due: dict[int, float] = {}
        """Worker number to when its replacement starts."""
        self._failures = [0] * worker.config.workers
        self._selector = selectors.DefaultSelector()
        self._signals, self._wakeup = socket.socketpair()
        self._askers: list[_Child] = []
        self._orders: deque[tuple[_Child, Order]] = deque()
        self._wanted = False
        self._load: _Load | None = None
        self._loads = 0
        self._look_at = 0.0
        self._ticked = self._awake_since = time.monotonic()
        self._serving = False
        self._stop_by: float | None = None
        self._code = EXIT_GOOD

    def run(self, started: str) -> int:
        """Serve until SIGTERM or SIGINT; logs ``started`` once every worker accepts. Returns the exit code."""
        self._catch_signals()
        for number in range(self._config.workers):
            self._start(number)
        while self._stop_by is None or self._children:
            for key, _ in self._selector.select(self._patience()):
                if key.data is None:
                    self._hear_signals()
                else:
                    self._hear(key.data)
            if not self._serving and self._children and all(child.ready for child in self._children.values()):
                self._serving = True
                logger.info(started, extra=facts(workers=self._config.workers))
                notify("READY=1", f"STATUS={started}")
            self._tick(time.monotonic())
        return self._code

    # what happens

    def _catch_signals(self) -> None:
        self._signals.setblocking(False)
        self._wakeup.setblocking(False)
        signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, lambda _number, _frame: None)  # it arrives at the wake-up socket
        self._selector.register(self._signals, selectors.EVENT_READ)

    def _patience(self) -> float:
        """Seconds until something is due."""
        due = [*self._due.values()]
        if self._load is not None:
            due.append(self._load.deadline)
        elif self._askers or self._orders or self._wanted:
            due.append(0.0)
        if self._stop_by is not None:
            due.append(self._stop_by)
        if self._watch is not None:
            due.append(self._look_at)
        if self._stop_by is None:
            due.append(self._ticked + BEAT_SECONDS)
        return max(0.0, min(due, default=time.monotonic() + 60) - time.monotonic())

    def _hear_signals(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for number in set(self._signals.recv(4096)):
                if number in (signal.SIGTERM, signal.SIGINT):
                    self._stop()
                elif number == signal.SIGHUP:
                    self._wanted = True
                    for child in self._children.values():
                        _kill(child.pid, signal.SIGHUP)  # which look for moved files
        self._reap()  # signals join: one SIGCHLD may stand for several

    def _hear(self, child: _Child) -> None:
        try:
            data = child.line.recv(1 << 16, socket.MSG_DONTWAIT)
            for message in child.messages.feed(data):
                self._heard(child, message)
        except BlockingIOError:
            return
        except (OSError, ValueError, KeyError) as error:
            logger.warning("worker speaks nonsense", extra=facts(worker=child.number, error=str(error)))
            data = b""
        if not data:  # it has died, or is about to
            self._hang_up(child)
            _kill(child.pid, signal.SIGKILL if self._stop_by is None else signal.SIGTERM)

    def _heard(self, child: _Child, message: dict[str, Any]) -> None:
        said = message["say"]
        if said == "ready":
            child.ready = True
        elif said == "reload" and message["order"] is not None:
            self._orders.append((child, Order(**message["order"])))  # one of each worker at most waits
        elif said == "reload":
            self._askers.append(child)
        elif said == "loaded":
            child.loaded = message["number"]

    def _tick(self, now: float) -> None:
        self._kill_hung(now)
        for number in [number for number, due in self._due.items() if due <= now]:
            del self._due[number]
            self._start(number)
        if self._watch is not None and now >= self._look_at:
            self._look_at = now + WATCH_SECONDS
            self._wanted |= self._watch.changed()
        if self._load is None and self._stop_by is None:
            if self._orders:
                self._begin_load(*self._orders.popleft())
            elif self._wanted or self._askers:
                self._begin_load()
        if self._load is not None:
            self._finish_load(self._load, now)
        if self._stop_by is not None and now >= self._stop_by:
            for child in self._children.values():
                _kill(child.pid, signal.SIGKILL)
            self._stop_by = now + KILL_SECONDS

    # workers

    def _kill_hung(self, now: float) -> None:
        """Kill workers whose loop has had no turn for HUNG_SECONDS while this process had its own."""
        if now - self._ticked > HUNG_SECONDS / 2:
            self._awake_since = now  # all of us were stopped, or starved
        self._ticked = now
        if self._stop_by is not None:
            return
        for child in self._children.values():
            beat = self._counts.worker(child.number, BEAT)
            if child.ready and now - max(beat, self._awake_since) > HUNG_SECONDS:
                logger.error("worker hangs", extra=facts(worker=child.number, process=child.pid))
                child.ready = False  # once
                _kill(child.pid, signal.SIGKILL)

    def _start(self, number: int) -> None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if not pid:
            self._become_worker(number, ours, theirs)
        theirs.close()
        ours.settimeout(SEND_SECONDS)
        child = _Child(number, pid, ours, self._loads)
        self._children[pid] = child
        self._selector.register(ours, selectors.EVENT_READ, child)

    def _become_worker(self, number: int, ours: socket.socket, theirs: socket.socket) -> NoReturn:
        code = EXIT_TROUBLE
        try:
            signal.set_wakeup_fd(-1)
            for caught in _SIGNALS:
                signal.signal(caught, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the worker can hear it; reloading is the supervisor's
            self._selector.close()
            # Held open here, they would hide from another worker that the supervisor is gone.
            for line in (ours, self._signals, self._wakeup, *(child.line for child in self._children.values())):
                line.close()
            control = Control(theirs, self._store, self._counts)
            worker = replace(self._worker, number=number, reloads=Reloads(self._store, control.reload), control=control)

            async def main() -> None:
                control.start()
                await work(worker, control.ready)

            asyncio.run(main())
            code = EXIT_GOOD
        except BaseException:
            logger.exception("worker failed", extra=facts(worker=number))
            self._worker.log.close()
        finally:
            os._exit(code)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            child = self._children.pop(pid, None)
            if child is not None:  # else an orphan that came to us because we are process 1
                self._hang_up(child)
                self._ended(child, status)

    def _ended(self, child: _Child, status: int) -> None:
        self._counts.repair(child.number)
        if self._stop_by is not None:
            return
        code = os.waitstatus_to_exitcode(status)
        logger.error("worker ended", extra=facts(worker=child.number, process=child.pid, exit_code=code))
        if not self._serving and not child.ready:
            self._code = EXIT_TROUBLE  # what keeps the first from starting would keep the others
            self._stop()
            return
        steady = time.monotonic() - child.since > STEADY_SECONDS
        failures = 0 if steady else self._failures[child.number] + 1
        self._failures[child.number] = failures
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1)) if failures else 0.0
        self._due[child.number] = time.monotonic() + delay

    def _hang_up(self, child: _Child) -> None:
        if child.line.fileno() >= 0:
            self._selector.unregister(child.line)
            child.line.close()

    def _stop(self) -> None:
        if self._stop_by is None:
            logger.info("stopping")
            notify("STOPPING=1")
            self._stop_by = time.monotonic() + self._config.notice_seconds + STOP_SECONDS + KILL_SECONDS
            self._due.clear()
            self._worker.listeners.close()
        for child in self._children.values():
            _kill(child.pid, signal.SIGTERM)

    # reloads

    def _begin_load(self, asker: _Child | None = None, ordered: Order | None = None) -> None:
        """Load, after what ``ordered`` says of ``asker`` if there is one, else for all who have asked."""
        if asker is None:
            self._wanted = False
            askers, self._askers = self._askers, []
        else:
            askers = [asker]
        started = time.monotonic()
        guard, switch = self._config.guard, None
        try:
            if ordered is not None:
                switch = switch_folders(self._store, self._counts, guard, ordered)
            folder = read_folder(self._store.folder, self._store.source_limit)
        except CannotSwitch as error:
            report = scripts_reload.refused(self._store, ordered, error)
        except ScriptsFolderError as error:
            report = scripts_reload.not_read(self._store, self._counts, error, switch)
            if report.switch is not None:
                self._send_all({"say": "switched", "switch": report.switch.plain()})
        else:
            report = self._load_and_send(folder, switch)
        took = time.monotonic() - started
        self._load = _Load(self._loads, report, askers, time.monotonic() + LOAD_SECONDS + 4 * took)

    def _load_and_send(self, folder: Folder, switch: Switch | None) -> Report:
        waiting = self._store.beside
        before, beside = self._store.current, waiting.current if waiting is not None else Snapshot()
        report = scripts_reload.load(self._store, self._counts, folder, switch=switch)
        self._loads += 1
        message = {
            "say": "load",
            "number": self._loads,
            "tenants": dict(self._counts.tenants),
            "scripts": self._store.hand_over(before, beside),
            "next": waiting.hand_over(beside, self._store.current) if waiting is not None else None,
            "switch": report.switch.plain() if report.switch is not None else None,
        }
        self._send_all(message)
        return report

    def _send_all(self, message: dict[str, Any]) -> None:
        data = order(message)
        for child in self._children.values():
            self._send(child, data)

    def _send(self, child: _Child, data: bytes) -> None:
        try:
            child.line.sendall(data)
        except OSError:  # dead, or stuck: another one begins with what is in force
            _kill(child.pid, signal.SIGKILL)

    def _finish_load(self, load: _Load, now: float) -> None:
        late = [child for child in self._children.values() if child.loaded < load.number]
        if late and now < load.deadline:
            return
        for child in late:
            logger.error("worker did not reload in time", extra=facts(worker=child.number))
            _kill(child.pid, signal.SIGKILL)
        data = order({"say": "report", "report": load.report.whole()})
        for child in load.askers:
            if child.pid in self._children:
                self._send(child, data)
        self._load = None


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


def _kill(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
