"""Spans of sampled requests, sent to a collector: OTLP/HTTP in JSON (opentelemetry.io/docs/specs/otlp).

In: decisions and answers of requests whose ``traceparent`` says that their trace is sampled. Out: for each a span of
the request, one of its decision below that, and one of its run in a lane below the decision; POSTed by a thread, some
hundreds at a time. Nothing of a request is told but its tenant and its masked id, nothing of an answer but its backend.

Neither a slow collector nor none holds up a request: QUEUE spans wait, those beyond are dropped and counted. A batch
is sent again where the protocol says so (429, 502 to 504, no connection), ATTEMPTS times; then it is dropped as well.
"""

from __future__ import annotations

import collections
import http.client
import json
import logging
import os
import random
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from ...hidden import Hidden
from ...interpreter import ENGINE_VERSION
from ...untrusted.documents import DocumentError, read_json
from ...untrusted.outgoing import connection_to, within
from ..outcome import LANE, Outcome
from ..settings.config import SpanExport
from .logs import escape, facts
from .tracing import Trace, span_id

logger = logging.getLogger("keystone.spans")

QUEUE: Final = 8192
BATCH: Final = 512
"""Spans of one POST."""
INTERVAL: Final = 1.0
"""Seconds that a span waits for others."""
ATTEMPTS: Final = 5
FIRST_DELAY: Final = 1.0
LONGEST_DELAY: Final = 30.0
"""Seconds before the next attempt: doubled each time, less up to a half by chance, or as the collector says."""
CONNECT_SECONDS: Final = 5.0
POST_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 1.0
"""For a stopping server to send what waits."""
SAID: Final = 1 << 16
"""Bytes of a collector's answer that are read."""
CHARACTERS: Final = 256
"""Of a text that comes from a request or an answer."""

_AGAIN: Final = (429, 502, 503, 504)
_INTERNAL: Final = 1
_SERVER: Final = 2
_ERROR: Final = {"code": 2}
_FLAGS: Final = 0x101
"""Sampled, and it is known whether the parent is remote; _REMOTE says that it is."""
_REMOTE: Final = 0x200

_NAMES: Final = {
    "route": ("POST /route/{tenant}", "/route/{tenant}"),
    "batch": ("POST /route/{tenant}/batch", "/route/{tenant}/batch"),
    "forward": ("/forward/{tenant}", "/forward/{tenant}"),
    "spoe": ("SPOE notify", ""),
    "grpc": ("envoy.service.auth.v3.Authorization/Check", ""),
    "other": ("HTTP", ""),
}
"""Of each call, the name of its span, and the template of its path."""


class _Span(NamedTuple):
    trace_id: str
    id: str
    parent: str
    name: str
    kind: int
    began: float
    ended: float
    """By `time.perf_counter`."""
    failed: bool
    attributes: Mapping[str, str | int | float]


