"""A gateway in the test's own event loop, and peers that say exactly the bytes that a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from keystone_lua.gateway.app import RunningGateway
from keystone_lua.gateway.config import Bounds
from keystone_lua.gateway.stack import LOOPBACK
from keystone_lua.gateway.tenant_file import parse_tenant_file

WAIT = 20.0  # seconds that no step of a test takes unless something hangs

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Peer:
    """A server that a test scripts. ``heard`` is what came, a head and a body for each request."""

    port: int = 0
    heard: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"


async def read_message(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Return one message's head and its whole body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
    body = b""
    if lines.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    elif "content-length" in lines:
        body = await reader.readexactly(int(lines["content-length"]))
    return head, body


@contextlib.asynccontextmanager
async def peer(answer: bytes | Callable[[Peer], bytes | None], *, close: bool = True) -> AsyncIterator[Peer]:
    """Serve ``answer`` to every request; None is silence. With ``close`` the connection ends after it."""
    facts = Peer()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                facts.heard.append(await read_message(reader))
                said = answer if isinstance(answer, bytes) else answer(facts)
                if said is None:
                    await reader.read()
                    break
                writer.write(said)
                await writer.drain()
                if close:
                    break
        writer.close()

    async with listening(talk) as facts.port:
        yield facts


@contextlib.asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[int]:
    """Run ``talk`` for every connection; yield the port."""
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(talk(reader, writer)))

    server = await asyncio.start_server(connected, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def gateway(
    service: str | dict[str, str], engine: str | None = None, mode: str = "refuse", *, keep: int = 0, **bounds: Any
) -> AsyncIterator[int]:
    """Run a gateway with one tenant for every request, and one service called ``s``, or several by name; yield its
    port."""
    async with running_gateway(service, engine, mode, keep=keep, **bounds) as running:
        yield await running.listen(LOOPBACK, 0)


@contextlib.asynccontextmanager
async def running_gateway(
    service: str | dict[str, str], engine: str | None = None, mode: str = "refuse", *, keep: int = 0, **bounds: Any
) -> AsyncIterator[RunningGateway]:
    """The same, which listens to nobody yet."""
    services = {"s": service} if isinstance(service, str) else service
    told = [{"name": name, "url": url} for name, url in services.items()]
    tenant: dict[str, Any] = {"name": "t", "path_prefix": "/", "services": told}
    facts: dict[str, Any] = {"tenants": [tenant]}
    if engine is not None:
        facts["lua_engine"] = {"url": engine, "timeout": "500ms", "keep": keep}
        tenant |= {"lua_script": "x", "on_engine_failure": mode}
    config = parse_tenant_file(json.dumps(facts).encode(), "t")  # JSON is YAML
    config = replace(config, bounds=replace(Bounds(drain_seconds=1.0), **bounds))
    async with RunningGateway(config) as running:
        yield running


async def exchange(port: int, data: bytes, *, half_close: bool = False) -> bytes:
    """Send ``data`` over one connection and return all that comes until the other side closes."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(data)
        if half_close:
            writer.write_eof()
        async with asyncio.timeout(WAIT):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def request(
    first: str = "GET / HTTP/1.1", *lines: str, body: bytes = b"", host: str = "Host: a", close: bool = True
) -> bytes:
    """Return a request's bytes."""
    head = [first, *([host] if host else []), *(["Connection: close"] if close else []), *lines, "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def status(answer: bytes) -> int:
    """Return an answer's status; 0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def ok(body: bytes = b"hello", *lines: str) -> bytes:
    """Return a plain 200."""
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *lines, "", ""]).encode("latin-1") + body


def decision(**facts: Any) -> bytes:
    """Return an engine's 200."""
    return ok(json.dumps({"selected_backend": "s", **facts}).encode(), "Content-Type: application/json")
