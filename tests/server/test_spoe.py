"""HAProxy's protocol: the handshake, what scripts are asked, what variables say, and that no frame does harm."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.routing.answer import FIELDS
from keystone_lua.server.settings.config import Address, ServerConfig
from keystone_lua.server.spoe import agent, messages
from keystone_lua.server.spoe.frames import BadFrame, Frame, number, number_at
from tests.server.asked_scripts import ANSWERS, SHOW
from tests.server.scraped import scrape
from tests.server.spoe import HELLO, HAProxy, frame, message, notify, pairs, text, varint
from tests.server.support import LOOPBACK, Client, server_in_thread, write_scripts


def server(folder: Path, **settings: Any) -> contextlib.AbstractContextManager[Client]:
    write_scripts(folder, {"show.lua": SHOW, "answers.lua": ANSWERS})
    limits = Limits(instructions=300_000, seconds=20.0)
    config = ServerConfig(spoe_address=Address(LOOPBACK, 0), limits=limits, **settings)
    return server_in_thread(folder, config)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with server(tmp_path_factory.mktemp("scripts")) as made:
        yield made


@pytest.fixture
def haproxy(client: Client) -> Iterator[HAProxy]:
    with HAProxy(client.spoe_port) as made:
        yield made


def asked(path: str | bytes, tenant: str = "answers", **more: Any) -> dict[str, Any]:
    return {"tenant": tenant, "method": "GET", "path": path, **more}


# the handshake


def test_the_handshake(haproxy: HAProxy) -> None:
    said = {"version": "2.0", "max-frame-size": 16380, "capabilities": "pipelining,fragmentation"}
    assert (haproxy.hello.kind, haproxy.hello.said) == (101, said)
    haproxy.send(frame(2, pairs({"status-code": 0, "message": "bye"})))
    assert haproxy.ended().said["status-code"] == 0


def test_no_frame_is_larger_than_both_can_take(client: Client) -> None:
    with HAProxy(client.spoe_port, {**HELLO, "max-frame-size": 1 << 30}) as haproxy:
        assert haproxy.hello.said["max-frame-size"] == agent.MOST_FRAME


def test_a_health_check_is_answered_and_closed(client: Client) -> None:
    with HAProxy(client.spoe_port, {**HELLO, "healthcheck": True}) as haproxy:
        assert haproxy.hello.kind == 101
        assert haproxy.socket.recv(1) == b""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"supported-versions": None}, 5),
        ({"supported-versions": "1.0, 3.0"}, 8),
        ({"max-frame-size": "large"}, 6),
        ({"max-frame-size": 255}, 9),
        ({"capabilities": 1}, 7),
        ({f"n{n}": 1 for n in range(100)}, 4),
    ],
)
def test_a_hello_that_cannot_be_met(client: Client, change: dict[str, Any], code: int) -> None:
    with HAProxy(client.spoe_port, None) as haproxy:
        haproxy.send(frame(1, pairs({**HELLO, **change})))
        assert haproxy.ended().said["status-code"] == code


# asked and told


def test_what_a_script_is_asked(haproxy: HAProxy) -> None:
    lines = "host: h:1\r\nx-a: 1\r\nx-a: 2\r\nempty:\r\n\r\n"
    told = haproxy.ask(
        asked(
            "/a%20b", "show", query="c=d", hdrs=lines, src=(10, 0, 0, 1), ssl=True, version="1.1", body="b", body_size=9,
            attempt=2, be_old=1, be_new=False,
        )
    )  # fmt: skip
    assert told == {
        "decided": True,
        "backend": "b",
        "h_x_seen": "{attempt=2 backends={1={health=true name=old url=} 2={health=false name=new url=}} body=b body_truncated=true"
        " client_ip=10.0.0.1 headers={empty= host=h:1 x-a=1} headers_multi={x-a={1=1 2=2}} host=h:1 method=GET path=/a b"
        " protocol=HTTP/1.1 query=c=d raw_path=/a%20b scheme=https}",
    }


def test_what_haproxy_has_in_other_types(haproxy: HAProxy) -> None:
    binary = b"".join(text(each) for each in (b"host", b"h", b"x", b"\xff", b"", b""))
    told = haproxy.ask(asked(b"/p", "show", query=None, hdrs=binary, src=(0,) * 15 + (1,), ssl=False, body=b"\xff"))
    assert told["h_x_seen"] == (
        "{backends={} body=\ufffd client_ip=::1 headers={host=h x=\ufffd} host=h method=GET path=/p query= raw_path=/p scheme=http}"
    )


def test_every_field_of_an_answer_is_a_variable(haproxy: HAProxy) -> None:
    assert haproxy.ask(asked("/all", query="x=y")) == {
        "decided": True, "backend": "new", "path": "/v2/a%20b", "target": "/v2/a%20b?c=d", "h_x_a_b": "hä", "host": "h",
        "method": "PUT", "del_x_old": True, "add_via": "a, b", "candidates": "x,y", "retries": 2, "timeout_ms": 1500,
        "mirror": "shadow", "mirror_percent": 10, "tag_team": "blue", "res_x_r": "1", "res_add_set_cookie": "a=1",
        "res_del_server": True,
    }  # fmt: skip
    assert haproxy.ask(asked("/nothing")) == {"decided": True}


def test_rejects(haproxy: HAProxy) -> None:
    told = haproxy.ask(asked("/reject"))
    assert told == {
        "decided": True, "reject": True, "status": 403, "reason": "not here", "body": '{"error":"not here"}',
    }  # fmt: skip
    told = haproxy.ask(asked("/login"))
    assert told == {
        "decided": True, "reject": True, "status": 302, "reason": "", "body": "go", "reject_location": "/login",
    }  # fmt: skip
    assert haproxy.ask(asked("/", "nobody"))["reject"] is True


@pytest.mark.parametrize(
    ("path", "error"),
    [("/error", "runtime"), ("/endless", "instructions"), ("/nowhere", "answer"), ("/large", "answer")],
)
def test_no_decision_sets_nothing_else(haproxy: HAProxy, path: str, error: str) -> None:
    assert haproxy.ask(asked(path)) == {"error": error}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"method": "GET", "path": "/"}, "tenant: expected the name of one"),
        (asked("/", "../x"), "tenant: expected the name of one"),
        (asked(""), "path: expected a text"),
        (asked("/", method=None), "method: expected a text"),
        (asked("/", query=1), "query: expected a text"),
        (asked("/", hdrs=1), "hdrs: expected req.hdrs or req.hdrs_bin"),
        (asked("/", hdrs=b"\x05a"), "hdrs: expected req.hdrs or req.hdrs_bin"),
        (asked("/", hdrs="a:\r\n" * 1001), "hdrs: more than 1000 lines"),
        (asked("/", hdrs=b"\x01a\0" * 1001), "hdrs: more than 1000 lines"),
        (asked("/", be_x="up"), "be_x: expected a number or a boolean"),
        (asked("/", body=1), "body: expected req.body"),
        (asked("/", attempt=1001), "attempt: expected a whole number up to 1000"),
        (asked("/", hdr="x"), "'hdr' is no argument"),
    ],
)
def test_what_makes_no_request_is_no_decision(haproxy: HAProxy, arguments: dict[str, Any], error: str) -> None:
    told = haproxy.ask(arguments)
    assert list(told) == ["error"]
    assert told["error"].startswith(error)
    assert haproxy.ask(asked("/nothing")) == {"decided": True}


def test_messages_for_others_are_passed_over(haproxy: HAProxy) -> None:
    haproxy.send(frame(3, message({"a": 1}, "log"), 1, 1))
    assert haproxy.hear().said == {}
    haproxy.send(frame(3, message({"a": 1}, "log") + message(asked("/nothing")), 1, 2))
    assert haproxy.hear().said == {"decided": True}


def test_frames_that_come_together_are_all_answered_and_a_long_run_holds_none(haproxy: HAProxy) -> None:
    frames = [notify(asked("/long" if n == 0 else "/nothing"), n + 1, n + 1) for n in range(10)]
    haproxy.send(b"".join(frames))
    heard = [haproxy.hear() for _ in frames]
    assert [each.stream for each in heard] == [*range(2, 11), 1]
    assert heard[-1].said == {"decided": True, "backend": "long"}


def test_others_have_a_turn_between_frames_that_come_together(
    client: Client, haproxy: HAProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """256 kB of NOTIFYs held all other clients for 190 ms."""
    seen: list[str] = []
    heard = agent.Connection._heard

    def noted(self: agent.Connection, found: Frame) -> None:
        seen.append("frame")
        asyncio.get_running_loop().call_soon(seen.append, "turn")
        heard(self, found)

    monkeypatch.setattr(agent, "TURN_SECONDS", -1.0)
    monkeypatch.setattr(agent.Connection, "_heard", noted)
    haproxy.send(b"".join([notify(asked("/nothing"), n, n) for n in range(1, 41)]))
    assert [haproxy.hear().stream for _ in range(40)] == [*range(1, 41)]
    haproxy.send(notify(asked("/nothing"), 41, 41))  # it is read again
    assert haproxy.hear().stream == 41
    assert seen[:80] == ["frame", "turn"] * 40


def test_frames_that_come_byte_by_byte(haproxy: HAProxy) -> None:
    for byte in notify(asked("/nothing")) * 2:
        haproxy.send(bytes([byte]))
    assert [haproxy.hear().said for _ in range(2)] == [{"decided": True}] * 2


def test_decisions_are_counted_and_recorded(client: Client, haproxy: HAProxy) -> None:
    before = scrape(client).total("keystone_decisions_total", tenant="show")
    haproxy.ask(asked("/", "show"))
    assert scrape(client).total("keystone_decisions_total", tenant="show") == before + 1


# a NOTIFY in pieces


def pieces(arguments: dict[str, Any], size: int, stream: int = 7, number: int = 8) -> list[bytes]:
    data = message(arguments)
    cut = [data[at : at + size] for at in range(0, len(data), size)]
    last = len(cut) - 1
    return [frame(3 if n == 0 else 0, piece, stream, number, int(n == last)) for n, piece in enumerate(cut)]


def test_a_notify_in_pieces(haproxy: HAProxy) -> None:
    haproxy.send(b"".join(pieces(asked("/", "show", body="x" * 50_000), 1000)))
    heard = haproxy.hear()
    assert (heard.stream, heard.number) == (7, 8)
    assert "x" * 50_000 in heard.said.get("h_x_seen", "x" * 50_000)
    assert haproxy.ask(asked("/nothing")) == {"decided": True}


def test_pieces_that_are_void(haproxy: HAProxy) -> None:
    first, *_ = pieces(asked("/", "show", body="x" * 3000), 1000)
    haproxy.send(first + frame(0, b"", 7, 8, 3))
    assert haproxy.ask(asked("/nothing")) == {"decided": True}


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (notify(asked("/nothing")), 11),
        (frame(0, b"x", 7, 9), 11),
        (frame(0, b"\xff" * 100, 7, 8), 4),
    ],
)
def test_pieces_that_do_not_belong_together(haproxy: HAProxy, second: bytes, code: int) -> None:
    haproxy.send(pieces(asked("/", "show", body="x" * 3000), 1000)[0] + second)
    assert haproxy.ended().said["status-code"] == code


def test_pieces_without_end_are_too_much(tmp_path: Path) -> None:
    with server(tmp_path, max_body=10_000) as client:
        for piece in (b"x" * 1000, b""):
            with HAProxy(client.spoe_port) as haproxy:
                haproxy.send(frame(3, b"x", 7, 8, 0))
                with contextlib.suppress(ConnectionError):
                    for _ in range(4000):
                        haproxy.send(frame(0, piece, 7, 8, 0))
                assert haproxy.ended().said["status-code"] == 3


def test_pieces_of_all_connections_together_are_bounded(tmp_path: Path) -> None:
    with server(tmp_path, max_bodies=50_000) as client, contextlib.ExitStack() as opened:
        codes = []
        for _ in range(5):
            haproxy = opened.enter_context(HAProxy(client.spoe_port))
            haproxy.send(frame(3, b"x" * 12_000, 7, 8, 0))
            haproxy.socket.settimeout(0.3)
            with contextlib.suppress(TimeoutError):
                codes.append(haproxy.ended().said["status-code"])
        assert codes == [13]


# attacks

BAD_FRAMES = {
    "a length that nobody allocates": (b"\xff\xff\xff\xff", 3),
    "one byte too many": ((16381).to_bytes(4, "big"), 3),
    "no length": (b"\0\0\0\0", 4),
    "a type and nothing": (b"\0\0\0\1\x03", 4),
    "a number without an end": (b"\0\0\0\x0f\x03\0\0\0\1" + b"\xff" * 10, 4),
    "a number of 65 bits": (frame(3, b"")[:9] + b"\xff" + b"\xff" * 9 + b"\x01\0", 4),
    "an unknown type": (frame(77, b""), 4),
    "an agent's frame": (frame(103, b""), 4),
    "a second HELLO": (frame(1, pairs(HELLO)), 4),
    "a piece of nothing": (frame(0, b"x"), 12),
    "a name longer than the frame": (frame(3, varint(1 << 40)), 4),
    "a message without a count": (frame(3, text("decide")), 4),
    "fewer arguments than announced": (frame(3, text("decide") + b"\xff"), 4),
    "a value without a type": (frame(3, text("decide") + b"\1" + text("a")), 4),
    "a value of an unknown type": (frame(3, text("decide") + b"\1" + text("a") + b"\x0f"), 4),
    "half an address": (frame(3, text("decide") + b"\1" + text("src") + b"\x06\x7f"), 4),
    "two decisions": (frame(3, message(asked("/")) * 2), 4),
    "messages without end": (frame(3, b"\0\0" * 5000), 4),
}


def fixed(data: bytes) -> bytes:
    """The frame with its right length, if it has one of ours."""
    size = int.from_bytes(data[:4], "big")
    return data if size > 16380 or len(data) < 6 else (len(data) - 4).to_bytes(4, "big") + data[4:]


@pytest.mark.parametrize(("data", "code"), BAD_FRAMES.values(), ids=BAD_FRAMES)
def test_what_is_no_frame_ends_its_connection_alone(client: Client, haproxy: HAProxy, data: bytes, code: int) -> None:
    with HAProxy(client.spoe_port) as other:
        haproxy.send(notify(asked("/nothing"), 5, 6) + fixed(data))
        assert haproxy.hear().said == {"decided": True}  # what came before has its answer
        ended = haproxy.ended()
        assert ended.said["status-code"] == code
        assert ended.said["message"]
        assert other.ask(asked("/nothing")) == {"decided": True}


@pytest.mark.parametrize("data", [notify(asked("/nothing")), frame(0, b""), b"GET / HTTP/1.1\r\n\r\n"])
def test_nothing_comes_before_a_hello(client: Client, data: bytes) -> None:
    with HAProxy(client.spoe_port, None) as haproxy:
        haproxy.send(data)
        assert haproxy.ended().said["status-code"] in (3, 4)


def test_frames_that_are_broken_at_random(client: Client) -> None:
    chance = random.Random(7)
    whole = notify(asked("/all", hdrs="a: b\r\n\r\n", src=(1, 2, 3, 4), be_a=1))
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(9, len(data))  # what comes before says that the frame is whole
            if chance.random() < 0.5:
                data[place] = chance.randrange(256)
            else:
                del data[place : place + chance.randint(1, 3)]
        data[:4] = (len(data) - 4).to_bytes(4, "big")
        with HAProxy(client.spoe_port) as haproxy:
            haproxy.send(bytes(data))
            heard = haproxy.hear()
            assert heard.kind in (102, 103)
            if heard.kind == 103 and heard.said:
                assert ("decided" in heard.said) != ("error" in heard.said)
    with HAProxy(client.spoe_port) as haproxy:
        assert haproxy.ask(asked("/nothing")) == {"decided": True}


def test_numbers() -> None:
    for value in [*range(5000), *(1 << bits for bits in range(64)), (1 << 64) - 1]:
        assert number(value) == varint(value)
        assert number_at(b"x" + number(value) + b"x", 1) == (value, 1 + len(number(value)))
    with pytest.raises(BadFrame):
        number_at(varint(1 << 64), 0)


# time


def test_who_says_nothing_is_told_so(tmp_path: Path) -> None:
    with (
        server(tmp_path, head_seconds=0.2, body_seconds=0.2, idle_seconds=0.5) as client,
        HAProxy(client.spoe_port, None) as silent,
        HAProxy(client.spoe_port) as idle,
        HAProxy(client.spoe_port) as slow,
    ):
        slow.socket.settimeout(0.1)
        data = notify(asked("/nothing"))
        for byte in data[:30]:  # a byte now and then is no frame
            with contextlib.suppress(ConnectionError):
                slow.send(bytes([byte]))
            time.sleep(0.1)
        slow.socket.settimeout(10)
        for haproxy in (silent, idle, slow):
            assert haproxy.ended().said["status-code"] == 2


def test_who_does_not_read_is_not_read_from(tmp_path: Path) -> None:
    with server(tmp_path, write_seconds=1.0) as client, HAProxy(client.spoe_port) as haproxy:
        haproxy.socket.settimeout(0.5)
        data = notify(asked("/", "show", hdrs="a: " + "x" * 10_000)) * 10
        sent = 0
        with contextlib.suppress(TimeoutError, ConnectionError):
            while sent < 64 << 20:
                sent += haproxy.socket.send(data)
        assert sent < 64 << 20
        time.sleep(3)  # three times what is waited for
        haproxy.socket.settimeout(10)
        with contextlib.suppress(ConnectionError):
            while haproxy.socket.recv(1 << 20):
                pass
        with HAProxy(client.spoe_port) as other:
            assert other.ask(asked("/nothing")) == {"decided": True}


def test_large_answers_to_small_frames_wait_for_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read has 4,000 frames of 60 bytes, and each may be answered with a frame of 16 kB."""
    held = []
    flush = agent.Connection._flush

    def look(connection: agent.Connection) -> None:
        held.append(sum(map(len, connection._answers)))
        flush(connection)

    monkeypatch.setattr(agent.Connection, "_flush", look)
    with server(tmp_path, write_seconds=1.0) as client, HAProxy(client.spoe_port) as haproxy:
        haproxy.socket.settimeout(0.5)
        data = notify(asked("/some")) * 3000
        with contextlib.suppress(TimeoutError, ConnectionError):
            for _ in range(20):
                haproxy.socket.sendall(data)
    assert agent.TOGETHER < max(held) < agent.TOGETHER + agent.MOST_FRAME


