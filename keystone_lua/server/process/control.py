"""What the supervisor and its workers say to each other, over a socket pair each.

In and out: objects behind their length. The supervisor says ``load`` (the new programs, and which tenant has which
counts), ``switched`` (the folders have changed places, and cannot be read) and ``report`` (what a reload or an order
did). These are marshalled: it runs no script, and workers must trust it anyway. A worker says ``ready``, ``reload`` (a
request, with an order or without) and ``loaded``, in JSON. A message that is too large ends the connection.
"""

from __future__ import annotations

import asyncio
import json
import logging
import marshal
import os
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...routing.scripts import ScriptStore
from ..orders import Order, Switch
from ..scripts.reload import Report
from ..telemetry.metrics import Counts

logger = logging.getLogger("keystone.control")

LENGTH = struct.Struct(">I")
MAX_FROM_WORKER = 1 << 16
"""Bytes of a message from a worker."""
MAX_FROM_SUPERVISOR = 1 << 30


def frame(message: Mapping[str, Any]) -> bytes:
    """A worker's message as it is sent."""
    return _framed(json.dumps(message).encode("ascii"))


def order(message: Mapping[str, Any]) -> bytes:
    """The supervisor's message as it is sent: it carries programs."""
    return _framed(marshal.dumps(dict(message)))


def _framed(data: bytes) -> bytes:
    return LENGTH.pack(len(data)) + data


class Messages:
    """Takes bytes as they come, gives whole messages."""

    def __init__(self, largest: int, decode: Callable[[bytes], Any] = json.loads) -> None:
        self._largest = largest
        self._decode = decode
        self._received = bytearray()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Yield the messages that ``data`` completes. Raises `ValueError` for one that is too large or is no JSON."""
        self._received += data
        while len(self._received) >= LENGTH.size:
            (size,) = LENGTH.unpack_from(self._received)
            if size > self._largest:
                raise ValueError(f"a message of {size} bytes")
            end = LENGTH.size + size
            if len(self._received) < end:
                return
            message = self._decode(bytes(self._received[LENGTH.size : end]))
            del self._received[:end]
            yield message


class Control:
    """A worker's end. Loads what the supervisor sends in a thread of its own: a busy event loop delays no reload."""

    def __init__(self, line: socket.socket, store: ScriptStore, counts: Counts) -> None:
        self._line = line
        self._store = store
        self._counts = counts
        self._sending = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked: asyncio.Future[Report] | None = None
        self.told: Callable[[Switch], None] = lambda _switch: None
        """Hears of changes of versions, in the loop."""

    def start(self) -> None:
        """Begin to listen. Call in the running loop."""
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, name="control", daemon=True).start()

    def ready(self) -> None:
        """Tell the supervisor that connections are accepted."""
        self._send({"say": "ready"})

    async def reload(self, order: Order | None) -> Report:
        """Have ``order`` carried out, if there is one, and every worker reload; one call at a time."""
        assert self._loop is not None
        self._asked = self._loop.create_future()
        self._send({"say": "reload", "order": order.plain() if order is not None else None})
        return await self._asked

    def _send(self, message: Mapping[str, Any]) -> None:
        with self._sending:
            self._line.sendall(frame(message))

    def _listen(self) -> None:
        messages = Messages(MAX_FROM_SUPERVISOR, marshal.loads)
        try:
            while data := self._line.recv(1 << 16):
                for message in messages.feed(data):
                    self._hear(message)
        except (OSError, KeyError) as error:  # as if it had hung up
            logger.debug("the supervisor's line has ended: %r", error)
        os.kill(os.getpid(), signal.SIGTERM)  # without a supervisor nobody would reload or stop this worker

    def _hear(self, message: Mapping[str, Any]) -> None:
        if message["say"] == "load":
            self._counts.use(message["tenants"])
            self._store.adopt(message["scripts"])
            if self._store.beside is not None:
                self._store.beside.adopt(message["next"])
            self._send({"say": "loaded", "number": message["number"]})
            if message["switch"] is not None and self._loop is not None:
                self._loop.call_soon_threadsafe(self.told, Switch.of_plain(message["switch"]))
        elif message["say"] == "switched":
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self.told, Switch.of_plain(message["switch"]))
        elif self._loop is not None:
            self._loop.call_soon_threadsafe(self._answer, Report.of_whole(message["report"]))

    def _answer(self, report: Report) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(report)
