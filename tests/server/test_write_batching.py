"""The end of a turn: counted, written, told, in order; bounded, and no answer is lost when the server stops."""

from __future__ import annotations

import asyncio
from unittest.mock import Mock

import pytest

from keystone_lua.routing.request import RequestData, read_request
from keystone_lua.server.http.handlers import Handlers
from keystone_lua.server.http.lifecycle import Lifecycle
from keystone_lua.server.http.protocol import Server
from keystone_lua.server.http.write_batching import MOST_ANSWERS, MOST_OUTCOMES, WriteBatching
from keystone_lua.server.outcome import Outcome
from keystone_lua.server.telemetry.tracing import Trace


class Transport(asyncio.WriteTransport):
    """Remembers what was written, in a list that many share."""

    def __init__(self, name: str, written: list[tuple[str, bytes]]) -> None:
        super().__init__()
        self.name = name
        self.written = written

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append((self.name, bytes(data)))


class Observer:
    """Writes down, in that list, of which tenants it is told."""

    missed = 0

    def __init__(self, written: list[tuple[str, bytes]], word: bytes) -> None:
        self.written = written
        self.word = word

    def decided(self, outcome: Outcome, request: RequestData, request_id: str, seconds: float) -> None:
        self.written.append((outcome.tenant, self.word))

    def close(self) -> None: ...


REQUEST = read_request(b"{}")
TRACE = Trace("", "")


def test_written_in_order_at_the_end_of_the_turn() -> None:
    written: list[tuple[str, bytes]] = []

    async def turns() -> None:
        writes = WriteBatching(Observer(written, b"counted"), [Observer(written, b"told")])
        for number in (b"1", b"2"):
            for name in "ab":
                writes.notify(Outcome(name, None), REQUEST, TRACE, 0.0)
                writes.write(Transport(name, written), number)
            written.append(("turn", number))
            await asyncio.sleep(0)

    asyncio.run(turns())
    expected = [
        [("turn", number), *[(name, word) for word in (b"counted", number, b"told") for name in "ab"]]
        for number in (b"1", b"2")
    ]
    assert written == [*expected[0], *expected[1]]


def test_a_turn_that_cannot_end_well_is_not_the_loop_s_end(caplog: pytest.LogCaptureFixture) -> None:
    async def fails() -> str:
        writes = WriteBatching(Observer([], b""))
        writes.notify(None, REQUEST, TRACE, 0.0)  # type: ignore[arg-type]  # a bug
        writes.write(Transport("", []), b"")
        await asyncio.sleep(0)
        return "alive"

    ended: list[str] = []

    async def main() -> None:
        ended.append(await fails())

    asyncio.run(main())
    assert ended == ["alive"]
    assert "Exception in callback WriteBatching.end" in caplog.text


def test_no_more_than_so_many_wait() -> None:
    written: list[tuple[str, bytes]] = []

    async def full() -> None:
        writes = WriteBatching(Observer(written, b"counted"), [Observer(written, b"told")])
        for _ in range(MOST_ANSWERS - 1):
            writes.write(Transport("", written), b"")
        assert not written
        writes.write(Transport("last", written), b"")
        assert len(written) == MOST_ANSWERS
        assert written[-1][0] == "last"
        written.clear()
        for number in range(MOST_OUTCOMES):
            assert not written
            writes.notify(Outcome(str(number), None), REQUEST, TRACE, 0.0)
        assert [name for name, _ in written] == [str(number) for number in range(MOST_OUTCOMES)] * 2

    asyncio.run(full())


def test_what_waits_is_written_before_connections_are_closed() -> None:
    """`Server.pre_shutdown` may come between an answer and the end of the loop's turn."""
    written: list[tuple[str, bytes]] = []

    async def stop() -> None:
        writes = WriteBatching(Observer([], b""))
        server = Server(Mock(Handlers, writes=writes), Mock(Lifecycle, admission=None), 1.0)
        writes.write(Transport("", written), b"answer")
        server.pre_shutdown()
        assert written == [("", b"answer")]

    asyncio.run(stop())