def test_too_much_at_a_time_is_no_decision(tmp_path: Path) -> None:
    with server(tmp_path, lanes=1) as client, HAProxy(client.spoe_port) as haproxy:
        frames = [notify(asked("/endless"), n, n) for n in range(100)]
        haproxy.send(b"".join(frames))
        errors = [haproxy.hear().said["error"] for _ in frames]
        assert set(errors) == {"overloaded", "instructions"}
        assert haproxy.ask(asked("/nothing")) == {"decided": True}


def test_more_connections_than_there_may_be(tmp_path: Path) -> None:
    with server(tmp_path, max_connections=2) as client, contextlib.ExitStack() as opened:
        for _ in range(2):
            opened.enter_context(HAProxy(client.spoe_port))
        with HAProxy(client.spoe_port, None) as third:
            assert third.ended().said["status-code"] == 13


def test_a_stop_answers_what_is_asked_and_says_so(tmp_path: Path) -> None:
    with contextlib.ExitStack() as opened:
        with server(tmp_path) as client:
            busy, idle = (opened.enter_context(HAProxy(client.spoe_port)) for _ in range(2))
            busy.send(notify(asked("/long"), 3, 4))
            time.sleep(0.02)
        assert busy.hear().said == {"decided": True, "backend": "long"}
        for haproxy in (busy, idle):
            assert haproxy.ended().said["status-code"] == 0
        with pytest.raises(ConnectionError):
            socket.create_connection((LOOPBACK, client.spoe_port))


TOLD_BY_HAND = {
    "selected_backend", "modified_path", "modified_query", "reject", "reject_reason", "reject_status", "reject_body",
}  # fmt: skip
"""Fields that `actions_of` tells together."""


def test_every_field_of_an_answer_is_told() -> None:
    assert messages._TOLD.keys() == messages._PREFIXES.keys()
    assert {field.name for field in FIELDS} - {"cache"} == messages._TOLD.keys() | TOLD_BY_HAND, (  # HAProxy keeps none
        "_PREFIXES and _TOLD of messages.py"
    )
