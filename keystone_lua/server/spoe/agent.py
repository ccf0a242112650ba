"""The agent that HAProxy asks: decisions over its frames, with the same budgets, lanes, log and metrics as over HTTP.

In: bytes from HAProxy, through a listening socket that the caller owns. Out: an ACK for each NOTIFY. What is no
frame, or comes at the wrong time, is answered by a DISCONNECT that says why, and the connection ends. A request that
cannot be decided is an ACK that sets ``error`` and not ``decided``.

Bounded are: the size of frames, by what both sides offer; a NOTIFY in pieces, by the size of a request body, and all
of those together; the requests of a connection that wait for a lane; the number of connections; the time for a HELLO,
for the rest of a frame or a NOTIFY, and for reading answers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from ..decisions.service import DecisionService
from ..http.forward_cache import Uncarried
from ..http.lifecycle import Lifecycle
from ..http.write_batching import WriteBatching
from ..offload.errors import Overloaded
from ..outcome import Outcome, Unfinished
from ..settings.config import ServerConfig
from ..telemetry.logs import facts
from ..telemetry.tracing import CURRENT, Trace, Traces
from . import frames
from .frames import ABORT, FIN, LENGTH, BadFrame, Frame
from .messages import Asked, BadArguments, actions_of, arguments_of, asked_of, no_decision

logger = logging.getLogger("keystone.spoe")

LEAST_FRAME: Final = 256
MOST_FRAME: Final = 1 << 16
"""Bytes of a frame. HAProxy offers its buffer less four bytes, 16,380 unless it is raised; 256 is the protocol's."""

CAPABILITIES: Final = "pipelining,fragmentation"

MOST_WAITING: Final = 64
"""Requests of a connection that wait for lanes. HAProxy sends 20 before it has an answer (max-waiting-frames)."""

TOGETHER: Final = 1 << 16
"""Bytes of answers that are written together."""

TURN_SECONDS: Final = 0.001
"""How long the frames of a connection keep the event loop, if no single one takes longer. Small NOTIFYs of 256 kB that
are read at once would hold all others for half a second."""

MOST_NAMES: Final = 32
"""Of a HELLO."""

SWEEP_SECONDS: Final = 1.0
"""Between two looks for connections that have been doing nothing."""


class Agent:
    """Makes connections, and ends them all."""

    def __init__(
        self, config: ServerConfig, decisions: DecisionService, lifecycle: Lifecycle, writes: WriteBatching
    ) -> None:
        self.config = config
        self.decisions = decisions
        self.lifecycle = lifecycle
        self.writes = writes
        self.traces = Traces()
        self.backends = {name: list(own.backends) for name, own in config.tenants.items() if own.backends}
        self.connections: set[Connection] = set()
        self.connection_ended: Callable[[], None] = lambda: None
        """Called after each connection that was made."""
        self.held = 0
        """Bytes of pieces of NOTIFYs."""
        self._timer: asyncio.TimerHandle | None = None
        self._sweep()

    def __call__(self) -> Connection:
        """Return the protocol of a new connection."""
        return Connection(self)

    def _sweep(self) -> None:
        now = time.monotonic()
        for connection in list(self.connections):
            connection.look(now)
        self._timer = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    async def idle(self) -> None:
        """End each connection when nothing is asked on it any more; return when all are ended."""
        while self.connections:
            for connection in list(self.connections):
                if connection.rests:
                    connection.end(frames.NORMAL, "the agent stops")
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """End those that are left."""
        for connection in list(self.connections):
            connection.end(frames.TIMEOUT, "the agent stops")
        if self._timer is not None:
            self._timer.cancel()


