"""The process that others are forked from, each for one job: what the page sends is run there and nowhere else.

Input: a control socket, on which sockets come, one for a job. Output: on a job's socket, a line of JSON for each part
of its answer. A job's process can write no file, has a bounded address space, a low priority, and a clock of the
kernel's that ends it, whatever it does. When the server goes, all of them end.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import signal
import socket
import sys
from typing import Final, NoReturn

from ..implementation import below_large_frame, set_aside

NICENESS: Final = 10
ADDRESS_SPACE: Final = 1 << 30
"""Bytes, beside four times the memory limit of a run. Tests have more memory than a run."""

FILES: Final = 32
"""Open at once."""

LARGEST_JOB: Final = 64 << 20


def serve(control: int) -> NoReturn:
    """Fork a process for each socket that comes, until the server hangs up."""
    below_large_frame(lambda: _serve(control))


def _serve(control: int) -> NoReturn:
    from . import jobs

    server = socket.socket(fileno=control)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs.warm()
    gc.collect()
    set_aside()
    server.sendall(b"!")
    while True:
        order, descriptors, _, _ = socket.recv_fds(server, 1, 1)
        if not order:
            os.killpg(0, signal.SIGKILL)  # this group is ours alone, and the jobs' that are under way
        for descriptor in descriptors:
            if os.fork() == 0:
                server.close()
                _do(descriptor)
            os.close(descriptor)


def _do(descriptor: int) -> NoReturn:
    """One job; never returns into the loop above."""
    status = 1
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError), socket.socket(fileno=descriptor) as server:
            _answer(server)
        status = 0
    finally:
        os._exit(status)


def _answer(server: socket.socket) -> None:
    from . import jobs

    signal.alarm(60)  # until the job says how long it may take
    job = json.loads(_read(server))
    _bound(job["seconds"], job["limits"]["memory"])
    try:
        for part in jobs.work(job):
            server.sendall(json.dumps(part).encode("ascii") + b"\n")
    except (BrokenPipeError, ConnectionResetError):
        raise
    except BaseException as error:
        server.sendall(json.dumps({"trouble": f"{type(error).__name__}: {error}"[:500]}).encode("ascii") + b"\n")


def _read(server: socket.socket) -> bytes:
    data = bytearray()
    while piece := server.recv(1 << 20):
        data += piece
        if len(data) > LARGEST_JOB:
            raise ValueError("a job of too many bytes")
    return bytes(data)


def _bound(seconds: float, memory: int) -> None:
    os.nice(NICENESS)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process
    signal.setitimer(signal.ITIMER_REAL, seconds)
    limits: dict[int, int] = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: FILES,
        resource.RLIMIT_CPU: int(seconds) + 2,
        resource.RLIMIT_AS: ADDRESS_SPACE + 4 * memory,
    }
    for kind, most in limits.items():
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
