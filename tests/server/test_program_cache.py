"""The cache of compiled programs: the same programs, and nothing that anybody else has written is believed."""

from __future__ import annotations

import logging
import marshal
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.cli import main
from keystone_lua.interpreter import Program, compile_program
from keystone_lua.routing import program_cache
from keystone_lua.routing import scripts as store_module
from keystone_lua.routing.decision import decide
from keystone_lua.routing.program_cache import KEY, CacheRefused, ProgramCache
from keystone_lua.routing.request import read_request
from keystone_lua.routing.scripts import ScriptStore

from .support import constant, server_process, write_scripts

SHARED = 'local shared = require "shared"\nfunction on_route_request() return {selected_backend = shared.name} end\n'
FILES = {"a.lua": SHARED, "b.lua": constant("b"), "lib/shared.lua": 'return {name = "s"}', "lib/unused.lua": "return 1"}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_scripts(tmp_path / "scripts", FILES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is compiled from now on."""
    names: list[str] = []

    def compile_and_note(source: bytes, name: str, *rest: object) -> Program:
        names.append(name)
        return compile_program(source, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(store_module, "compile_program", compile_and_note)
    return names


def load(scripts: Path, folder: Path) -> ScriptStore:
    """As a process does that starts."""
    store = ScriptStore(scripts, cache=ProgramCache(folder))
    assert store.reload().errors == ()
    return store


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != KEY)


def answer(store: ScriptStore, tenant: str) -> tuple[Any, int, int]:
    decision = decide(store.current.programs[tenant], read_request(b"{}"))
    return decision.answer, decision.instructions, decision.allocated_bytes


def test_what_one_start_compiled_the_next_finds(scripts: Path, folder: Path, compiled: list[str]) -> None:
    first = load(scripts, folder)
    assert sorted(compiled) == ["a.lua", "b.lua", "lib/unused.lua"]
    compiled.clear()
    second = load(scripts, folder)
    assert compiled == []
    for tenant in ("a", "b"):
        assert answer(second, tenant) == answer(first, tenant)
        assert second.current.programs[tenant].hash == first.current.programs[tenant].hash
    assert second.current.sources == first.current.sources


@pytest.mark.parametrize(
    ("name", "text", "again"),
    [
        ("b.lua", constant("c"), ["b.lua"]),
        ("lib/shared.lua", 'return {name = "t"}', ["a.lua"]),
        ("lib/unused.lua", "return 2", ["lib/unused.lua"]),
        ("c.lua", constant("b"), ["c.lua"]),  # of another name: positions show it
    ],
)
def test_what_changed_is_compiled_again(
    scripts: Path, folder: Path, compiled: list[str], name: str, text: str, again: list[str]
) -> None:
    load(scripts, folder)
    compiled.clear()
    write_scripts(scripts, {name: text})
    load(scripts, folder)
    assert compiled == again


def test_another_engine_finds_nothing(
    scripts: Path, folder: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(scripts, folder)
    compiled.clear()
    monkeypatch.setattr(program_cache, "fingerprint", lambda: "0" * 64)
    load(scripts, folder)
    assert len(compiled) == 3


def code_that_runs() -> bytes:
    return marshal.dumps(compile("raise SystemExit", "x", "exec"))


HARM: dict[str, Callable[[Path], object]] = {
    "one bit": lambda file: file.write_bytes(file.read_bytes()[:-1] + bytes([file.read_bytes()[-1] ^ 1])),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "empty": lambda file: file.write_bytes(b""),
    "code of somebody's": lambda file: file.write_bytes(bytes(32) + code_that_runs()),
    "readable by others": lambda file: file.chmod(0o644),
    "writable by others": lambda file: file.chmod(0o620),
    "a link": lambda file: (file.rename(f"{file}.x"), file.symlink_to(f"{file}.x")),
    "a pipe": lambda file: (file.unlink(), os.mkfifo(file, 0o600)),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "too large": lambda file: os.truncate(file, program_cache.MAX_FILE + 1),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_file_that_does_not_verify_is_as_good_as_none(
    scripts: Path, folder: Path, compiled: list[str], harm: str
) -> None:
    first = load(scripts, folder)
    for file in files(folder):
        HARM[harm](file)
    compiled.clear()
    second = load(scripts, folder)
    assert len(compiled) == 3
    assert answer(second, "a") == answer(first, "a")


def test_a_file_under_anothers_name_does_not_verify(scripts: Path, folder: Path, compiled: list[str]) -> None:
    load(scripts, folder)
    data = [file.read_bytes() for file in files(folder)]
    for file, other in zip(files(folder), data[1:] + data[:1], strict=True):
        file.write_bytes(other)
    compiled.clear()
    load(scripts, folder)
    assert len(compiled) == 3


def test_files_of_another_key_do_not_verify(scripts: Path, folder: Path, compiled: list[str]) -> None:
    load(scripts, folder)
    (folder / KEY).unlink()
    compiled.clear()
    load(scripts, folder)
    assert len(compiled) == 3
    compiled.clear()
    load(scripts, folder)
    assert compiled == []


def test_everything_is_this_users_alone(scripts: Path, folder: Path) -> None:
    load(scripts, folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert len((folder / KEY).read_bytes()) == program_cache.KEY_BYTES


@pytest.mark.parametrize(("place", "mode"), [("", 0o755), ("", 0o770), (KEY, 0o640), (KEY, 0o666)])
def test_a_place_that_others_can_use_is_refused(scripts: Path, folder: Path, place: str, mode: int) -> None:
    load(scripts, folder)
    (folder / place).chmod(mode)
    with pytest.raises(CacheRefused):
        ProgramCache(folder)


def test_somebody_elses_folder_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ProgramCache(folder)
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(CacheRefused, match="must be this user's"):
        ProgramCache(folder)


def test_serve_says_so_in_one_line(scripts: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.mkdir(mode=0o755)
    assert main(["serve", "-addr", "127.0.0.1:0", "-scripts", str(scripts), "--program-cache", str(folder)]) == 2
    assert capsys.readouterr().err == (
        f"keystone-lua: program cache: {folder} must be this user's (it is user {os.geteuid()}'s) "
        "and nobody else's to use (its mode is 0755, not 0700)\n"
    )


def test_a_full_disk_costs_nothing_but_time(
    scripts: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cache = ProgramCache(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with caplog.at_level(logging.WARNING):
        assert sorted(ScriptStore(scripts, cache=cache).reload().programs) == ["a", "b"]
    assert "No space left on device" in caplog.text
    assert files(folder) == []


def test_what_nobody_asks_for_goes(scripts: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_cache, "MOST_UNUSED", 2)
    load(scripts, folder)
    assert len(files(folder)) == 3
    for number in range(5):
        write_scripts(scripts, {"b.lua": constant(str(number))})
        load(scripts, folder)
    assert len(files(folder)) == 3 + 2
    load(scripts, folder)


def test_serve_and_reload_with_workers(scripts: Path, folder: Path) -> None:
    for _ in range(2):
        with server_process(scripts, "--workers", "2", "--program-cache", str(folder)) as server:
            assert server.client.route("a", {}).json == {"selected_backend": "s"}
            write_scripts(scripts, {"d.lua": SHARED})
            assert server.client.send("POST", "/reload").status == 200
            for _ in range(8):
                assert server.client.route("d", {}).json == {"selected_backend": "s"}
            assert server.terminate() == 0
    assert len(files(folder)) == 4


def test_a_module_that_comes_later_is_linked(tmp_path: Path, folder: Path) -> None:
    function = 'function on_route_request() return {selected_backend = ok and later.name or "none"} end\n'
    scripts = write_scripts(tmp_path / "scripts", {"a.lua": f'local ok, later = pcall(require, "later")\n{function}'})
    running = load(scripts, folder)
    assert answer(running, "a")[0]["selected_backend"] == "none"
    for file, name in (("lib/later/init.lua", "init"), ("lib/later.lua", "file")):
        write_scripts(scripts, {file: f'return {{name = "{name}"}}'})
        running.reload()
        for store in (running, load(scripts, folder)):
            assert answer(store, "a")[0]["selected_backend"] == name
