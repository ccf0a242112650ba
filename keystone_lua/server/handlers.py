"""HTTP in, HTTP out: finds the call, reads its body, translates what `decisions` and `store` say.

In: an aiohttp request. Out: an aiohttp response, JSON in every case. Refuses: what the HTTP table of the
README refuses, as `Refusal`. Nothing is decided here.

Routing is by hand: five lines, exact about trailing slashes and escapes, and twice as fast as
aiohttp's dispatcher.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from aiohttp import web

from keystone_lua.interpreter import COST_VERSION, ENGINE_VERSION

from .config import ServerConfig
from .decisions import DecisionService, Verdict
from .lanes import Lanes, Overloaded
from .responses import answer
from .store import ScriptsFolderError, ScriptStore
from .wire import BadRequest, json_bytes, read_request

logger = logging.getLogger("keystone.http")

ROUTE = "/route/"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._~+/=:@-]{1,128}", re.ASCII)
_NO_TENANT = re.compile(r"[/\\\x00-\x1f\x7f\ud800-\udfff]|\A\.{0,2}\Z")


class Refusal(Exception):
    """A request that is answered by a 4xx or 503. ``close`` ends the connection, whose bytes no longer make sense."""

    def __init__(
        self, status: int, message: str, *, field: str = "", allow: str = "", retry_after: int = 0, close: bool = False
    ) -> None:
        super().__init__(message)
        self.status = status
        self.field = field
        self.allow = allow
        self.retry_after = retry_after
        self.close = close


class Handlers:
    """Answers every request of one server."""

    def __init__(self, config: ServerConfig, store: ScriptStore) -> None:
        self.draining = False
        """Set when the server stops: every answer then closes its connection."""
        self.busy: set[web.RequestHandler] = set()
        """Connections whose request is being read or decided."""
        self._idle: asyncio.Event | None = None
        self._config = config
        self._store = store
        self.lanes = Lanes(config.lanes, config.limits)
        self._decisions = DecisionService(store, config.limits, self.lanes)
        self._reloads = Reloads(store)
        self._request_ids = RequestIds()
        self._started = time.monotonic()
        self._calls: dict[str, tuple[str, Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]]] = {
            "/health": ("GET, HEAD", self._health),
            "/reload": ("POST", self._reload),
        }

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer ``request``."""
        connection = request.protocol
        self.busy.add(connection)
        try:
            path = request.raw_path
            if not path.startswith(ROUTE):
                path = request.rel_url.raw_path  # without the query, and without a proxy's http://host
                if not path.startswith(ROUTE):
                    return await self._other(request, path)
            return await self._route(request, path)
        except Refusal as refusal:
            return self._refuse(request, refusal)
        except BadRequest as error:
            return self._refuse(request, Refusal(400, str(error), field=error.field))
        except Overloaded as error:
            return self._refuse(request, Refusal(503, f"overloaded: {error}", retry_after=error.retry_after))
        finally:
            self.busy.discard(connection)
            if self._idle is not None and not self.busy:
                self._idle.set()

    async def idle(self) -> None:
        """Return when no request is being read or decided."""
        self._idle = asyncio.Event()
        if self.busy:
            await self._idle.wait()

    async def _route(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        if request.method != "POST":
            raise _wrong_method(request, "POST")
        tenant = tenant_of(path)
        body = await read_body(request, self._config.max_body, self._config.body_seconds)
        verdict = await self._decisions.decide(tenant, read_request(body))
        extra = _decision_headers(verdict) + self._request_id(request)
        if verdict.answer is not None:
            return answer(request, 200, json_bytes(verdict.answer), extra, close=self.draining)
        return answer(request, 500, json_bytes(_failure(verdict)), extra, close=self.draining)

    async def _other(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        try:
            allow, call = self._calls[path]
        except KeyError:
            raise Refusal(404, "no such path; there are POST /route/{tenant}, GET /health, POST /reload") from None
        if request.method not in allow.split(", "):
            raise _wrong_method(request, allow)
        return await call(request)

    async def _health(self, request: web.BaseRequest) -> web.StreamResponse:
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
        }
        return answer(request, 200, json_bytes(body), self._request_id(request), close=self.draining)

    async def _reload(self, request: web.BaseRequest) -> web.StreamResponse:
        body = {"status": "scripts reloaded"}
        try:
            errors = await self._reloads.reload()
        except ScriptsFolderError as error:
            errors = (str(error),)
        if errors:
            body["status"] = "scripts reloaded, except those in error"
        body["count"] = str(len(self._store.current.programs))
        if errors:
            body["error"] = "; ".join(errors)
            logger.warning("reload: %s", body["error"])
        status = 422 if errors else 200
        return answer(request, status, json_bytes(body), self._request_id(request), close=self.draining)

    def _refuse(self, request: web.BaseRequest, refusal: Refusal) -> web.StreamResponse:
        body = {"error": str(refusal)}
        if refusal.field:
            body["field"] = refusal.field
        extra = self._request_id(request) + (f"Allow: {refusal.allow}\r\n" if refusal.allow else "")
        extra += f"Retry-After: {refusal.retry_after}\r\n" if refusal.retry_after else ""
        return answer(request, refusal.status, json_bytes(body), extra, close=refusal.close or self.draining)

    def _request_id(self, request: web.BaseRequest) -> str:
        return f"X-Request-Id: {self._request_ids.of(request.headers.get('X-Request-Id'))}\r\n"


class RequestIds:
    """Names for requests that came without one: a random part of this process, and a count."""

    def __init__(self) -> None:
        self._prefix = os.urandom(8).hex()
        self._count = itertools.count(1)

    def of(self, sent: str | None) -> str:
        """Return ``sent`` if it is a sane token of up to 128 characters, else a new name."""
        if sent is not None and _REQUEST_ID.fullmatch(sent):
            return sent
        return f"{self._prefix}-{next(self._count):x}"


class Reloads:
    """Runs reloads one after another in a thread; those who ask during one share the next.

    So an answer always means that the folder as it was after the question is in force, and any number
    of callers costs two loads at most.
    """

    def __init__(self, store: ScriptStore) -> None:
        self._store = store
        self._running = asyncio.Lock()
        self._next: asyncio.Task[tuple[str, ...]] | None = None

    async def reload(self) -> tuple[str, ...]:
        """Reload and return the errors. Raises `ScriptsFolderError`."""
        if self._next is None:
            self._next = asyncio.create_task(self._load())
        return await asyncio.shield(self._next)

    async def _load(self) -> tuple[str, ...]:
        async with self._running:
            self._next = None
            return (await asyncio.to_thread(self._store.reload)).errors


def tenant_of(path: str) -> str:
    """Return the tenant in a raw path that begins with ``/route/``. Raises `Refusal` where there is none.

    The name may hold anything but separators and control characters; it is a key and never a path.
    """
    tenant = path[len(ROUTE) :].partition("?")[0].removesuffix("/")
    if "%" in tenant:
        try:
            tenant = unquote(tenant, errors="strict")
        except UnicodeDecodeError:
            raise Refusal(400, "the tenant's name is not UTF-8") from None
    if _NO_TENANT.search(tenant):
        raise Refusal(400, "the path must be /route/{tenant}, with one tenant name after /route/")
    return tenant


async def read_body(request: web.BaseRequest, limit: int, seconds: float) -> bytes:
    """Return the request's body of up to ``limit`` bytes. Raises `Refusal`: 413, 408 after ``seconds``, 400, 417."""
    content = request.content
    try:
        if content.is_eof():  # the usual case: it came with the head
            body = content.read_nowait()
        else:
            body = await _read_slowly(request, limit, seconds)
    except (web.RequestPayloadError, web.HTTPException) as error:
        raise Refusal(400, f"the request's body is malformed: {error}", close=True) from None
    if len(body) > limit:
        raise Refusal(413, f"request body is larger than {limit} bytes", close=True)
    return body


async def _read_slowly(request: web.BaseRequest, limit: int, seconds: float) -> bytes:
    length = request.content_length
    if length is not None and length > limit:
        raise Refusal(413, f"request body is larger than {limit} bytes", close=True)
    expectation = request.headers.get("Expect")
    if expectation is not None:
        _go_on(request, expectation)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while len(body) <= limit:
                chunk = await request.content.readany()
                if not chunk:
                    break
                body += chunk
    except TimeoutError:
        raise Refusal(408, f"request body did not arrive within {seconds:g} s", close=True) from None
    return bytes(body)


def _go_on(request: web.BaseRequest, expectation: str) -> None:
    if expectation.lower() != "100-continue":
        raise Refusal(417, "the only expectation that can be met is 100-continue", close=True)
    if request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _wrong_method(request: web.BaseRequest, allow: str) -> Refusal:
    return Refusal(405, f"method not allowed here; use {allow.partition(',')[0]}", allow=allow)


def _decision_headers(verdict: Verdict) -> str:
    if verdict.program is None or verdict.decision is None:
        return ""
    decision = verdict.decision
    return (
        f"X-Keystone-Script: {verdict.program.hash}\r\n"
        f"X-Keystone-Instructions: {decision.instructions}\r\n"
        f"X-Keystone-Bytes: {decision.allocated_bytes}\r\n"
        f"X-Keystone-Seed: {decision.seed}\r\n"
        f"X-Keystone-Clock: {decision.now!r}\r\n"
    )


def _failure(verdict: Verdict) -> dict[str, object]:
    failure, decision = verdict.failure, verdict.decision
    assert failure is not None  # a verdict without an answer has a failure
    body: dict[str, object] = {
        "error": failure.message,
        "kind": failure.kind,
        "tenant": verdict.tenant,
        "script": failure.position,
        "instructions": decision.instructions if decision is not None else 0,
        "allocated_bytes": decision.allocated_bytes if decision is not None else 0,
    }
    if failure.traceback:
        body["traceback"] = list(failure.traceback)
    if failure.top is not None:
        body["top"] = failure.top
    return body
