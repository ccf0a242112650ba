"""The admin endpoints, all beside ``/route/``: health, metrics, reload, the API's description.

In: an aiohttp request. Out: an aiohttp response. Refuses: a call without the admin token where one is set, as
`Refusal` 401. They are served on the admin address if there is one, else beside ``/route/``.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable
from importlib import resources
from typing import NamedTuple

from aiohttp import web

from ...interpreter import COST_VERSION, ENGINE_VERSION
from ...routing.answer import FIELDS as ANSWER_FIELDS
from ...routing.request_fields import BACKEND_FIELDS, OWN
from ...routing.request_fields import FIELDS as REQUEST_FIELDS
from ...routing.scripts import ScriptStore
from ..scripts_reload import Reloads, Report
from ..settings.config import ServerConfig
from ..telemetry.exposition import Exposition
from ..telemetry.tracing import Trace
from .json_text import json_bytes
from .lifecycle import Lifecycle
from .responses import Refusal, answer, long_answer

GET = ("GET", "HEAD")
POST = ("POST",)

WIRE = [
    *(field.name for field in (*REQUEST_FIELDS, *OWN)),
    *(f"backends[].{field.name}" for field in BACKEND_FIELDS),
    *(field.name for field in ANSWER_FIELDS),
]
"""What of the wire format this engine knows."""


class Endpoint(NamedTuple):
    """A path's methods and what answers them."""

    methods: tuple[str, ...]
    answer: Callable[[web.BaseRequest, Trace], Awaitable[web.StreamResponse]]


class AdminEndpoints:
    """Answers everything but ``/route/``."""

    def __init__(
        self, config: ServerConfig, store: ScriptStore, reloads: Reloads, exposition: Exposition, lifecycle: Lifecycle
    ) -> None:
        self._token = config.admin_token.encode()
        self._store = store
        self._reloads = reloads
        self._exposition = exposition
        self._lifecycle = lifecycle
        self._started = time.monotonic()
        self.by_path = {
            "/health": Endpoint(GET, self._health),
            "/health/live": Endpoint(GET, self._live),
            "/health/ready": Endpoint(GET, self._ready),
            "/metrics": Endpoint(GET, self._metrics),
            "/openapi.json": Endpoint(GET, self._openapi),
            "/reload": Endpoint(POST, self._reload),
        }

    def _answer(self, request: web.BaseRequest, trace: Trace, status: int, body: object) -> web.StreamResponse:
        return answer(request, status, json_bytes(body), trace.headers, close=self._lifecycle.draining)

    async def _health(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        scripts = self._store.current
        names = sorted(scripts.programs)
        body = {
            "status": "healthy",
            "loaded_scripts": len(names),
            "scripts": names,
            "version": ENGINE_VERSION,
            "cost_version": COST_VERSION,
            "uptime_seconds": int(time.monotonic() - self._started),
            "load_errors": list(scripts.errors),
            "wire": WIRE,
        }
        return self._answer(request, trace, 200, body)

    async def _live(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        return self._answer(request, trace, 200, {"status": "live"})

    async def _ready(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        if self._lifecycle.leaving:
            return self._answer(request, trace, 503, {"status": "draining"})
        if not self._store.current.loaded_at:
            return self._answer(request, trace, 503, {"status": "loading"})
        return self._answer(request, trace, 200, {"status": "ready"})

    async def _metrics(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        self._check_token(request)
        body, content_type = await self._exposition.scrape(request.headers.get("Accept", ""))
        return long_answer(request, body, trace.headers, close=self._lifecycle.draining, content_type=content_type)

    async def _openapi(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        body = (resources.files("keystone_lua.server.api") / "openapi.json").read_bytes()
        return answer(request, 200, body, trace.headers, close=self._lifecycle.draining)

    async def _reload(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        self._check_token(request)
        dry_run = request.query.get("dry_run", "0")
        if dry_run == "0":
            report = await self._reloads.reload()
            body = reload_body(report)
        elif dry_run == "1":
            report = await self._reloads.dry_run()
            body = {"status": "dry run", **report.plain(), "findings": list(report.findings)}
        else:
            raise Refusal(400, "dry_run: expected 0 or 1", field="dry_run")
        return self._answer(request, trace, 422 if report.errors else 200, body)

    def _check_token(self, request: web.BaseRequest) -> None:
        if not self._token:
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        # Compared in a time that says nothing about where they differ.
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode("utf-8", "replace"), self._token):
            raise Refusal(401, "this call needs the admin token", headers="WWW-Authenticate: Bearer\r\n")


def reload_body(report: Report) -> dict[str, object]:
    """The answer to ``POST /reload``: text only, as the Go engine's clients read it."""
    body: dict[str, object] = {"status": "scripts reloaded", "count": str(report.count)}
    if report.errors:
        body["status"] = "scripts reloaded, except those in error"
        body["error"] = "; ".join(report.errors)
    return body
