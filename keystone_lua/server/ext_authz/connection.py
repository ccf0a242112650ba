"""One connection of Envoy's: HTTP/2 by the library h2, calls of gRPC, each decided where its bytes are read.

In: bytes. Out: an answer to each call. Refuses what is no HTTP/2 with a GOAWAY, and the connection ends; a call that is
none with gRPC's status; a Check that cannot be decided with an answer that denies.

Bounded: frames, the fields of a call, calls at a time, a message, all messages that are arriving together, calls that
wait for a lane, answers that wait for the client to read, connections, and the time for a first call, for the rest of
a call, for reading answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RequestReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from ...routing.request import BackendData
from ..decisions.service import DecisionService
from ..http.forward_cache import Uncarried
from ..http.lifecycle import Lifecycle
from ..http.responses import Refusal
from ..http.write_batching import WriteBatching
from ..offload.errors import Overloaded
from ..outcome import Outcome, Unfinished
from ..settings.config import ServerConfig
from ..telemetry.logs import facts
from ..telemetry.tracing import CURRENT, Trace, Traces
from . import calls
from .frames import FIELDS_BYTES, FRAME_BYTES, BadFrames, Frames
from .messages import Asked, asked_of, denied, no_decision, plain_reject, response_of

logger = logging.getLogger("keystone.ext_authz")

MOST_CALLS: Final = 128
"""At a time, of a connection. Envoy opens another one for more."""

MOST_WAITING: Final = 64
"""Calls of a connection that wait for lanes."""

MOST_UNREAD: Final = 1 << 20
"""Bytes of answers that wait for the client to read. Further ones are short, and deny."""

WARNED_SECONDS: Final = 1.0
"""Between the word that nothing more is to be asked and the end."""

_GOAWAY: Final = b"\0\0\x08\x07\0\0\0\0\0\x7f\xff\xff\xff\0\0\0\0"
"""A frame that says: ask nothing more. The last stream that it names is the last that there can be, so that all that
has been asked is answered; h2 itself can only say so when it answers no more."""


@dataclass(slots=True)
class Shared:
    """What all connections have in common."""

    config: ServerConfig
    decisions: DecisionService
    lifecycle: Lifecycle
    writes: WriteBatching
    traces: Traces
    backends: dict[str, list[BackendData]]
    ended: Callable[[], None]
    connections: set[Connection] = field(default_factory=set)
    held: int = 0
    """Bytes of messages that are arriving."""


@dataclass(slots=True)
class _Call:
    """One that is arriving."""

    path: bytes
    metadata: dict[str, str]
    since: float
    data: bytearray = field(default_factory=bytearray)


class Connection(asyncio.Protocol):
    """See the module's docstring."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._transport: asyncio.Transport | None = None
        self._http = H2Connection(
            H2Configuration(
                client_side=False,
                header_encoding=None,
                validate_outbound_headers=False,  # which are ours
                normalize_outbound_headers=False,
            )
        )
        self._http.local_settings = Settings(
            client=False,
            initial_values={
                SettingCodes.MAX_CONCURRENT_STREAMS: MOST_CALLS,
                SettingCodes.MAX_HEADER_LIST_SIZE: FIELDS_BYTES,
            },
        )
        self._http.decoder.max_header_list_size = FIELDS_BYTES
        self._frames = Frames()
        self._ended = False
        self._unread = False
        """Whether answers wait for the client to read."""
        self._since = time.monotonic()
        """When a call was last whole, or the client began not to read."""
        self._asked = False
        """Whether there has been a whole call."""
        self._stuck: float | None = None
        """Since when there have been answers that the client's windows have no room for."""
        self._warned: float | None = None
        self._calls: dict[int, _Call] = {}
        self._waiting: dict[int, asyncio.Task[None]] = {}
        self._unsent: dict[int, memoryview] = {}
        """Answers that the client's windows have no room for."""
        self._taking = False
        self._goes_on = False
        """Whether more is taken in the event loop's next turn."""

    # the transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Come in, if there is room."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        full = len(self._shared.connections) >= self._shared.config.max_connections
        self._shared.connections.add(self)
        self._http.initiate_connection()
        if full:
            self.end(ErrorCodes.ENHANCE_YOUR_CALM)
        else:
            self._flush()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Leave; what is asked has nobody to answer to."""
        self._ended = True
        self._drop()
        self._shared.connections.discard(self)
        self._shared.ended()

    def pause_writing(self) -> None:
        """The client does not read: hear nothing more from it either."""
        self._unread = True
        self._since = time.monotonic()
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        self._unread = False
        if self._transport is not None and not (self._ended or self._goes_on):
            self._transport.resume_reading()
            self._take()

    def data_received(self, data: bytes) -> None:
        """Take the frames that are whole."""
        self._frames.add(data)
        if not self._goes_on:
            self._take()

    def _go_on(self) -> None:
        self._goes_on = False
        if self._transport is not None and not (self._ended or self._unread):
            self._transport.resume_reading()
            self._take()

    # frames

    def _take(self) -> None:
        self._taking = True
        try:
            if not (self._ended or self._unread) and (data := self._frames.take()):
                for event in self._http.receive_data(data):
                    self._heard(event)
                self._send_unsent()
                self._flush()
                self._wait_for_a_turn()
        except BadFrames as error:
            logger.debug("connection ended", extra=facts(reason=str(error)))
            self.end(ErrorCodes.ENHANCE_YOUR_CALM)
        except ProtocolError as error:
            logger.debug("connection ended", extra=facts(reason=str(error)))
            self._flush()  # h2 has said why
            self._close()
        except Exception as error:  # what handle_error is to HTTP
            logger.error("unexpected exception", exc_info=error)
            self.end(ErrorCodes.INTERNAL_ERROR)
        self._taking = False

    def _wait_for_a_turn(self) -> None:
        """Before the next frames, if there are any."""
        if len(self._frames) and self._transport is not None and not self._ended:
            self._goes_on = True
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._go_on)

    def _heard(self, event: Event) -> None:
        if isinstance(event, DataReceived):
            self._add(event)
        elif isinstance(event, RequestReceived):
            self._begin(event)
        elif isinstance(event, StreamEnded):
            self._is_whole(event.stream_id)
        elif isinstance(event, StreamReset):
            self._forget(event.stream_id)
        elif isinstance(event, ConnectionTerminated):
            self._close()

    # calls

    def _begin(self, event: RequestReceived) -> None:
        stream = event.stream_id
        found = calls.called(event.headers)
        if found is not None and found[0] in (calls.CHECK, calls.HEALTH):
            self._calls[stream] = _Call(*found, time.monotonic())
            return
        if found is None:
            self._shared.lifecycle.metrics.refused(400)
            self._send(stream, calls.NO_CALL, None)
        else:
            self._fail(stream, calls.BadCall(calls.UNIMPLEMENTED, "no such method; there is Authorization/Check"))
        if event.stream_ended is None:
            self._stop_reading(stream)

    def _add(self, event: DataReceived) -> None:
        stream = event.stream_id
        if event.flow_controlled_length:
            self._http.acknowledge_received_data(event.flow_controlled_length, stream)
        call = self._calls.get(stream)
        if call is None:
            return  # it has its answer
        call.data += event.data
        self._shared.held += len(event.data)
        config = self._shared.config
        if len(call.data) > config.max_body + calls.PREFIX:
            self._forget(stream)
            self._refuse(stream, 413, f"a message of more than {config.max_body} bytes")
            self._stop_reading(stream)
        elif self._shared.held > config.max_bodies:
            self._forget(stream)
            self._refuse(stream, 503, "too many bytes of messages are under way")
            self._stop_reading(stream)

    def _stop_reading(self, stream: int) -> None:
        """Of a call that has its answer, want no more (RFC 9113, 8.1)."""
        if stream not in self._unsent:
            with contextlib.suppress(ProtocolError):
                self._http.reset_stream(stream, ErrorCodes.NO_ERROR)

    def _forget(self, stream: int) -> None:
        """The client wants no answer any more, or has one."""
        call = self._calls.pop(stream, None)
        if call is not None:
            self._shared.held -= len(call.data)
        task = self._waiting.pop(stream, None)
        if task is not None:
            task.cancel()
        self._unsent.pop(stream, None)

    def _drop(self) -> None:
        for stream in [*self._calls, *self._waiting]:
            self._forget(stream)
        self._unsent.clear()

    def _is_whole(self, stream: int) -> None:
        call = self._calls.pop(stream, None)
        if call is None:
            return
        self._since = time.monotonic()
        self._asked = True
        self._frames.called()
        self._shared.held -= len(call.data)
        try:
            message = calls.message_of(call.data)
        except calls.BadCall as error:
            self._fail(stream, error)
            return
        if call.path == calls.HEALTH:
            leaving = self._shared.lifecycle.leaving
            self._answer(stream, calls.NOT_SERVING if leaving else calls.SERVING)
        else:
            self._decide(stream, message, call.metadata)

    def _decide(self, stream: int, message: bytes, metadata: dict[str, str]) -> None:
        shared = self._shared
        try:
            asked = asked_of(message, metadata)
        except Refusal as error:
            logger.warning("cannot be asked", extra=facts(error=str(error)))
            self._refuse(stream, error.status, str(error))
            return
        if not asked.data["backends"] and asked.tenant in shared.backends:
            asked.data["backends"] = shared.backends[asked.tenant]
        sent = asked.data["headers"]
        trace = shared.traces.named(sent.get("x-request-id"), sent.get("traceparent"))
        CURRENT.set(trace)
        started = time.perf_counter()
        outcome = shared.decisions.decide_at_once(asked.tenant, asked.data)
        if not isinstance(outcome, Unfinished):
            self._tell(outcome, asked, trace, started, stream)
        elif len(self._waiting) >= MOST_WAITING:
            self._overloaded(stream, asked)
        else:
            task = asyncio.get_running_loop().create_task(self._decide_in_lane(asked, outcome, trace, started, stream))
            self._waiting[stream] = task
            task.add_done_callback(lambda task: self._done(stream, task))

    async def _decide_in_lane(self, asked: Asked, begun: Unfinished, trace: Trace, started: float, stream: int) -> None:
        try:
            outcome = await self._shared.decisions.decide(asked.tenant, asked.data, begun)
        except Overloaded:
            self._overloaded(stream, asked)
            return
        self._tell(outcome, asked, trace, started, stream)

    def _done(self, stream: int, task: asyncio.Task[None]) -> None:
        if self._waiting.get(stream) is task:
            del self._waiting[stream]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("unexpected exception", exc_info=error)
            self.end(ErrorCodes.INTERNAL_ERROR)

    def _tell(self, outcome: Outcome, asked: Asked, trace: Trace, started: float, stream: int) -> None:
        self._shared.writes.notify(outcome, asked.data, trace, time.perf_counter() - started)
        try:
            message = response_of(outcome, asked)
        except Uncarried as error:
            logger.warning("an answer cannot be carried", extra=facts(tenant=asked.tenant, error=str(error)))
            rejected = outcome.answer is not None and outcome.answer.get("reject")
            message = plain_reject() if rejected else no_decision("answer", asked)  # a reject stays one
        self._answer(stream, message)
        self._shared.writes.span(trace, "grpc")

    # answers

    def _overloaded(self, stream: int, asked: Asked) -> None:
        self._shared.lifecycle.metrics.refused(503)
        self._answer(stream, no_decision("overloaded", asked))

    def _refuse(self, stream: int, status: int, reason: str) -> None:
        self._shared.lifecycle.metrics.refused(status)
        self._answer(stream, denied(status, reason, reason))

    def _fail(self, stream: int, error: calls.BadCall) -> None:
        self._shared.lifecycle.metrics.refused(400)
        self._send(stream, calls.error(error.status, str(error)), None)

    def _answer(self, stream: int, message: bytes) -> None:
        if len(message) > MOST_UNREAD - sum(map(len, self._unsent.values())):
            message = no_decision("overloaded")
        self._send(stream, calls.HEADERS, message)

    def _send(self, stream: int, fields: calls.Fields, message: bytes | None) -> None:
        """Send an answer: ``fields``, and a message unless they are all."""
        try:
            self._http.send_headers(stream, fields, end_stream=message is None)
            if message is not None:
                self._pour(stream, memoryview(calls.framed(message)))
        except ProtocolError:  # the client has gone, or wants no answer any more
            self._unsent.pop(stream, None)
        if not self._taking:
            self._flush()

    def _pour(self, stream: int, data: memoryview) -> None:
        """Send what there is room for; the last of it ends the call."""
        http = self._http
        while data:
            room = min(http.local_flow_control_window(stream), FRAME_BYTES)
            if room <= 0:
                self._unsent[stream] = data
                if self._stuck is None:
                    self._stuck = time.monotonic()
                return
            http.send_data(stream, data[:room])
            data = data[room:]
        self._unsent.pop(stream, None)
        http.send_headers(stream, calls.TRAILERS, end_stream=True)

    def _send_unsent(self) -> None:
        """Once for all the room that was made: 128 streams and a frame for each byte of it would be much to look at."""
        for stream, data in list(self._unsent.items()):
            if self._http.outbound_flow_control_window <= 0:
                break
            try:
                self._pour(stream, data)
            except ProtocolError:
                self._unsent.pop(stream, None)
        if not self._unsent:
            self._stuck = None

    def _flush(self) -> None:
        data = self._http.data_to_send()
        if data and self._transport is not None and not self._ended:
            self._shared.writes.write(self._transport, data)
        else:
            self._shared.writes.end()  # who has been told of a decision waits for that

    # the end

    @property
    def rests(self) -> bool:
        """Whether nothing that has arrived waits for an answer."""
        return not (self._calls or self._waiting or self._unsent or len(self._frames))

    def warn(self) -> None:
        """Say that nothing more is to be asked here."""
        if self._warned is None and self._transport is not None and not self._ended:
            self._warned = time.monotonic()
            self._shared.writes.write(self._transport, _GOAWAY)

    def look(self, now: float) -> None:
        """End the connection if it has been waited for too long."""
        config, transport = self._shared.config, self._transport
        waited = now - self._since
        if transport is None or self._ended:
            return
        if (self._unread and waited > config.write_seconds) or (
            self._stuck is not None and now - self._stuck > config.write_seconds
        ):
            transport.abort()
        elif self._is_late(now):
            self.end(ErrorCodes.ENHANCE_YOUR_CALM)
        elif not self._waiting and waited > config.idle_seconds:
            if self._warned is None:
                self.warn()
            elif now - self._warned > WARNED_SECONDS:
                self.end()

    def _is_late(self, now: float) -> bool:
        """Whether the first call, or the rest of one, takes too long to arrive."""
        config = self._shared.config
        if self._calls:
            return any(now - call.since > config.body_seconds for call in self._calls.values())
        return not self._asked and now - self._since > config.head_seconds

    def end(self, code: ErrorCodes = ErrorCodes.NO_ERROR) -> None:
        """Say why, and close."""
        if self._ended:
            return
        try:
            self._http.close_connection(code)
        except ProtocolError:
            logger.debug("connection ended without a word")
        self._flush()
        self._close()

    def _close(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._drop()
        self._shared.writes.end()
        if self._transport is not None:
            self._transport.close()
