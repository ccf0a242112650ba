"""``ANY /forward/{tenant}``: `forward` reads the request and words the answer; this module decides in between.

In: a request, or its head as soon as it is there. Out: the answer, 400 for what `forward` refuses. A body is read
only where the address asks for it; one that is announced but not read closes the connection, since nobody knows where
it ends.
"""

from __future__ import annotations

import base64
import logging
import time

from aiohttp import web

from ..decisions.service import DecisionService
from ..offload.errors import Overloaded
from ..outcome import Outcome, Unfinished
from ..settings.config import ServerConfig
from ..telemetry.logs import facts
from ..telemetry.tracing import CURRENT, Trace, Traces
from .bodies import Bodies
from .forward import (
    FORWARD,
    Asked,
    Reply,
    asked_of,
    no_decision,
    plain_head,
    plain_reject,
    reply_of,
)
from .forward_cache import Uncarried
from .lifecycle import Lifecycle
from .responses import ReadyAnswer, Refusal, forward_bytes
from .unanswered import Keeper
from .write_batching import WriteBatching

logger = logging.getLogger("keystone.server")


class Forward:
    """See the module's docstring."""

    def __init__(self, config: ServerConfig, lifecycle: Lifecycle, writes: WriteBatching, bodies: Bodies) -> None:
        self._most = config.forward_headers
        self._proxies = config.trusted_proxies
        self._backends = {name: list(own.backends) for name, own in config.tenants.items() if own.backends}
        self._lifecycle = lifecycle
        self._writes = writes
        self._bodies = bodies

    def at_once(self, head: bytes, traces: Traces, decisions: DecisionService, connection: Keeper) -> bytes | None:
        """Return the whole answer to a request without a body, or None if the usual way must be taken."""
        plain = plain_head(head)
        if plain is None:
            return None
        method, target, fields = plain
        try:
            asked = asked_of(method, target, fields, self._proxies)
        except Refusal:
            return None
        self._complete(asked)
        sent = asked.data["headers"]
        trace = traces.named(_field(sent, "X-Request-Id"), _field(sent, "traceparent"))
        CURRENT.set(trace)
        started = time.perf_counter()
        outcome = decisions.decide_at_once(asked.tenant, asked.data)
        if isinstance(outcome, Unfinished):
            connection.unanswered = asked.data, outcome
            return None
        reply = self._told(outcome, asked, trace, started)
        return forward_bytes(reply.status, reply.lines + trace.headers, reply.body)

    async def answer(self, request: web.BaseRequest, trace: Trace, decisions: DecisionService) -> web.StreamResponse:
        """Answer a request that aiohttp has parsed. Raises `Refusal`."""
        connection: Keeper = request.protocol  # type: ignore[assignment]  # as Server makes them
        taken = connection.take_unanswered()
        fields = [(name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in request.raw_headers]
        target = request.raw_path if request.raw_path.startswith(FORWARD) else request.rel_url.raw_path_qs
        asked = asked_of(request.method, target, fields, self._proxies)
        self._complete(asked)
        await self._read_body(request, asked)
        started = time.perf_counter()
        try:
            if taken is not None:
                asked = asked._replace(data=taken[0])
            outcome = await decisions.decide(asked.tenant, asked.data, taken[1] if taken is not None else None)
            reply = self._told(outcome, asked, trace, started)
        except Overloaded as error:
            self._lifecycle.metrics.refused(error.status)
            reply = no_decision(asked.options)
        self._writes.end()
        stays = request.keep_alive and request.content.is_eof() and "Upgrade" not in request.headers
        stays = stays and not self._lifecycle.draining
        lines = reply.lines + trace.headers + ("" if stays else "Connection: close\r\n")
        data = forward_bytes(reply.status, lines, reply.body, head=request.method == "HEAD")
        return ReadyAnswer(data, reply.status, keep_alive=stays)

    def _complete(self, asked: Asked) -> None:
        """The backends of the settings, where the gateway names none."""
        if not asked.data["backends"] and asked.tenant in self._backends:
            asked.data["backends"] = self._backends[asked.tenant]

    async def _read_body(self, request: web.BaseRequest, asked: Asked) -> None:
        if asked.options.body:
            body = await self._bodies.read(request)
            try:
                asked.data["body"] = body.decode("utf-8")
            except UnicodeDecodeError:
                asked.data["body_base64"] = base64.b64encode(body).decode("ascii")

    def _told(self, outcome: Outcome, asked: Asked, trace: Trace, started: float) -> Reply:
        """Have the observers told of an outcome, and how to tell the gateway."""
        self._writes.notify(outcome, asked.data, trace, time.perf_counter() - started)
        try:
            return reply_of(outcome, asked, self._most)
        except Uncarried as error:
            logger.warning("forward: no answer", extra=facts(tenant=asked.tenant, error=str(error)))
            if outcome.answer is not None and outcome.answer.get("reject"):
                return plain_reject(asked.options)  # a reject stays one, whatever is asked for on errors
            return no_decision(asked.options)


def _field(headers: dict[str, str], name: str) -> str | None:
    """A header by its usual spelling, or by that of HTTP/2."""
    return headers.get(name) or headers.get(name.lower())
