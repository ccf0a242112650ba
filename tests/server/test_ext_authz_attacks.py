"""What a client of the gRPC address may send: whatever it is, it costs itself its connection at most, and lets nothing pass."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from h2.settings import SettingCodes

from keystone_lua.interpreter import Limits
from keystone_lua.server.ext_authz import connection, frames
from keystone_lua.server.ext_authz.agent import Agent
from keystone_lua.server.settings.config import Address, ServerConfig
from tests.server.asked_scripts import ANSWERS, SHOW
from tests.server.envoy import CHECK, HEALTH, Envoy, asked
from tests.server.support import LOOPBACK, Client, server_in_thread, write_scripts
from tests.waiting import until

NOTHING = asked("/nothing", "answers")
PROTOCOL, TOO_LARGE, CALM = 1, 6, 11
"""Codes of HTTP/2 (RFC 9113, 7)."""


def server(folder: Path, **settings: Any) -> contextlib.AbstractContextManager[Client]:
    write_scripts(folder, {"show.lua": SHOW, "answers.lua": ANSWERS})
    limits = Limits(instructions=300_000, seconds=20.0)
    return server_in_thread(folder, ServerConfig(grpc_address=Address(LOOPBACK, 0), limits=limits, **settings))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with server(tmp_path_factory.mktemp("scripts")) as made:
        yield made


@pytest.fixture
def envoy(client: Client) -> Iterator[Envoy]:
    with Envoy(client.grpc_port) as made:
        yield made


@pytest.fixture
def agents(monkeypatch: pytest.MonkeyPatch) -> list[Agent]:
    """Agents of servers that are started from here on."""
    made: list[Agent] = []
    begin = Agent.__init__

    def note(agent: Agent, *arguments: Any) -> None:
        made.append(agent)
        begin(agent, *arguments)

    monkeypatch.setattr(Agent, "__init__", note)
    return made


def frame(kind: int, flags: int, stream: int, payload: bytes, length: int | None = None) -> bytes:
    size = len(payload) if length is None else length
    return size.to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


# bytes that are none

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"")
BROKEN = {
    "HTTP/1.1": (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", CALM),
    "nearly HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\rx", CALM),
    "a length that nobody collects": (PREFACE + frame(0, 0, 1, b"", 0xFFFFFF), CALM),
    "one byte too many": (PREFACE + frame(0, 0, 1, b"", 16385), CALM),
    "a head in many pieces": (PREFACE + frame(1, 0, 1, b"") + frame(9, 0, 1, b"x" * 1000) * 20, CALM),
    "a head in many empty pieces": (PREFACE + frame(1, 0, 1, b"") + frame(9, 0, 1, b"") * 2000, PROTOCOL),
    "something between the pieces": (PREFACE + frame(1, 0, 1, b"") + frame(6, 0, 0, b"x" * 8), CALM),
    "pieces of nothing": (PREFACE + frame(9, 4, 1, b""), PROTOCOL),
    "a head that is no HPACK": (PREFACE + frame(1, 5, 1, b"\xff" * 50), PROTOCOL),
    "a head that unpacks to too much": (
        PREFACE + frame(1, 5, 1, b"\x40\x01a\x7f\xa1\x1e" + b"x" * 4000 + b"\xbe" * 8),
        11,
    ),
    "data of no call": (PREFACE + frame(0, 1, 1, b"x"), PROTOCOL),
    "a call with an even number": (PREFACE + frame(1, 5, 2, b"\x83"), PROTOCOL),
    "settings of half a value": (PREFACE + frame(4, 0, 0, b"xxxx"), TOO_LARGE),
    "more room than there can be": (PREFACE + frame(8, 0, 0, b"\x7f\xff\xff\xff"), 3),
}


@pytest.mark.parametrize(("data", "code"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_http2_ends_its_connection_alone(client: Client, envoy: Envoy, data: bytes, code: int) -> None:
    with Envoy(client.grpc_port, silent=True) as other:
        other.socket.sendall(data)
        assert other.ended() == code
        assert envoy.ask(NOTHING).code == 0


def test_nothing_is_collected_that_is_too_much(client: Client) -> None:
    """The end comes before what the frame's length claims, or the rest of the head."""
    taken = frames.Frames()
    taken.add(PREFACE + frame(0, 0, 1, b"x", 16385))
    with pytest.raises(frames.BadFrames):
        taken.take()
    pieces = frames.Frames()
    pieces.add(PREFACE + frame(1, 0, 1, b""))
    pieces.take()
    for _ in range(frames.FIELDS_BYTES // 1009):
        pieces.add(frame(9, 0, 1, b"x" * 1000))
        pieces.take()
    pieces.add(frame(9, 0, 1, b"x" * 1000))
    with pytest.raises(frames.BadFrames):
        pieces.take()


def test_frames_come_in_any_pieces(envoy: Envoy) -> None:
    stream = envoy.call(NOTHING, end=False)
    envoy.http.end_stream(stream)
    for byte in envoy.http.data_to_send():
        envoy.socket.sendall(bytes([byte]))
    assert envoy.wait(stream).status == 0


def test_frames_that_are_broken_at_random(client: Client) -> None:
    chance = random.Random(5)
    with Envoy(client.grpc_port) as model:
        sent: list[bytes] = []
        model.flush = lambda: sent.append(model.http.data_to_send())  # type: ignore[method-assign]
        model.call(asked("/all", "answers", {"x": "y"}))
    whole = b"".join(sent)
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with Envoy(client.grpc_port) as envoy, contextlib.suppress(ConnectionError):
            envoy.socket.sendall(bytes(data) + frame(7, 0, 0, bytes(8)))  # whatever became of it, this is the end
            assert envoy.socket.recv(1 << 16)
    with Envoy(client.grpc_port) as envoy:
        assert envoy.ask(NOTHING).code == 0


# calls that are none


@pytest.mark.parametrize(
    ("prefix", "status"),
    [
        (b"", 3),
        (b"\0\0\0\0", 3),
        (b"\0\0\0\0\xff", 3),
        (b"\0\0\0\0\0", 3),
        (b"\1" + len(NOTHING).to_bytes(4, "big"), 12),
    ],
)
def test_messages_that_are_none(envoy: Envoy, prefix: bytes, status: int) -> None:
    heard = envoy.wait(envoy.call(NOTHING, prefix=prefix))
    assert (heard.fields[":status"], heard.status, heard.data) == ("200", status, b"")
    assert envoy.ask(NOTHING).code == 0


def test_two_messages_are_none(envoy: Envoy) -> None:
    prefix = b"\0" + len(NOTHING).to_bytes(4, "big")
    assert envoy.wait(envoy.call(NOTHING + prefix + NOTHING, prefix=prefix)).status == 3


@pytest.mark.parametrize("path", ["/envoy.service.auth.v2.Authorization/Check", "/grpc.health.v1.Health/Watch", "/"])
@pytest.mark.parametrize("end", [True, False])
def test_methods_that_are_none(envoy: Envoy, path: str, end: bool) -> None:
    heard = envoy.wait(envoy.call(NOTHING, path, end=end))
    assert (heard.status, heard.fields["grpc-message"]) == (12, "no such method; there is Authorization/Check")
    assert envoy.ask(NOTHING).code == 0


@pytest.mark.parametrize("fields", [{":method": "GET"}, {"content_type": "application/json"}])
def test_what_is_no_call(envoy: Envoy, fields: dict[str, str]) -> None:
    assert envoy.wait(envoy.call(NOTHING, **fields)).fields == {":status": "415"}
    assert envoy.ask(NOTHING).code == 0


def test_checks_that_are_broken_at_random(envoy: Envoy) -> None:
    """Whatever they say, the answer allows what the script allowed, or denies."""
    chance = random.Random(3)
    whole = asked("/reject", "answers", {"x": "y" * 40}, {"backends": "a=1"}, {11: "body"})
    for _ in range(1000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        told = envoy.ask(bytes(data))
        assert told.code == 7 or (told.headers == [] and b"/reject" not in data), data


def test_nested_fields_without_end(envoy: Envoy) -> None:
    for number in (1, 2, 4, 10, 200):
        data = b""
        for _ in range(5000):
            size = len(data)
            data = bytes([number << 3 & 127 | 2]) + bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14]) + data
        told = envoy.ask(data[: 1 << 16])
        assert (told.code, told.status) == (7, 400)


