"""Answers that are written together: in order, bounded, and none is lost when the server stops."""

from __future__ import annotations

import asyncio
from unittest.mock import Mock

from keystone_lua.server.connections import Server
from keystone_lua.server.handlers import Handlers
from keystone_lua.server.outbox import MOST, Outbox
from keystone_lua.server.stage import Stage


class Transport(asyncio.WriteTransport):
    """Remembers what was written, in a list that many share."""

    def __init__(self, name: str, written: list[tuple[str, bytes]]) -> None:
        super().__init__()
        self.name = name
        self.written = written

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append((self.name, bytes(data)))


def test_written_in_order_at_the_end_of_the_turn() -> None:
    written: list[tuple[str, bytes]] = []

    async def turns() -> None:
        outbox, loop = Outbox(), asyncio.get_running_loop()
        for turn in (b"1", b"2"):
            for name in "ab":
                outbox.put(loop, Transport(name, written), turn)
            written.append(("turn", turn))
            await asyncio.sleep(0)

    asyncio.run(turns())
    assert written == [("turn", b"1"), ("a", b"1"), ("b", b"1"), ("turn", b"2"), ("a", b"2"), ("b", b"2")]


def test_no_more_than_so_many_wait() -> None:
    written: list[tuple[str, bytes]] = []

    async def turn() -> None:
        outbox, loop = Outbox(), asyncio.get_running_loop()
        for _ in range(MOST - 1):
            outbox.put(loop, Transport("", written), b"")
        assert not written
        outbox.put(loop, Transport("last", written), b"")
        assert len(written) == MOST
        assert written[-1][0] == "last"

    asyncio.run(turn())


def test_what_waits_is_written_before_connections_are_closed() -> None:
    """`Server.pre_shutdown` may come between an answer and the end of the loop's turn."""
    written: list[tuple[str, bytes]] = []

    async def stop() -> None:
        server = Server(Mock(Handlers), Mock(Stage, admission=None), 1.0)
        server.outbox.put(asyncio.get_running_loop(), Transport("", written), b"answer")
        server.pre_shutdown()
        assert written == [("", b"answer")]

    asyncio.run(stop())
