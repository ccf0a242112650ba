"""WebSockets: a decision is taken as for any request, then messages are carried both ways.

In: a request to upgrade. Out: a connection that ends when either side's does. Raises `Refusal` if the script rejects
the request; with 502 or the service's own status if the service does not upgrade.

Messages are carried and not bytes: the frames of both sides are parsed (RFC 6455), so that nobody can smuggle another
protocol through a WebSocket. Extensions are not offered; a message is at most ``bounds.message`` bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    WSMessage,
    WSMsgType,
    WSServerHandshakeError,
    web,
)  # fmt: skip
from multidict import CIMultiDict

from .body import Body
from .config import Bounds, Tenant
from .deciding import Decider
from .decision import Route
from .fields import connection_names, end_to_end
from .health import Services
from .metrics import Metrics
from .passage import Passage, Refusal
from .sending import changed, url_of
from .target import Target

logger = logging.getLogger("keystone.gateway")

GOING_AWAY: Final = 1001
TOO_BIG: Final = 1009
INTERNAL: Final = 1011

_HANDSHAKE: Final = (
    "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-protocol",
    "sec-websocket-accept", "content-length",
)  # fmt: skip
"""Each side's own."""

Side = web.WebSocketResponse | ClientWebSocketResponse


def is_asked_for(request: web.BaseRequest) -> bool:
    """Whether a request asks for a WebSocket."""
    return "upgrade" in connection_names(request.headers) and "websocket" in request.headers.get("Upgrade", "").lower()


class WebSockets:
    """Carries the WebSockets of one gateway."""

    def __init__(
        self, bounds: Bounds, decider: Decider, services: Services, backends: ClientSession, metrics: Metrics
    ) -> None:
        self._bounds = bounds
        self._decider = decider
        self._services = services
        self._backends = backends
        self._metrics = metrics
        self.open: dict[web.RequestHandler, asyncio.Task[Any]] = {}
        """Connections that have become WebSockets, each with what carries it."""

    def close_all(self) -> None:
        """Tell everybody to go: the gateway stops."""
        for task in self.open.values():
            task.cancel()

    async def carry(
        self, passage: Passage, tenant: Tenant, target: Target, fields: CIMultiDict[str], body: Body
    ) -> web.StreamResponse:
        """Connect both sides until one of them ends. Raises `Refusal`."""
        request = passage.request
        if request.method != "GET" or request.headers.get("Sec-WebSocket-Version") != "13":
            raise Refusal(400, "a WebSocket begins with GET and has version 13", close=True)
        try:
            upstream, route = await self._connect(passage, tenant, target, fields, body)
        except Refusal as refusal:
            refusal.close = True  # what the client sends next may be frames already
            raise
        try:
            return await self._join(passage, upstream, route)
        finally:
            with contextlib.suppress(ClientError, OSError, TimeoutError):
                await upstream.close()

    async def _connect(
        self, passage: Passage, tenant: Tenant, target: Target, fields: CIMultiDict[str], body: Body
    ) -> tuple[ClientWebSocketResponse, Route]:
        asked = passage.request.headers.get("Sec-WebSocket-Protocol", "")
        protocols = [name.strip() for name in asked.split(",") if name.strip()]
        plan = await self._decider.decide(passage, tenant, target, fields, body, ())
        sent = changed(fields, plan.route.request)
        for name in _HANDSHAKE:
            sent.popall(name, None)
        if plan.route.host is not None:
            sent["Host"] = plan.route.host
        for service in plan.services:
            passage.service = service
            passage.tries += 1
            url = url_of(service, plan.route, target)
            try:
                async with asyncio.timeout(plan.route.seconds or self._bounds.queue_seconds):
                    upstream = await self._backends.ws_connect(
                        url, headers=sent, protocols=protocols, autoclose=False, autoping=False,
                        max_msg_size=self._bounds.message,
                    )  # fmt: skip
            except WSServerHandshakeError as error:
                status = error.status if 400 <= error.status <= 599 else 502
                raise Refusal(status, f"service {service.name} does not agree to a WebSocket") from None
            except ClientConnectorError as error:
                self._services.mark(tenant, service, healthy=False, why=type(error).__name__)
            except (ClientError, OSError, ValueError, TimeoutError):
                raise Refusal(502, f"service {service.name} broke off") from None
            else:
                return upstream, plan.route
        raise Refusal(502, f"service {plan.services[-1].name} cannot be reached")

    async def _join(self, passage: Passage, upstream: ClientWebSocketResponse, route: Route) -> web.StreamResponse:
        request = passage.request
        chosen = (upstream.protocol,) if upstream.protocol else ()
        client = web.WebSocketResponse(
            protocols=chosen, autoclose=False, autoping=False, compress=False, max_msg_size=self._bounds.message
        )
        told = end_to_end(upstream._response.headers, *_HANDSHAKE)  # aiohttp has no other way to the answer's fields
        for name, value in changed(told, route.response).items():
            client.headers.add(name, value)
        client.headers["X-Request-Id"] = passage.id
        try:
            await client.prepare(request)
        except web.HTTPException:
            raise Refusal(400, "the WebSocket's handshake is malformed", close=True) from None
        passage.status = 101
        carrying = asyncio.create_task(self._carry(client, upstream))
        self.open[request.protocol] = carrying
        self._metrics.websockets += 1
        try:
            await asyncio.wait([carrying])
        finally:
            carrying.cancel()
            self._metrics.websockets -= 1
            self.open.pop(request.protocol, None)
            with contextlib.suppress(ClientError, OSError, TimeoutError, RuntimeError):
                await client.close(code=GOING_AWAY)
        return client

    async def _carry(self, client: web.WebSocketResponse, service: ClientWebSocketResponse) -> None:
        """Carry messages both ways until one side is done, or nobody has said anything for too long."""
        with contextlib.suppress(TimeoutError, ClientError, OSError):
            async with asyncio.timeout(self._bounds.silent_seconds) as limit:

                def heard() -> None:
                    limit.reschedule(asyncio.get_running_loop().time() + self._bounds.silent_seconds)

                ways = {
                    asyncio.create_task(self._one_way(client, service, heard)),
                    asyncio.create_task(self._one_way(service, client, heard)),
                }
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)

    async def _one_way(self, source: Side, sink: Side, heard: Callable[[], None]) -> None:
        while True:
            message = await source.receive()
            heard()
            async with asyncio.timeout(self._bounds.stall_seconds):
                if not await _pass_on(message, sink):
                    return


async def _pass_on(message: WSMessage, sink: Side) -> bool:
    """Send a message to the other side; whether there may be more."""
    if message.type is WSMsgType.TEXT:
        await sink.send_str(message.data)
    elif message.type is WSMsgType.BINARY:
        await sink.send_bytes(message.data)
    elif message.type is WSMsgType.PING:
        await sink.ping(message.data)
    elif message.type is WSMsgType.PONG:
        await sink.pong(message.data)
    else:
        if message.type is WSMsgType.CLOSE:
            await sink.close(code=message.data or 1000, message=(message.extra or "").encode())
        elif message.type is WSMsgType.ERROR:
            await sink.close(code=TOO_BIG)
        else:
            await sink.close(code=GOING_AWAY)
        return False
    return True
