"""The scripts beside a log: whole, once, under their hash, and not to be changed unseen."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Archive, ArchiveError, replay_logs
from keystone_lua.audit.archive import UNNAMED, renamed
from keystone_lua.interpreter import Limits, Program, compile_program
from keystone_lua.routing.decision import decide

from .support import LIMITS, SCRIPTS, programs, request, write_log

REQUEST = request()

MODULES = {"a.b": b"return 1", "a..b": b"return 2", "c": b"return require('a.b')", "unused": b""}
SOURCE = b"local x = require('c') local y = require('a..b') function on_route_request() return {} end"


@pytest.fixture
def program() -> Program:
    return compile_program(SOURCE, "sub/tenant.lua", MODULES)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_script_that_is_changed_between_two_replays_is_told(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    write_log(file, 11)
    place = next(Path(f"{file}.scripts").glob("*/dice.lua"))
    for text, good in ((place.read_bytes(), True), (b"return", False), (None, False), (place.read_bytes(), True)):
        place.unlink(missing_ok=True)
        if text is not None:
            place.write_bytes(text)
        assert replay_logs([file]).good is good


def test_an_archived_program_is_a_scripts_folder(tmp_path: Path, program: Program) -> None:
    Archive(tmp_path / "s").put(program)
    assert files(tmp_path / "s" / program.hash) == {
        "tenant.lua": SOURCE, "lib/a.b.lua": b"return 1", "lib/a..b.lua": b"return 2", "lib/c.lua": MODULES["c"],
    }  # fmt: skip
    found = Archive(tmp_path / "s").program(program.hash, "sub/tenant.lua")
    assert (found.hash, found.name, found.sources) == (program.hash, program.name, program.sources)


def test_a_name_of_the_record_is_the_programs(tmp_path: Path, program: Program) -> None:
    """Two tenants with one source share a folder, and each has its own name in its errors."""
    archive = Archive(tmp_path)
    archive.put(program)
    archive.put(compile_program(SOURCE, "other.lua", MODULES))
    assert len(list(tmp_path.iterdir())) == 1
    assert archive.program(program.hash, "other.lua").name == "other.lua"
    assert archive.program(program.hash, "ümlaut.lua").name == "ümlaut.lua".encode().decode("latin-1")


def test_files_are_read_only_and_no_draft_is_left(tmp_path: Path, program: Program) -> None:
    Archive(tmp_path).put(program)
    assert [path.name for path in tmp_path.iterdir()] == [program.hash]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / program.hash).rglob("*.lua")}
    assert all(not mode & 0o222 for mode in modes)


def test_many_processes_may_put_the_same(tmp_path: Path, program: Program) -> None:
    failures = []

    def put() -> None:
        try:
            Archive(tmp_path).put(program)
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [path.name for path in tmp_path.iterdir()] == [program.hash]


def test_a_changed_file_is_noticed(tmp_path: Path, program: Program) -> None:
    Archive(tmp_path).put(program)
    path = tmp_path / program.hash / "lib" / "c.lua"
    path.chmod(0o600)
    path.write_bytes(b"return 3")
    with pytest.raises(ArchiveError, match=f"script {program.hash} in .* was changed"):
        Archive(tmp_path).program(program.hash, "x.lua")


def test_what_is_not_there_or_no_script(tmp_path: Path, program: Program) -> None:
    with pytest.raises(ArchiveError, match="is not in"):
        Archive(tmp_path / "nowhere").program("0" * 64, "x.lua")
    archive = Archive(tmp_path)
    archive.put(program)
    path = tmp_path / program.hash / "tenant.lua"
    path.chmod(0o600)
    path.write_bytes(b"?")
    for _ in range(2):
        with pytest.raises(ArchiveError, match=r"cannot be used: x\.lua:1: unexpected symbol near '\?'"):
            archive.program(program.hash, "x.lua")
    path.unlink()
    with pytest.raises(ArchiveError, match="cannot be used"):
        Archive(tmp_path).program(program.hash, "x.lua")


@pytest.mark.parametrize("module", ["/etc/passwd", ".hidden", "../x", "a\0b"])
def test_a_module_whose_name_is_no_file_name_is_refused(tmp_path: Path, module: str) -> None:
    source = b'local x = require("%s")' % module.replace("\0", "\\0").encode()
    program = compile_program(source, "x.lua", {module: b"return 1"})
    with pytest.raises(OSError, match="is no file name"):
        Archive(tmp_path).put(program)
    assert list(tmp_path.iterdir()) == []


def test_a_script_of_many_names_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from keystone_lua.audit import archive as module

    compiled: list[str] = []

    def counted(*arguments: Any) -> Program:
        compiled.append(arguments[1])
        return compile_program(*arguments)

    monkeypatch.setattr(module, "compile_program", counted)
    source = b"function on_route_request() local function f() error('x') end f() end"
    archive = Archive(tmp_path)
    archive.put(compile_program(source, "a.lua"))
    for name in (f"{'long' * number}{number}.lua" for number in range(100)):
        found = archive.program(compile_program(source, name).hash, name)
        assert decide(found, REQUEST) == decide(compile_program(source, name), REQUEST)
    assert compiled == [module.UNNAMED]


@pytest.mark.parametrize("tenant", [*SCRIPTS, "canary", "blue-green"])
@pytest.mark.parametrize(
    "name", ["x.lua", "a/tenant/of/such/a/long/name/that/lua/shortens/it/in/every/position.lua", "ü.lua"]
)
def test_a_renamed_program_is_the_one_that_was_compiled_so(tenant: str, name: str) -> None:
    source, modules = programs()[tenant].source, programs()[tenant].sources
    compiled = compile_program(source, name, modules)
    found = renamed(compile_program(source, UNNAMED, modules), name)
    assert (found.name, found.hash, found.sites) == (compiled.name, compiled.hash, compiled.sites)
    for given in (request(), request(headers={"Cookie": "x"}), request(backends=[])):
        for limits in (LIMITS, Limits(instructions=20), Limits(memory=2500)):
            assert decide(found, given, limits=limits) == decide(compiled, given, limits=limits)


@pytest.mark.parametrize(
    "body",
    ["local f = nil + 1", "x.y.z()", "local t = setmetatable({}, {__index = function() error('e', 2) end}) return t.x"],
)
def test_a_renamed_program_shows_its_name_in_every_position(body: str) -> None:
    source = f"local function g() {body} end function on_route_request() g() end".encode()
    made = [
        decide(p, REQUEST)
        for p in (renamed(compile_program(source, UNNAMED), "n.lua"), compile_program(source, "n.lua"))
    ]
    assert made[0] == made[1]
    assert made[0].failure is not None
    assert "n.lua:1" in "".join([made[0].failure.message, *made[0].failure.traceback])
