"""Backends for trying things out: they say what reached them. ``python -m keystone_lua.gateway.echo a=:9001 b=:9002``

Every answer is JSON: the backend's ``name``, ``method``, ``path`` (as sent, with its query), ``headers`` as pairs,
and the body's ``length`` and SHA-256. ``GET /health`` answers 200. Headers of the request choose other answers:

    X-Echo-Status: 418      that status
    X-Echo-Bytes: 1000000   that many bytes, streamed, instead of JSON
    X-Echo-Break: 1000      the connection is cut after that many of them
    X-Echo-Seconds: 1.5     the answer comes so much later

Not for the internet: anybody may ask it for as many bytes as they like.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import signal
from collections.abc import Sequence

from aiohttp import web

PART = bytes(range(256)) * 256
"""64 KiB, repeated in long answers."""


class Echo:
    """The handler of one backend."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer ``request``."""
        if request.path == "/health":
            return web.json_response({"status": "healthy", "name": self._name})
        digest, length = hashlib.sha256(), 0
        async for part in request.content.iter_any():
            digest.update(part)
            length += len(part)
        await asyncio.sleep(float(request.headers.get("X-Echo-Seconds", 0)))
        status = int(request.headers.get("X-Echo-Status", 200))
        if "X-Echo-Bytes" in request.headers:
            return await self._long(request, status, int(request.headers["X-Echo-Bytes"]))
        heard = {
            "name": self._name,
            "method": request.method,
            "path": request.raw_path,
            "headers": [list(pair) for pair in request.headers.items()],
            "length": length,
            "sha256": digest.hexdigest(),
        }
        return web.json_response(heard, status=status, headers={"X-Backend": self._name})

    async def _long(self, request: web.BaseRequest, status: int, size: int) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"X-Backend": self._name, "Content-Length": str(size)})
        await response.prepare(request)
        limit = int(request.headers.get("X-Echo-Break", size))
        for start in range(0, limit, len(PART)):
            await response.write(PART[: limit - start])
        if limit < size and request.transport is not None:
            request.transport.close()
        return response


def long_answer(size: int) -> str:
    """Return the SHA-256 of an answer to ``X-Echo-Bytes: size``."""
    digest = hashlib.sha256()
    for start in range(0, size, len(PART)):
        digest.update(PART[: size - start])
    return digest.hexdigest()


async def serve(backends: Sequence[tuple[str, str | None, int]]) -> None:
    """Serve these backends (name, host, port) until SIGTERM or SIGINT, and say where on standard output."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runners = []
    for name, host, port in backends:
        runner = web.ServerRunner(web.Server(Echo(name), access_log=None, auto_decompress=False), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, host, port, backlog=1024).start()
        print(json.dumps({"name": name, "port": runner.addresses[0][1]}), flush=True)
        runners.append(runner)
    await stop.wait()
    await asyncio.gather(*(runner.cleanup() for runner in runners))


def backend(text: str) -> tuple[str, str | None, int]:
    """An argparse type: ``name=[host]:port``."""
    name, _, address = text.partition("=")
    host, _, port = address.rpartition(":")
    if not name:
        raise ValueError
    return name, host or None, int(port)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m keystone_lua.gateway.echo", description="Backends that say what they got."
    )
    parser.add_argument(
        "backends", nargs="+", type=backend, metavar="NAME=[HOST]:PORT", help="what it is called, where it listens"
    )
    asyncio.run(serve(parser.parse_args(arguments).backends))


if __name__ == "__main__":
    main()
