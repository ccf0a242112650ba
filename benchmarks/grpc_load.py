"""What a decision for Envoy takes: the processor time of the server, over gRPC and by forward auth, in turns.

    python -m benchmarks.grpc_load [--seconds 3] [--rounds 5] [--together 16]

The same requests as `http_load`, so many at a time under way: over gRPC on one connection, as Envoy asks; by forward
auth each on a connection of its own. Answers are checked. Prints the median of the rounds.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from tests.server.envoy import Envoy, asked
from tests.waiting import free_port

from .http_load import BODIES, LOOPBACK, Started, check_answers, request, started
from .serving import cpu_seconds, engine

BACKENDS = "stable=1,canary=1"


def checks() -> list[bytes]:
    """What Envoy would ask."""
    made = []
    for number in range(BODIES):
        data = request(number)
        headers = {name.lower(): value for name, value in data["headers"].items() if name != "Host"}
        extensions = {"backends": BACKENDS}
        made.append(asked(data["path"], "canary", headers, extensions))
    return made


def heads() -> list[bytes]:
    """The same by forward auth."""
    made = []
    for number in range(BODIES):
        data = request(number)
        headers = {
            **data["headers"],
            "X-Keystone-Backends": BACKENDS,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "10.1.2.3",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        made.append(f"GET /forward/canary{data['path']} HTTP/1.1\r\n{lines}\r\n".encode())
    return made


def over_grpc(envoy: Envoy, messages: list[bytes]) -> None:
    """Ask all together, and wait for all answers."""
    streams = [envoy.call(message) for message in messages]
    for stream in streams:
        if b"x-keystone-backend" not in envoy.wait(stream).message:
            raise SystemExit("a wrong answer over gRPC")
        del envoy.heard[stream]


def by_forward_auth(connections: list[socket.socket], asked: list[bytes]) -> None:
    """The same."""
    for connection, head in zip(connections, asked, strict=True):
        connection.sendall(head)
    for connection in connections:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(1 << 16)
        if b"X-Keystone-Backend" not in data:
            raise SystemExit("a wrong answer by forward auth")


def taken(server: Started, ask: Callable[[list[bytes]], None], batches: list[list[bytes]], seconds: float) -> float:
    """Microseconds of a decision."""
    before, count, until = cpu_seconds(server.pid), 0, time.monotonic() + seconds
    while time.monotonic() < until:
        for batch in batches:
            ask(batch)
            count += len(batch)
    return (cpu_seconds(server.pid) - before) / count * 1e6


def batched(messages: list[bytes], size: int) -> Iterator[list[bytes]]:
    """So many at a time."""
    for at in range(0, len(messages) - size + 1, size):
        yield messages[at : at + size]


def main() -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grpc_load", description="Decisions for Envoy.")
    parser.add_argument("--seconds", type=float, default=3, help="of each round (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="(default %(default)s)")
    parser.add_argument("--together", type=int, default=16, help="requests under way (default %(default)s)")
    options = parser.parse_args()
    port = free_port()
    with started(engine("--grpc-addr", f"{LOOPBACK}:{port}"), f"{LOOPBACK}:") as server:
        check_answers(server)
        connections = [socket.create_connection((LOOPBACK, server.port)) for _ in range(options.together)]
        with Envoy(port) as envoy:
            ways = {
                "gRPC": (lambda batch: over_grpc(envoy, batch), [*batched(checks(), options.together)]),
                "forward auth": (
                    lambda batch: by_forward_auth(connections, batch),
                    [*batched(heads(), options.together)],
                ),
            }
            rounds = [
                {name: taken(server, *way, options.seconds) for name, way in ways.items()}
                for _ in range(options.rounds)
            ]
    for name in ways:
        each = [made[name] for made in rounds]
        print(f"{name}: {statistics.median(each):.0f} µs CPU a decision ({', '.join(f'{one:.0f}' for one in each)})")
    ratio = statistics.median(made["gRPC"] / made["forward auth"] for made in rounds)
    print(f"gRPC takes {ratio:.2f} of forward auth's time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