# too much


def test_a_message_that_is_too_large_is_denied_at_once(tmp_path: Path, agents: list[Agent]) -> None:
    with server(tmp_path, max_body=50_000) as client, Envoy(client.grpc_port) as envoy:
        told = envoy.ask(asked("/", "show", {"x": "y" * 40_000}))
        assert told.code == 0
        stream = envoy.call(b"x" * 60_000, end=False)
        heard = envoy.wait(stream)
        assert b"\x9d\x03" in heard.message  # 413
        while heard.reset is None:
            assert envoy.listen()
        assert agents[0]._shared.held == 0
        assert envoy.ask(NOTHING).code == 0


def test_messages_of_all_connections_together_are_bounded(tmp_path: Path, agents: list[Agent]) -> None:
    with server(tmp_path, max_bodies=100_000) as client, contextlib.ExitStack() as opened:
        made = [opened.enter_context(Envoy(client.grpc_port)) for _ in range(5)]
        streams = [envoy.call(b"x" * 30_000, end=False) for envoy in made]
        shared = agents[0]._shared
        answered = 0
        for envoy, stream in zip(made, streams, strict=True):
            envoy.socket.settimeout(0.3)
            with contextlib.suppress(TimeoutError):
                assert b"\xf7\x03" in envoy.wait(stream).message  # 503
                answered += 1
        assert (answered, shared.held) == (2, 90_015)
        for envoy in made:
            envoy.socket.close()
        until(lambda: agents[0]._shared.held == 0)


