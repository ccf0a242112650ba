"""Envoy's ext_authz over gRPC: what scripts are asked, what Envoy is told, and that whatever is no decision denies."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.routing.answer import FIELDS
from keystone_lua.routing.given_fields import TenantData
from keystone_lua.server.ext_authz import messages
from keystone_lua.server.settings.config import Address, ServerConfig
from tests.server.asked_scripts import ANSWERS, SHOW
from tests.server.envoy import HEALTH, Envoy, Told, asked, entries, packed
from tests.server.scraped import scrape
from tests.server.support import LOOPBACK, Client, server_in_thread, server_process, write_scripts

NO_DECISION = {"content-type": "application/json", "retry-after": "1"}

FRAMING = (
    'function on_route_request(r) return {selected_backend = "b", modified_headers = {[r.headers.Name] = "1"}} end'
)
REJECTS = """
function on_route_request(request)
  return {reject = true, reject_headers = {["Set-Cookie"] = {"a=1", "b=2"}, [request.headers.Name] = "x"}, tags = {team = "blue"}}
end
"""
MIXED = """
function on_route_request()
  return {
    selected_backend = "b", modified_headers = {["X-Both"] = "new"}, remove_headers = {"X-Both", "X-Gone", "X-Anew"},
    append_headers = {["X-Anew"] = {"1", "2"}, ["X-More"] = "3"}, response_headers = {["X-R"] = {"1", "2"}, ["Set-Cookie"] = {"a", "b"}},
  }
