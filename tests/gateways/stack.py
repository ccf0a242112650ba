"""What a gateway stands between: echoing backends, the engine, and the gateway itself, each on a free port."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from . import websocket

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
WAIT = 20.0
PORTS = {
    "gateway": "8080",
    "engine": "8081",
    "spoe": "8082",
    "grpc": "8083",
    "http2": "8443",
    "old": "9001",
    "new": "9002",
}
"""As the examples have them, on 127.0.0.1."""


@dataclass(frozen=True)
class Got:
    """An answer; ``seen`` is what the backend says that it got, None if none was reached."""

    status: int
    headers: dict[str, str]
    body: bytes
    seen: dict[str, Any] | None


@dataclass
class Stack:
    """Everything under test."""

    ports: dict[str, int]
    engine: subprocess.Popen[bytes]
    folder: Path
    """Where the gateway runs."""
    reached: list[dict[str, Any]] = field(default_factory=list)
    """What backends got."""

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        wait: float = WAIT,
        source: str = "127.0.0.1",
    ) -> Got:
        """Send a request through the gateway, from the address ``source``."""
        before = len(self.reached)
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["gateway"], wait, (source, 0))
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            data = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Got(answer.status, told, data, self.reached[-1] if len(self.reached) > before else None)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Quiet(ThreadingHTTPServer):
    """A gateway ends connections as it likes."""

    def handle_error(self, request: object, client_address: object) -> None:
        """No traceback."""


def _backend(name: str, port: int, reached: list[dict[str, Any]]) -> ThreadingHTTPServer:
    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {key.lower(): value for key, value in self.headers.items()}
            seen = {
                "backend": name,
                "method": self.command,
                "path": self.requestline.split()[1],  # self.path has one slash where a client sent two
                "headers": headers,
                "body": body.decode(),
            }
            reached.append(seen)
            if headers.get("upgrade", "").lower() == "websocket":
                websocket.serve(self, name)
                return
            data = json.dumps(seen).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        setattr(Echo, f"do_{method}", Echo.answer)
    server = Quiet(("127.0.0.1", port), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when something listens on ``port``. Raises `RuntimeError` when the process has ended, or takes too long."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}: {process.args!r}")


def place(gateway: str, ports: Mapping[str, int], folder: Path, change: Callable[[str], str]) -> None:
    """Write the example's files into ``folder``, with these ports and another ``change``."""
    for file in (EXAMPLES / gateway).iterdir():
        text = change(file.read_text())
        for name, port in PORTS.items():
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{ports[name]}")
            text = text.replace(f"port_value: {port}", f"port_value: {ports[name]}")
            text = text.replace(f"http://:{port}", f"http://:{ports[name]}")
        (folder / file.name).write_text(text)


def unchanged(text: str) -> str:
    """The configuration as it is."""
    return text


@contextlib.contextmanager
def stack(
    gateway: str, command: list[str], scripts: Path = EXAMPLES / "scripts", change: Callable[[str], str] = unchanged
) -> Iterator[Stack]:
    """The gateway of an example, run by ``command`` in a folder of its own, and all around it."""
    ports = {name: free_port() for name in PORTS}
    reached: list[dict[str, Any]] = []
    with contextlib.ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # started by root, a gateway works as somebody else
        for name in ("old", "new"):
            opened.callback(_backend(name, ports[name], reached).shutdown)
        engine = subprocess.Popen(
            [sys.executable, "-m", "keystone_lua", "serve", "--addr", f"127.0.0.1:{ports['engine']}",
             "--spoe-addr", f"127.0.0.1:{ports['spoe']}", "--grpc-addr", f"127.0.0.1:{ports['grpc']}", "--scripts", str(scripts), "--log-level", "error"], cwd=ROOT, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        opened.callback(engine.wait)
        opened.callback(_end, engine)
        wait_for(ports["engine"], engine)
        place(gateway, ports, folder, change)
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(
                [part.replace(f"127.0.0.1:{PORTS['gateway']}", f"127.0.0.1:{ports['gateway']}") for part in command],
                cwd=folder,
                stdout=output,
                stderr=output,
                env={**os.environ, "PWD": str(folder)},
            )
        opened.callback(process.wait)
        opened.callback(_end, process)
        try:
            wait_for(ports["gateway"], process)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{(folder / 'output').read_text()}") from None
        made = Stack(ports, engine, folder, reached)
        end = time.monotonic() + WAIT
        while made.ask("GET", "/a").status == 404 and time.monotonic() < end:  # Traefik listens before it knows routes
            time.sleep(0.1)
        yield made


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGCONT)
        process.terminate()
