"""A request to a service: what is sent, with which timeouts, and where to next if that fails.

In: a request, a decision. Out: the beginning of a service's answer. Raises `Refusal`: 502 for a service that cannot
be reached or breaks off, 504 for one that is silent or does not read.

A service that cannot be connected to has seen nothing of the request: it is marked as down, and the next one of the
plan is tried, or a new decision is asked for. Once anything has been sent, another one is tried only where the script
asks for ``retries``, the method may be repeated (RFC 9110, 9.2.2), and the whole body is at hand.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from typing import Any, Final

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout
from multidict import CIMultiDict
from yarl import URL

from .body import Body
from .config import Bounds, Service, Tenant
from .deciding import Decider, Plan
from .decision import Changes, Route
from .fields import read_as
from .health import Services
from .logs import facts
from .metrics import Metrics
from .passage import Passage, Refusal
from .target import Target, escape

logger = logging.getLogger("keystone.gateway")

REPEATABLE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})

_SKIPPED: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What aiohttp would add."""


class _Broke(Exception):
    """A service broke off, or was silent, after something had been sent. ``refusal`` is what the client is told."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def changed(fields: CIMultiDict[str], changes: Changes) -> CIMultiDict[str]:
    """A copy of ``fields`` with a script's changes. What a script sets or removes goes in every spelling that servers
    read as the same name."""
    gone = {read_as(name) for name in (*changes.remove, *(name for name, _ in changes.set))}
    made = CIMultiDict((name, value) for name, value in fields.items() if read_as(name) not in gone)
    for name, value in (*changes.set, *changes.append):
        made.add(name, value)
    return made


def url_of(service: Service, route: Route, target: Target) -> URL:
    """Where a request goes, every byte of it as it was sent or decided."""
    raw_path = target.raw_path if route.path is None else escape(route.path)
    query = target.query if route.query is None else route.query
    text = f"{service.url}{raw_path}{query}"
    url = URL(text, encoded=True)
    if text.find("?") == len(text) - 1:
        url._cache["raw_path_qs"] = f"{url.raw_path}?"  # yarl drops the mark of an empty query; servers tell them apart
    return url


class Sender:
    """Sends requests to services."""

    def __init__(
        self, bounds: Bounds, decider: Decider, services: Services, backends: ClientSession, metrics: Metrics
    ) -> None:
        self._bounds = bounds
        self._decider = decider
        self._services = services
        self._backends = backends
        self._metrics = metrics
        self._timeout = ClientTimeout(
            connect=bounds.queue_seconds, sock_connect=bounds.connect_seconds, sock_read=bounds.stall_seconds
        )
        self._mirrors: set[asyncio.Task[None]] = set()

    async def reach(
        self, passage: Passage, tenant: Tenant, target: Target, fields: CIMultiDict[str], body: Body
    ) -> tuple[ClientResponse, Route]:
        """Send the request to where it goes and return the beginning of the answer. Raises `Refusal`."""
        failed: list[Service] = []
        while True:
            plan = await self._decider.decide(passage, tenant, target, fields, body, failed)
            last = plan.services[-1]
            if last in failed:
                raise Refusal(502, f"service {last.name} cannot be reached")
            if not failed:
                self._mirror(tenant, plan.route, target, fields, passage, body)
            if (upstream := await self._try(passage, tenant, plan, target, fields, body, failed)) is not None:
                return upstream, plan.route
            if not plan.asks_again:
                raise Refusal(502, f"service {last.name} cannot be reached")

    async def _try(
        self, passage: Passage, tenant: Tenant, plan: Plan, target: Target, fields: CIMultiDict[str], body: Body,
        failed: list[Service],
    ) -> ClientResponse | None:  # fmt: skip
        """Try the plan's services one after the other; None if no connection can be made to any."""
        may_repeat = plan.route.retries is not None and self._method(passage, plan.route) in REPEATABLE
        for place, service in enumerate(plan.services):
            if failed:
                self._metrics.retried(tenant.name)
            passage.service = service
            passage.tries += 1
            try:
                return await self._send(passage, service, plan.route, target, fields, body)
            except ClientConnectorError as error:
                self._services.mark(tenant, service, healthy=False, why=type(error).__name__)
                failed.append(service)
            except _Broke as broke:
                if not may_repeat or not body.is_whole or place == len(plan.services) - 1:
                    raise broke.refusal from None
                failed.append(service)
        return None

    async def _send(
        self, passage: Passage, service: Service, route: Route, target: Target, fields: CIMultiDict[str], body: Body
    ) -> ClientResponse:
        try:
            return await self._request(passage, service, route, target, fields, body)
        except ClientConnectorError:
            raise
        except TimeoutError:
            # Also one for a connection: under load that says nothing of the service, and probes will tell.
            raise _Broke(Refusal(504, f"service {service.name} did not answer in time")) from None
        except (ClientError, OSError, ValueError) as error:
            if body.error is not None:
                raise body.error from None
            said = facts(request_id=passage.id, service=service.name, error=type(error).__name__)
            logger.warning("a service broke off", extra=said)
            raise _Broke(Refusal(502, f"service {service.name} broke off")) from None

    def _method(self, passage: Passage, route: Route) -> str:
        method = passage.request.method
        return route.method if route.method is not None and method != "HEAD" else method

    async def _request(
        self, passage: Passage, service: Service, route: Route, target: Target, fields: CIMultiDict[str], body: Body
    ) -> ClientResponse:
        sent = self._fields(route, fields)
        exists = passage.request.body_exists
        whole = body.is_whole or not exists
        if body.is_whole:
            sent.popall("Content-Length", None)
        seconds = self._bounds.queue_seconds + self._bounds.stall_seconds if route.seconds is None else route.seconds
        async with asyncio.timeout(seconds if whole or route.seconds is not None else None) as limit:
            data: Any = None
            if exists:
                data = body.first if body.is_whole else self._watched(body, limit, seconds, route)
            return await self._backends.request(
                self._method(passage, route),
                url_of(service, route, target),
                headers=sent,
                data=data,
                timeout=self._timeout,
                allow_redirects=False,
                skip_auto_headers=_SKIPPED,
            )

    def _fields(self, route: Route, fields: CIMultiDict[str]) -> CIMultiDict[str]:
        sent = changed(fields, route.request)
        if route.host is not None:
            sent["Host"] = route.host
        return sent

    async def _watched(self, body: Body, limit: asyncio.Timeout, seconds: float, route: Route) -> AsyncIterator[bytes]:
        """The body's parts, as a service takes them: one that takes none for the stall time has had its time.

        The head has its time from when all has been sent, which for a body may be much later.
        """
        async for part in body.parts():
            _end_in(limit, self._bounds.stall_seconds, route)
            yield part
            _end_in(limit, None, route)  # the client has a time of its own for the next part
        _end_in(limit, seconds, route)

    # copies

    def _mirror(
        self, tenant: Tenant, route: Route, target: Target, fields: CIMultiDict[str], passage: Passage, body: Body
    ) -> None:
        """Send a copy, if the script wants one and all of the body is at hand; nobody waits for its answer."""
        if route.mirror is None or random.random() * 100 >= route.mirror.percent:
            return
        service = next((each for each in tenant.services if each.name == route.mirror.name), None)
        if service is None or not body.is_whole or len(self._mirrors) >= self._bounds.mirrors:
            self._metrics.mirrored(tenant.name, "dropped")
            return
        sent = self._fields(route, fields)
        sent.popall("Content-Length", None)
        data = body.first if passage.request.body_exists else None
        task = asyncio.create_task(
            self._copy(tenant, service, self._method(passage, route), url_of(service, route, target), sent, data)
        )
        self._mirrors.add(task)
        task.add_done_callback(self._mirrors.discard)

    async def _copy(
        self, tenant: Tenant, service: Service, method: str, url: URL, fields: CIMultiDict[str], data: bytes | None
    ) -> None:
        outcome = "failed"
        try:
            timeout = ClientTimeout(total=self._bounds.mirror_seconds)
            answer = await self._backends.request(
                method,
                url,
                headers=fields,
                data=data,
                timeout=timeout,
                allow_redirects=False,
                skip_auto_headers=_SKIPPED,
            )
            answer.close()
            outcome = "sent"
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            logger.debug("a copy failed", extra=facts(service=service.name, error=type(error).__name__))
        finally:
            self._metrics.mirrored(tenant.name, outcome)

    async def stop(self) -> None:
        """End the copies that are under way."""
        for task in self._mirrors:
            task.cancel()
        await asyncio.gather(*self._mirrors, return_exceptions=True)


def _end_in(limit: asyncio.Timeout, seconds: float | None, route: Route) -> None:
    """Have what is under way end so much later; None: not for now. A script's own time is that from the beginning."""
    if route.seconds is not None or limit.expired():
        return
    with contextlib.suppress(RuntimeError):  # the answer has come before the body's end
        limit.reschedule(None if seconds is None else asyncio.get_running_loop().time() + seconds)
