"""While many scripts are being compiled the server is live and not ready, and loses nobody who waits for it."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..waiting import free_port
from .support import LOOPBACK, WAIT, Answer, Client, command, constant, write_scripts


def folder_of_many(folder: Path) -> Path:
    """What takes some seconds to compile: long before this process has looked."""
    body = "".join(f"  if r.path == '/{n}' then return {{selected_backend = 'b{n}'}} end\n" for n in range(150))
    text = f"function on_route_request(r)\n{body}end\n"
    return write_scripts(folder, {f"t{number}.lua": f"-- {number}\n{text}" for number in range(15)})


@pytest.fixture(params=["1", pytest.param("2", marks=pytest.mark.slow)])
def starting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    """A server that has just been started, by its number of workers."""
    port = free_port()
    scripts = folder_of_many(tmp_path)
    process = subprocess.Popen(
        command("serve", "-addr", f"{LOOPBACK}:{port}", "-scripts", scripts, "--workers", request.param),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, Client(port)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(WAIT)
        if process.stderr is not None:
            process.stderr.close()


def first(client: Client, path: str) -> Answer:
    """The first answer that there is."""
    until = time.monotonic() + WAIT
    while True:
        try:
            return client.send("GET", path)
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.01)


def test_live_at_once_and_ready_when_loaded(starting: tuple[subprocess.Popen[str], Client]) -> None:
    process, client = starting
    live = first(client, "/health/live")
    assert (live.status, live.json) == (200, {"status": "live"})
    ready = client.send("GET", "/health/ready")
    assert (ready.status, ready.json) == (503, {"status": "loading"})
    refused = client.route("t0", {"path": "/7"})
    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    assert client.send("POST", "/reload").status == 503
    seen = set()
    while (ready := client.send("GET", "/health/ready")).status == 503:
        seen.add(ready.json["status"])
        time.sleep(0.02)
    assert seen <= {"loading"}
    for number in range(15):
        assert client.route(f"t{number}", {"path": "/7"}).json == {"selected_backend": "b7"}
    process.send_signal(signal.SIGTERM)
    assert process.wait(WAIT) == 0
    said = process.communicate()[1]
    assert re.search(r"serving 15 scripts", said)
    assert "Traceback" not in said


def test_a_stop_while_it_loads(starting: tuple[subprocess.Popen[str], Client]) -> None:
    process, client = starting
    first(client, "/health/live")
    process.send_signal(signal.SIGTERM)
    assert process.wait(WAIT) == 0
    assert "serving" not in process.communicate()[1]
    with pytest.raises(ConnectionRefusedError):
        client.send("GET", "/health/live")


def test_a_small_folder_needs_none(tmp_path: Path) -> None:
    """Whoever comes early waits, and is answered."""
    port = free_port()
    scripts = write_scripts(tmp_path, {"a.lua": constant("a")})
    with subprocess.Popen(
        command("serve", "-addr", f"{LOOPBACK}:{port}", "-scripts", scripts), stderr=subprocess.PIPE, text=True
    ) as process:
        assert first(Client(port), "/health/ready").status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
        process.communicate()
