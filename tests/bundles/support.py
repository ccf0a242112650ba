"""What the tests of bundles share: good ones, wrong ones, keys, and a server that lies."""

from __future__ import annotations

import io
import json
import socket
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from keystone_lua.bundles.contents import MANIFEST, SIGNATURE, manifest_of, packed
from keystone_lua.bundles.signatures import sign

SECRET = b"secret:" + b"s" * 40

FILES = {
    "a.lua": b'function on_route_request() return {selected_backend = require("m").name} end\n',
    "lib/m.lua": b'return {name = "one"}\n',
}


def good(number: int = 1, name: str = "one", key: bytes = SECRET) -> bytes:
    """A bundle whose tenant ``a`` selects ``name``, signed by ``key``."""
    files = {**FILES, "lib/m.lua": f'return {{name = "{name}"}}\n'.encode()}
    manifest = manifest_of(files, number, f"r{number}")
    return packed(files, manifest, sign(manifest, key))


def tape(members: list[tuple[tarfile.TarInfo | str, bytes]]) -> bytes:
    """A gzip'd tar of any members."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in members:
            member = tarfile.TarInfo(info) if isinstance(info, str) else info
            if member.isreg():
                member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return zipped(made.getvalue())


def zipped(data: bytes) -> bytes:
    machine = zlib.compressobj(6, zlib.DEFLATED, 31)
    return machine.compress(data) + machine.flush()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def parts(number: int = 2) -> tuple[bytes, str]:
    """The manifest of FILES, and its signature."""
    manifest = manifest_of(FILES, number, f"r{number}")
    return manifest, sign(manifest, SECRET)


def members(number: int = 2, **changed: bytes | None) -> list[tuple[tarfile.TarInfo | str, bytes]]:
    """The members of a good bundle, some with other contents, or left out."""
    manifest, token = parts(number)
    whole: dict[str, bytes | None] = {MANIFEST: manifest, SIGNATURE: token.encode(), **FILES, **changed}
    return [(name, data) for name, data in whole.items() if data is not None]


def altered(change: Callable[[dict[str, Any]], None], signed: bool = True) -> bytes:
    """A bundle with a manifest that was changed and then signed all the same."""
    value = json.loads(parts()[0])
    change(value)
    manifest = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return tape(members(**{MANIFEST: manifest, SIGNATURE: sign(manifest, SECRET).encode() if signed else None}))


@dataclass
class Server:
    """Answers each connection as it is told, and notes what it was asked."""

    url: str
    answers: list[Callable[[socket.socket], None]] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)


def ok(body: bytes, *lines: str, length: int | None = None, status: str = "200 OK") -> Callable[[socket.socket], None]:
    """A whole answer."""
    size = len(body) if length is None else length
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *lines]) + "\r\n\r\n"

    def answer(connection: socket.socket) -> None:
        connection.sendall(head.encode() + body)

    return answer


@contextmanager
def server() -> Iterator[Server]:
    """The last answer is given again and again."""
    listener = socket.create_server(("127.0.0.1", 0))
    told = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/bundle.tgz?x=1")

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    told.asked.append(connection.recv(65536))
                    answer = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
                    answer(connection)
                except OSError:
                    pass  # the client has seen enough

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
