"""The same bytes in the same pieces to three servers: ours, ours without its fast path, and plain aiohttp.

In: seconds, a seed. Out: conversations, requests and the differences. Conversations are pipelined, cut at random, closed by
half, and begin on servers that other clients have primed with relatives of their heads. Ours must say the same bytes
with and without the fast path; plain aiohttp must see the same requests: as many answers, the same statuses and paths.

A request's path names it, so that an answer that is another request's shows.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.soak.http import LOOPBACK, get
from tests.waiting import free_port

SCRIPT = 'function on_route_request(request) return {selected_backend = "", modified_path = request.path} end\n'
QUIET_SECONDS = 0.15
"""Without a byte: then the client closes its half."""
PATIENCE = 10.0

DIFFERENT = rb"X-Request-Id: [0-9a-f]{16}-[^\r]*|X-Keystone-(Seed|Clock): [^\r]*|Date: [^\r]*"
TRACE = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"

_WITHOUT = """
import sys
from keystone_lua.server.http import protocol
protocol.KNOWN = False
from keystone_lua.cli import main
sys.exit(main(sys.argv[1:]))
"""

FIELDS = (
    "X-Request-Id: {n}", "x-request-id: {n}", "X-Request-Id: {n}\r\nX-Request-Id: other", f"traceparent: {TRACE}", "Accept: */*",
    "Connection: keep-alive", "Connection: close", "Connection: Upgrade\r\nUpgrade: websocket", "Expect: 100-continue",
    "Expect: foo", "X-Odd : spaced", "X-Folded: a\r\n b", "X-Empty:", "X-Tab:\t{n}", "X-Latin: \xe9", "X-Bare: a\rb",
    "Content-Length: 0", "TE: trailers", "Host: again", "No colon", "X-Nul: a\0b", "Upgrade: h2c", "X-Long: " + "a" * 3000,
)  # fmt: skip
LENGTHS = ("{size}",) * 12 + (
    "0{size}",
    "+{size}",
    " {size}",
    "{size} ",
    "{size}\r\nContent-Length: {size}",
    "{size}, {size}",
)
LENGTHS += ("{size}\r\nContent-Length: 3", "{less}", "{more}", "-1", "x", "")
LINES = ("POST {path} HTTP/1.1",) * 14 + (
    "POST http://h{path} HTTP/1.1", "POST {path} HTTP/1.0", "POST {path} HTTP/2.0", "GET {path} HTTP/1.1", "post {path} HTTP/1.1",
    "POST  {path} HTTP/1.1", "POST {path}  HTTP/1.1", "POST {path}", "GET /health/live HTTP/1.1", "POST {path}?x=/route/ HTTP/1.1",
    "CONNECT h:1 HTTP/1.1", "POST {path} HTTP/1.1 ", " POST {path} HTTP/1.1", "OPTIONS * HTTP/1.1",
)  # fmt: skip
BEFORE = (b"",) * 20 + (b"\r\n", b"\r\n\r\n", b"\n", b" ", b"\r", b"\r\n\r\n\r\n")
LAST = b"GET /health/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


@dataclass
class Found:
    """What a campaign saw."""

    conversations: int = 0
    requests: int = 0

    differences: list[str] = field(default_factory=list)


class Generator:
    """Makes requests, and relatives of them."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._number = 0

    def conversation(self) -> tuple[list[bytes], list[list[bytes]]]:
        """Requests that prime, and the pieces of each connection that is then compared."""
        chance = self._chance
        shapes = [self._shape(plain=chance.random() < 0.5) for _ in range(chance.randint(1, 3))]
        primers = [self._request(chance.choice(shapes)) for _ in range(chance.randint(0, 4))]
        connections = []
        for _ in range(chance.randint(1, 3)):
            requests = [self._request(chance.choice(shapes)) for _ in range(chance.randint(1, 6))]
            data = b"".join(requests) + (LAST if chance.random() < 0.8 else b"")
            connections.append(self._cut(data, [len(request) for request in requests]))
        return primers, connections

    def _shape(self, *, plain: bool) -> tuple[bytes, str, list[str], str, bool]:
        chance = self._chance
        if plain:
            fields = chance.sample(FIELDS[:1] + FIELDS[3:6], chance.randint(0, 3))
            return b"", LINES[0], fields, "{size}", False
        fields = chance.sample(FIELDS, chance.randint(0, 3))
        return chance.choice(BEFORE), chance.choice(LINES), fields, chance.choice(LENGTHS), chance.random() < 0.15

    def _request(self, shape: tuple[bytes, str, list[str], str, bool]) -> bytes:
        chance = self._chance
        before, line, fields, length, chunked = shape
        self._number += 1
        body = json.dumps({"path": f"/{self._number}", "body": chance.choice(["", "a\r\n\r\nPOST /route/a HTTP/1.1"])})
        body = chance.choice([body, body, body, body, "", "{", "[]", "null"])
        lines = [line.format(path="/route/a"), "Host: h"]
        lines += [each.format(n=self._number) for each in fields]
        if chunked:
            lines.append(chance.choice(["Transfer-Encoding: chunked"] * 4 + ["Transfer-Encoding: gzip, chunked"]))
            size = chance.choice(["{:x}"] * 4 + ["zz{:x}", "-{:x}", "{:x};ext=1", "0{:X}"]).format(len(body))
            body = f"{size}\r\n{body}\r\n0\r\n\r\n" if body else "0\r\n\r\n"
        elif length:
            told = length.format(size=len(body), less=max(0, len(body) - 1), more=len(body) + 1)
            lines.insert(chance.randint(1, len(lines)), f"Content-Length: {told}")
        end = chance.choice(["\r\n"] * 40 + ["\n"])
        return before + (end.join(lines) + end + end + body).encode("latin-1")

    def _cut(self, data: bytes, sizes: list[int]) -> list[bytes]:
        """Where requests end, or anywhere, or nowhere."""
        chance = self._chance
        ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
        kind = chance.random()
        if kind < 0.4:
            cuts = ends
        elif kind < 0.6:
            cuts = []
        else:
            cuts = sorted({*chance.sample(ends, len(ends) // 2), *(chance.randrange(1, len(data)) for _ in range(3))})
        cuts = [cut for cut in cuts if 0 < cut < len(data)]
        return [data[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def talk(port: int, pieces: list[bytes]) -> bytes:
    """All that comes back for a connection's pieces."""
    received = b""
    with socket.create_connection((LOOPBACK, port), timeout=PATIENCE) as connection, contextlib.suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(piece)
            time.sleep(0.002)
        connection.settimeout(QUIET_SECONDS)
        with contextlib.suppress(TimeoutError):
            while chunk := connection.recv(1 << 16):
                received += chunk
            return received
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(PATIENCE)
        while chunk := connection.recv(1 << 16):
            received += chunk
    return received


def statuses(data: bytes) -> list[tuple[int, str]]:
    """Status and path of every answer."""
    found = []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        size = int(length[1]) if length else 0
        path = re.search(rb'"modified_path": ?"([^"]*)"', rest[:size])
        if not head.startswith(b"HTTP/"):
            return [*found, (-1, repr(data))]
        status = int(head[9:12])
        if status != 100:  # a matter of timing
            found.append((status, path[1].decode() if path else ""))
        data = rest[size:]
    return found


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[tuple[int, int, int]]:
    """The ports of the three."""
    scripts = folder / "scripts"
    scripts.mkdir()
    (scripts / "a.lua").write_text(SCRIPT)
    ports = (free_port(), free_port(), free_port())
    ours = ["serve", "--log-level", "error", "--scripts", str(scripts), "--addr"]
    commands = (
        ["-m", "keystone_lua", *ours, f"{LOOPBACK}:{ports[0]}"],
        ["-c", _WITHOUT, *ours, f"{LOOPBACK}:{ports[1]}"],
        ["-m", "tests.chaos.plain", str(ports[2])],
    )
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / "differential.log").open("wb"))
        for command in commands:
            process = subprocess.Popen([sys.executable, *command], stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)
        for port in ports:
            get(port, "/health/live", wait=20)
        yield ports


def campaign(folder: Path, seconds: float, seed: int) -> Found:
    """Talk for so long. Stops at the tenth difference."""
    found = Found()
    generator = Generator(seed)
    until = time.monotonic() + seconds
    with servers(folder) as ports, ThreadPoolExecutor(12) as pool:
        while time.monotonic() < until and len(found.differences) < 10:
            primers, connections = generator.conversation()
            for primer in primers:
                list(pool.map(talk, ports, [[primer]] * 3))
            for pieces in connections:
                ours, without, plain = pool.map(talk, ports, [pieces] * 3)
                found.conversations += 1
                found.requests += len(statuses(plain))
                difference = _difference(ours, without, plain)
                if difference:
                    found.differences.append(f"{difference}: {pieces!r}")
    return found


def _difference(ours: bytes, without: bytes, plain: bytes) -> str:
    if not alike(statuses(ours), statuses(without)):
        return f"with the fast path {statuses(ours)}, without {statuses(without)}"
    if not alike(statuses(ours), statuses(plain)):
        return f"ours {statuses(ours)}, plain aiohttp {statuses(plain)}"
    if END in (statuses(ours)[-1:], statuses(without)[-1:]):
        return ""
    if sorted(_lines(ours)) != sorted(_lines(without)):
        return f"with the fast path {ours!r}, without {without!r}"
    return ""


def alike(one: list[tuple[int, str]], other: list[tuple[int, str]]) -> bool:
    """Whether two connections say the same, but for what comes before an end by a 400.

    aiohttp's parser forgets the requests that it read together with bytes that are no HTTP: how many is a matter of timing.
    """
    if END in (one[-1:], other[-1:]):
        short, long = sorted((each[:-1] if each[-1:] == END else each for each in (one, other)), key=len)
        return long[: len(short)] == short
    return one == other


END = [(400, "")]


def _lines(data: bytes) -> list[bytes]:
    """The lines of all answers, less what differs between any two: an ordinary answer's come in another order."""
    lines = re.sub(DIFFERENT, b"", data.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")).splitlines()
    return [line for line in lines if line]
