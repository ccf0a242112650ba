"""What the server's tests share: scripts folders, a server in a thread, a server in a process, a client."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from keystone_lua.routing.scripts import Check, ScriptStore
from keystone_lua.server.decisions.observers import Observer
from keystone_lua.server.process.listening import listen
from keystone_lua.server.process.worker import Listeners, RunningServer
from keystone_lua.server.settings.config import Address, ServerConfig

LOOPBACK = "127.0.0.1"
WAIT = 20.0  # seconds that no step of a test takes unless something hangs

ECHO = """
function on_route_request(request, backends)
  local first = backends[1]
  return {
    selected_backend = first and first.name or "none",
    modified_path = request.path,
    modified_headers = {["X-Method"] = request.method, ["X-Health"] = tostring(first and first.health)},
  }
end
"""


def constant(backend: str) -> str:
    """Return a script that always selects ``backend``."""
    return f'function on_route_request() return {{selected_backend = "{backend}"}} end\n'


def write_scripts(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write ``files`` (path below ``folder`` to content) and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; ``headers`` has lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Sends requests to one port, each over a connection of its own."""

    port: int
    spoe_port: int = 0
    """Where HAProxy asks, if it can."""
    grpc_port: int = 0
    """Where Envoy asks, if it can."""

    def send(
        self, method: str, path: str, body: bytes | str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send one request and return the answer."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=WAIT)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def route(self, tenant: str, request: Any = None, **headers: str) -> Answer:
        """Ask for a decision; ``request`` is encoded as JSON unless it is bytes."""
        body = request if isinstance(request, bytes) else json.dumps(request)
        return self.send("POST", f"/route/{tenant}", body, headers)

    def connect(self) -> socket.socket:
        """Return a plain connection."""
        return socket.create_connection((LOOPBACK, self.port), timeout=WAIT)

    def raw(self, data: bytes) -> bytes:
        """Send ``data`` as it is and return all that comes back until the server closes."""
        with self.connect() as connection:
            connection.sendall(data)
            return read_to_end(connection)


def read_to_end(connection: socket.socket) -> bytes:
    """Return what the server sends until it closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := connection.recv(65536):
            received += chunk
    return received


@contextlib.contextmanager
def server_in_thread(
    scripts: Path,
    config: ServerConfig | None = None,
    observers: Sequence[Observer] = (),
    check: Check | None = None,
) -> Iterator[Client]:
    """Serve ``scripts`` from a thread of this process."""
    config = replace(config or ServerConfig(), scripts=scripts, address=Address(LOOPBACK, 0))
    store = ScriptStore(scripts, check=check)
    store.side_by_side()
    store.reload()
    listener = listen(config.address)
    spoe, grpc = (each and listen(each) for each in (config.spoe_address, config.grpc_address))
    ports = [each.getsockname()[1] if each is not None else 0 for each in (listener, spoe, grpc)]
    ready = threading.Event()
    control: list[Any] = []

    async def serve() -> None:
        stop = asyncio.Event()
        server = RunningServer(config, store, observers)
        await server.start(Listeners(listener, spoe=spoe, grpc=grpc))
        control.extend([asyncio.get_running_loop(), stop])
        ready.set()
        await stop.wait()
        await server.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(WAIT)
        yield Client(*ports)
    finally:
        loop, stop = control
        loop.call_soon_threadsafe(stop.set)
        thread.join(WAIT)
        assert not thread.is_alive()


@dataclass
class ServerProcess:
    """A real ``keystone-lua serve``."""

    process: subprocess.Popen[str]
    client: Client
    lines: list[str]
    reader: threading.Thread

    def terminate(self) -> int:
        """Send SIGTERM and return the exit code. Raises `subprocess.TimeoutExpired` after the promised 10 s."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def logged(self) -> list[str]:
        """Every line of a server that has ended."""
        self.reader.join(WAIT)
        return self.lines


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of ``keystone-lua ARGUMENTS``."""
    return [sys.executable, "-m", "keystone_lua", *map(str, arguments)]


@contextlib.contextmanager
def server_process(scripts: Path, *arguments: str) -> Iterator[ServerProcess]:
    """Start the documented command on a free port and wait until it serves."""
    process = subprocess.Popen(
        command("serve", "-addr", f"{LOOPBACK}:0", "-scripts", scripts, *arguments),
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    reader: threading.Thread | None = None
    lines: list[str] = []
    assert process.stderr is not None
    try:
        for line in process.stderr:
            lines.append(line)
            if match := re.search(r"serving .* on [^ ]*:(\d+)(\W|$)", line.rstrip()):
                # A full pipe would lose what the server logs from here on.
                reader = threading.Thread(target=lines.extend, args=(process.stderr,))
                reader.start()
                yield ServerProcess(process, Client(int(match[1])), lines, reader)
                return
        raise AssertionError(f"the server did not start: exit code {process.wait(WAIT)}: {lines}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(WAIT)
        if reader is not None:
            reader.join(WAIT)
        process.stderr.close()


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ``keystone-lua ARGUMENTS`` to its end."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=WAIT, check=False)
