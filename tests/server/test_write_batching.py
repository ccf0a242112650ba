"""The end of a turn: counted, written, told, in order; bounded, and no answer is lost when the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from unittest.mock import Mock

import pytest

from keystone_lua.routing.request import RequestData, read_request
from keystone_lua.server.http.event_loop import run
from keystone_lua.server.http.handlers import Handlers
from keystone_lua.server.http.lifecycle import Lifecycle
from keystone_lua.server.http.protocol import Server
from keystone_lua.server.http.write_batching import MOST_ANSWERS, MOST_OUTCOMES, WriteBatching
from keystone_lua.server.outcome import Outcome


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
Start = Callable[[Coroutine[Any, Any, None]], None]
LOOPS = pytest.mark.parametrize("start", [run, asyncio.run], ids=["own loop", "any loop"])


@LOOPS
def test_written_in_order_at_the_end_of_the_turn(start: Start) -> None:
    written: list[tuple[str, bytes]] = []

    async def turns() -> None:
        writes = WriteBatching(Observer(written, b"counted"), [Observer(written, b"told")])
        for number in (b"1", b"2"):
            for name in "ab":
                writes.notify(Outcome(name, None), REQUEST, "", 0.0)
                writes.write(Transport(name, written), number)
            written.append(("turn", number))
            await asyncio.sleep(0)

    start(turns())
    expected = [
        [("turn", number), *[(name, word) for word in (b"counted", number, b"told") for name in "ab"]]
        for number in (b"1", b"2")
    ]
    assert written == [*expected[0], *expected[1]]


def test_a_turn_of_its_own_loop_has_no_other_after_it() -> None:
    written: list[tuple[str, bytes]] = []
    turns = []

    async def alone() -> None:
        loop = asyncio.get_running_loop()
        writes = WriteBatching(Observer(written, b"counted"), [Observer(written, b"told")])
        writes.notify(Outcome("a", None), REQUEST, "", 0.0)
        writes.write(Transport("a", written), b"1")
        loop.call_soon(lambda: turns.append([*written]))  # the first thing of the next turn
        assert not written
        await asyncio.sleep(0)

    run(alone())
    assert turns == [[("a", b"counted"), ("a", b"1"), ("a", b"told")]]


def test_a_turn_that_cannot_end_well_is_not_the_loop_s_end(caplog: pytest.LogCaptureFixture) -> None:
    async def fails() -> str:
        writes = WriteBatching(Observer([], b""))
        writes.notify(None, REQUEST, "", 0.0)  # type: ignore[arg-type]  # a bug
        await asyncio.sleep(0)
        return "alive"

    ended: list[str] = []

    async def main() -> None:
        ended.append(await fails())

    run(main())
    assert ended == ["alive"]
    assert "the end of a turn failed" in caplog.text


@LOOPS
def test_no_more_than_so_many_wait(start: Start) -> None:
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
            writes.notify(Outcome(str(number), None), REQUEST, "", 0.0)
        assert [name for name, _ in written] == [str(number) for number in range(MOST_OUTCOMES)] * 2

    start(full())


@LOOPS
def test_what_waits_is_written_before_connections_are_closed(start: Start) -> None:
    """`Server.pre_shutdown` may come between an answer and the end of the loop's turn."""
    written: list[tuple[str, bytes]] = []

    async def stop() -> None:
        writes = WriteBatching(Observer([], b""))
        server = Server(Mock(Handlers, writes=writes), Mock(Lifecycle, admission=None), 1.0)
        writes.write(Transport("", written), b"answer")
        server.pre_shutdown()
        assert written == [("", b"answer")]

    start(stop())
