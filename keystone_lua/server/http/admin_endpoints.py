"""The admin endpoints, all beside ``/route/``: health, metrics, reload, the API's description.

In: an aiohttp request. Out: an aiohttp response. Raises `Refusal` (401) for a call without the admin token where one
is set. They are served on the admin address if there is one, else on the server's own.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from collections.abc import Awaitable, Callable
from importlib import resources
from typing import NamedTuple

from aiohttp import web

from ...interpreter import COST_VERSION, ENGINE_VERSION
from ...routing.answer import FIELDS as ANSWER_FIELDS
from ...routing.bundle_status import Status, read_status
from ...routing.request_fields import BACKEND_FIELDS
from ...routing.request_fields import FIELDS as REQUEST_FIELDS
from ...routing.scripts import ScriptStore
from ..orders import PROMOTE, ROLLBACK, Order
from ..scripts.reload import Reloads, Report
from ..scripts.uploads import MAX_UPLOAD, UploadRefused, Uploads
from ..scripts.versions import standing
from ..settings.config import Address, ServerConfig
from ..single_flight import quick_switching
from ..telemetry.exposition import Exposition
from ..telemetry.tracing import Trace
from .bodies import Bodies
from .json_text import json_bytes
from .lifecycle import Lifecycle
from .responses import CONTENT_TYPE, Refusal, answer, long_answer

GET = ("GET", "HEAD")
POST = ("POST",)

WHO = 64
"""Characters of the name of who gives an order."""

WIRE = [
    *(field.name for field in REQUEST_FIELDS),
    *(f"backends[].{field.name}" for field in BACKEND_FIELDS),
    *(field.name for field in ANSWER_FIELDS),
]
"""What of the wire format this engine knows: what a gateway may send, and what it may be told. The engine's own fields
(``config``, ``secrets``, ``sequence``) are not among them: it takes them from nobody."""


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
        self._guarded = bool(config.admin_token) or config.admin_address is not None or _is_local(config.address)
        self._guard = config.guard
        self._counts = exposition.counts
        self._store = store
        self._reloads = reloads
        self._exposition = exposition
        self._lifecycle = lifecycle
        self._bodies = Bodies(MAX_UPLOAD, config.body_seconds, 2 * MAX_UPLOAD)
        self._uploads = Uploads(store.folder, config.bundle_keys, store.source_limit)
        self._started = time.monotonic()
        self.by_path = {
            "/health": Endpoint(GET, self._health),
            "/health/live": Endpoint(GET, self._live),
            "/health/ready": Endpoint(GET, self._ready),
            "/metrics": Endpoint(GET, self._metrics),
            "/openapi.json": Endpoint(GET, self._openapi),
            "/reload": Endpoint(POST, self._reload),
            "/versions": Endpoint((*GET, *POST), self._versions),
            "/promote": Endpoint(POST, self._promote),
            "/rollback": Endpoint(POST, self._rollback),
        }

    def _answer(self, request: web.BaseRequest, trace: Trace, status: int, body: object) -> web.StreamResponse:
        return answer(request, status, json_bytes(body), trace.headers, close=self._lifecycle.draining)

    async def _health(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        scripts = self._store.current
        names = sorted(scripts.programs)
        body: dict[str, object] = {
            "status": "healthy",
            "loaded_scripts": len(names),
            "scripts": names,
            "version": ENGINE_VERSION,
            "cost_version": COST_VERSION,
            "uptime_seconds": int(time.monotonic() - self._started),
            "load_errors": list(scripts.errors),
            "wire": WIRE,
        }
        if (status := read_status(self._store.folder)) is not None:
            body["bundle"] = bundle_facts(status)
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

    async def _versions(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        self._check_guard(request)
        taken: Status | None = None
        if request.method == "POST":
            shadow, share = (_percent(request, name) for name in ("shadow", "share"))
            taken = await self._take(request)
            if share and self._store.beside is not None and not self._store.beside.current.programs:
                raise Refusal(409, "there is no next version")
            if shadow is not None:
                self._counts.shadow.shadow_percent = shadow
            if share is not None:
                self._counts.shadow.share_percent = share
        told = standing(self._store, self._counts, self._guard)
        if taken is not None:
            told["taken"] = {"revision": taken.revision, "number": taken.number, "key": taken.key}
        return long_answer(
            request, json_bytes(told), trace.headers, close=self._lifecycle.draining, content_type=CONTENT_TYPE
        )

    async def _take(self, request: web.BaseRequest) -> Status | None:
        """Put the bundle that the body is, if there is one, in the place of the next version, and load it."""
        who = _who(request)
        body = await self._bodies.read(request) if request.body_exists else b""
        if not body:
            return None
        try:
            with quick_switching():
                taken = await asyncio.to_thread(self._uploads.take, body, who)
        except UploadRefused as error:
            raise Refusal(409 if error.busy else 422, str(error)) from None
        await self._reloads.reload()
        return taken

    async def _promote(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        return await self._order(request, trace, PROMOTE)

    async def _rollback(self, request: web.BaseRequest, trace: Trace) -> web.StreamResponse:
        return await self._order(request, trace, ROLLBACK)

    async def _order(self, request: web.BaseRequest, trace: Trace, act: str) -> web.StreamResponse:
        self._check_guard(request)
        who, force = _who(request), request.query.get("force", "0")
        if force not in ("0", "1"):
            raise Refusal(400, "force: expected 0 or 1", field="force")
        report = await self._reloads.order(Order(act, who, force == "1"))
        if report.refused or report.switch is None:
            reason = report.refused or "; ".join(report.errors)
            return self._answer(request, trace, 409, {"error": reason})
        body = {"status": "done", **report.switch.plain(), **report.plain()}
        return self._answer(request, trace, 422 if report.errors else 200, body)

    def _check_guard(self, request: web.BaseRequest) -> None:
        """Versions show requests and change what everybody gets: not to whoever reaches a public address."""
        if not self._guarded:
            raise Refusal(403, "versions need an admin-token, an admin-addr of their own, or a local address")
        self._check_token(request)

    def _check_token(self, request: web.BaseRequest) -> None:
        if not self._token:
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        # Compared in a time that says nothing about where they differ.
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode("utf-8", "replace"), self._token):
            raise Refusal(401, "this call needs the admin token", headers="WWW-Authenticate: Bearer\r\n")


def _is_local(address: Address) -> bool:
    """Whether only this machine reaches an address."""
    return bool(address.path) or address.host == "localhost" or address.host.startswith("127.") or address.host == "::1"


def bundle_facts(status: Status) -> dict[str, object]:
    """What ``/health`` says of the bundle that the scripts came with."""
    return {
        "revision": status.revision, "number": status.number, "at": status.at, "key": status.key,
        "tried_at": status.tried_at, "failures": status.failures, "error": status.error,
    }  # fmt: skip


def _who(request: web.BaseRequest) -> str:
    who = request.query.get("who", "")
    if not (len(who) <= WHO and who.isprintable()):
        raise Refusal(400, f"who: expected printable text of up to {WHO} characters", field="who")
    return who


def _percent(request: web.BaseRequest, name: str) -> float | None:
    """A percentage of the query; None if it is not there."""
    text = request.query.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", text, re.ASCII) or float(text) > 100.0:
        raise Refusal(400, f"{name}: expected a number from 0 to 100", field=name)
    return float(text)


def reload_body(report: Report) -> dict[str, object]:
    """The answer to ``POST /reload``: text only, as the Go engine's clients read it."""
    body: dict[str, object] = {"status": "scripts reloaded", "count": str(report.count)}
    if report.errors:
        body["status"] = "scripts reloaded, except those in error"
        body["error"] = "; ".join(report.errors)
    return body
