"""One request: decide where it goes, take it there, bring the answer back.

In: an aiohttp request. Out: the backend's answer, streamed, or one of the gateway's own in JSON: 400 for a target or
Host that is refused, 404 for a request of no tenant, 501 for CONNECT and TRACE, 508 for a loop; the script's own
answer where it rejects; and those of `deciding`, `sending` and `websockets`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import time
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientSession, web

from .body import Body, BodyError
from .config import GatewayConfig
from .deciding import Decider
from .decision import Fields, Route
from .engine_client import EngineClient
from .fields import BadField, Forwarding, check_answer, end_to_end, request_id
from .health import Services
from .logs import facts
from .matching import TenantTable
from .metrics import Metrics
from .passage import SERVER, BrokenOff, Passage, Refusal
from .sending import Sender, changed
from .target import BadTarget, read_target
from .websockets import WebSockets, is_asked_for

logger = logging.getLogger("keystone.gateway")

NO_BODY = (204, 304)
"""Statuses of answers without one (RFC 9110, 15.3.5 and 15.4.5)."""


class Proxy:
    """Handles every request of one gateway."""

    def __init__(
        self, config: GatewayConfig, services: Services, engines: EngineClient, backends: ClientSession
    ) -> None:
        self.draining = False
        """Set when the gateway stops: every answer then closes its connection."""
        self.busy: set[web.RequestHandler] = set()
        """Connections whose request is under way."""
        self.answered: Callable[[web.RequestHandler], None] = lambda connection: None
        """Told a connection whose request has been answered."""
        self._idle = asyncio.Event()
        self.metrics = Metrics()
        self._config = config
        self._bounds = config.bounds
        self._table = TenantTable(config.tenants)
        self._services = services
        decider = Decider(engines, services, self.metrics)
        self._sender = Sender(config.bounds, decider, services, backends, self.metrics)
        self.websockets = WebSockets(config.bounds, decider, services, backends, self.metrics)
        prefix = os.urandom(8).hex()
        self._forwarding = Forwarding(config, f"keystone-{prefix}")
        self._ids = (f"{prefix}-{count:x}" for count in itertools.count(1))

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer ``request``."""
        connection = request.protocol
        self.busy.add(connection)
        started = time.perf_counter()
        passage = Passage(request, request_id(request.headers.get("X-Request-Id"), next(self._ids)))
        try:
            return await self._handle(passage)
        except Refusal as refusal:
            return self._refuse(passage, refusal)
        except BodyError as error:
            return self._refuse(passage, Refusal(error.status, str(error), close=True))
        except BrokenOff as error:
            logger.warning("broken off", extra=facts(request_id=passage.id, error=str(error)))
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError("broken off") from None
        finally:
            self.busy.discard(connection)
            self.answered(connection)
            if not self.busy:
                self._idle.set()
            self._told(passage, time.perf_counter() - started)

    async def idle(self) -> None:
        """Return when no request is under way."""
        while self.busy:
            self._idle.clear()
            await self._idle.wait()

    async def _handle(self, passage: Passage) -> web.StreamResponse:
        request = passage.request
        if request.method in ("CONNECT", "TRACE"):
            raise Refusal(501, f"{request.method} is not supported", close=True)
        try:
            target = passage.target = read_target(request.raw_path, request.headers.getall("Host", []))
        except BadTarget as error:
            raise Refusal(400, str(error), close=True) from None
        if target.path == f"{self._config.admin_base_path}/health":
            return self._health(passage)
        tenant = passage.tenant = self._table.find(target.host, target.path)
        if self._table.is_doubtful(target.host, target.path, tenant):
            raise Refusal(400, "servers would read the path in different ways")
        if tenant is None:
            raise Refusal(404, "no tenant has this host and path")
        fields = end_to_end(request.headers, "host", "expect")
        if self._forwarding.is_loop(fields):
            raise Refusal(508, "the request has been here before")
        version = f"{request.version.major}.{request.version.minor}"
        self._forwarding.apply(fields, target, request.remote or "unknown", request.scheme, version)
        fields["X-Request-Id"] = passage.id
        passage.client = self._forwarding.client_of(fields)
        body = Body(request, self._bounds)
        if is_asked_for(request):
            return await self.websockets.carry(passage, tenant, target, fields, body)
        if tenant.engine is not None:
            await body.read_first()
        upstream, route = await self._sender.reach(passage, tenant, target, fields, body)
        try:
            return await self._bring_back(passage, upstream, route)
        finally:
            # A body that is not all sent by now never will be: aiohttp then closes the connection.
            upstream.release()

    async def stop(self) -> None:
        """Let nothing of what goes on beside requests outlive the gateway."""
        await self._sender.stop()

    # and back

    async def _bring_back(self, passage: Passage, upstream: ClientResponse, route: Route) -> web.StreamResponse:
        service = passage.service
        assert service is not None
        if upstream.status < 200:
            raise Refusal(502, f"service {service.name} answered {upstream.status}, which was not asked for")
        try:
            check_answer(upstream.headers)
        except BadField as error:
            upstream.close()
            raise Refusal(502, f"service {service.name} answered what cannot be passed on: {error}") from None
        request = passage.request
        # With a transfer coding, Content-Length is not the length (RFC 9112, 6.3).
        dropped = ("content-length",) if "Transfer-Encoding" in upstream.headers else ()
        told = changed(end_to_end(upstream.headers, *dropped), route.response)
        response = web.StreamResponse(status=upstream.status, headers=told)
        response.headers.setdefault("Server", SERVER)
        response.headers["X-Request-Id"] = passage.id
        if self.draining:
            response.force_close()
        passage.status = upstream.status
        try:
            await response.prepare(request)
            while True:
                async with asyncio.timeout(self._bounds.stall_seconds):
                    part = await upstream.content.readany()
                if not part:
                    break
                async with asyncio.timeout(self._bounds.stall_seconds):
                    await response.write(part)
            async with asyncio.timeout(self._bounds.stall_seconds):
                await response.write_eof()
        except ConnectionError as error:
            upstream.close()
            raise BrokenOff(f"the client has gone: {type(error).__name__}") from None
        except (ClientError, TimeoutError, OSError) as error:
            upstream.close()
            raise BrokenOff(f"service={service.name} the answer broke off: {type(error).__name__}") from None
        return response

    # answers of the gateway's own

    def _refuse(self, passage: Passage, refusal: Refusal) -> web.StreamResponse:
        passage.status = refusal.status
        text = f"{json.dumps({'error': str(refusal)})}\n" if refusal.body is None else refusal.body
        typed = any(name.lower() == "content-type" for name, _ in refusal.fields)
        kind = "application/json" if refusal.body is None else "text/plain; charset=utf-8"
        if refusal.body is None and (typed or 300 <= refusal.status < 400):
            text = ""
        fields = refusal.fields if typed or not text else (*refusal.fields, ("Content-Type", kind))
        return self._answer(passage, refusal.status, text, fields, close=refusal.close)

    def _health(self, passage: Passage) -> web.StreamResponse:
        """How the gateway is: no names, as anybody may ask."""
        passage.status, passage.level = 200, logging.DEBUG
        total, healthy = self._services.count()
        state = {
            "status": "draining" if self.draining else "healthy",
            "tenants": len(self._config.tenants),
            "services": total,
            "healthy_services": healthy,
        }
        return self._answer(passage, 200, f"{json.dumps(state)}\n", (("Content-Type", "application/json"),))

    def _answer(
        self, passage: Passage, status: int, body: str, fields: Fields, *, close: bool = False
    ) -> web.StreamResponse:
        response = web.Response(status=status, reason=_reason(status), body=b"" if status in NO_BODY else body.encode())
        if not any(name.lower() == "content-type" for name, _ in fields):
            response.headers.popall("Content-Type", None)  # aiohttp's guess
        for name, value in fields:
            response.headers.add(name, value)
        response.headers["Server"], response.headers["X-Request-Id"] = SERVER, passage.id
        if close or self.draining:
            response.force_close()
        return response

    def _told(self, passage: Passage, seconds: float) -> None:
        """Count a request that has ended, and log it."""
        tenant = passage.tenant.name if passage.tenant is not None else ""
        service = passage.service.name if passage.service is not None else ""
        if passage.level > logging.DEBUG:
            self.metrics.answered(tenant, service, passage.decided, passage.status, seconds)
        if logger.isEnabledFor(passage.level):
            target = passage.target
            path = f"{target.authority}{target.raw_path}" if target is not None else passage.request.raw_path
            named = facts(
                request_id=passage.id, tenant=tenant, service=service, decided=passage.decided, status=passage.status,
                milliseconds=round(seconds * 1000, 1), method=passage.request.method, path=path,
                client=passage.client, tries=passage.tries if passage.tries > 1 else None,
                tags=dict(passage.tags) or None,
            )  # fmt: skip
            logger.log(passage.level, "request", extra=named)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Rejected"
