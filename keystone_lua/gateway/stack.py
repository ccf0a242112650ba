"""Gateway, engine and echo backends as processes on this machine's loopback, for the demo and for tests.

In: names of backends, a tenant file with ``{NAME}`` in place of each process's URL. Out: a running `Stack`, whose
processes can be killed, stopped and started again at the same ports. Raises `StackError` when one does not start.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0
"""For a process to answer; it takes a second on an idle machine."""


class StackError(Exception):
    """A process that did not come up or did not end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; ``headers`` has lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


def ask(
    port: int, method: str, path: str, *, host: str | None = None, headers: Mapping[str, str] | None = None,
    body: bytes | None = None, seconds: float = 30.0,
) -> Answer:  # fmt: skip
    """Send one request over a connection of its own. Raises `OSError`, `http.client.HTTPException`."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=seconds)
    with contextlib.closing(connection):
        connection.request(method, path, body, {**({"Host": host} if host else {}), **(headers or {})})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on just now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in sockets]


@dataclass
class Stack:
    """The processes. Logs are files in ``folder``."""

    folder: Path
    scripts: Path
    ports: dict[str, int]
    """By name: ``gateway``, ``engine``, and the backends'."""
    backends: tuple[str, ...]
    """In one process called ``backends``, except those that are ``alone``, in processes that have their names."""
    alone: tuple[str, ...]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def port(self) -> int:
        """The gateway's."""
        return self.ports["gateway"]

    def start(self, name: str) -> None:
        """Start a process that does not run. Does not wait for it."""
        module = [sys.executable, "-m"]
        address = f"{LOOPBACK}:{self.ports.get(name)}"
        if name.startswith("gateway"):  # a second one has settings of its own
            command = [
                *module,
                "keystone_lua",
                "gateway",
                "--config",
                str(self.folder / f"{name}.yaml"),
                "--addr",
                address,
            ]
        elif name == "engine":
            command = [*module, "keystone_lua", "serve", "-addr", address, "-scripts", str(self.scripts)]
        else:
            alone = [name] if name != "backends" else [each for each in self.backends if each not in self.alone]
            command = [
                *module,
                "keystone_lua.gateway.echo",
                *(f"{each}={LOOPBACK}:{self.ports[each]}" for each in alone),
            ]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def wait_for(self, *names: str) -> None:
        """Wait until these processes answer. Raises `StackError`."""
        deadline = time.monotonic() + START_SECONDS
        for name in names:
            path = "/-/health" if name.startswith("gateway") else "/health"
            port = self.ports[
                name if name != "backends" else next(each for each in self.backends if each not in self.alone)
            ]
            while True:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if ask(port, "GET", path, seconds=2).status == 200:
                        break
                code = self.processes[name].poll()
                if code is not None or time.monotonic() > deadline:
                    what = "does not answer" if code is None else f"ended with exit code {code}"
                    raise StackError(f"{name} {what}:\n{self.log(name)}")
                time.sleep(0.02)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal."""
        self.processes[name].send_signal(number)

    def kill(self, name: str) -> None:
        """End a process with no warning."""
        process = self.processes.pop(name)
        process.kill()
        process.wait(START_SECONDS)

    def stop(self, name: str) -> int:
        """End a process with SIGTERM; return its exit code. Raises `StackError` if it does not end in time."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            return process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise StackError(f"{name} did not end:\n{self.log(name)}") from None

    def log(self, name: str) -> str:
        """Return what a process has said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def healthy(self, count: int) -> None:
        """Wait until the gateway counts so many healthy services. Raises `StackError`."""
        deadline = time.monotonic() + START_SECONDS
        while ask(self.port, "GET", "/-/health").json["healthy_services"] != count:
            if time.monotonic() > deadline:
                raise StackError(f"there are not {count} healthy services:\n{self.log('gateway')}")
            time.sleep(0.02)


@contextlib.contextmanager
def running(
    folder: Path, tenants: str, backends: Iterable[str], scripts: Path, *, alone: Iterable[str] = ()
) -> Iterator[Stack]:
    """Run a stack in ``folder`` with the tenant file ``tenants``; the backends in ``alone`` can be killed alone."""
    names = tuple(dict.fromkeys(backends))
    ports = dict(zip(("gateway", "engine", *names), free_ports(2 + len(names)), strict=True))
    stack = Stack(folder, scripts, ports, names, tuple(alone))
    text = re.sub(r"\{([\w.-]+)\}", lambda match: f"http://{LOOPBACK}:{ports[match[1]]}", tenants)
    (folder / "gateway.yaml").write_text(text)
    started = [*stack.alone, "engine", "backends"]
    try:
        for name in started:
            stack.start(name)
        stack.wait_for(*started)
        stack.start("gateway")
        stack.wait_for("gateway")
        yield stack
    finally:
        for process in stack.processes.values():
            with contextlib.suppress(OSError):
                os.kill(process.pid, signal.SIGCONT)  # a stopped process hears nothing else
            process.terminate()
        for process in stack.processes.values():
            try:
                process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
