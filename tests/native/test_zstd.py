"""Segments as zstd: read, replayed and shipped as those in gzip are; the package may be missing."""

from __future__ import annotations

import itertools
import shutil
import struct
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from keystone_lua.audit import compressed, reading, replay_logs, segments, zstd_members
from keystone_lua.audit.shipping import Receiver, ship
from tests.audit.support import write_log
from tests.audit.test_shipping import place, segments_of
from tests.server.support import run


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    for _ in range(5):
        write_log(file, 8, rotate_bytes=1000)
    return file


@pytest.fixture
def log(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written.parent, tmp_path / "log")
    return tmp_path / "log" / written.name


def test_a_log_in_both_forms_is_replayed_to_the_same_report(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = replay_logs([log])
    monkeypatch.setattr(compressed, "MEMBER", 2000)
    most = 0
    for number, path in enumerate(segments.segments(log)):
        text = path.read_bytes()
        packed = compressed.compress(path, compressed.SUFFIXES[number % 2])
        assert not path.exists()
        if packed.suffix == ".zst":
            most = max(most, len(list(reading.pieces(packed))))
            assert zstd.decompress(packed.read_bytes()) == text, "any zstd reads it"
    assert most > 1, "how long each segment is, the writing thread decides"
    after = replay_logs([log], processes=2)
    assert (after.records, after.findings.same, after.good) == (before.records, before.findings.same, before.good)
    assert [(head.lines, head.hash) for head in after.heads] == [(head.lines, head.hash) for head in before.heads]


def test_others_files_are_one_piece(log: Path) -> None:
    before = replay_logs([log]).records
    for number, path in enumerate(segments.segments(log)):
        text = path.read_bytes()
        half = len(text) // 2
        parts = (text,) if number % 2 else (text[:half], text[half:])
        packed = path.with_name(f"{path.name}.zst")
        skippable = struct.pack("<II", 0x184D2A50, 3) + b"own"
        packed.write_bytes(skippable + b"".join(zstd.compress(part) for part in parts))
        path.unlink()
        assert len(list(reading.pieces(packed))) == 1
    assert replay_logs([log]).records == before


def test_a_log_goes_on_after_a_compressed_segment(log: Path) -> None:
    write_log(log, 1, rotate_bytes=100)
    assert log.stat().st_size == 0
    for path in segments.segments(log):
        compressed.compress(path, ".zst")
    last = write_log(log, 3)
    result = replay_logs([log], expected=[last.head])
    assert not result.breaks
    assert not result.unexpected


@pytest.mark.parametrize("damage", ["cut", "bit", "none", "size", "window"])
def test_a_damaged_file_is_named(damage: str, log: Path) -> None:
    packed = compressed.compress(segments.segments(log)[0], ".zst")
    data = bytearray(packed.read_bytes())
    if damage == "cut":
        del data[-20:]
    elif damage == "bit":
        data[len(data) // 2] ^= 1
    elif damage == "none":
        data[:] = b"no zstd at all\n"
    elif damage == "size":
        data[10:14] = (1 << 30).to_bytes(4, "little")
    else:
        options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.content_size_flag: 0}
        machine = zstd.ZstdCompressor(options=options)
        data[:] = machine.compress(b"x" * (1 << 20)) + machine.flush()
    packed.write_bytes(data)
    with pytest.raises(OSError, match=r"000001\.zst: "):
        replay_logs([log])


def test_what_unpacks_to_much_more_is_not_held_at_once(tmp_path: Path) -> None:
    packed = tmp_path / "decisions.log.000001.zst"
    packed.write_bytes(zstd.compress(b"\n" * (64 << 20)))
    with packed.open("rb") as file:
        sizes = [len(block) for block in compressed.unpacked(file, packed.name, 0, packed.stat().st_size)]
    assert sum(sizes) == 64 << 20
    assert max(sizes) <= compressed.BLOCK


def test_it_is_shipped_as_what_it_is(log: Path) -> None:
    closed = [path.name for path in segments.segments(log)]
    compressed.compress(segments.segments(log)[0])
    with place() as (kept, url):
        list(ship(log, Receiver(url, suffix=".zst")))
    assert segments_of(kept) == [f"{closed[0]}.gz", *(f"{name}.zst" for name in closed[1:])]
    types = {name[-3:]: kept.headers[name]["Content-Type"] for name in segments_of(kept)}
    assert types == {".gz": "application/gzip", "zst": "application/zstd"}


def test_the_command(log: Path) -> None:
    with place(itertools.repeat("takes")) as (kept, url):
        assert run("ship", log, url, "--compress", "zstd").returncode == 0
    assert {name[-4:] for name in segments_of(kept)} == {".zst"}


def test_without_the_package_a_sentence_says_what_to_install(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = compressed.compress(segments.segments(log)[0], ".zst")
    for name in ("backports", "backports.zstd", "compression", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(OSError, match=r"000001\.zst: zstd needs Python 3\.14, or pip install 'keystone-lua\[zstd\]'"):
        replay_logs([log])
    with pytest.raises(OSError, match="pip install"):
        zstd_members.member(b"", 0)
    assert packed.exists()
