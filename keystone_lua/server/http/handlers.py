"""HTTP in, HTTP out: finds who answers, reads the body, translates what `decisions` and the scripts answer.

In: an aiohttp request. Out: an aiohttp response, JSON in every case. Raises `Refusal` for what docs/api.md says is
refused. Nothing is decided here.

Routing is by hand: five lines, exact about trailing slashes and escapes, and twice as fast as
aiohttp's dispatcher.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from ...routing.decision import clock_text
from ...routing.request import BadRequest, RequestData, read_batch
from ..decisions.service import DecisionService
from ..offload.errors import Overloaded
from ..outcome import Outcome, Unfinished
from ..settings.config import ServerConfig
from ..telemetry.tracing import CURRENT, Trace, Traces
from . import batch
from .admin_endpoints import POST, Endpoint
from .bodies import Bodies
from .forward import FORWARD
from .forward_auth import Forward
from .head_cache import Head
from .json_text import json_bytes, json_text
from .lifecycle import Lifecycle
from .request_reading import read_request
from .responses import SPOKEN, Refusal, answer, long_answer, ready_bytes, ready_text, refused
from .route_path import ROUTE, tenant_of
from .write_batching import WriteBatching

if TYPE_CHECKING:
    from .unanswered import Keeper

HOLD_SECONDS = 0.1
HELD_REFUSALS = 64
"""A client that is refused at once asks again at once: 27 connections of refused tenants asked 2,500 times a second and
made a quiet tenant's p99 20 ms. So up to so many refusals at a time come after so many seconds."""

_BATCH = re.compile(r"(/route/[^/?]+)/batch/?(?:\?|\Z)")


