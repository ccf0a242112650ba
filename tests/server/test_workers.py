"""Several workers behind one address: even after one dies, they are one server."""

from __future__ import annotations

import contextlib
import http.client
import marshal
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from keystone_lua.routing.decision import decide
from keystone_lua.routing.request import read_request
from keystone_lua.routing.scripts import Handed, ScriptStore, Snapshot
from keystone_lua.server.process.control import LENGTH, Messages, frame, order
from keystone_lua.server.process.supervisor import HUNG_SECONDS
from tests.server.scraped import scrape
from tests.server.support import LOOPBACK, WAIT, Client, command, constant, read_to_end, server_process, write_scripts
from tests.waiting import until


def workers_of(pid: int) -> list[int]:
    """The process numbers of a supervisor's children, lanes' excluded: those are their workers'."""
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def selected_by_all(client: Client, tenant: str) -> set[str]:
    """What many connections, so every worker, select for a tenant."""
    return {str(client.route(tenant, {}).json.get("selected_backend")) for _ in range(20)}


def test_a_reload_is_in_force_in_every_worker_when_answered(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("0"), "lib/m.lua": "return {}"})
    with server_process(tmp_path, "--workers", "2") as server:
        assert len(workers_of(server.process.pid)) == 2
        for number in range(1, 6):
            write_scripts(tmp_path, {"a.lua": constant(f"{number}é"), f"new{number}.lua": constant("x")})
            answer = server.client.send("POST", "/reload")
            assert (answer.status, answer.json["count"]) == (200, str(number + 1))
            assert selected_by_all(server.client, "a") == {f"{number}é"}
        write_scripts(tmp_path, {"a.lua": "x ="})
        assert server.client.send("POST", "/reload").status == 422
        assert selected_by_all(server.client, "a") == {"5é"}
        tmp_path.rename(tmp_path.with_name("gone"))
        assert "no scripts folder" in server.client.send("POST", "/reload").json["error"]
        assert server.terminate() == 0


def test_many_reload_at_once(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1")})
    with server_process(tmp_path, "--workers", "2") as server:
        statuses: list[int] = []
        threads = [
            threading.Thread(target=lambda: statuses.append(server.client.send("POST", "/reload").status))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        assert statuses == [200] * 20
        assert server.terminate() == 0


def test_a_killed_worker_loses_what_it_had_in_flight_and_is_replaced(tmp_path: Path) -> None:
    """Eight clients on kept connections: each may lose the one request that the dead worker had of it."""
    write_scripts(tmp_path, {"a.lua": constant("b")})
    clients = 8
    stop = threading.Event()
    good: list[int] = []
    lost: list[int] = []

    def load(port: int, number: int) -> None:
        count = failed = 0
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=WAIT)
        while not stop.is_set():
            try:
                connection.request("POST", "/route/a", b"{}")
                response = connection.getresponse()
                assert (response.status, response.read()) == (200, b'{"selected_backend":"b"}\n')
                count += 1
            except (ConnectionError, http.client.HTTPException):
                failed += 1
                connection.close()
        connection.close()
        good.append(count)
        lost.append(failed)

    with server_process(tmp_path, "--workers", "2") as server:
        threads = [threading.Thread(target=load, args=(server.client.port, number)) for number in range(clients)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        victim = workers_of(server.process.pid)[0]
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(set(workers_of(server.process.pid)) - {victim}) == 2)
        time.sleep(0.3)
        stop.set()
        for thread in threads:
            thread.join(WAIT)
        assert len(good) == clients
        assert sum(lost) <= clients
        counted = scrape(server.client).total("keystone_decisions_total", tenant="a")
        assert sum(good) <= counted <= sum(good) + sum(lost), "what the dead worker had counted is still there"
        assert scrape(server.client).total("keystone_worker_starts_total") == 3
        write_scripts(tmp_path, {"a.lua": constant("new")})
        assert server.client.send("POST", "/reload").status == 200
        assert selected_by_all(server.client, "a") == {"new"}
        assert server.terminate() == 0


def test_a_worker_that_replaces_another_has_what_was_reloaded(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("old")})
    with server_process(tmp_path, "--workers", "2") as server:
        write_scripts(tmp_path, {"a.lua": constant("new")})
        assert server.client.send("POST", "/reload").status == 200
        before = set(workers_of(server.process.pid))
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        until(lambda: len(set(workers_of(server.process.pid)) - before) == 2)
        assert selected_by_all(server.client, "a") == {"new"}


