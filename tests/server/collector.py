"""A collector of spans, as OpenTelemetry's own definition of the protocol reads them.

What is POSTed must be JSON that ``opentelemetry-proto``, the project's compiled definitions, takes as an
ExportTraceServiceRequest without an unknown field; besides, what its specification says of JSON: names in lower camel
case, ids in hexadecimal, kinds and codes as numbers.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.server.support import LOOPBACK, WAIT

IDS = {"traceId": 32, "spanId": 16, "parentSpanId": 16}


def read(body: bytes) -> ExportTraceServiceRequest:
    """What was sent. Raises `ValueError` for what is not in the protocol's JSON."""
    return json_format.ParseDict(_with_bytes(json.loads(body)), ExportTraceServiceRequest())


def _with_bytes(value: Any) -> Any:
    """The protocol's JSON as protobuf's own: ids in base64."""
    if isinstance(value, list):
        return [_with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for name, content in value.items():
        if not re.fullmatch("[a-z][A-Za-z]*", name):
            raise ValueError(f"{name}: is not in lower camel case")
        if name in IDS:
            if not re.fullmatch(rf"[0-9a-fA-F]{{{IDS[name]}}}", content) or not content.strip("0"):
                raise ValueError(f"{name}: {content!r}")
            made[name] = base64.b64encode(bytes.fromhex(content)).decode()
        elif name in ("kind", "code") and not isinstance(content, int):
            raise ValueError(f"{name}: is no number")
        else:
            made[name] = _with_bytes(content)
    return made


@dataclass(frozen=True)
class Got:
    """A span that has come."""

    resource: dict[str, str]
    span: Span
    attributes: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.span.name)

    @property
    def seconds(self) -> float:
        return (self.span.end_time_unix_nano - self.span.start_time_unix_nano) / 1e9


def spans_of(request: ExportTraceServiceRequest) -> Iterator[Got]:
    """Its spans."""
    for of_resource in request.resource_spans:
        resource = {each.key: each.value.string_value for each in of_resource.resource.attributes}
        for of_scope in of_resource.scope_spans:
            assert of_scope.scope.name == "keystone_lua"
            for span in of_scope.spans:
                attributes = {each.key: _plain(each.value) for each in span.attributes}
                assert len(attributes) == len(span.attributes), "a name twice"
                yield Got(resource, span, attributes)


def _plain(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


@dataclass
class Collector:
    """Keeps what comes; ``answers`` are given in turn, then 200."""

    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    pause: float = 0.0
    """Seconds before each answer."""
    got: list[Got] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    url: str = ""

    def wait(self, ready: Callable[[Sequence[Got]], bool]) -> list[Got]:
        """The spans, once they are ``ready``."""
        until = time.monotonic() + WAIT
        while not ready(self.got):
            assert time.monotonic() < until, ([each.name for each in self.got], self.troubles)
            time.sleep(0.01)
        return list(self.got)

    def take(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        """Answer a POST."""
        self.heads.append(headers)
        answer = self.answers.pop(0) if self.answers else (200, b"{}", {})
        time.sleep(self.pause)
        try:
            assert headers["Content-Type"] == "application/json"
            request = read(body)
            if answer[0] == 200:
                self.got += spans_of(request)
        except (ValueError, AssertionError, json_format.ParseError) as error:
            self.troubles.append(repr(error))
            return 400, b"", {}
        return answer


@contextlib.contextmanager
def collector(**options: Any) -> Iterator[Collector]:
    """A collector at an address of this machine."""
    made = Collector(**options)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said, more = made.take(dict(self.headers), body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(said)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(said)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    made.url = f"http://{LOOPBACK}:{server.server_port}/v1/traces"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join(WAIT)
        server.server_close()
    assert made.troubles == []
