"""A receiver that fails one time in so many, and looks at each line of what has arrived.

In: PUT requests. Out: the files in a folder, and a judgement of each: whether it came in order, once, with the hashes
that were told of it, its lines a chain that goes on where the one before ended, its scripts there before it.

Ways to fail, in turn by chance: it refuses; it hangs up in the middle; it keeps the file and says nothing; it has the
sender killed in the middle, or when the file is kept and before it says so.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.server
import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from keystone_lua.audit.chain import GENESIS

FAILURES = ("refuses", "hangs up", "says nothing", "kills in the middle", "kills when kept")

_NAME = re.compile(r"(decisions\.log(?:\.w1)?)\.(\d{6,})\.(?:gz|zst)\Z")
_LINE = re.compile(rb'\{"kind":"decision","number":(\d+),"prev":"([0-9a-f]{64})".*?"script":"([0-9a-f]{64})"')


class Receiver:
    """What has arrived, and what was wrong with it: ``faults`` stays empty."""

    def __init__(self, folder: Path, one_in: int, kill: Callable[[], None], unpack: Callable[[str, bytes], bytes]):
        self.folder = folder
        self.faults: list[str] = []
        self.tried: Counter[str] = Counter()
        self.again = 0
        """Files that came a second time, the same."""
        self.size = 0
        self.records: Counter[str] = Counter()
        self.heads: dict[str, str] = {}
        self._segments: Counter[str] = Counter()
        self._digests: dict[str, bytes] = {}
        self._scripts: set[str] = set()
        self._chance = random.Random(2)
        self._one_in = one_in
        self._kill = kill
        self._unpack = unpack
        self._lock = threading.Lock()

    def take(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """One request."""
        with self._lock:
            fails = self._chance.random() * self._one_in < 1
            what = self._chance.choice(FAILURES) if fails else "takes"
            self.tried[what] += 1
        length = int(handler.headers["Content-Length"])
        if what in ("hangs up", "kills in the middle"):
            handler.rfile.read(length // 2)
            if what.startswith("kills"):
                self._kill()
            handler.close_connection = True
            return
        body = handler.rfile.read(length)
        if what != "refuses":
            if len(body) == length:
                with self._lock:
                    self._keep(handler.path.removeprefix("/in/"), body, dict(handler.headers.items()))
            if what == "kills when kept":
                self._kill()
            if what != "takes":
                handler.close_connection = True
                return
        handler.send_response(503 if what == "refuses" else 201)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _keep(self, name: str, body: bytes, headers: dict[str, str]) -> None:
        digest = hashlib.sha256(body).digest()
        if name in self._digests:
            self.again += 1
            if self._digests[name] != digest:
                self.faults.append(f"{name}: came again, with other bytes")
            return
        self._digests[name] = digest
        match = _NAME.match(name)
        if match is None:
            self._scripts.add(name.split("/")[1])
        else:
            if headers["Content-Digest"] != f"sha-256=:{base64.b64encode(digest).decode()}:":
                self.faults.append(f"{name}: is not what Content-Digest says")
            self._judge(name, match[1], int(match[2]), self._unpack(name, body), headers)
            self.size += len(body)
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)

    def _judge(self, name: str, chain: str, number: int, text: bytes, told: dict[str, str]) -> None:
        self._segments[chain] += 1
        if number != self._segments[chain]:
            self.faults.append(f"{name}: came as number {self._segments[chain]}")
        before = self.heads.get(chain, GENESIS)
        count, head = self.records[chain], before
        for line in text.splitlines():
            match = _LINE.match(line)
            count += 1
            if match is None or int(match[1]) != count or match[2].decode() != head:
                self.faults.append(f"{name}: record {count} does not follow")
            elif match[3].decode() not in self._scripts:
                self.faults.append(f"{name}: came before its script {match[3].decode()}")
            head = hashlib.sha256(line).hexdigest()
        facts = (count - self.records[chain], self.records[chain] + 1, before, head)
        if facts != (
            int(told["X-Keystone-Records"]),
            int(told["X-Keystone-First"]),
            told["X-Keystone-After"],
            told["X-Keystone-Head"],
        ):
            self.faults.append(f"{name}: is not what its headers say")
        self.records[chain], self.heads[chain] = count, head


class Served:
    """A receiver on a port of this machine."""

    def __init__(self, receiver: Receiver) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                receiver.take(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/in"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> str:
        self._thread.start()
        return self.url

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def unpack(name: str, body: bytes) -> bytes:
    """The lines of a segment, by somebody else's reader of its form."""
    if name.endswith(".gz"):
        return gzip.decompress(body)
    from backports import zstd  # an extra, not in every environment

    return bytes(zstd.decompress(body))
