"""Where a request goes: what the engine is told about it, and what its answer means for the request.

In: a request, the beginning of its body, the services that failed. Out: a `Plan`: services in the order in which to
try them, and the changes to make. Raises `Refusal` if the script rejects the request, with all that the client is to
get; and if there is no decision, unless the tenant's settings say that such requests go round robin.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from multidict import CIMultiDict

from .body import Body
from .config import OnEngineFailure, Service, Tenant
from .decision import EngineFailure, Route
from .engine_client import EngineClient
from .fields import as_text, repeated
from .health import Services
from .logs import facts
from .metrics import Metrics
from .passage import Passage, Refusal
from .target import Target

logger = logging.getLogger("keystone.gateway")


class Plan(NamedTuple):
    """What to do with a request."""

    services: tuple[Service, ...]
    """At least one."""
    route: Route
    asks_again: bool
    """Whether, if none of ``services`` can be reached, it is worth deciding again."""


class Decider:
    """Asks engines, and goes by turns."""

    def __init__(self, engines: EngineClient, services: Services, metrics: Metrics) -> None:
        self._engines = engines
        self._services = services
        self._metrics = metrics

    async def decide(
        self, passage: Passage, tenant: Tenant, target: Target, fields: CIMultiDict[str], body: Body,
        failed: Sequence[Service],
    ) -> Plan:  # fmt: skip
        """Return where the request goes, and with which changes. Raises `Refusal`."""
        if tenant.engine is None or tenant.lua_script is None:
            passage.decided = "turn"
            return self._in_turn(tenant, failed)
        question = self._question(passage, tenant, target, fields, body, failed)
        try:
            route = await self._engines.decide(tenant.engine, tenant.lua_script, question, passage.id)
            plan = None if route.reject is not None else self._plan(tenant, route)
        except EngineFailure as failure:
            self._metrics.engine_failed(tenant.name)
            said = facts(request_id=passage.id, tenant=tenant.name, script=tenant.lua_script, error=str(failure))
            logger.warning("no decision", extra=said)
            if tenant.on_engine_failure is OnEngineFailure.REFUSE:
                raise Refusal(503, "no routing decision could be had", retry_after=1) from None
            passage.decided = "fallback"
            return self._in_turn(tenant, failed)
        passage.decided, passage.tags = "kept" if route.kept else "script", route.tags
        if plan is None:
            assert route.reject is not None
            reject = route.reject
            raise Refusal(reject.status, reject.reason, fields=reject.fields, body=reject.body)
        return plan

    def _plan(self, tenant: Tenant, route: Route) -> Plan:
        """The services that an answer names, in its order. Raises `EngineFailure` if there is none."""
        known = {service.name: service for service in tenant.services}
        named = [route.backend, *(name for name in route.candidates if name != route.backend)]
        services = [known[name] for name in named if name in known]
        if not services or (route.backend and route.backend not in known):
            shown = (route.backend or ", ".join(route.candidates))[:100]
            raise EngineFailure(f"{shown!r} is none of the tenant's services", counts=False)
        if route.retries is not None:
            others = [each for each in tenant.services if each not in services]
            services += [] if route.candidates else [each for each in others if self._services.is_healthy(tenant, each)]
            services = services[: 1 + route.retries]
        return Plan(tuple(services), route, asks_again=route.retries is None and not route.candidates)

    def _in_turn(self, tenant: Tenant, failed: Collection[Service]) -> Plan:
        turn = self._services.in_turn(tenant, failed)
        if turn is None:
            raise Refusal(503, "no healthy service", retry_after=1)
        return Plan((turn,), Route(turn.name), asks_again=True)

    def _question(
        self, passage: Passage, tenant: Tenant, target: Target, fields: CIMultiDict[str], body: Body,
        failed: Sequence[Service],
    ) -> dict[str, Any]:  # fmt: skip
        request = passage.request
        question: dict[str, Any] = {
            "method": request.method,
            "path": target.path,
            "host": target.authority,
            "headers": as_text(fields),
            "backends": [
                {
                    "name": service.name,
                    "url": service.url,
                    "health": self._services.is_healthy(tenant, service),
                    **service.facts,
                }
                for service in tenant.services
            ],
            "query": target.query.removeprefix("?"),
            "raw_path": target.raw_path,
            "scheme": fields["X-Forwarded-Proto"][:32],
            "protocol": f"HTTP/{request.version.major}.{request.version.minor}",
            "client_ip": passage.client,
        }
        try:
            question["body"] = body.first.decode("utf-8")
        except UnicodeDecodeError:
            question["body_base64"] = base64.b64encode(body.first).decode("ascii")
        if not body.is_whole:
            question["body_truncated"] = True
        if several := repeated(fields):
            question["headers_multi"] = several
        if failed:
            question |= {"attempt": len(failed), "failed": [service.name for service in failed]}
        return question
