"""One request: decide where it goes, take it there, bring the answer back.

In: an aiohttp request. Out: the backend's answer, streamed, or one of the gateway's own in JSON: 400 a target
or Host that is refused, 403 rejected by the script, 404 nobody's, 501 Upgrade and CONNECT, 502 and 504 a
backend that cannot be reached, breaks off or is silent, 503 no service or no decision, 508 a loop.

A service that no connection can be made to has seen nothing of the request: it is marked as down, and
the decision is made again, by the script too. Once anything has been sent, nothing is tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    web,
)
from multidict import CIMultiDict
from yarl import URL

from .body import Body, BodyError
from .config import GatewayConfig, OnEngineFailure, Service, Tenant
from .engine_client import EngineClient, EngineFailure, Route
from .fields import BadField, Forwarding, as_text, check_answer, connection_names, end_to_end, request_id
from .health import Services
from .matching import TenantTable
from .target import BadTarget, Target, escape, read_target

logger = logging.getLogger("keystone.gateway")

SERVER = "keystone-lua-gateway"


class Refusal(Exception):
    """An answer of the gateway's own. ``close`` ends the connection, whose further bytes make no sense."""

    def __init__(self, status: int, message: str, *, close: bool = False, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.close = close
        self.retry_after = retry_after


class BrokenOff(Exception):
    """The answer had begun and cannot be finished: the connection is cut, so that nobody takes it for whole."""


@dataclass(slots=True)
class Passage:
    """One request on its way through; what the log says of it in the end."""

    request: web.BaseRequest
    id: str
    target: Target | None = None
    tenant: Tenant | None = None
    service: Service | None = None
    decided: str = "-"
    """By what: ``script``, ``turn`` (round robin), ``fallback`` (round robin for want of a decision)."""
    status: int = 0
    level: int = logging.INFO


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
        self._config = config
        self._bounds = config.bounds
        self._table = TenantTable(config.tenants)
        self._services = services
        self._engines = engines
        self._backends = backends
        self._timeout = ClientTimeout(
            connect=self._bounds.queue_seconds,
            sock_connect=self._bounds.connect_seconds,
            sock_read=self._bounds.stall_seconds,
        )
        self._head_seconds = self._bounds.queue_seconds + self._bounds.stall_seconds
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
            logger.warning("request=%s %s", passage.id, error)
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError("broken off") from None
        finally:
            self.busy.discard(connection)
            self.answered(connection)
            if not self.busy:
                self._idle.set()
            _log(passage, time.perf_counter() - started)

    async def idle(self) -> None:
        """Return when no request is under way."""
        while self.busy:
            self._idle.clear()
            await self._idle.wait()

    async def _handle(self, passage: Passage) -> web.StreamResponse:
        request = passage.request
        if request.method in ("CONNECT", "TRACE"):
            raise Refusal(501, f"{request.method} is not supported", close=True)
        if "upgrade" in connection_names(request.headers) and "websocket" in request.headers.get("Upgrade", "").lower():
            raise Refusal(501, "websockets are not supported", close=True)
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
        body = Body(request, self._bounds)
        if tenant.engine is not None:
            await body.read_first()
        upstream = await self._reach(passage, tenant, target, fields, body)
        try:
            return await self._bring_back(passage, upstream)
        finally:
            # A body that is not all sent by now never will be: aiohttp then closes the connection.
            upstream.release()

    # deciding

    async def _decide(
        self, passage: Passage, tenant: Tenant, target: Target, fields: CIMultiDict[str], body: Body,
        tried: list[Service],
    ) -> tuple[Service, Route]:  # fmt: skip
        """Return where the request goes, and with which changes. Raises `Refusal`."""
        if tenant.engine is not None and tenant.lua_script is not None:
            question = {
                "method": passage.request.method,
                "path": target.path,
                "host": target.authority,
                "headers": as_text(fields),
                "body": body.first.decode("utf-8", "replace"),
                "backends": [
                    {"name": service.name, "url": service.url, "health": self._services.is_healthy(tenant, service)}
                    for service in tenant.services
                ],
            }
            try:
                decision = await self._engines.decide(tenant.engine, tenant.lua_script, question, passage.id)
                if decision.reject is not None:
                    passage.decided = "script"
                    raise Refusal(403, decision.reject)
                for service in tenant.services:
                    if service.name == decision.backend:
                        passage.decided = "script"
                        return service, decision
                raise EngineFailure(f"{decision.backend[:100]!r} is none of the tenant's services", counts=False)
            except EngineFailure as failure:
                logger.warning(
                    "request=%s tenant=%s engine: %s",
                    passage.id,
                    tenant.name,
                    _escape(f"{tenant.lua_script}: {failure}"),
                )
                if tenant.on_engine_failure is OnEngineFailure.REFUSE:
                    raise Refusal(503, "no routing decision could be had", retry_after=1) from None
            passage.decided = "fallback"
        else:
            passage.decided = "turn"
        turn = self._services.in_turn(tenant, tried)
        if turn is None:
            raise Refusal(503, "no healthy service", retry_after=1)
        return turn, Route(turn.name)

    # there

    async def _reach(
        self, passage: Passage, tenant: Tenant, target: Target, fields: CIMultiDict[str], body: Body
    ) -> ClientResponse:
        """Send the request to where it goes and return the beginning of the answer. Raises `Refusal`."""
        tried: list[Service] = []
        while True:
            service, decision = await self._decide(passage, tenant, target, fields, body, tried)
            if service in tried:
                raise Refusal(502, f"service {service.name} cannot be reached")
            passage.service = service
            try:
                return await self._send(passage, service, decision, target, fields.copy(), body)
            except ClientConnectorError as error:
                self._services.mark(tenant, service, healthy=False, why=type(error).__name__)
                tried.append(service)
            except TimeoutError:
                # Also one for a connection: under load that says nothing of the service, and probes will tell.
                raise Refusal(504, f"service {service.name} did not answer in time") from None
            except (ClientError, OSError, ValueError) as error:
                if body.error is not None:
                    raise body.error from None
                logger.warning("request=%s service=%s %s", passage.id, service.name, type(error).__name__)
                raise Refusal(502, f"service {service.name} broke off") from None

    async def _send(
        self, passage: Passage, service: Service, decision: Route, target: Target, fields: CIMultiDict[str],
        body: Body,
    ) -> ClientResponse:  # fmt: skip
        request = passage.request
        for name, value in decision.fields:
            fields[name] = value
        data: Any = None
        if request.body_exists:
            data = body.first if body.is_whole else body.parts()
        if body.is_whole:
            fields.popall("Content-Length", None)
        raw_path = target.raw_path if decision.path is None else escape(decision.path)
        # The head has its time from when all has been sent, which for a body may be much later.
        whole = body.is_whole or not request.body_exists
        async with asyncio.timeout(self._head_seconds if whole else None) as limit:
            body.when_sent = partial(_begin, limit, self._head_seconds)
            return await self._backends.request(
                request.method,
                _url(f"{service.url}{raw_path}{target.query}"),
                headers=fields,
                data=data,
                timeout=self._timeout,
                allow_redirects=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            )

    # and back

    async def _bring_back(self, passage: Passage, upstream: ClientResponse) -> web.StreamResponse:
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
        response = web.StreamResponse(status=upstream.status, headers=end_to_end(upstream.headers, *dropped))
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
        headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
        return self._answer(passage, refusal.status, {"error": str(refusal)}, headers, close=refusal.close)

    def _health(self, passage: Passage) -> web.StreamResponse:
        """How the gateway is: no names, as anybody may ask."""
        passage.status, passage.level = 200, logging.DEBUG
        total, healthy = self._services.count()
        facts = {
            "status": "draining" if self.draining else "healthy",
            "tenants": len(self._config.tenants),
            "services": total,
            "healthy_services": healthy,
        }
        return self._answer(passage, 200, facts, {})

    def _answer(
        self, passage: Passage, status: int, body: dict[str, Any], headers: dict[str, str], *, close: bool = False
    ) -> web.StreamResponse:
        response = web.Response(
            status=status,
            reason=HTTPStatus(status).phrase,
            body=json.dumps(body).encode("ascii") + b"\n",
            content_type="application/json",
            headers={**headers, "Server": SERVER, "X-Request-Id": passage.id},
        )
        if close or self.draining:
            response.force_close()
        return response


def _begin(limit: asyncio.Timeout, seconds: float) -> None:
    if not limit.expired():
        with contextlib.suppress(RuntimeError):  # the answer has come before the body's end
            limit.reschedule(asyncio.get_running_loop().time() + seconds)


def _url(text: str) -> URL:
    url = URL(text, encoded=True)
    if text.find("?") == len(text) - 1:
        url._cache["raw_path_qs"] = f"{url.raw_path}?"  # yarl drops the mark of an empty query; servers tell them apart
    return url


def _log(passage: Passage, seconds: float) -> None:
    if logger.isEnabledFor(passage.level):
        target = passage.target
        logger.log(
            passage.level,
            "request=%s tenant=%s service=%s decided=%s status=%d ms=%.1f %s %s",
            passage.id,
            passage.tenant.name if passage.tenant is not None else "-",
            passage.service.name if passage.service is not None else "-",
            passage.decided,
            passage.status,
            seconds * 1000,
            _escape(passage.request.method),
            _escape(f"{target.authority}{target.raw_path}" if target is not None else passage.request.raw_path),
        )


def _escape(text: str) -> str:
    """Return ``text`` fit for a log line: bounded, and without anything that a terminal could act on."""
    shown = text[:500] if text.isprintable() else text[:500].encode("unicode_escape").decode("ascii")
    return shown if len(text) <= 500 else f"{shown}…"
