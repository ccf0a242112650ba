"""Sockets that a service manager has opened, and what it is told: a real server under a manager of the test's."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keystone_lua.server.process.listening import CannotListen, listen
from keystone_lua.server.process.service_manager import notify
from keystone_lua.server.settings.config import Address
from keystone_lua.server.settings.kinds import read_address
from tests.server.support import WAIT, Client, command, constant, write_scripts

AS_SERVICE = """
import os, sys
given = int(sys.argv[1])
os.dup2(given, 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "routes"}
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def service(listener: socket.socket, manager: Path, scripts: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that was passed ``listener`` as systemd passes it."""
    arguments = command("serve", "--addr", "systemd:routes", "--scripts", scripts, *more)
    process = subprocess.Popen(
        [sys.executable, "-c", AS_SERVICE, str(listener.fileno()), *arguments],
        pass_fds=[listener.fileno()],
        env={**os.environ, "NOTIFY_SOCKET": str(manager)},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(WAIT)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_restart_behind_a_passed_socket_refuses_nobody(workers: str, tmp_path: Path) -> None:
    scripts = write_scripts(tmp_path / "scripts", {"a.lua": constant("x")})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, socket.create_server(("127.0.0.1", 0)) as listener:
        told.bind(str(tmp_path / "manager"))
        told.settimeout(WAIT)
        client = Client(listener.getsockname()[1])
        for _ in range(2):
            with service(listener, tmp_path / "manager", scripts, "--workers", workers) as process:
                early = client.connect()  # before it accepts: it waits in the socket's queue
                ready = told.recv(4096).decode()
                assert ready.startswith("READY=1\nSTATUS=serving 1 script of ")
                assert ready.endswith(" on systemd:routes")
                early.sendall(b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                assert b'"selected_backend":"x"' in early.makefile("rb").read()
                early.close()
                process.send_signal(signal.SIGTERM)
                assert told.recv(4096) == b"STOPPING=1"
                assert process.wait(WAIT) == 0


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "no sockets were passed"),
        ({"LISTEN_PID": "1", "LISTEN_FDS": "1"}, "no sockets were passed"),
        ({"LISTEN_PID": "", "LISTEN_FDS": "x"}, "no sockets were passed"),
        ({"LISTEN_PID": "", "LISTEN_FDS": "99"}, "no sockets were passed"),
        ({"LISTEN_PID": "", "LISTEN_FDS": "²"}, "no sockets were passed"),
        ({"LISTEN_PID": "", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "other"}, "only other were passed"),
        ({"LISTEN_PID": "", "LISTEN_FDS": "1"}, "only sockets without names were passed"),
    ],
)
def test_what_was_not_passed(environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value or str(os.getpid()))
    with pytest.raises(CannotListen, match=f"cannot listen on systemd:routes: {said}"):
        listen(Address("", 0, passed="routes"))


def test_the_address() -> None:
    address = read_address("systemd:routes")
    assert (address.passed, str(address)) == ("routes", "systemd:routes")
    for bad in ("systemd:", "systemd:a b", "systemd:a/b", "systemd:" + "a" * 65):
        with pytest.raises(ValueError, match="is no address"):
            read_address(bad)


def test_without_a_manager_nobody_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for where in ("", "relative", str(tmp_path / "nobody"), "@nobody-listens-here"):
        monkeypatch.setenv("NOTIFY_SOCKET", where)
        began = time.monotonic()
        notify("READY=1")
        assert time.monotonic() - began < WAIT
