"""Requests at a constant rate, whatever the server does, and what became of each.

In: a port, a rate, what request number N is. Out: an `Asked` for each, in the order in which they were due. A request is
sent when it is due, on a connection that rests or on a new one; a connection that breaks loses the one request on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE = 15.0
"""Seconds until an answer that has not come counts as lost."""

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_SCRIPT = re.compile(rb"\r\nx-keystone-script: ([0-9a-f]+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: close", re.IGNORECASE)

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Question:
    """A request to ``/route/t``, by its path and who asks."""

    path: str
    user: str
    plan: str

    def bytes(self, number: int) -> bytes:
        """As it goes over the wire."""
        body = json.dumps({"path": self.path, "headers": {"X-User": self.user, "X-Plan": self.plan}}).encode()
        return b"POST /route/t HTTP/1.1\r\nHost: h\r\nX-Request-Id: r%d\r\nContent-Length: %d\r\n\r\n%b" % (
            number,
            len(body),
            body,
        )


@dataclass
class Asked:
    """A request and its answer. ``status`` is 0 if none came, -1 if the server took no connection: nothing was sent."""

    question: Question
    sent: float
    answered: float = 0.0
    status: int = 0
    script: str = ""
    backend: str = ""
    echoed: str = ""
    """The path that the script saw."""


async def ask(port: int, rate: float, seconds: float, question: Callable[[int], Question]) -> list[Asked]:
    """Ask for so long. The answers are all there, or lost, when this returns."""
    resting: list[Connection] = []
    asked: list[Asked] = []
    tasks: set[asyncio.Task[None]] = set()
    begun = time.monotonic()
    for number in range(int(rate * seconds)):
        early = begun + number / rate - time.monotonic()
        if early > 0.001:
            await asyncio.sleep(early)
        elif number % 50 == 0:
            await asyncio.sleep(0)
        one = Asked(question(number), time.monotonic())
        asked.append(one)
        task = asyncio.create_task(_one(port, resting, one, number))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    if tasks:
        await asyncio.wait(tasks, timeout=PATIENCE)
    for _, writer in resting:
        writer.close()
    return asked


async def _one(port: int, resting: list[Connection], one: Asked, number: int) -> None:
    connection = await _connection(port, resting)
    if connection is None:
        one.status = -1
        return
    reader, writer = connection
    one.sent = time.monotonic()
    try:
        writer.write(one.question.bytes(number))
        async with asyncio.timeout(PATIENCE):
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1])) if length else b""
    except (asyncio.IncompleteReadError, TimeoutError, OSError):
        writer.close()
        return
    one.answered, one.status = time.monotonic(), int(head[9:12])
    if one.status == 200:
        answer, script = json.loads(body), _SCRIPT.search(head)
        one.backend, one.echoed = answer["selected_backend"], answer.get("modified_headers", {}).get("X-Seen", "")
        one.script = script[1].decode() if script is not None else ""
    if _CLOSES.search(head):
        writer.close()
    else:
        resting.append(connection)


async def _connection(port: int, resting: list[Connection]) -> Connection | None:
    """One that rests and has not been closed meanwhile, or a new one."""
    while resting:
        reader, writer = resting.pop()
        if not reader.at_eof() and not writer.is_closing():
            return reader, writer
    with contextlib.suppress(OSError):
        return await asyncio.open_connection("127.0.0.1", port)
    return None