def test_more_calls_than_there_may_be_end_the_connection(client: Client, envoy: Envoy) -> None:
    with Envoy(client.grpc_port) as other:
        while other.http.remote_settings.max_concurrent_streams > connection.MOST_CALLS:
            other.listen()
        other.http.remote_settings[SettingCodes.MAX_CONCURRENT_STREAMS] = 1 << 30
        other.http.remote_settings.acknowledge()
        with contextlib.suppress(ConnectionError):
            for _ in range(connection.MOST_CALLS + 1):
                other.call(b"", end=False, prefix=b"")
        assert other.ended() == PROTOCOL
        assert envoy.ask(NOTHING).code == 0


def test_calls_that_are_taken_back_leave_nothing(tmp_path: Path, agents: list[Agent]) -> None:
    """Each is begun, and some wait for a lane, when the client wants no answer any more."""
    with server(tmp_path, lanes=1) as client, Envoy(client.grpc_port) as envoy, Envoy(client.grpc_port) as other:
        for n in range(1000):
            stream = envoy.call(asked("/endless" if n % 3 else "/nothing", "answers"), end=n % 2 == 0)
            envoy.http.reset_stream(stream)
            envoy.flush()
            if n % 100 == 0:
                assert other.ask(NOTHING).code == 0
        assert envoy.ask(NOTHING).code == 0
        shared = agents[0]._shared
        assert shared.held == 0
        until(lambda: all(each.rests for each in shared.connections))


def test_too_much_at_a_time_is_no_decision(tmp_path: Path) -> None:
    with server(tmp_path, lanes=1) as client, Envoy(client.grpc_port) as envoy:
        streams = [envoy.call(asked("/endless", "answers")) for _ in range(100)]
        told = [envoy.wait(stream).message for stream in streams]
        assert sum(b"overloaded" in each for each in told) > 20
        assert all(b"overloaded" in each or b"instructions" in each for each in told)
        assert envoy.ask(NOTHING).code == 0


def test_more_connections_than_there_may_be(tmp_path: Path) -> None:
    with server(tmp_path, max_connections=2) as client, contextlib.ExitStack() as opened:
        for _ in range(2):
            assert opened.enter_context(Envoy(client.grpc_port)).ask(NOTHING).code == 0
        with Envoy(client.grpc_port) as third:
            with pytest.raises((AssertionError, ConnectionError)):
                third.ask(NOTHING)
            assert third.ended() == CALM


# clients that do not read


def shut_windows(envoy: Envoy) -> None:
    envoy.http.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 0})
    envoy.flush()


def test_answers_wait_for_room_and_are_bounded(tmp_path: Path, agents: list[Agent]) -> None:
    with server(tmp_path, write_seconds=60.0) as client, Envoy(client.grpc_port) as envoy:
        shut_windows(envoy)
        streams = [envoy.call(asked("/some", "answers")) for _ in range(120)]  # 1.2 MB of answers
        assert envoy.wait(envoy.call(NOTHING, "/")).status == 12  # fields need no room
        [made] = agents[0].connections
        until(lambda: len(made._unsent) == len(streams))
        assert sum(map(len, made._unsent.values())) <= connection.MOST_UNREAD + 30_000
        envoy.http.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 65535})
        envoy.flush()
        heard = [envoy.wait(stream).message for stream in streams]
        assert {b"overloaded" in each for each in heard} == {True, False}
        assert all(b"overloaded" in each or len(each) > 10_000 for each in heard)
        assert made._unsent == {}


