"""``python -m tests.chaos.plain PORT``: what plain aiohttp makes of the requests that `differential` sends.

In: requests. Out: the answers that the campaign's script would give, by a handler of ten lines. Refuses what aiohttp does.
"""

from __future__ import annotations

import asyncio
import json
import sys

from aiohttp import HttpVersion10, HttpVersion11, web


async def answer(request: web.BaseRequest) -> web.StreamResponse:
    """Answer as the engine would, as far as `differential` looks."""
    if request.version not in (HttpVersion10, HttpVersion11):
        response = web.Response(status=400)
        response.force_close()
        return response
    path = request.rel_url.raw_path
    if not path.startswith("/route/"):
        return web.Response(status=200 if path == "/health/live" else 404)
    if request.method != "POST":
        return web.Response(status=405)
    expectation = request.headers.get("Expect")
    if expectation is not None and expectation.lower() != "100-continue":
        response = web.Response(status=417)
        response.force_close()
        return response
    try:
        data = json.loads(await request.read())
        return web.json_response({"modified_path": ({} if data is None else data).get("path", "")})
    except (ValueError, AttributeError):
        return web.Response(status=400)


async def serve(port: int) -> None:
    """Serve until killed."""
    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
