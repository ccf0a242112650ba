"""Real servers, and nginx in front of two of them, as an operator runs them.

In: options of ``serve``. Out: processes that serve; what is left of them ends with the context.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.http import LOOPBACK, get
from tests.waiting import free_port

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

SCRIPTS = {
    "a.lua": 'function on_route_request() return {selected_backend = "steady"} end\n',
    "heavy.lua": "function on_route_request() local n = 0 for i = 1, 300000 do n = n + i % 7 end"
    ' return {selected_backend = "heavy"} end\n',
}

_NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream engines {{ {servers} keepalive 32; }}
  server {{
    listen {host}:{port};
    location / {{ proxy_pass http://engines; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""


def scripts_in(folder: Path) -> Path:
    """Write the campaign's scripts."""
    made = folder / "scripts"
    made.mkdir()
    for name, text in SCRIPTS.items():
        (made / name).write_text(text)
    return made


@dataclass
class Server:
    """One ``keystone-lua serve``."""

    scripts: Path
    port: int
    options: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    codes: list[int] = field(default_factory=list)
    """Exit codes of all stops."""

    def start(self, wait: float = 20) -> None:
        """Start, and return once it serves, within ``wait`` seconds."""
        command = [sys.executable, "-m", "keystone_lua", "serve", "--addr", f"{LOOPBACK}:{self.port}"]
        with self.log.open("ab") as errors:
            self.process = subprocess.Popen(
                [*command, "--scripts", str(self.scripts), *self.options], stderr=errors, start_new_session=True
            )
        get(self.port, "/health/live", wait=wait)
        until = time.monotonic() + wait
        while b'"ready"' not in get(self.port, "/health/ready", wait=wait):
            if time.monotonic() > until:
                raise RuntimeError(f"not ready after {wait:g} s")
            time.sleep(0.1)

    def signal(self, number: int) -> None:
        """Send a signal to the main process."""
        if self.process is not None:
            self.process.send_signal(number)

    def wait(self) -> None:
        """Return when it has ended."""
        if self.process is not None:
            self.codes.append(self.process.wait(15))
            self.process = None

    def children(self) -> list[int]:
        """The processes right below the main one."""
        assert self.process is not None
        return children_of(self.process.pid)


def children_of(process: int) -> list[int]:
    """Processes right below another one."""
    try:
        found = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in found.split()]


@contextlib.contextmanager
def server(folder: Path, scripts: Path, *options: str, wait: float = 20) -> Iterator[Server]:
    """A server that runs; ``wait`` as in `Server.start`."""
    port = free_port()
    made = Server(scripts, port, options, folder / f"{port}.log")
    try:
        made.start(wait)
        yield made
    finally:
        if made.process is not None:
            made.signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                made.wait()
        if made.process is not None:
            made.process.kill()
            made.wait()


@contextlib.contextmanager
def nginx(folder: Path, ports: list[int]) -> Iterator[int]:
    """nginx before servers on ``ports``, with kept-alive connections to them. Yields its port."""
    assert NGINX is not None
    port = free_port()
    servers = " ".join(f"server {LOOPBACK}:{each} max_fails=0;" for each in ports)
    configuration = folder / "nginx.conf"
    configuration.write_text(_NGINX.format(folder=folder, servers=servers, host=LOOPBACK, port=port))
    process = subprocess.Popen([NGINX, "-c", str(configuration), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        get(port, "/health", wait=10)
        yield port
    finally:
        process.terminate()
        process.wait(10)