def test_room_a_byte_at_a_time(envoy: Envoy) -> None:
    shut_windows(envoy)
    stream = envoy.call(asked("/nothing", "answers", {"x-keystone-a": "1"}))
    for _ in range(200):
        if envoy.heard[stream].whole:
            break
        envoy.http.increment_flow_control_window(1, stream)
        envoy.flush()
        time.sleep(0.001)
        envoy.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            envoy.listen()
        envoy.socket.setblocking(True)
    assert b"x-keystone-a" in envoy.wait(stream).message


def test_who_gives_no_room_is_waited_for_only_so_long(tmp_path: Path) -> None:
    with server(tmp_path, write_seconds=0.3) as client, Envoy(client.grpc_port) as envoy:
        shut_windows(envoy)
        envoy.call(NOTHING)
        until(lambda: not envoy.listen())


def raw_check(stream: int, message: bytes) -> bytes:
    """A call without h2, which would not make so many; its fields leave nothing in HPACK's table."""
    fields = {
        ":method": "POST", ":scheme": "http", ":path": CHECK, ":authority": "k", "content-type": "application/grpc",
    }  # fmt: skip
    block = b"".join(
        b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields.items()
    )
    return frame(1, 4, stream, block) + frame(0, 1, stream, b"\0" + len(message).to_bytes(4, "big") + message)


def test_who_does_not_read_is_not_read_from(tmp_path: Path) -> None:
    with server(tmp_path, write_seconds=1.0) as client, Envoy(client.grpc_port) as envoy:
        envoy.socket.settimeout(0.5)
        envoy.http.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: (1 << 31) - 1})
        envoy.http.increment_flow_control_window((1 << 31) - 1 - 65535)
        envoy.flush()
        sent, message = 0, asked("/some", "answers")
        with contextlib.suppress(TimeoutError, ConnectionError):
            for stream in range(1, 1 << 20, 2):
                sent += envoy.socket.send(raw_check(stream, message))
        assert sent < 16 << 20
        time.sleep(3)  # three times what is waited for
        envoy.socket.settimeout(10)
        with contextlib.suppress(ConnectionError):
            while envoy.socket.recv(1 << 20):
                pass
        with Envoy(client.grpc_port) as other:
            assert other.ask(NOTHING).code == 0


FLOODS = {
    "pings": lambda _: frame(6, 0, 0, bytes(8)),
    "settings": lambda _: frame(4, 0, 0, b""),
    "room": lambda _: frame(8, 0, 0, b"\0\0\0\1"),
    "priorities": lambda n: frame(2, 0, 2 * n + 1, bytes(5)),
    "unknown frames": lambda _: frame(77, 0, 0, b""),
    "calls taken back": lambda n: raw_check(2 * n + 1, b"")[:-14] + frame(3, 0, 2 * n + 1, bytes(4)),
}


@pytest.mark.parametrize("made", FLOODS.values(), ids=FLOODS)
def test_frames_without_a_call_come_to_an_end(client: Client, envoy: Envoy, made: Callable[[int], bytes]) -> None:
    with Envoy(client.grpc_port) as other:
        with contextlib.suppress(ConnectionError):
            for begin in range(0, 200_000, 1000):
                other.socket.sendall(b"".join(map(made, range(begin, begin + 1000))))
                assert envoy.ask(NOTHING).code == 0
                other.socket.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while data := other.socket.recv(1 << 20):
                        other.received = data
                other.socket.setblocking(True)
            raise AssertionError("it goes on")
        assert envoy.ask(NOTHING).code == 0


# time


def test_who_says_nothing_is_told_so(tmp_path: Path) -> None:
    with (
        server(tmp_path, head_seconds=0.2, body_seconds=0.2, idle_seconds=1.0) as client,
        Envoy(client.grpc_port, silent=True) as silent,
        Envoy(client.grpc_port) as pinging,
        Envoy(client.grpc_port) as slow,
        Envoy(client.grpc_port) as idle,
    ):
        assert idle.wait(idle.call(b"", HEALTH)).status == 0
        stream = slow.call(b"x", end=False)
        for _ in range(20):  # a byte now and then is no call, nor is a ping
            time.sleep(0.1)
            with contextlib.suppress(ConnectionError):
                slow.http.send_data(stream, b"x")
                slow.flush()
                pinging.http.ping(bytes(8))
                pinging.flush()
        assert [each.ended() for each in (silent, pinging, slow)] == [CALM] * 3
        assert idle.ended() == 0
        assert idle.goodbyes[0] == (2**31 - 1, 0)  # what it asked in the meantime would have been answered
