"""Segments compressed, read compressed, and shipped: each once, in order, whatever the receiver does."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import itertools
import json
import random
import shutil
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import compressed, reading, replay_logs, segments, shipping
from keystone_lua.audit.chain import GENESIS
from keystone_lua.audit.shipping import NotShipped, Receiver, ship
from keystone_lua.untrusted.outgoing import only_one
from tests.server.support import run

from .support import lines, write_log


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    for _ in range(8):
        write_log(file, 8, rotate_bytes=1000)
    write_log(file, 3)
    assert len(segments.segments(file)) > 5
    return file


@pytest.fixture
def log(written: Path, tmp_path: Path) -> Path:
    """A log of several closed segments."""
    shutil.copytree(written.parent, tmp_path / "log")
    return tmp_path / "log" / written.name


# compressed


def test_a_compressed_log_is_replayed_to_the_same_report(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = replay_logs([log])
    monkeypatch.setattr(compressed, "MEMBER", 2000)
    for place, path in enumerate(segments.segments(log)):
        text = path.read_bytes()
        if place % 3 == 0:
            packed = compressed.compress(path)
            assert not path.exists()
        elif place % 3 == 1:  # as logrotate does
            packed = path.with_name(f"{path.name}.gz")
            packed.write_bytes(gzip.compress(text))
            path.unlink()
        else:
            continue
        assert gzip.decompress(packed.read_bytes()) == text
    after = replay_logs([log], processes=2)
    assert (after.records, after.findings.same, after.good) == (before.records, before.findings.same, before.good)
    assert [(head.lines, head.hash) for head in after.heads] == [(head.lines, head.hash) for head in before.heads]
    assert [(d.line, d.id) for d in after.findings.differences] == [(d.line, d.id) for d in before.findings.differences]


def test_pieces_of_a_compressed_segment_have_its_lines(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "MEMBER", 1000)
    path = segments.segments(log)[0]
    plain = lines(path)
    pieces = list(reading.pieces(compressed.compress(path)))
    assert len(pieces) > 3
    assert [line.data for piece in pieces for line in piece.lines()] == plain


def test_a_log_goes_on_after_a_compressed_segment(log: Path) -> None:
    recorder = write_log(log, 1, rotate_bytes=100)  # the file is empty now
    assert log.stat().st_size == 0
    for path in segments.segments(log):
        compressed.compress(path)
    last = write_log(log, 3)
    assert recorder.head != last.head
    result = replay_logs([log], expected=[last.head])
    assert not result.breaks
    assert not result.unexpected


def test_while_it_is_compressed_a_segment_is_read_once(log: Path) -> None:
    path = segments.segments(log)[1]
    before = replay_logs([log]).records
    text = path.read_bytes()
    compressed.compress(path)
    path.write_bytes(text)  # as if the machine had stopped before it was removed
    assert replay_logs([log]).records == before
    assert path in segments.segments(log)


@pytest.mark.parametrize("damage", ["cut", "bit", "none", "size"])
def test_a_damaged_file_is_named(damage: str, log: Path) -> None:
    packed = compressed.compress(segments.segments(log)[0])
    data = bytearray(packed.read_bytes())
    if damage == "cut":
        del data[-20:]
    elif damage == "bit":
        data[len(data) // 2] ^= 1
    elif damage == "none":
        data[:] = b"no gzip at all\n"
    else:
        data[16:20] = (1 << 30).to_bytes(4, "little")
    packed.write_bytes(data)
    with pytest.raises(OSError, match=r"000001\.gz: "):
        replay_logs([log])


def test_what_unpacks_to_much_more_is_not_held_at_once(tmp_path: Path) -> None:
    packed = tmp_path / "decisions.log.000001.gz"
    packed.write_bytes(gzip.compress(b"\n" * (64 << 20)))
    machine = zlib.decompressobj(31)
    assert len(machine.decompress(packed.read_bytes())) == 64 << 20
    with packed.open("rb") as file:
        sizes = [len(block) for block in compressed.unpacked(file, "x", 0, packed.stat().st_size)]
    assert sum(sizes) == 64 << 20
    assert max(sizes) <= compressed.BLOCK


# shipped


class Place:
    """A receiver that fails as it is told, and keeps what has arrived, in order."""

    def __init__(self, trouble: Iterator[str]) -> None:
        self.trouble = trouble
        self.files: dict[str, bytes] = {}
        self.arrived: list[str] = []
        self.headers: dict[str, dict[str, str]] = {}

    def take(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        what = next(self.trouble)
        if what == "hangs up":
            handler.rfile.read(length // 2)
            handler.connection.close()
            return
        body = handler.rfile.read(length)
        if what == "drips":
            for _ in range(200):
                handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                time.sleep(0.05)
            return
        if what == "refuses":
            handler.send_response(503)
            handler.send_header("Retry-After", "7")
            handler.end_headers()
            return
        name = handler.path.removeprefix("/in/")
        if name in self.files:
            assert self.files[name] == body
        else:
            self.arrived.append(name)
        self.files[name] = body
        self.headers[name] = dict(handler.headers.items())
        if what == "says nothing":
            handler.connection.close()
            return
        handler.send_response(201)
        handler.end_headers()


@contextmanager
def place(trouble: Iterator[str] | None = None) -> Iterator[tuple[Place, str]]:
    kept = Place(trouble or itertools.repeat("takes"))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            kept.take(self)

        do_POST = do_PUT  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield kept, f"http://127.0.0.1:{server.server_address[1]}/in"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def segments_of(kept: Place) -> list[str]:
    return [name for name in kept.arrived if "/" not in name]


def test_each_segment_arrives_once_in_order_from_a_receiver_that_fails(log: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    kinds = iter(lambda: chance.choice(["takes", "takes", "takes", "takes", *FAILURES]), None)
    closed = [path.name for path in segments.segments(log)]
    failed = 0
    with place(kinds) as (kept, url):
        done: list[str] = []
        while failed < 1000 and len(done) < len(closed):
            try:
                for shipped in ship(log, Receiver(url)):
                    done.append(shipped.name)  # noqa: PERF401  # those before a failure count
            except NotShipped:
                failed += 1
    assert failed > 3
    assert segments_of(kept) == [f"{name}.gz" for name in closed] == done
    for name, body in kept.files.items():
        target = tmp_path / "there" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    local = replay_logs(segments.segments(log), scripts=segments.archive_folder(log))
    there = replay_logs([tmp_path / "there" / "decisions.log"])
    assert (there.records, there.findings.same, there.breaks) == (local.records, local.findings.same, [])


FAILURES = ["refuses", "hangs up", "says nothing"]


def test_what_arrived_of_several_processes_is_replayed_whole(log: Path, tmp_path: Path) -> None:
    """Where files arrive there is none that is written: a process is known by its closed segments."""
    for closed in segments.segments(log)[:3]:
        shutil.copyfile(closed, log.with_name(closed.name.replace(".log.", ".log.w1.")))
    there = tmp_path / "there"
    with place() as (kept, url):
        assert len(list(ship(log, Receiver(url)))) == len(segments.segments(log)) + 3
    for name, body in kept.files.items():
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_bytes(body)
    assert [chain[0].name for chain in segments.chains(there / "decisions.log")] == [
        "decisions.log.000001.gz",
        "decisions.log.w1.000001.gz",
    ]
    assert len(replay_logs([there / "decisions.log"]).heads) == 2


@pytest.mark.slow
def test_a_long_log_arrives_once_and_in_order_though_receiver_and_sender_fail() -> None:
    """`python -m tests.audit.long_log` is the same with ten million records."""
    command = [sys.executable, "-m", "tests.audit.long_log", "--records", "900", "--segment", "60", "--replay"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every record once, in order, chains whole" in done.stdout
    assert "900 records: 900 same, 0 different, 0 not replayable, chain ok" in done.stdout


@pytest.mark.parametrize("failure", FAILURES)
def test_nothing_goes_past_a_segment_that_does_not_arrive(failure: str, log: Path) -> None:
    scripts = [path for path in segments.archive_folder(log).rglob("*") if path.is_file()]
    with place(itertools.chain(["takes"] * (len(scripts) + 2), itertools.repeat(failure))) as (kept, url):
        before = segments.segments(log)
        with pytest.raises(NotShipped) as caught:
            list(ship(log, Receiver(url), keep=1))
        assert caught.value.retry_after == (7 if failure == "refuses" else 0)
        arrived = len(segments_of(kept))
        again = len(kept.files)
        with pytest.raises(NotShipped):
            list(ship(log, Receiver(url), keep=1))
        assert len(kept.files) - again <= 1
    confirmed = json.loads(log.with_name("decisions.log.shipped").read_text())["number"]
    assert confirmed in (arrived, arrived - 1)
    assert len(segments.segments(log)) >= len(before) - confirmed


def test_a_receiver_that_never_ends_its_answer_is_left(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "FILE_SECONDS", 0.5)
    with place(itertools.repeat("drips")) as (_, url), pytest.raises(NotShipped):
        list(ship(log, Receiver(url)))


def test_what_is_told_of_a_segment_is_so(log: Path) -> None:
    with place() as (kept, url):
        shipped = list(ship(log, Receiver(url, "POST", {"Authorization": "Bearer hush"})))
        assert list(ship(log, Receiver(url))) == []
    assert shipping.Receiver("http://x", headers={"A": "hush"}).__repr__().find("hush") < 0
    after = GENESIS
    for one in shipped:
        told, lines = kept.headers[one.name], gzip.decompress(kept.files[one.name]).splitlines()
        assert told["X-Keystone-After"] == after
        assert told["X-Keystone-Records"] == str(len(lines)) == str(one.records)
        assert told["X-Keystone-First"] == str(json.loads(lines[0])["number"])
        assert told["X-Keystone-Head"] == hashlib.sha256(lines[-1]).hexdigest()
        assert told["Authorization"] == "Bearer hush"
        after = told["X-Keystone-Head"]


def test_what_has_arrived_is_removed_but_for_the_last(log: Path) -> None:
    closed = segments.segments(log)
    with place() as (_, url):
        list(ship(log, Receiver(url), keep=2))
    assert [path.name for path in segments.segments(log)] == [f"{path.name}.gz" for path in closed[-2:]]
    last = write_log(log, 1)
    result = replay_logs([log], expected=[last.head], after=head_before(closed[-2]))
    assert (result.breaks, result.unexpected) == ([], [])


def head_before(path: Path) -> str:
    packed = path.with_name(f"{path.name}.gz")
    return str(json.loads(gzip.decompress(packed.read_bytes()).splitlines()[0])["prev"])


def test_a_state_that_says_nothing_is_not_guessed(log: Path) -> None:
    state = log.with_name("decisions.log.shipped")
    state.write_text("{}")
    with place() as (kept, url):
        with pytest.raises(OSError, match="does not say how far"):
            list(ship(log, Receiver(url)))
        assert kept.files == {}


def test_the_command(log: Path, tmp_path: Path) -> None:
    lines = tmp_path / "headers"
    lines.write_text("Authorization: Bearer hush\nX-Tag: a b\n")
    with place(itertools.chain(["refuses"], itertools.repeat("takes"))) as (kept, url):
        first = run("ship", log, url, "--headers", lines)
        assert first.returncode == 1
        assert "not shipped: decisions.log." in first.stderr
        assert "503 Service Unavailable" in first.stderr
        second = run("ship", log, url, "--headers", lines, "--keep", "1", "--json")
        assert second.returncode == 0
        told = [json.loads(line) for line in second.stdout.splitlines()]
        assert [one["name"] for one in told] == segments_of(kept)
        assert kept.headers[told[0]["name"]]["X-Tag"] == "a b"
        with only_one(shipping.lock_of(log), "ships this log"):
            busy = run("ship", log, url)
        assert (busy.returncode, "another process ships this log" in busy.stderr) == (2, True)
    for bad in ("ftp://x/", "http:///x", "http://user:hush@x/"):
        assert run("ship", log, bad).returncode == 2
    lines.write_text("no header\n")
    assert run("ship", log, url, "--headers", lines).returncode == 2
