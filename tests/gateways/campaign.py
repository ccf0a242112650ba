"""Requests that the script rejects, while the engine is overloaded, hangs or is dead: none may reach a backend.

    python -m tests.gateways.campaign [NAME ...]

In: gateways, all that are installed if none is named. Out: what clients were told, by phase and status, and how many reached a backend. A phase is bounded
in requests and in time. Exit 1 if a request got through.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from .commands import COMMANDS, command_of
from .stack import Stack, stack

CLIENTS = 16
METHODS = ("GET", "POST", "PUT", "DELETE")
PHASES = {"overloaded": 5000, "hung": 200, "dead": 4800}
"""Requests of each. One that hangs takes as long as the gateway waits."""
PHASE_SECONDS = 60.0
NO_ANSWER = 0


def campaign(at: Stack) -> Iterator[tuple[str, Counter[int], int]]:
    """Yield each phase, how often each status was told (NO_ANSWER for none), and how many requests reached a backend."""
    for phase, count in PHASES.items():
        before = len(at.reached)
        with _trouble(at, phase):
            told = _ask(at, count)
        yield phase, told, len(at.reached) - before


@contextlib.contextmanager
def _trouble(at: Stack, phase: str) -> Iterator[None]:
    if phase == "dead":
        at.engine.kill()
        at.engine.wait()
        yield
    elif phase == "hung":
        os.kill(at.engine.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(at.engine.pid, signal.SIGCONT)
    else:
        over = threading.Event()
        with ThreadPoolExecutor(8) as crowd:
            for _ in range(8):
                crowd.submit(_endless, at, over)
            try:
                yield
            finally:
                over.set()


def _endless(at: Stack, over: threading.Event) -> None:
    """Keep the lanes busy with runs that end by their budget."""
    while not over.is_set():
        with contextlib.suppress(OSError, http.client.HTTPException):
            at.ask("GET", "/endless")


def _ask(at: Stack, count: int) -> Counter[int]:
    told: Counter[int] = Counter()
    end = time.monotonic() + PHASE_SECONDS

    def client(number: int) -> Counter[int]:
        mine: Counter[int] = Counter()
        for place in range(number, count, CLIENTS):
            if time.monotonic() > end:
                break
            mine[_status(at, METHODS[place % len(METHODS)], place)] += 1
        return mine

    with ThreadPoolExecutor(CLIENTS) as clients:
        for mine in clients.map(client, range(CLIENTS)):
            told += mine
    return told


def _status(at: Stack, method: str, place: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", at.ports["gateway"], timeout=10)
    with contextlib.closing(connection):
        try:
            connection.request(method, f"/admin?n={place}", b"x" if method in ("POST", "PUT") else None)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return NO_ANSWER


def tried(name: str, command: list[str]) -> int:
    """Send one gateway through the campaign; how many requests reached a backend that none may."""
    astray = 0
    with stack(name, command) as at:
        for phase, told, reached in campaign(at):
            astray += reached + sum(times for status, times in told.items() if 200 <= status < 400)
            shown = ", ".join(f"{times:,} of {status or 'no answer'}" for status, times in sorted(told.items()))
            print(f"{name}: {phase}: {told.total():,} requests, {reached} reached a backend: {shown}", flush=True)
    return astray


def main(names: list[str]) -> int:
    """Try the gateways ``names``, or all that are installed."""
    failed = 0
    for name in names or COMMANDS:
        command = command_of(name)
        if command is None:
            print(f"{name}: not installed")
            failed += name in names
        else:
            failed += tried(name, command)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
