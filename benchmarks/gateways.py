"""What a decision adds to a request through each gateway: the example as it is, and the same without asking, in turns.

    python -m benchmarks.gateways [--requests 1000] [--rounds 10] [NAME ...]

One connection, one request at a time, to a service that answers at once. Every answer is checked, and how many are
decided. Prints a table: median and 99th percentile of both, what the median grows by, and the processor time that
the engine took for a decision. Gateways as in tests/gateways.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.gateways.commands import COMMANDS, command_of
from tests.gateways.stack import EXAMPLES, PORTS, place, unchanged, wait_for
from tests.waiting import LOOPBACK, free_port

from .serving import cpu_seconds

REQUEST = b"GET /a HTTP/1.1\r\nHost: shop.example.com\r\nUser-Agent: benchmark\r\nAccept: */*\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nservice"

ASKING: dict[str, tuple[tuple[str, str], ...]] = {
    "nginx": ((r"auth_request /-/keystone;", ""),),
    "haproxy": (
        (r" *filter spoe[^\n]*|[^\n]*send-spoe-group[^\n]*", ""),
        (r"[^\n]*unless \{ var\(txn.keystone.decided\)[^\n]*", ""),
    ),
    "caddy": ((r"\t\tforward_auth .*?\n\t\t}\n", ""),),
    "traefik": ((r"\[strip, keystone\]", "[strip]"),),
    "envoy": ((r" +- name: envoy\.filters\.http\.ext_authz\n.*?(?= +- name: envoy\.filters\.http\.lua\.target)", ""),),
    "envoy-grpc": (
        (r" +- name: envoy\.filters\.http\.ext_authz\n.*?(?= +- name: envoy\.filters\.http\.router)", ""),
        (r" +typed_per_filter_config:\n.*?(?= +routes:)", ""),
    ),
    "gateway": ((r"lua_script: shop", ""),),
}  # fmt: skip
"""What of an example asks the engine, and what stands there without."""


def without_asking(gateway: str) -> Callable[[str], str]:
    """Changes an example's configuration so that it asks nobody."""

    def change(text: str) -> str:
        for pattern, instead in ASKING[gateway]:
            text = re.sub(pattern, instead, text, flags=re.DOTALL)
        return text

    return change


class Service(asyncio.Protocol):
    """Answers every request alike, at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """One answer for each head."""
        self.transport.write(ANSWER * data.count(b"\r\n\r\n"))


def serve(ports: list[int]) -> None:
    """Serve for ever."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(Service, LOOPBACK, port) for port in ports]
        await servers[0].serve_forever()

    asyncio.run(main())


@contextlib.contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens on ``port``."""
    with (folder / f"output-{port}").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        wait_for(port, process)
        yield process
    except RuntimeError:
        print((folder / f"output-{port}").read_text(), file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait()


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connect()

    def connect(self) -> None:
        """Open it; nginx closes one after a thousand requests."""
        self.socket = socket.create_connection((LOOPBACK, self.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> float:
        """Milliseconds of one request."""
        started = time.perf_counter()
        self.socket.sendall(REQUEST)
        data = b""
        while not data.endswith((b"service", b"service\r\n0\r\n\r\n")):
            more = self.socket.recv(1 << 16)
            if not (more or data):
                self.connect()
                return self.ask()
            data += more
            if not more or not data.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"a wrong answer: {data[:300]!r}")
        return (time.perf_counter() - started) * 1000


def until_ready(port: int) -> None:
    """Wait for the first good answer: Traefik listens before it knows its routes."""
    for _ in range(100):
        with contextlib.suppress(SystemExit, OSError):
            Client(port).ask()
            return
        time.sleep(0.1)
    raise SystemExit("no good answer in 10 s")


def decisions(port: int) -> int:
    """How many the engine has taken."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    return sum(int(float(count)) for count in re.findall(r"^keystone_decisions_total\{.*\} (\S+)$", text, re.MULTILINE))


def row(gateway: str, command: list[str], requests: int, rounds: int) -> str:
    """Measure one gateway; its row of the table."""
    ports = {name: free_port() for name in PORTS}
    plain = {**ports, "gateway": free_port()}
    threading.Thread(target=serve, args=([ports["old"], ports["new"]],), daemon=True).start()
    engine = [sys.executable, "-m", "keystone_lua", "serve", "--addr", f"{LOOPBACK}:{ports['engine']}"]
    engine += ["--spoe-addr", f"{LOOPBACK}:{ports['spoe']}", "--grpc-addr", f"{LOOPBACK}:{ports['grpc']}"]
    engine += ["--scripts", str(EXAMPLES / "scripts"), "--log-level", "error"]
    with contextlib.ExitStack() as opened:
        made = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        server = opened.enter_context(running(engine, made, ports["engine"]))
        clients = {}
        for name, at, change in (("asking", ports, unchanged), ("not", plain, without_asking(gateway))):
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            folder.chmod(0o755)
            place(gateway, at, folder, change)
            own = [part.replace(f"{LOOPBACK}:{PORTS['gateway']}", f"{LOOPBACK}:{at['gateway']}") for part in command]
            if "--base-id" in own:
                own[own.index("--base-id") + 1] = str(at["gateway"])
            opened.enter_context(running(own, folder, at["gateway"]))
            until_ready(at["gateway"])
            clients[name] = Client(at["gateway"])
        decided = -decisions(ports["engine"])
        taken: dict[str, list[float]] = {name: [] for name in clients}
        used = 0.0
        for number in range(rounds + 1):
            for name, client in clients.items():
                before = cpu_seconds(server.pid)
                times = [client.ask() for _ in range(requests // rounds)]
                if number:  # the first warms up
                    taken[name] += times
                    used += cpu_seconds(server.pid) - before if name == "asking" else 0
        decided += decisions(ports["engine"])
    if decided != requests // rounds * (rounds + 1):
        raise SystemExit(f"{gateway}: {decided} decisions")
    return shown(gateway, taken["asking"], taken["not"], used / len(taken["asking"]) * 1e6)


def shown(gateway: str, asking: list[float], plain: list[float], used: float) -> str:
    """A row of the table, in milliseconds."""
    both = [f"{statistics.median(each):.2f}, {statistics.quantiles(each, n=100)[98]:.2f}" for each in (plain, asking)]
    more = (statistics.median(asking) - statistics.median(plain)) * 1000
    return f"| {gateway} | {both[0]} | {both[1]} | {more:.0f} µs | {used:.0f} µs |"


def main() -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateways", description="What a decision adds.")
    parser.add_argument("--requests", type=int, default=1000, help="of each kind (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=10, help="turns (default %(default)s)")
    parser.add_argument("names", nargs="*", metavar="NAME", help="gateways; all that are installed if none is named")
    options = parser.parse_args()
    print("| gateway | not asking: p50, p99 (ms) | asking: p50, p99 (ms) | p50 grows by | engine's processor time |")
    print("|---|---|---|---|---|")
    for name in options.names or COMMANDS:
        if command := command_of(name):
            print(row(name, command, options.requests, options.rounds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
