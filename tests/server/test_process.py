"""The real process: start, serve, stop, and the ways it refuses to start."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from keystone_lua.server.process.listening import listen
from keystone_lua.server.settings.config import Address
from tests.server.support import (
    LOOPBACK,
    WAIT,
    Answer,
    Client,
    command,
    constant,
    read_to_end,
    run,
    server_process,
    write_scripts,
)

SLOW = """
function on_route_request()
  local n = 0
  for i = 1, 1000000 do n = n + i % 7 end
  return {selected_backend = "slow"}
end
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_scripts(tmp_path / "scripts", {"a.lua": constant("b"), "slow.lua": SLOW, "broken.lua": "x ="})


def test_serves_and_stops(scripts: Path) -> None:
    with server_process(scripts) as server:
        assert server.client.route("a", {}).json == {"selected_backend": "b"}
        assert server.client.send("GET", "/health").json["scripts"] == ["a", "slow"]
        assert server.client.route("broken", {}).json["kind"] == "syntax"
        assert server.terminate() == 0


def test_limits_reach_the_scripts(scripts: Path) -> None:
    with server_process(scripts, "--max-instructions", "1000", "--max-body", "100") as server:
        assert server.client.route("a", {}).status == 200
        assert server.client.route("slow", {}).json["kind"] == "instructions"
        assert server.client.route("a", b" " * 101).status == 413


@pytest.mark.slow
@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /route/a HTT",
        b"POST /route/a HTTP/1.1\r\nHost: x\r\n",
        b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
        b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /route/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
def test_stops_in_time_beside_idle_and_half_sent_connections(scripts: Path, sent: bytes) -> None:
    with server_process(scripts) as server, server.client.connect() as connection:
        connection.sendall(sent)
        time.sleep(0.2)
        started = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - started < 10


@pytest.mark.slow
def test_what_is_in_flight_is_answered(scripts: Path) -> None:
    with server_process(scripts, "--max-instructions", "1000000000") as server:
        answers: list[Answer] = []
        asker = threading.Thread(target=lambda: answers.append(server.client.route("slow", {})))
        asker.start()
        time.sleep(0.1)
        assert server.terminate() == 0
        asker.join(WAIT)
    assert [(answer.status, answer.json) for answer in answers] == [(200, {"selected_backend": "slow"})]


def test_a_body_under_way_may_still_arrive(scripts: Path) -> None:
    with server_process(scripts) as server, server.client.connect() as connection:
        connection.sendall(b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
        time.sleep(0.2)
        server.process.terminate()
        time.sleep(0.3)
        with pytest.raises(OSError, match=r"refused|reset"):
            server.client.route("a", {})
        connection.sendall(b"}")
        answer = read_to_end(connection)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"Connection: close" in answer
        assert server.process.wait(10) == 0


@pytest.mark.slow
def test_stops_in_time_while_scripts_keep_it_busy(scripts: Path) -> None:
    write_scripts(scripts, {"endless.lua": "function on_route_request() while true do end end\n"})
    with server_process(scripts, "--max-instructions", "1000000000000") as server:
        body = b"POST /route/endless HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
        connections = [server.client.connect() for _ in range(4)]
        for connection in connections:
            connection.sendall(body)
        time.sleep(0.3)
        assert server.terminate() == 0
        for connection in connections:
            connection.close()


def test_sigint_stops_too(scripts: Path) -> None:
    with server_process(scripts) as server:
        server.process.send_signal(2)
        assert server.process.wait(10) == 0


def test_all_addresses_are_bound_by_a_bare_port() -> None:
    with listen(Address("", 0)) as listener:
        port = listener.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), WAIT).close()
        if listener.family == socket.AF_INET6:
            socket.create_connection(("::1", port), WAIT).close()


def test_one_address_is_bound_alone() -> None:
    with listen(Address("127.0.0.1", 0)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def refusal(*arguments: str | Path) -> str:
    result = run("serve", *arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_no_scripts_folder(tmp_path: Path) -> None:
    assert "no scripts folder" in refusal("-addr", f"{LOOPBACK}:0", "-scripts", tmp_path / "missing")


@pytest.mark.parametrize("address", ["nonsense", ":99999", "8081"])
def test_a_bad_address(scripts: Path, address: str) -> None:
    assert "is no address" in refusal("-addr", address, "-scripts", scripts)


def test_an_address_of_another_machine(scripts: Path) -> None:
    assert "cannot listen on 192.0.2.1:8081" in refusal("-addr", "192.0.2.1:8081", "-scripts", scripts)


def test_a_port_in_use(scripts: Path) -> None:
    with listen(Address(LOOPBACK, 0)) as taken:
        address = f"{LOOPBACK}:{taken.getsockname()[1]}"
        assert refusal("-addr", address, "-scripts", scripts).endswith("Address already in use")


def test_a_bad_limit(scripts: Path) -> None:
    assert "--max-body" in refusal("--max-body", "lots", "-scripts", scripts)


def test_the_first_answer_comes_soon(scripts: Path) -> None:
    """The aim is one second on an idle machine; this only catches what is far off on a loaded one."""
    with listen(Address(LOOPBACK, 0)) as reserved:
        port = reserved.getsockname()[1]
    started = time.monotonic()
    process = subprocess.Popen(
        command("serve", "-addr", f"{LOOPBACK}:{port}", "-scripts", scripts), stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                assert Client(port).route("a", {}).status == 200
                break
            except (ConnectionError, http.client.HTTPException):
                assert time.monotonic() - started < WAIT
                time.sleep(0.01)
        assert time.monotonic() - started < 5
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("keystone_lua.server.settings.reader", ["aiohttp", "pydantic", "asyncio", "tomllib"]),
        ("keystone_lua.server.process.probe", ["aiohttp", "pydantic", "asyncio", "lark"]),
        ("keystone_lua.server.process.app", ["pydantic", "prometheus_client", "tomllib"]),
    ],
)
def test_start_up_imports_no_more_than_it_needs(module: str, forbidden: list[str]) -> None:
    code = f"import sys, {module}; print([name for name in {forbidden!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=WAIT, check=True)
    assert result.stdout.strip() == "[]"
