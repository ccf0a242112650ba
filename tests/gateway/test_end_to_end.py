"""Gateway, engine and backends as processes, with traffic between them.

The sizes here fit into the test run; ``python -m tests.gateway`` does the same with large ones.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keystone_lua.gateway import demo
from keystone_lua.gateway.demo import USUAL, Request
from keystone_lua.gateway.stack import LOOPBACK, Stack, ask, free_ports, running
from tests.gateway.traffic import BACKENDS, crowd, download, install_scripts, tenants, upload

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    scripts = install_scripts(ROOT / "scripts", folder / "scripts")
    with running(folder, tenants(), BACKENDS, scripts, alone=["api-canary"]) as stack:
        yield stack


@pytest.mark.parametrize("wanted", USUAL, ids=lambda wanted: f"{wanted.script} {wanted.headers} {wanted.expected}")
def test_every_script_s_routes(wanted: Request, stack: Stack) -> None:
    answer = ask(stack.port, "GET", "/products?page=2", host=f"{wanted.script}.example.com", headers=wanted.headers)
    if isinstance(wanted.expected, int):
        assert answer.status == wanted.expected
        assert answer.json == {"error": "X-User-ID header required for A/B testing"}
        return
    assert answer.status == 200
    assert answer.json["name"] in ([wanted.expected] if isinstance(wanted.expected, str) else wanted.expected)
    assert answer.json["path"] == "/products?page=2"
    heard = dict(answer.json["headers"])
    assert heard["X-Routed-By"] == "lua-engine"
    assert heard["X-Forwarded-Host"] == f"{wanted.script}.example.com"


WITHOUT_TRAFFIC = {"maintenance", "sticky-rollout", "token-gate"}
"""They need a clock, cookies and a token; their own tests in scripts/tests have them."""


def test_every_bundled_script_has_traffic() -> None:
    scripts = {path.stem for path in (ROOT / "scripts").glob("*.lua")}
    assert scripts - {request.script for request in USUAL} == WITHOUT_TRAFFIC


def test_a_script_changes_path_and_headers(stack: Stack) -> None:
    answer = ask(
        stack.port, "POST", "/v1/caf%C3%A9?x=1", host="changes.example.com", headers={"X-Kind": "mine"}, body=b"12345"
    )
    assert answer.json["path"] == "/v2/caf%C3%A9/POST/5?x=1"
    assert answer.json["length"] == 5
    assert dict(answer.json["headers"])["x-kind"] == "script's"


def test_a_script_s_errors_are_the_failure_mode_s(stack: Stack) -> None:
    assert ask(stack.port, "GET", "/", host="broken.example.com").status == 503
    assert 'script=broken error="it answered 500 (runtime at broken.lua:2)"' in stack.log("gateway")


def test_large_bodies_stream_both_ways(stack: Stack) -> None:
    upload(stack, 8_000_000)
    download(stack, 8_000_000)


@pytest.mark.slow
def test_many_clients_lose_nothing_and_mix_up_nothing(stack: Stack) -> None:
    crowd(stack, clients=500, requests=1)


def test_an_answer_that_breaks_off(stack: Stack) -> None:
    with pytest.raises(Exception, match=r"IncompleteRead|Connection"):
        ask(
            stack.port, "GET", "/", host="canary.example.com",
            headers={"X-Echo-Bytes": "1000000", "X-Echo-Break": "100000"},
        )  # fmt: skip


# what breaks


def test_a_backend_that_dies(stack: Stack) -> None:
    stack.kill("api-canary")
    for _ in range(3):
        answer = ask(
            stack.port, "POST", "/", host="canary.example.com", headers={"X-Canary": "true"}, body=b"all of it"
        )
        assert (answer.status, answer.json["name"], answer.json["length"]) == (200, "api-stable", 9)
        assert dict(answer.json["headers"])["X-Routed-By"] == "lua-engine-fallback"
    stack.start("api-canary")
    stack.healthy(len(BACKENDS) + 4)
    answer = ask(stack.port, "GET", "/", host="canary.example.com", headers={"X-Canary": "true"})
    assert answer.json["name"] == "api-canary"


def test_an_engine_that_hangs(stack: Stack) -> None:
    """A gateway with a timeout of half a second: refuse, round_robin, and a tenant that has no script."""
    hasty = "gateway-hasty"
    settings = (stack.folder / "gateway.yaml").read_text()
    (stack.folder / f"{hasty}.yaml").write_text(settings.replace("timeout: 30s", "timeout: 500ms"))
    (stack.ports[hasty],) = free_ports(1)
    stack.start(hasty)
    stack.wait_for(hasty)
    stack.signal("engine", signal.SIGSTOP)
    try:
        for host, expected in (("blue-green", 503), ("canary", 200), ("other", 200)):
            assert ask(stack.ports[hasty], "GET", "/plain/", host=f"{host}.example.com").status == expected
    finally:
        stack.signal("engine", signal.SIGCONT)
    assert ask(stack.ports[hasty], "GET", "/", host="blue-green.example.com").json["name"] == "app-blue"
    assert stack.stop(hasty) == 0


def test_an_engine_that_is_killed_under_traffic(stack: Stack) -> None:
    """Every request is answered: with a decision, without one, and again with one."""
    killer = threading.Timer(0.2, stack.kill, ["engine"])
    killer.start()
    crowd(stack, clients=20, requests=15, engine=False)
    killer.join()
    names = {ask(stack.port, "GET", "/", host="canary.example.com").json["name"] for _ in range(4)}
    assert names == {"api-stable", "api-canary"}
    assert ask(stack.port, "GET", "/", host="blue-green.example.com").status == 503
    stack.start("engine")
    stack.wait_for("engine")
    deadline = time.monotonic() + 20
    while ask(stack.port, "GET", "/", host="blue-green.example.com").status != 200:  # left alone for up to a second
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_sigterm_lets_requests_finish(stack: Stack) -> None:
    """The last test: it ends the gateway."""
    answers: list[object] = []

    def slow() -> None:
        answer = ask(
            stack.port, "PUT", "/", host="canary.example.com", headers={"X-Echo-Seconds": "1"}, body=b"x" * 100_000
        )
        answers.append((answer.status, answer.json["length"], answer.headers["connection"]))

    with socket.create_connection((LOOPBACK, stack.port)) as idle:
        clients = [threading.Thread(target=slow) for _ in range(5)]
        for client in clients:
            client.start()
        time.sleep(0.5)
        assert stack.stop("gateway") == 0
        for client in clients:
            client.join()
        assert answers == [(200, 100_000, "close")] * 5
        assert idle.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, stack.port))


@pytest.mark.slow
def test_the_demo_sends_each_request_where_it_should_go(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main(["--scripts", str(ROOT / "scripts")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert " 0 astray, " in lines[-1]
    for script in (ROOT / "scripts").glob("*.lua"):
        assert [line for line in lines if line.split()[:1] == [f"{script.stem}.example.com"]]
    assert [line for line in lines if len(line) > demo.WIDTH] == []