def test_workers_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("b")})
    with server_process(tmp_path, "--workers", "2") as server:
        workers = workers_of(server.process.pid)
        server.process.kill()
        server.process.wait(WAIT)
        until(lambda: not any(is_running(pid) for pid in workers))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_connections_are_shared_out(tmp_path: Path) -> None:
    """asyncio's own accepting gave all of them to one worker, time and again."""
    write_scripts(tmp_path, {"a.lua": constant("b")})
    with server_process(tmp_path, "--workers", "2") as server, contextlib.ExitStack() as opened:
        for _ in range(40):
            opened.enter_context(server.client.connect())
        until(lambda: scrape(server.client).total("keystone_connections") >= 41)  # and the scrape's
        seen = scrape(server.client)
        shares = [seen.total("keystone_connections", worker=str(number)) for number in range(2)]
        assert min(shares) >= 10, shares


def test_sigterm_drains_every_worker(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("b")})
    with server_process(tmp_path, "--workers", "2") as server, contextlib.ExitStack() as opened:
        connections = [opened.enter_context(server.client.connect()) for _ in range(8)]
        for connection in connections:
            connection.sendall(b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
        until(lambda: scrape(server.client).total("keystone_requests_in_flight") == 9)  # and the scrape itself
        workers = workers_of(server.process.pid)
        server.process.terminate()
        time.sleep(0.2)
        for connection in connections:
            connection.sendall(b"}")
        answers = [read_to_end(connection) for connection in connections]
        assert [answer.partition(b"\r\n")[0] for answer in answers] == [b"HTTP/1.1 200 OK"] * 8
        assert server.process.wait(10) == 0
        assert not any(is_running(pid) for pid in workers)


def test_watch_and_sighup_reload_all_workers(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1")})
    with server_process(tmp_path, "--workers", "2", "--watch") as server:
        write_scripts(tmp_path, {"a.lua": constant("2")})
        until(lambda: selected_by_all(server.client, "a") == {"2"})
    with server_process(tmp_path, "--workers", "2") as server:
        write_scripts(tmp_path, {"a.lua": constant("3")})
        server.process.send_signal(signal.SIGHUP)
        until(lambda: selected_by_all(server.client, "a") == {"3"})


def test_what_keeps_a_worker_from_starting_ends_the_server(tmp_path: Path) -> None:
    write_scripts(tmp_path, {"a.lua": constant("b")})
    code = (
        "import sys\nfrom pathlib import Path\nfrom keystone_lua.server.process import app\nfrom keystone_lua.server.settings import config\n"
        "def fail(): raise RuntimeError('no observer')\n"
        f"made = config.ServerConfig(Path({str(tmp_path)!r}), config.Address({LOOPBACK!r}, 0), workers=2)\n"
        "sys.exit(app.serve(made, [fail]))"
    )
    done = subprocess.run([command()[0], "-c", code], capture_output=True, text=True, timeout=WAIT, check=False)
    assert done.returncode == 1
    assert "no observer" in done.stderr
    assert re.search(r"worker ended .*exit_code=1", done.stderr)


# what supervisor and workers say


def test_messages_arrive_in_any_pieces() -> None:
    said: list[dict[str, object]] = [{"say": "x", "text": "é" * n} for n in range(20)]
    data = b"".join(map(frame, said))
    for size in (1, 3, 7, len(data)):
        messages = Messages(1 << 16)
        heard = [m for start in range(0, len(data), size) for m in messages.feed(data[start : start + size])]
        assert heard == said


def test_a_message_has_a_largest_size() -> None:
    longest = frame({"x": "y" * 100})
    assert [*Messages(len(longest) - LENGTH.size).feed(longest)] == [{"x": "y" * 100}]
    with pytest.raises(ValueError, match="a message of"):
        [*Messages(len(longest) - LENGTH.size - 1).feed(longest[: LENGTH.size])]


def test_programs_survive_the_way(tmp_path: Path) -> None:
    """What a supervisor's store has loaded is in force in a worker's, which compiles nothing."""
    shared = "return {name = 'é'}"
    script = "local s = require 'shared' function on_route_request() return {selected_backend = s.name} end"
    write_scripts(tmp_path, {"a.lua": script, "b.lua": constant("b"), "bad.lua": "?", "lib/shared.lua": shared})
    ours, theirs = ScriptStore(tmp_path), ScriptStore(tmp_path)
    before = ours.current
    ours.reload()

    def hand_over() -> Handed:
        message = order({"say": "load", "scripts": ours.hand_over(before)})
        (heard,) = Messages(1 << 20, marshal.loads).feed(message)
        handed: Handed = heard["scripts"]
        return handed

    for _ in range(2):
        theirs.adopt(hand_over())
        assert theirs.current.sources == ours.current.sources
        assert theirs.current.never_compiled == ours.current.never_compiled
        assert (theirs.current.errors, theirs.current.loaded_at) == (ours.current.errors, ours.current.loaded_at)
        for tenant, program in ours.current.programs.items():
            assert decide(theirs.current.programs[tenant], read_request(b"{}")) == decide(program, read_request(b"{}"))
        before, kept = ours.current, theirs.current.programs["a"]
        write_scripts(tmp_path, {"b.lua": constant("c"), "c.lua": constant("c")})
        (tmp_path / "bad.lua").unlink(missing_ok=True)
        ours.reload()
    assert [new[0] for new in hand_over()[0]] == []
    before = Snapshot({"a": ours.current.programs["a"]})
    assert [new[0] for new in hand_over()[0]] == ["b", "c"]
    assert theirs.current.programs["a"] is kept


def test_a_worker_that_hangs_is_replaced_and_holds_up_no_reload(tmp_path: Path) -> None:
    """It was noticed by nobody; a reload waited 30 s for it, longer than the client here does."""
    write_scripts(tmp_path, {"a.lua": constant("1")})
    with server_process(tmp_path, "--workers", "2") as server:
        before = workers_of(server.process.pid)
        os.kill(before[0], signal.SIGSTOP)
        write_scripts(tmp_path, {"a.lua": constant("2")})
        asker = http.client.HTTPConnection(LOOPBACK, server.client.port, timeout=WAIT)
        # The kernel may have given it to the one that hangs.
        with contextlib.closing(asker), contextlib.suppress(ConnectionError, http.client.HTTPException):
            asker.request("POST", "/reload")
            assert asker.getresponse().status == 200
        until(lambda: before[0] not in workers_of(server.process.pid) and len(workers_of(server.process.pid)) == 2)
        assert server.client.send("POST", "/reload").status == 200
        assert selected_by_all(server.client, "a") == {"2"}
        assert server.terminate() == 0
    assert [line for line in server.logged() if "worker hangs" in line and f"process={before[0]}" in line]


def test_a_server_that_was_stopped_as_a_whole_goes_on(tmp_path: Path) -> None:
    with server_process(write_scripts(tmp_path, {"a.lua": constant("1")}), "--workers", "2") as server:
        before = workers_of(server.process.pid)
        everybody = [server.process.pid, *before]
        for process in everybody:
            os.kill(process, signal.SIGSTOP)
        time.sleep(HUNG_SECONDS + 1)
        for process in everybody:
            os.kill(process, signal.SIGCONT)
            time.sleep(0.1)  # the supervisor is the first to go on
        time.sleep(1)
        assert workers_of(server.process.pid) == before
        assert server.terminate() == 0