class Handlers:
    """Answers every request of one address."""

    def __init__(
        self,
        config: ServerConfig,
        lifecycle: Lifecycle,
        endpoints: Mapping[str, Endpoint],
        decisions: DecisionService | None,
        writes: WriteBatching,
    ) -> None:
        """``decisions`` is None for an address that serves no ``/route/``."""
        self._config = config
        self._lifecycle = lifecycle
        self._endpoints = endpoints
        self._decisions = decisions
        self.writes = writes
        self._traces = Traces()
        self._bodies = Bodies(config.max_body, config.body_seconds, config.max_bodies)
        self._held = 0
        self._forward = Forward(config, lifecycle, writes, self._bodies)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer ``request``."""
        self._lifecycle.begin(request.protocol)
        trace = self._traces.of(request.headers)
        CURRENT.set(trace)
        call = "other"
        try:
            if request.version not in SPOKEN:
                raise Refusal(400, "HTTP/1.1 and HTTP/1.0 are spoken here", close=True)
            path = request.raw_path
            if not path.startswith(ROUTE):
                path = request.rel_url.raw_path  # without the query, and without a proxy's http://host
            if self._decisions is not None and path.startswith(ROUTE):
                found = _BATCH.match(path)
                call = "route" if found is None else "batch"
                response = await self._route(request, path, trace, self._decisions, found)
            elif self._decisions is not None and path.startswith(FORWARD):
                call = "forward"
                response = await self._forward.answer(request, trace, self._decisions)
            else:
                response = await self._other(request, path, trace)
        except Refusal as refusal:
            response = self._refuse(request, trace, refusal)
        except BadRequest as error:
            response = self._refuse(request, trace, Refusal(400, str(error), field=error.field))
        except Overloaded as error:
            await self._hold()
            response = self._refuse(request, trace, refused(error))
        finally:
            self._lifecycle.end(request.protocol)
        self.writes.answered(trace, call, response.status)
        return response

    def at_once(self, head: Head, body: bytes, connection: Keeper) -> bytes | None:
        """Return the whole answer to a plain and whole request, or None if the usual way must be taken.

        That is when its decision needs a lane, or its answer more than an answer. No task and no request object are
        made: half of the time that a request takes besides its decision.
        """
        decisions = self._decisions
        if decisions is None or self._lifecycle.draining or head.length > self._config.max_body:
            return None
        trace = self._traces.named(head.request_id, head.parent)
        CURRENT.set(trace)
        try:
            data = read_request(body)
        except BadRequest as error:
            return ready_bytes(400, *self._refused(trace, Refusal(400, str(error), field=error.field)))
        started = time.perf_counter()
        outcome = decisions.decide_at_once(head.tenant, data)
        if isinstance(outcome, Unfinished):
            connection.unanswered = data, outcome
            return None
        return ready_text(*self._told(outcome, data, trace, started))

    def forward_at_once(self, head: bytes, connection: Keeper) -> bytes | None:
        """The same of a ``/forward/`` request without a body, whose head nobody has parsed."""
        decisions = self._decisions
        if decisions is None or self._lifecycle.draining:
            return None
        return self._forward.at_once(head, self._traces, decisions, connection)

    async def _route(
        self,
        request: web.BaseRequest,
        path: str,
        trace: Trace,
        decisions: DecisionService,
        found: re.Match[str] | None,
    ) -> web.StreamResponse:
        """``found`` is the address of a list of requests."""
        if request.method != "POST":
            raise _wrong_method(request, POST)
        if found is not None:
            return await self._batch(request, tenant_of(found[1]), trace, decisions)
        tenant = tenant_of(path)
        connection: Keeper = request.protocol  # type: ignore[assignment]  # as Server makes them
        taken = connection.take_unanswered()
        data, begun = taken if taken is not None else (read_request(await self._bodies.read(request)), None)
        started = time.perf_counter()
        outcome = await decisions.decide(tenant, data, begun)
        status, body, extra = self._told(outcome, data, trace, started)
        self.writes.end()
        return answer(request, status, body.encode("ascii"), extra, close=self._lifecycle.draining)

    def _told(self, outcome: Outcome, data: RequestData, trace: Trace, started: float) -> tuple[int, str, str]:
        """Have the observers told of a outcome, and how to tell the client: status, body, header lines."""
        self.writes.notify(outcome, data, trace, time.perf_counter() - started)
        extra = _decision_headers(outcome) + trace.headers
        if outcome.answer is not None:
            return 200, outcome.answer_json() + "\n", extra
        return 500, json_text(_failed(outcome)), extra

    async def _batch(
        self, request: web.BaseRequest, tenant: str, trace: Trace, decisions: DecisionService
    ) -> web.StreamResponse:
        body = await self._bodies.read(request)
        items = read_batch(body, batch.MAX_ITEMS)

        async def decide(data: RequestData, place: int) -> tuple[int, dict[str, Any]]:
            started = time.perf_counter()
            outcome = await decisions.decide(tenant, data)
            self.writes.notify(outcome, data, trace.item(place), time.perf_counter() - started)
            self.writes.end()
            return (200, outcome.answer) if outcome.answer is not None else (500, _failed(outcome))

        def gone() -> bool:
            return request.transport is None or request.transport.is_closing()

        made = await batch.answers(items, decide, gone)
        return long_answer(request, made, trace.headers, close=self._lifecycle.draining)

    async def _hold(self) -> None:
        """Let a client that is about to be refused for want of a place wait a little, if not too many do so already."""
        if self._held < HELD_REFUSALS:
            self._held += 1
            try:
                await asyncio.sleep(HOLD_SECONDS)
            finally:
                self._held -= 1

    async def _other(self, request: web.BaseRequest, path: str, trace: Trace) -> web.StreamResponse:
        endpoint = self._endpoints.get(path)
        if endpoint is None:
            paths = [ROUTE + "{tenant}", FORWARD + "{tenant}"] if self._decisions is not None else []
            raise Refusal(404, f"no such path; there are {', '.join([*paths, *self._endpoints])}")
        if request.method not in endpoint.methods:
            raise _wrong_method(request, endpoint.methods)
        return await endpoint.answer(request, trace)

    def _refuse(self, request: web.BaseRequest, trace: Trace, refusal: Refusal) -> web.StreamResponse:
        close = refusal.close or self._lifecycle.draining
        return answer(request, refusal.status, *self._refused(trace, refusal), close=close)

    def _refused(self, trace: Trace, refusal: Refusal) -> tuple[bytes, str]:
        """Count a refusal, and tell how to tell the client: body, header lines."""
        self._lifecycle.metrics.refused(refusal.status)
        body = {"error": str(refusal)}
        if refusal.field:
            body["field"] = refusal.field
        return json_bytes(body), trace.headers + refusal.headers


def _wrong_method(request: web.BaseRequest, methods: Sequence[str]) -> Refusal:
    return Refusal(405, f"method not allowed here; use {methods[0]}", headers=f"Allow: {', '.join(methods)}\r\n")


def _decision_headers(outcome: Outcome) -> str:
    if outcome.program is None or outcome.decision is None:
        return ""
    decision = outcome.decision
    return (
        f"X-Keystone-Script: {outcome.program.hash}\r\n"
        f"X-Keystone-Instructions: {decision.instructions}\r\n"
        f"X-Keystone-Bytes: {decision.allocated_bytes}\r\n"
        f"X-Keystone-Seed: {decision.seed}\r\n"
        f"X-Keystone-Clock: {clock_text(decision.now)}\r\n"
    )


def _failed(outcome: Outcome) -> dict[str, Any]:
    """The body of the answer to a outcome without one."""
    failure, decision = outcome.failure, outcome.decision
    assert failure is not None  # a outcome without an answer has a failure
    body: dict[str, Any] = {
        "error": failure.message,
        "kind": failure.kind,
        "tenant": outcome.tenant,
        "script": failure.position,
        "instructions": decision.instructions if decision is not None else 0,
        "allocated_bytes": decision.allocated_bytes if decision is not None else 0,
    }
    if failure.traceback:
        body["traceback"] = list(failure.traceback)
    if failure.top is not None:
        body["top"] = failure.top
    return body
