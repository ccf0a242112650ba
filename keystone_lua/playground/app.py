"""The playground's HTTP server: the page's files, and what the page asks for.

Input: a scripts folder, a log, limits. Output: an aiohttp application, and `serve` to run it until it is interrupted.
Every request passes `guard`; bodies are bounded; what is asked for is done in other processes. Nothing is written.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from .calls import CALLS, BadCall, Call, Playground, Room
from .folder import FolderError
from .guard import HEADERS, POLICY, Guard
from .processes import Busy, Processes

BODY: Final = 4 << 20
"""Bytes of a request's body: a script of a megabyte with its tests, modules and request."""

_PAGE: Final = Path(__file__).parent / "page"
_TYPES: Final = {
    ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"
}  # fmt: skip
_ROOM = web.AppKey("room", Room)
_GUARD = web.AppKey("guard", Guard)


def application(given: Playground, guard: Guard) -> web.Application:
    """The server's application."""
    app = web.Application(client_max_size=BODY, middlewares=[_guarded])
    app[_GUARD], app[_ROOM] = guard, Room(given, Processes())
    app.cleanup_ctx.append(_processes)
    for name, file in _files().items():
        app.router.add_get(name, _sends(file))
    for name, call in CALLS.items():
        app.router.add_post(f"/api/{name}", _answers(call))
    return app


async def _processes(app: web.Application) -> AsyncIterator[None]:
    await app[_ROOM].processes.start()
    yield
    await app[_ROOM].processes.close()


# every request


_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
    nonce = secrets.token_urlsafe(16)
    request["nonce"] = nonce
    why = request.app[_GUARD].refusal(request.method, request.path, request.headers)
    response: web.StreamResponse
    if why:
        response = web.json_response({"error": f"refused: {why}"}, status=403)
    else:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = web.json_response({"error": error.reason}, status=error.status)
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    return response


def _files() -> dict[str, Path]:
    """The page's files by their addresses: these and no others."""
    own = [path for path in _PAGE.iterdir() if path.suffix in (".css", ".js", ".svg")]
    vendor = _PAGE / "vendor"
    return {
        "/": _PAGE / "index.html",
        **{f"/{path.name}": path for path in own},
        "/vendor/codemirror.js": vendor / "codemirror.js",
        "/vendor/LICENSE.txt": vendor / "LICENSE.txt",
    }


def _sends(file: Path) -> _Handler:
    text = file.read_text(encoding="utf-8")

    async def send(request: web.Request) -> web.Response:
        return web.Response(text=text.replace("{nonce}", request["nonce"]), content_type=_TYPES[file.suffix])

    async def send_as_it_is(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type=_TYPES[file.suffix])

    return send if file.suffix == ".html" else send_as_it_is


def _answers(call: Call) -> _Handler:
    async def answer(request: web.Request) -> web.Response:
        try:
            data = json.loads(await request.read())
            if not isinstance(data, dict):
                raise BadCall("not an object")
            return web.json_response(await call(request.app[_ROOM], data))
        except Busy:
            return web.json_response({"error": "busy: other runs are under way"}, status=503)
        except (BadCall, ValueError, RecursionError) as error:
            return web.json_response({"error": f"refused: {error}"}, status=400)
        except FolderError as error:
            return web.json_response({"error": str(error)}, status=500)
        except OSError:  # of the sockets to the processes: their parent has just died, or does not start
            return web.json_response({"error": "the process for runs has ended: try again"}, status=503)

    return answer


# the server


def serve(given: Playground, listening: socket.socket, told: Callable[[str], None]) -> None:
    """Serve until interrupted. ``told`` gets the page's address, which has the key."""
    host, port = listening.getsockname()[:2]
    guard = Guard(port)
    asyncio.run(_serve(application(given, guard), listening, lambda: told(f"http://{host}:{port}/#key={guard.key}")))


async def _serve(app: web.Application, listening: socket.socket, ready: Callable[[], None]) -> None:
    logging.getLogger("aiohttp.server").addFilter(_is_ours)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await web.SockSite(runner, listening).start()
        ready()
        await ended.wait()
    finally:
        await runner.cleanup()


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a trouble is the playground's: what is no HTTP is answered 400, and nobody's affair here."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)
