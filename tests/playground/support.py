"""A playground as a process, and a client that can say anything to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REQUEST = {"path": "/", "backends": [{"name": "a", "url": "", "health": True}]}
SCRIPT = "function on_route_request(request, backends) return { selected_backend = backends[1].name } end\n"


@dataclass(frozen=True)
class Client:
    """``key`` is what the command printed."""

    port: int
    key: str
    pid: int

    @property
    def address(self) -> str:
        """What the command printed."""
        return f"http://127.0.0.1:{self.port}/#key={self.key}"

    def ask(
        self, method: str, path: str, headers: Mapping[str, str | None] = {}, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body; Host is the loopback's own if ``headers`` have none, absent if it is None."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            given = {"Host": f"127.0.0.1:{self.port}", **headers}
            if body is not None:
                given.setdefault("Content-Length", str(len(body)))
            for name, value in given.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                if body is not None:
                    connection.send(body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def call(self, name: str, data: Any = None, **headers: str | None) -> tuple[int, Any]:
        """What the page would be answered."""
        own: dict[str, str | None] = {"Content-Type": "application/json", "X-Playground-Key": self.key}
        status, _, body = self.ask("POST", f"/api/{name}", {**own, **headers}, json.dumps(data or {}).encode())
        return status, json.loads(body)

    def run(self, script: str, request: Any = REQUEST, **more: Any) -> Any:
        """A run of ``script``."""
        given = {"name": "t", "script": script, "modules": None, "request": json.dumps(request), "seed": "0", "now": 0}
        status, answer = self.call("run", {**given, **more})
        assert status == 200, answer
        return answer


@contextlib.contextmanager
def playground(*arguments: str | Path) -> Iterator[Client]:
    """``keystone-lua playground`` on a port that is free."""
    process = subprocess.Popen(
        [sys.executable, "-m", "keystone_lua", "playground", "--port", "0", *map(str, arguments)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = re.fullmatch(r"playground at http://127\.0\.0\.1:(\d+)/#key=([\w-]+)\n", process.stdout.readline())
        assert found is not None
        yield Client(int(found[1]), found[2], process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stdout is not None
        process.stdout.close()