end
"""


def server(folder: Path, **settings: Any) -> contextlib.AbstractContextManager[Client]:
    scripts = {"show": SHOW, "answers": ANSWERS, "framing": FRAMING, "rejects": REJECTS, "mixed": MIXED}
    write_scripts(folder, {f"{name}.lua": text for name, text in scripts.items()})
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


def seen(told: Told) -> str:
    return told.set["X-Seen"]


# asked


def test_what_a_script_is_asked(envoy: Envoy) -> None:
    told = envoy.ask(
        asked(
            "/a%20b?c=d", "show", {"x-a": "1,2", "x-envoy-auth-partial-body": "true"}, {"backends": "old=1,new=0"},
            {11: "b"}, method="PUT",
        )
    )  # fmt: skip
    assert seen(told) == (
        "{backends={1={health=true name=old url=} 2={health=false name=new url=}} body=b body_truncated=true"
        " client_ip=10.1.2.3 headers={x-a=1,2 x-envoy-auth-partial-body=true} host=shop.example.com method=PUT path=/a b"
        " protocol=HTTP/2 query=c=d raw_path=/a%20b scheme=https}"
    )


def test_headers_that_come_raw_are_kept_apart(envoy: Envoy) -> None:
    lines = [
        {1: "x-a", 3: b"1"},
        {1: "x-a", 3: b"2"},
        {1: "x-b", 3: b"\xff"},
        {1: "x-c", 2: "plain"},
        {1: ":path", 3: b"/"},
    ]
    told = envoy.ask(asked("/", "show", more={3: [], 13: {1: lines}, 12: b"\xff"}))
    assert "headers={x-a=1 x-b=\ufffd x-c=plain} headers_multi={x-a={1=1 2=2}}" in seen(told)
    assert "body=\ufffd " in seen(told)  # as body_base64 is shown to scripts


def test_the_request_is_the_same_as_of_forward_auth(client: Client, envoy: Envoy) -> None:
    headers = {
        "x-forwarded-for": "10.9.9.9, 10.1.2.3", "x-forwarded-proto": "https", "x-forwarded-host": "shop.example.com",
        "x-request-id": "17", "cookie": "a=1; b=2", "x-beta": "y\u00e4s", "expect": "100-continue", "te": "trailers",
        "x-keystone-backend": "mine", "x-original-uri": "/mine",
    }  # fmt: skip
    for method, path in (("GET", "/a%20b?c=%20d"), ("DELETE", "/"), ("PUT", "/a//b/../c?"), ("OPTIONS", "*")):
        own = {"x-forwarded-method": method, "x-forwarded-uri": path, "x-keystone-backends": "old=1,new=0"}
        sent = {
            name: value.encode() for name, value in headers.items() if name not in ("expect", "te", "x-original-uri")
        }
        sent.pop("x-keystone-backend")
        answer = client.send("GET", "/forward/show", headers={**sent, **own, "accept-encoding": "gzip"})  # type: ignore[dict-item]
        extensions = {"backends": "old=1,new=0"}
        message = asked(path, "show", {**headers, "accept-encoding": "gzip"}, extensions, {10: ""}, method)
        told = envoy.ask(message)
        assert seen(told) == answer.headers["x-seen"].encode("latin-1").decode()


def test_the_tenant_is_told_by_the_configuration_alone(envoy: Envoy) -> None:
    assert envoy.ask(asked("/nothing", "answers")).code == 0
    assert envoy.ask(asked("/nothing", None), x_keystone_tenant="answers").code == 0
    assert seen(envoy.ask(asked("/", "show"), x_keystone_tenant="answers"))  # a route's own word comes first
    told = envoy.ask(asked("/nothing", None, {"x-keystone-tenant": "answers"}))
    assert (told.code, told.status, json.loads(told.body)["error"][:7]) == (7, 400, "tenant:")
    assert envoy.ask(asked("/", "nobody")).status == 403


def test_backends_of_the_settings_serve_where_none_are_named(tmp_path: Path) -> None:
    data = TenantData(backends=({"name": "own", "url": "http://own", "health": True},))
    with server(tmp_path, tenants={"show": data}) as client, Envoy(client.grpc_port) as envoy:
        assert "name=own" in seen(envoy.ask(asked("/", "show")))
        assert "name=own" not in seen(envoy.ask(asked("/", "show", extensions={"backends": "other=1"})))


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (b"\xff", "no CheckRequest"),
        (asked("/", more={4: b"/\xff"}), "no CheckRequest, or texts in it that are no UTF-8"),
        (asked("/", None), "tenant: expected the name of one"),
        (asked("/", "../x"), "tenant: expected the name of one"),
        (asked("/", method="A B"), "the method that is asked about is none"),
        (packed({1: {10: entries({"tenant": "answers"})}}), "the method that is asked about is none"),
        (asked("/", extensions={"backend": "x"}), "backend: no such option; there are tenant, backends, on_error"),
        (asked("/", extensions={"backends": "=1"}), "expected name=1,other=0"),
        (asked("/", extensions={"on_error": "pass"}), "expected deny or allow"),
        (asked("/", extensions={f"n{n}": "" for n in range(20)}), "more than 16 context extensions"),
        (asked("/", headers={f"n{n}": "" for n in range(1001)}), "more than 1000 header lines"),
        (asked("/", more={3: [], 13: b"\x0a\0" * 300_000}), "more than 1000 header lines"),  # 0.2 s to look at each
        (asked("/" + "%41" * 25_000), "a path of more than 65536 characters"),
        (asked("/", "%41" * 300_000), "tenant: expected the name of one"),
    ],
)
def test_what_makes_no_request_is_denied(envoy: Envoy, message: bytes, error: str) -> None:
    told = envoy.ask(message)
    assert (told.code, told.status, told.set) == (7, 400, {"content-type": "application/json"})
    assert json.loads(told.body)["error"].startswith(error)
    assert told.metadata["error"] == json.loads(told.body)["error"]
    assert envoy.ask(asked("/nothing", "answers")).code == 0


# told


def test_every_field_of_an_answer_is_told(envoy: Envoy) -> None:
    told = envoy.ask(asked("/all?x=y", "answers", {"x-keystone-path": "mine"}))
    assert told.code == 0
    assert told.headers == [
        ("x-keystone-backend", "new", "set"), (":path", "/v2/a%20b?c=d", "set"), (":method", "PUT", "set"),
        (":authority", "h", "set"), ("x-envoy-upstream-rq-timeout-ms", "1500", "set"), ("X-A.B", "h\u00e4", "set"),
        ("Via", "a", "join"), ("Via", "b", "join"),
    ]  # fmt: skip
    assert told.removed == ["x-keystone-path", "x-old"]
    assert told.response == [("X-R", "1", "set"), ("Set-Cookie", "a=1", "append")]
    assert told.metadata == {
        "backend": "new", "tags": {"team": "blue"}, "candidates": ["x", "y"], "retries": 2, "timeout_ms": 1500,
        "mirror": "shadow", "mirror_percent": 10, "remove_response_headers": ["Server"],
    }  # fmt: skip


TOLD_ELSEWHERE = {
    "selected_backend", "modified_headers", "modified_path", "modified_query", "modified_host", "modified_method",
    "remove_headers", "append_headers", "response_headers", "append_response_headers", "reject", "reject_reason",
    "reject_status", "reject_headers", "reject_body",
}  # fmt: skip
"""Fields that have a place of their own in a CheckResponse."""


def test_no_field_is_forgotten() -> None:
    assert {field.name for field in FIELDS} - {"cache"} == TOLD_ELSEWHERE | set(
        messages.METADATA_FIELDS
    ), (  # Envoy keeps none
        "METADATA_FIELDS of ext_authz/messages.py, and docs/gateways.md"
    )


def test_no_backend_and_nothing_else(envoy: Envoy) -> None:
    assert envoy.ask(asked("/nothing", "answers")) == Told()


def test_headers_are_removed_then_set_then_added(envoy: Envoy) -> None:
    told = envoy.ask(asked("/", "mixed", {"x-both": "old"}))
    assert told.removed == ["x-gone"]  # Envoy removes last: what is set or added is not named
    assert told.headers[1:] == [
        ("X-Both", "new", "set"),
        ("X-Anew", "1", "set"),
        ("X-Anew", "2", "join"),
        ("X-More", "3", "join"),
    ]
    assert sorted(told.response) == [
        ("Set-Cookie", "a", "append"),
        ("Set-Cookie", "b", "append"),
        ("X-R", "1, 2", "set"),
    ]


def test_what_a_client_claims_is_taken_off(envoy: Envoy) -> None:
    claims = {"x-keystone-backend": "mine", "x-keystone-any": "1", "x-forwarded-uri": "/mine"}
    told = envoy.ask(asked("/nothing", "answers", claims))
    assert sorted(told.removed) == ["x-keystone-any", "x-keystone-backend"]
    told = envoy.ask(asked("/some", "answers", claims))
    assert (told.set["x-keystone-backend"], told.removed) == ("x", ["x-keystone-any"])


def test_rejects(envoy: Envoy) -> None:
    told = envoy.ask(asked("/reject", "answers"))
    assert (told.code, told.status, told.body) == (7, 403, '{"error":"not here"}\n')
    assert told.metadata == {"reject": True, "reason": "not here"}
    told = envoy.ask(asked("/login", "answers"))
    assert (told.status, told.body) == (302, "go")
    assert told.set == {"Location": "/login", "content-type": "text/plain; charset=utf-8"}
    told = envoy.ask(asked("/", "rejects", {"name": "Content-Type"}))
    assert sorted(told.headers) == [
        ("Content-Type", "x", "set"),
        ("Set-Cookie", "a=1", "set"),
        ("Set-Cookie", "b=2", "append"),
    ]
    assert (told.body, told.metadata) == ("", {"reject": True, "tags": {"team": "blue"}})


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Connection", "X-Keystone-Backend", "transfer-encoding"])
def test_headers_that_no_script_sets(envoy: Envoy, name: str) -> None:
    told = envoy.ask(asked("/", "framing", {"name": name}))
    assert (told.code, told.status, told.metadata) == (7, 503, {"error": "answer"})
    told = envoy.ask(asked("/", "framing", {"name": name}, {"on_error": "allow"}))
    assert (told.code, told.set, told.metadata) == (0, {}, {"error": "answer"})
    told = envoy.ask(asked("/", "rejects", {"name": name}, {"on_error": "allow"}))
    assert (told.code, told.status, told.body) == (7, 403, '{"error":"rejected"}\n')  # a reject stays one
    assert told.set == {"content-type": "application/json"}


# no decision


@pytest.mark.parametrize(
    ("path", "error"), [("/error", "runtime"), ("/endless", "instructions"), ("/nowhere", "answer")]
)
def test_no_decision_denies(envoy: Envoy, path: str, error: str) -> None:
    told = envoy.ask(asked(path, "answers"))
    assert (told.code, told.status, told.body, told.set) == (7, 503, '{"error":"no decision"}\n', NO_DECISION)
    assert told.metadata == {"error": error}
    told = envoy.ask(asked(path, "answers", {"x-keystone-backend": "mine"}, {"on_error": "allow"}))
    assert (told.code, told.headers, told.removed) == (0, [], ["x-keystone-backend"])


def test_decisions_are_counted(client: Client, envoy: Envoy) -> None:
    before = scrape(client).total("keystone_decisions_total", tenant="show")
    envoy.ask(asked("/", "show"))
    assert scrape(client).total("keystone_decisions_total", tenant="show") == before + 1


def test_calls_that_come_together_are_all_answered_and_a_long_run_holds_none(envoy: Envoy) -> None:
    streams = [envoy.call(asked("/long" if n == 0 else "/nothing", "answers")) for n in range(10)]
    while not all(envoy.heard[stream].whole for stream in streams):
        if envoy.heard[streams[0]].whole:
            assert all(envoy.heard[stream].whole for stream in streams)
        assert envoy.listen()


def test_decisions_are_recorded_with_envoys_request_id(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    scripts = write_scripts(tmp_path / "scripts", {"show.lua": SHOW})
    with server_process(scripts, "--grpc-addr", f"unix:{tmp_path / 'grpc'}", "--decision-log", str(log)) as running:
        with Envoy(str(tmp_path / "grpc")) as envoy:
            assert seen(envoy.ask(asked("/a?b", "show", {"x-request-id": "r-1"})))
        assert running.terminate() == 0
    [line] = [json.loads(line) for line in log.read_text().splitlines() if "r-1" in line]
    assert line["request"]["raw_path"] == "/a"


# health, and the end


def test_health_is_told(envoy: Envoy) -> None:
    assert envoy.wait(envoy.call(b"", HEALTH)).message == b"\x08\x01"


def test_a_stop_answers_what_is_asked_and_ends(tmp_path: Path) -> None:
    with contextlib.ExitStack() as opened:
        with server(tmp_path) as client:
            busy, idle = (opened.enter_context(Envoy(client.grpc_port)) for _ in range(2))
            stream = busy.call(asked("/long", "answers"))
            time.sleep(0.02)
        assert busy.wait(stream).status == 0
        for envoy in (busy, idle):
            assert envoy.ended() == 0
        with pytest.raises(ConnectionError):
            Envoy(client.grpc_port)


def test_a_stop_is_told_before_it_comes(tmp_path: Path) -> None:
    """Envoy opens another connection, elsewhere, when it hears that nothing is to be asked; what it asks before counts."""
    path = str(tmp_path / "grpc")
    scripts = write_scripts(tmp_path / "scripts", {"show.lua": SHOW})
    with (
        server_process(scripts, "--grpc-addr", f"unix:{path}", "--notice-seconds", "0.5") as running,
        Envoy(path) as envoy,
    ):
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert envoy.wait(envoy.call(b"", HEALTH)).message == b"\x08\x02"
        while not envoy.goodbyes:
            assert seen(envoy.ask(asked("/", "show")))
        assert envoy.goodbyes == [(2**31 - 1, 0)]  # all that has been asked is answered
        assert seen(envoy.ask(asked("/", "show")))
        assert envoy.ended() == 0
        assert envoy.goodbyes[-1][0] < 2**31 - 1
        assert running.process.wait(10) == 0


# without the extra

WITHOUT = "import sys; sys.modules['h2'] = sys.modules['google.protobuf'] = None\n"
"""As if neither package were installed."""


def test_who_does_not_need_it_need_not_have_it(tmp_path: Path) -> None:
    write_scripts(tmp_path / "scripts", {"show.lua": SHOW})
    program = WITHOUT + (
        "import asyncio, os, signal\n"
        "from keystone_lua.server.process import worker\n"
        "start = worker.RunningServer.start\n"
        "async def started(*arguments):\n"
        "    await start(*arguments)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "worker.RunningServer.start = started\n"
        "from keystone_lua.cli import main\n"
        "sys.exit(main(['serve', '--addr', '127.0.0.1:0', '--scripts', 'scripts']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_who_needs_it_is_told_what_to_install(tmp_path: Path) -> None:
    program = WITHOUT + "from keystone_lua.cli import main\nsys.exit(main(['serve', '--grpc-addr', ':0']))\n"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    said = "keystone-lua: serve --grpc-addr needs the package h2: pip install 'keystone-lua[server,grpc]'\n"
    assert (done.returncode, done.stderr) == (2, said)
