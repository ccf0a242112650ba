"""The end of a turn: counted, written, told, in order; bounded, and no answer is lost when the server stops."""

from __future__ import annotations

import asyncio
from unittest.mock import Mock

from keystone_lua.server.connections import Server
from keystone_lua.server.decisions import Verdict
from keystone_lua.server.handlers import Handlers
from keystone_lua.server.stage import Stage
from keystone_lua.server.turn import MOST_ANSWERS, MOST_VERDICTS, Turn
from keystone_lua.server.wire import RequestData, read_request


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

    def decided(self, verdict: Verdict, request: RequestData, request_id: str, seconds: float) -> None:
        self.written.append((verdict.tenant, self.word))

    def close(self) -> None: ...


REQUEST = read_request(b"{}")


def test_written_in_order_at_the_end_of_the_turn() -> None:
    written: list[tuple[str, bytes]] = []

    async def turns() -> None:
        turn = Turn(Observer(written, b"counted"), [Observer(written, b"told")])
        for number in (b"1", b"2"):
            asyncio.get_running_loop().call_soon(int)  # something else to do
            for name in "ab":
                turn.tell(Verdict(name, None), REQUEST, "", 0.0)
                turn.write(Transport(name, written), number)
            written.append(("turn", number))
            await asyncio.sleep(0)

    asyncio.run(turns())
    expected = [
        [("turn", number), *[(name, word) for word in (b"counted", number, b"told") for name in "ab"]]
        for number in (b"1", b"2")
    ]
    assert written == [*expected[0], *expected[1]]


def test_alone_in_a_turn_nothing_waits() -> None:
    written: list[tuple[str, bytes]] = []

    async def alone() -> None:
        turn = Turn(Observer(written, b"counted"), [Observer(written, b"told")])
        turn.tell(Verdict("a", None), REQUEST, "", 0.0)
        assert not written
        turn.write(Transport("a", written), b"1")
        assert written == [("a", b"counted"), ("a", b"1"), ("a", b"told")]

    asyncio.run(alone())


def test_no_more_than_so_many_wait() -> None:
    written: list[tuple[str, bytes]] = []

    async def full() -> None:
        turn = Turn(Observer(written, b"counted"), [Observer(written, b"told")])
        asyncio.get_running_loop().call_soon(int)
        for _ in range(MOST_ANSWERS - 1):
            turn.write(Transport("", written), b"")
        assert not written
        turn.write(Transport("last", written), b"")
        assert len(written) == MOST_ANSWERS
        assert written[-1][0] == "last"
        written.clear()
        for number in range(MOST_VERDICTS):
            assert not written
            turn.tell(Verdict(str(number), None), REQUEST, "", 0.0)
        assert [name for name, _ in written] == [str(number) for number in range(MOST_VERDICTS)] * 2

    asyncio.run(full())


def test_what_waits_is_written_before_connections_are_closed() -> None:
    """`Server.pre_shutdown` may come between an answer and the end of the loop's turn."""
    written: list[tuple[str, bytes]] = []

    async def stop() -> None:
        turn = Turn(Observer([], b""))
        asyncio.get_running_loop().call_soon(int)
        server = Server(Mock(Handlers, turn=turn), Mock(Stage, admission=None), 1.0)
        turn.write(Transport("", written), b"answer")
        server.pre_shutdown()
        assert written == [("", b"answer")]

    asyncio.run(stop())