class Spans:
    """Those of one worker process. `start` in that process; before it, they wait."""

    def __init__(self, export: SpanExport, hidden: Hidden, worker: int = 0) -> None:
        """``hidden`` is what of a request no span shows."""
        self.sent = 0
        self.dropped = 0
        self._export = export
        self._hidden = hidden
        self._worker = worker
        self._waiting: collections.deque[_Span] = collections.deque()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._in_trouble = False

    # in the event loop

    def decided(self, outcome: Outcome, request: Mapping[str, Any], trace: Trace, seconds: float) -> None:
        """A decision of a sampled request has just been taken, in so many seconds."""
        now = time.perf_counter()
        secrets = self._hidden.secrets(request)
        attributes: dict[str, str | int | float] = {"keystone.tenant": outcome.tenant, "keystone.lane": outcome.lane}
        texts = {"keystone.request_id": trace.request_id}
        decision, failure, answer = outcome.decision, outcome.failure, outcome.answer
        if outcome.program is not None:
            attributes["keystone.script"] = outcome.program.hash
        if decision is not None:
            attributes["keystone.instructions"] = decision.instructions
            attributes["keystone.allocated_bytes"] = decision.allocated_bytes
        if failure is not None:
            attributes["error.type"] = failure.kind
        elif answer is not None and answer.get("reject"):
            attributes["keystone.rejected"] = True
        elif answer is not None:
            texts["keystone.backend"] = f"{answer.get('selected_backend', '')}"
        for name, text in texts.items():
            attributes[name] = (text if secrets is None else secrets.without(text))[:CHARACTERS]
        own = span_id()
        named = trace.trace_id, own, trace.span, "decision", _INTERNAL
        self._add(_Span(*named, now - seconds, now, failure is not None, attributes))
        if outcome.lane == LANE:
            below = trace.trace_id, span_id(), own, "lane", _INTERNAL
            began = min(now, now - seconds + outcome.waited)
            self._add(_Span(*below, began, now, failure is not None, {"keystone.lane.wait_seconds": outcome.waited}))

    def answered(self, trace: Trace, call: str, status: int) -> None:
        """A sampled request has just been answered; ``status`` is HTTP's, or 0."""
        name, template = _NAMES[call]
        attributes: dict[str, str | int | float] = {}
        if template:
            attributes["http.route"] = template
        if status:
            attributes["http.response.status_code"] = status
        named = trace.trace_id, trace.span, trace.parent_span, name, _SERVER
        self._add(_Span(*named, trace.began, time.perf_counter(), status >= 500, attributes))

    def _add(self, span: _Span) -> None:
        if len(self._waiting) >= QUEUE:
            self.dropped += 1
            return
        self._waiting.append(span)
        if len(self._waiting) >= BATCH and not self._wake.is_set():
            self._wake.set()

    def start(self) -> None:
        """Send from a thread of its own from now on."""
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send what waits, within CLOSE_SECONDS; what is left is dropped."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    # in the thread

    def _run(self) -> None:
        while True:
            self._wake.wait(INTERVAL)
            self._wake.clear()
            last = self._stopping.is_set()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                try:
                    self._send(batch)
                except Exception as error:  # the others must still be sent
                    self.dropped += len(batch)
                    logger.error("spans were lost: %s", type(error).__name__)
            if last:
                return

    def _send(self, batch: Sequence[_Span]) -> None:
        body = self._body(batch)
        delay = FIRST_DELAY
        for attempt in range(1, ATTEMPTS + 1):
            status, said, asks = self._post(body)
            if 200 <= status < 300:
                rejected = min(_rejected(said), len(batch))
                self.sent += len(batch) - rejected
                self.dropped += rejected
                self._told(said if rejected else "", rejected)
                return
            if attempt == ATTEMPTS or (status and status not in _AGAIN) or self._stopping.is_set():
                break
            self._stopping.wait(asks or delay * random.uniform(0.5, 1.0))  # no secret
            delay = min(LONGEST_DELAY, 2 * delay)
        self.dropped += len(batch)
        self._told(f"{status} {said}" if status else said, len(batch))

    def _post(self, body: bytes) -> tuple[int, str, float]:
        """The status of the answer, 0 for none; what was said; for how many seconds the collector asks."""
        export = self._export
        parts = urlsplit(export.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/json", "User-Agent": f"keystone-lua/{ENGINE_VERSION}"}
        if export.header is not None:
            headers |= dict([export.header])
        connection = None
        try:
            connection = connection_to(export.url, CONNECT_SECONDS, export.ca)
            with within(connection, POST_SECONDS):
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
                said = response.read(SAID).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error) or type(error).__name__, 0.0
        finally:
            if connection is not None:
                connection.close()
        asks = response.getheader("Retry-After", "")
        return response.status, said, min(float(asks), LONGEST_DELAY) if asks.isascii() and asks.isdigit() else 0.0

    def _told(self, trouble: str, lost: int) -> None:
        """Say in the log when trouble begins, and when it is over."""
        if trouble and not self._in_trouble:
            logger.warning("spans are dropped", extra=facts(count=lost, error=escape(trouble, CHARACTERS)))
        elif self._in_trouble and not trouble:
            logger.info("spans are sent again")
        self._in_trouble = bool(trouble)

    def _body(self, batch: Sequence[_Span]) -> bytes:
        # Span by span: Python runs one thread at a time, and the encoder does not let go before it is done.
        ahead = time.time() - time.perf_counter()
        spans = ",".join([json.dumps(_shown(span, ahead), separators=(",", ":")) for span in batch])
        resource = {
            "service.name": self._export.service,
            "service.version": ENGINE_VERSION,
            "service.instance.id": f"{os.uname().nodename}/{self._worker}",
        }
        scope = json.dumps({"name": "keystone_lua", "version": ENGINE_VERSION})
        attributes = json.dumps(_attributes(resource))
        return (
            f'{{"resourceSpans":[{{"resource":{{"attributes":{attributes}}},'
            f'"scopeSpans":[{{"scope":{scope},"spans":[{spans}]}}]}}]}}'
        ).encode("ascii")


def _shown(span: _Span, ahead: float) -> dict[str, Any]:
    """A span as the protocol's JSON has it: ids in hexadecimal, 64-bit numbers as text."""
    shown: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.id,
        "parentSpanId": span.parent,
        "flags": _FLAGS | _REMOTE if span.kind == _SERVER else _FLAGS,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(int((span.began + ahead) * 1e9)),
        "endTimeUnixNano": str(int((span.ended + ahead) * 1e9)),
        "attributes": _attributes(span.attributes),
    }
    if span.failed:
        shown["status"] = _ERROR
    return shown


def _attributes(found: Mapping[str, str | int | float]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in found.items()]


def _value(value: str | float) -> dict[str, Any]:
    if isinstance(value, str):
        return {"stringValue": value.encode("utf-8", "replace").decode()}  # half a surrogate is no text elsewhere
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"intValue": str(value)} if isinstance(value, int) else {"doubleValue": value}


def _rejected(said: str) -> int:
    """How many spans a collector says that it has not taken."""
    try:
        answer = read_json(said.encode()) if said else None
        return max(0, int(answer["partialSuccess"]["rejectedSpans"])) if isinstance(answer, dict) else 0
    except (DocumentError, LookupError, TypeError, ValueError):
        return 0