class Connection(asyncio.Protocol):
    """One connection of HAProxy's."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._most = MOST_FRAME
        self._greeted = False
        self._ended = False
        self._leaving = False
        """Whether an answer has been written while the agent stops: nothing else is asked before it is read."""
        self._unread = False
        """Whether answers wait for HAProxy to read."""
        self._since = time.monotonic()
        """When HAProxy was last heard of, or began not to read."""
        self._begun: float | None = None
        """When the frame or the NOTIFY began of which the rest is missing."""
        self._pieces: list[bytes] = []
        self._piece_of: tuple[int, int] | None = None
        self._size = 0
        """Bytes of the pieces."""
        self._waiting: set[asyncio.Task[None]] = set()
        self._taking = False
        self._going_on: asyncio.Handle | None = None
        """What takes the rest of the frames, after the others have had their turn. Nothing is read meanwhile."""
        self._answers: list[bytes] = []
        """To the frames that are being taken."""
        self._answered = 0
        """Bytes of these."""

    # the transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Come in, if there is room."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        full = len(self._agent.connections) >= self._agent.config.max_connections
        self._agent.connections.add(self)
        if full:
            self.end(frames.NO_RESOURCES, "too many connections")

    def connection_lost(self, exc: BaseException | None) -> None:
        """Leave; what is asked has nobody to answer to."""
        self._ended = True
        self._drop_pieces()
        for task in list(self._waiting):
            task.cancel()
        self._agent.connections.discard(self)
        self._agent.connection_ended()

    def pause_writing(self) -> None:
        """HAProxy does not read: ask it nothing more either."""
        self._unread = True
        self._since = time.monotonic()
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        self._unread = False
        self._read_again()
        self._take()

    def data_received(self, data: bytes) -> None:
        """Take the frames that are whole."""
        self._since = time.monotonic()
        self._received += data
        self._take()

    # frames

    def _take(self) -> None:
        if self._going_on is not None:
            return
        received, at = self._received, 0
        self._taking = True
        began, is_over = time.monotonic(), False
        try:
            while not (self._ended or self._unread) and len(received) - at >= LENGTH:
                size = int.from_bytes(received[at : at + LENGTH], "big")
                if size > self._most:
                    raise BadFrame(f"a frame of {size} bytes, more than {self._most}", frames.TOO_BIG)
                end = at + LENGTH + size
                if end > len(received):
                    break
                frame = frames.frame_of(bytes(received[at + LENGTH : end]))
                at = end
                self._heard(frame)
                if time.monotonic() - began > TURN_SECONDS:
                    is_over = True
                    break
        except BadFrame as error:
            self.end(error.code, str(error))
        except Exception as error:  # what handle_error is to HTTP
            logger.error("unexpected exception", exc_info=error)
            self.end(frames.UNKNOWN, "the agent failed")
        self._taking = False
        self._flush()
        del received[:at]
        if is_over and received and self._transport is not None and not self._ended:
            self._transport.pause_reading()
            self._going_on = asyncio.get_running_loop().call_soon(self._go_further)
        self._end_if_leaving()
        if not (self._received or self._piece_of):
            self._begun = None
        elif self._begun is None or (at and not self._piece_of):
            self._begun = self._since

    def _go_further(self) -> None:
        self._going_on = None
        self._take()
        self._read_again()

    def _read_again(self) -> None:
        if self._transport is not None and not (self._ended or self._unread or self._going_on is not None):
            self._transport.resume_reading()

    def _heard(self, frame: Frame) -> None:
        kind = frame.kind
        if kind == frames.NOTIFY and self._greeted:
            if self._piece_of is not None:
                raise BadFrame("a NOTIFY between the pieces of another one", frames.INTERLACED)
            if frame.flags & FIN:
                self._decide(frame.stream, frame.number, frame.data, frame.at)
            else:
                self._piece_of = frame.stream, frame.number
                self._add_piece(frame)
        elif kind == frames.UNSET and self._greeted:
            self._go_on(frame)
        elif kind == frames.HAPROXY_DISCONNECT:
            self.end(frames.NORMAL, "goodbye")
        elif kind == frames.HAPROXY_HELLO and not self._greeted:
            self._greet(frame)
        else:
            raise BadFrame(f"a frame of type {kind}, which does not belong here")

    def _greet(self, frame: Frame) -> None:
        if not frame.flags & FIN or frame.stream or frame.number:
            raise BadFrame("a HELLO in pieces, or of a stream")
        said = frames.pairs_at(frame.data, frame.at, MOST_NAMES)
        versions, size = said.get("supported-versions"), said.get("max-frame-size")
        if not isinstance(versions, str):
            raise BadFrame("a HELLO without supported-versions", frames.NO_VERSION)
        if "2.0" not in [version.strip() for version in versions.split(",", MOST_NAMES)]:
            raise BadFrame("version 2.0 is spoken here", frames.BAD_VERSION)
        if not isinstance(size, int):
            raise BadFrame("a HELLO without max-frame-size", frames.NO_FRAME_SIZE)
        if not isinstance(said.get("capabilities"), str):
            raise BadFrame("a HELLO without capabilities", frames.NO_CAPABILITIES)
        if size < LEAST_FRAME:
            raise BadFrame(f"frames of at most {size} bytes", frames.BAD_FRAME_SIZE)
        if said.get("healthcheck") is True and self._agent.lifecycle.leaving:
            raise BadFrame("the agent stops", frames.NORMAL)
        self._most = min(size, MOST_FRAME)
        self._greeted = True
        self._write(frames.hello(self._most, CAPABILITIES))
        if said.get("healthcheck") is True:
            self._close()

    # a NOTIFY in pieces

    def _go_on(self, frame: Frame) -> None:
        if self._piece_of is None:
            raise BadFrame("a piece of nothing", frames.UNKNOWN_FRAME)
        if self._piece_of != (frame.stream, frame.number):
            raise BadFrame("a piece of another NOTIFY", frames.INTERLACED)
        if frame.flags & ABORT:
            self._drop_pieces()
            return
        self._add_piece(frame)
        if frame.flags & FIN:
            whole = b"".join(self._pieces)
            self._drop_pieces()
            self._decide(frame.stream, frame.number, whole, 0)

    def _add_piece(self, frame: Frame) -> None:
        piece = frame.data[frame.at :]
        self._pieces.append(piece)
        size = len(piece) + LENGTH  # an empty one takes room, too
        self._size += size
        self._agent.held += size
        config = self._agent.config
        if self._size > config.max_body:
            raise BadFrame(f"a NOTIFY of more than {config.max_body} bytes", frames.TOO_BIG)
        if self._agent.held > config.max_bodies:
            raise BadFrame("too many bytes of NOTIFYs are under way", frames.NO_RESOURCES)

    def _drop_pieces(self) -> None:
        self._agent.held -= self._size
        self._pieces, self._piece_of, self._size = [], None, 0

    # decisions

    def _decide(self, stream: int, number: int, data: bytes, at: int) -> None:
        agent = self._agent
        arguments = arguments_of(data, at)
        if arguments is None:
            self._answer(stream, number, b"")  # messages for others
            return
        try:
            asked = asked_of(arguments)
        except BadArguments as error:
            agent.lifecycle.metrics.refused(400)
            logger.warning("cannot be asked", extra=facts(error=str(error)))
            self._answer(stream, number, no_decision(str(error)))
            return
        if not asked.data["backends"] and asked.tenant in agent.backends:
            asked.data["backends"] = agent.backends[asked.tenant]
        sent = asked.data["headers"]
        trace = agent.traces.named(sent.get("x-request-id"), sent.get("traceparent"))
        CURRENT.set(trace)
        started = time.perf_counter()
        outcome = agent.decisions.decide_at_once(asked.tenant, asked.data)
        if not isinstance(outcome, Unfinished):
            self._tell(outcome, asked, trace, started, (stream, number))
        elif len(self._waiting) >= MOST_WAITING:
            self._refuse(stream, number)
        else:
            task = asyncio.get_running_loop().create_task(
                self._decide_in_lane(asked, outcome, trace, started, (stream, number))
            )
            self._waiting.add(task)
            task.add_done_callback(self._done)

    async def _decide_in_lane(
        self, asked: Asked, begun: Unfinished, trace: Trace, started: float, to: tuple[int, int]
    ) -> None:
        try:
            outcome = await self._agent.decisions.decide(asked.tenant, asked.data, begun)
        except Overloaded:
            self._refuse(*to)
            return
        self._tell(outcome, asked, trace, started, to)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._waiting.discard(task)
        self._end_if_leaving()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("unexpected exception", exc_info=error)
            self.end(frames.UNKNOWN, "the agent failed")

    def _refuse(self, stream: int, number: int) -> None:
        self._agent.lifecycle.metrics.refused(503)
        self._answer(stream, number, no_decision("overloaded"))

    def _tell(self, outcome: Outcome, asked: Asked, trace: Trace, started: float, to: tuple[int, int]) -> None:
        self._agent.writes.notify(outcome, asked.data, trace, time.perf_counter() - started)
        try:
            actions = actions_of(outcome, asked.data)
        except Uncarried as error:
            logger.warning("an answer cannot be carried", extra=facts(tenant=asked.tenant, error=str(error)))
            actions = no_decision("answer")
        self._answer(*to, actions)
        self._agent.writes.span(trace, "spoe")

    def _answer(self, stream: int, number: int, actions: bytes) -> None:
        ack = frames.frame(frames.ACK, stream, number, actions)
        if len(ack) - LENGTH > self._most:
            logger.warning("an answer is too large for a frame", extra=facts(bytes=len(ack), most=self._most))
            ack = frames.frame(frames.ACK, stream, number, no_decision("answer"))
        self._write(ack)
        self._leaving = self._agent.lifecycle.draining

    # the end

    @property
    def rests(self) -> bool:
        """Whether nothing that has arrived waits for an answer."""
        return not (self._waiting or self._received or self._piece_of)

    def _end_if_leaving(self) -> None:
        if self._leaving and self.rests:
            self.end(frames.NORMAL, "the agent stops")

    def look(self, now: float) -> None:
        """End the connection if it has been waited for too long."""
        config, transport = self._agent.config, self._transport
        waited = now - self._since
        if transport is None or self._ended:
            return
        if self._unread and waited > config.write_seconds:
            transport.abort()
        elif not self._greeted and waited > config.head_seconds:
            self.end(frames.TIMEOUT, "no HELLO")
        elif self._begun is not None and not self._unread and now - self._begun > config.body_seconds:
            self.end(frames.TIMEOUT, "the rest of a frame did not arrive")
        elif not self._waiting and waited > config.idle_seconds:
            self.end(frames.TIMEOUT, "idle")

    def end(self, code: int, reason: str) -> None:
        """Say why, and close."""
        if self._ended:
            return
        if code not in (frames.NORMAL, frames.TIMEOUT):
            logger.debug("connection ended", extra=facts(code=code, reason=reason))
        self._write(frames.disconnect(code, reason))
        self._close()

    def _close(self) -> None:
        self._flush()
        self._ended = True
        for task in list(self._waiting):
            task.cancel()
        self._agent.writes.end()
        if self._transport is not None:
            self._transport.close()

    def _write(self, data: bytes) -> None:
        if self._ended:
            self._agent.writes.end()  # who has been told of a decision waits for that
            return
        self._answers.append(data)
        self._answered += len(data)
        if not self._taking:
            self._flush()
        elif self._answered > TOGETHER:
            self._flush()
            self._agent.writes.end()  # and hear whether HAProxy reads

    def _flush(self) -> None:
        """Write what waits, at once: each write wakes HAProxy, which costs more than to make the answer."""
        answers, self._answers, self._answered = self._answers, [], 0
        if answers and self._transport is not None:
            self._agent.writes.write(self._transport, b"".join(answers))
