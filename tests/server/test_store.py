"""The scripts folder: what is loaded, what is refused, what a reload changes and what it keeps."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from keystone_lua.interpreter import compile_program
from keystone_lua.routing import scripts as store_module
from keystone_lua.routing.scripts import ScriptStore
from keystone_lua.routing.scripts_folder import ScriptsFolderError, shared_modules
from tests.server.support import constant, write_scripts

BROKEN = "function on_route_request()\n  local = 5\nend\n"
USES_SHARED = (
    'local shared = require "shared"\nfunction on_route_request() return {selected_backend = shared.name} end\n'
)


def loaded(folder: Path, **options: int) -> ScriptStore:
    store = ScriptStore(folder, **options)
    store.reload()
    return store


def tenants(store: ScriptStore) -> list[str]:
    return list(store.current.programs)


def test_stems_in_every_sub_folder_but_lib_and_tests(tmp_path: Path) -> None:
    script = constant("x")
    write_scripts(
        tmp_path,
        {
            "b.lua": script,
            "a.lua": script,
            "teams/one/c.lua": script,
            "teams/lib/d.lua": script,
            "e.v2.lua": script,
            "lib/shared.lua": "return {}",
            "tests/a_test.lua": "nonsense",
            "tests/deep/b_test.lua": "nonsense",
            ".hidden.lua": "nonsense",
            ".git/f.lua": "nonsense",
            "notes.txt": "nonsense",
            "g.lua.bak": "nonsense",
            "h.LUA": "nonsense",
        },
    )
    store = loaded(tmp_path)
    assert tenants(store) == ["a", "b", "c", "d", "e.v2"]
    assert store.current.errors == ()


def test_an_empty_folder_is_good(tmp_path: Path) -> None:
    assert loaded(tmp_path).current.programs == {}


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ScriptsFolderError, match=r"no scripts folder: .*missing$"):
        loaded(tmp_path / "missing")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ScriptsFolderError, match="no scripts folder"):
        loaded(tmp_path / "file")


def test_a_bad_file_does_not_keep_the_others_from_loading(tmp_path: Path) -> None:
    store = loaded(write_scripts(tmp_path, {"good.lua": constant("x"), "bad.lua": BROKEN}))
    assert tenants(store) == ["good"]
    assert store.current.never_compiled["bad"].startswith("bad.lua:2: ")
    assert store.current.errors == (store.current.never_compiled["bad"],)


def test_two_files_with_one_stem(tmp_path: Path) -> None:
    store = loaded(
        write_scripts(tmp_path, {"a.lua": constant("x"), "sub/a.lua": constant("y"), "b.lua": constant("z")})
    )
    assert tenants(store) == ["b"]
    assert store.current.errors == ("a.lua, sub/a.lua: several files for one tenant, 'a'",)
    assert "a" in store.current.never_compiled


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"-- \xff\n", "a.lua: is not UTF-8 (byte 3)"), (b"--" + b"x" * 99, "a.lua: is larger than 100 bytes")],
)
def test_content_that_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    store = loaded(write_scripts(tmp_path, {"a.lua": content}), source_limit=100)
    assert store.current.errors == (message,)
    assert store.current.never_compiled == {"a": message}


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("function on_route_req(r) end", ": is on_route_req meant to be it?"),
        ("onRouteRequest = function() end", ": is onRouteRequest meant to be it?"),
        ("local x = 1", ""),
        ("function handle(r) end", ""),
    ],
)
def test_a_script_without_an_entry_point_is_refused_and_the_last_good_version_stays(
    tmp_path: Path, source: str, advice: str
) -> None:
    store = loaded(write_scripts(tmp_path, {"a.lua": constant("1")}))
    before = store.current.programs["a"]
    write_scripts(tmp_path, {"a.lua": source, "b.lua": source})
    store.reload()
    assert store.current.errors == tuple(f"{name}.lua: on_route_request is not defined{advice}" for name in "ab")
    assert store.current.programs == {"a": before}
    assert list(store.current.never_compiled) == ["b"]


@pytest.mark.parametrize(
    "files",
    [
        {"a.lua": "require 'm'", "lib/m.lua": constant("x")},
        {"a.lua": "_G['on_route' .. '_request'] = print"},
        {"a.lua": "on_route_request = print"},
    ],
)
def test_one_that_may_have_it_is_loaded(tmp_path: Path, files: dict[str, str]) -> None:
    store = loaded(write_scripts(tmp_path, files))
    assert (tenants(store), store.current.errors) == (["a"], ())


def test_a_file_of_exactly_the_limit(tmp_path: Path) -> None:
    assert tenants(
        loaded(write_scripts(tmp_path, {"a.lua": b"--on_route_request".ljust(100, b"x")}), source_limit=100)
    ) == ["a"]


def test_a_link_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.lua").write_text(constant("secret"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.lua").write_text(constant("b"))
    folder = write_scripts(tmp_path / "scripts", {"real.lua": constant("x")})
    (folder / "out.lua").symlink_to(tmp_path / "secret.lua")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "nowhere.lua").symlink_to(folder / "missing.lua")
    (folder / "in.lua").symlink_to(folder / "real.lua")
    store = loaded(folder)
    assert tenants(store) == ["in", "real"]
    assert sorted(store.current.errors) == [
        "linked: linked folders are not followed",
        "nowhere.lua: cannot be read: No such file or directory",
        "out.lua: links outside the scripts folder",
    ]


def test_a_mounted_config_map(tmp_path: Path) -> None:
    """Kubernetes mounts a folder of links into a hidden folder, itself a link that is switched."""
    write_scripts(tmp_path / "..2026_01", {"a.lua": constant("old")})
    (tmp_path / "..data").symlink_to("..2026_01")
    (tmp_path / "a.lua").symlink_to("..data/a.lua")
    store = loaded(tmp_path)
    assert tenants(store) == ["a"]
    assert store.current.errors == ()


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.lua")
    (tmp_path / "folder.lua").mkdir()
    store = loaded(tmp_path)
    assert store.current.errors == ("pipe.lua: is no regular file",)


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_scripts(tmp_path, {"a.lua": constant("x")})

    def refuse(path: Path, flags: int) -> int:  # not by chmod: root may read everything
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(os, "open", refuse)
    assert loaded(tmp_path).current.errors == ("a.lua: cannot be read: Permission denied",)


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.lua")).write_text(constant("x"))
    (tmp_path / "a\nb.lua").write_text(constant("x"))
    store = loaded(tmp_path)
    assert store.current.programs == {}
    assert sorted(store.current.errors) == [
        "\\udcff.lua: the file name is no printable UTF-8",
        "a\\nb.lua: the file name is no printable UTF-8",
    ]


def test_reload_adds_changes_and_removes(tmp_path: Path) -> None:
    store = loaded(write_scripts(tmp_path, {"a.lua": constant("1"), "b.lua": constant("1")}))
    before = store.current
    write_scripts(tmp_path, {"a.lua": constant("2"), "c.lua": constant("1")})
    (tmp_path / "b.lua").unlink()
    after = store.reload()
    assert store.current is after
    assert list(after.programs) == ["a", "c"]
    assert list(before.programs) == ["a", "b"]
    assert after.programs["a"].hash != before.programs["a"].hash


def test_unchanged_scripts_are_not_compiled_again(tmp_path: Path) -> None:
    store = loaded(write_scripts(tmp_path, {"a.lua": constant("1"), "b.lua": constant("1")}))
    before = store.current
    write_scripts(tmp_path, {"b.lua": constant("2")})
    after = store.reload()
    assert after.programs["a"] is before.programs["a"]
    assert after.programs["b"] is not before.programs["b"]


def test_a_bad_version_keeps_the_last_good_one_until_it_is_mended_or_deleted(tmp_path: Path) -> None:
    store = loaded(write_scripts(tmp_path, {"a.lua": constant("1")}))
    first = store.current.programs["a"]
    for bad in (BROKEN, b"\xff"):
        write_scripts(tmp_path, {"a.lua": bad})
        snapshot = store.reload()
        assert snapshot.programs["a"] is first
        assert len(snapshot.errors) == 1
        assert snapshot.never_compiled == {}
    write_scripts(tmp_path, {"a.lua": constant("2")})
    assert store.reload().programs["a"].hash != first.hash
    assert store.current.errors == ()
    (tmp_path / "a.lua").unlink()
    assert store.reload().programs == {}


def test_a_stem_taken_twice_later_keeps_the_version_before(tmp_path: Path) -> None:
    store = loaded(write_scripts(tmp_path, {"a.lua": constant("1")}))
    first = store.current.programs["a"]
    write_scripts(tmp_path, {"sub/a.lua": constant("2")})
    assert store.reload().programs["a"] is first
    assert len(store.current.errors) == 1


def test_a_folder_that_goes_away_leaves_all_in_force(tmp_path: Path) -> None:
    folder = write_scripts(tmp_path / "scripts", {"a.lua": constant("1")})
    store = loaded(folder)
    folder.rename(tmp_path / "gone")
    with pytest.raises(ScriptsFolderError):
        store.reload()
    assert tenants(store) == ["a"]


def test_a_changed_module_recompiles_the_scripts_that_link_it(tmp_path: Path) -> None:
    files = {"a.lua": USES_SHARED, "b.lua": constant("b"), "lib/shared.lua": 'return {name = "1"}\n'}
    store = loaded(write_scripts(tmp_path, {**files}))
    before = store.current
    assert before.errors == ()
    write_scripts(tmp_path, {"lib/shared.lua": 'return {name = "2"}\n'})
    after = store.reload()
    assert after.programs["a"].hash != before.programs["a"].hash
    assert after.programs["b"] is before.programs["b"]


def test_modules_of_modules_count_as_linked(tmp_path: Path) -> None:
    write_scripts(
        tmp_path,
        {
            "a.lua": USES_SHARED,
            "lib/shared.lua": 'return require "deep.er"\n',
            "lib/deep/er.lua": 'return {name = "1"}\n',
        },
    )
    store = loaded(tmp_path)
    before = store.current
    assert before.errors == ()
    write_scripts(tmp_path, {"lib/deep/er.lua": 'return {name = "2"}\n'})
    assert store.reload().programs["a"].hash != before.programs["a"].hash


def test_a_broken_module_is_reported_once_and_keeps_what_linked_it(tmp_path: Path) -> None:
    files = {"a.lua": USES_SHARED, "b.lua": USES_SHARED, "lib/shared.lua": 'return {name = "1"}\n'}
    store = loaded(write_scripts(tmp_path, {**files}))
    before = store.current
    write_scripts(tmp_path, {"lib/shared.lua": "return {\n  name = = 5\n}\n"})
    after = store.reload()
    assert dict(after.programs) == dict(before.programs)
    assert len(after.errors) == 1
    assert "shared.lua:2: " in after.errors[0]


def test_a_broken_module_that_nobody_links_is_reported(tmp_path: Path) -> None:
    store = loaded(write_scripts(tmp_path, {"a.lua": constant("1"), "lib/shared.lua": "x ="}))
    assert tenants(store) == ["a"]
    assert len(store.current.errors) == 1
    assert store.current.errors[0].startswith("lib/shared.lua:1: ")


def test_a_module_that_is_not_utf8(tmp_path: Path) -> None:
    store = loaded(write_scripts(tmp_path, {"a.lua": USES_SHARED, "lib/shared.lua": b"\xff"}))
    assert store.current.errors[0] == "lib/shared.lua: is not UTF-8 (byte 0)"
    assert store.current.never_compiled["a"].startswith("a.lua:1: ")


def test_a_bug_of_the_compiler_is_one_scripts_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = compile_program

    def compile_or_fail(source: bytes, name: str, modules: dict[str, bytes], limit: int) -> object:
        if name == "a.lua":
            raise RecursionError
        return real(source, name, modules, limit)

    monkeypatch.setattr(store_module, "compile_program", compile_or_fail)
    store = loaded(write_scripts(tmp_path, {"a.lua": constant("1"), "b.lua": constant("1")}))
    assert tenants(store) == ["b"]
    assert store.current.errors == ("a.lua: the engine failed to compile it: RecursionError",)


def test_a_file_deleted_while_loading_is_simply_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_scripts(tmp_path, {"a.lua": constant("1"), "b.lua": constant("1")})
    real = os.open

    def open_after_deletion(path: Path, flags: int) -> int:
        (tmp_path / "a.lua").unlink(missing_ok=True)
        return real(path, flags)

    monkeypatch.setattr(os, "open", open_after_deletion)
    store = loaded(tmp_path)
    assert tenants(store) == ["b"]
    assert store.current.errors == ()


def test_shared_modules_for_the_command_line(tmp_path: Path) -> None:
    assert shared_modules(tmp_path) == {}
    write_scripts(
        tmp_path, {"a.lua": "x =", "lib/b.lua": "return 1", "lib/c/d.lua": "return 2", "lib/bad.lua": b"\xff"}
    )
    assert shared_modules(tmp_path) == {"b": b"return 1", "c.d": b"return 2"}


LIST = "local L = constant(function() local t = {} for i = 1, %d do t[i] = 'a' .. i end return t end)\n"


def test_constants_of_all_scripts_are_bounded_and_what_is_in_force_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(tenant: str, entries: int) -> None:
        text = (LIST % entries if entries else "") + "function on_route_request() return {} end"
        (tmp_path / f"{tenant}.lua").write_text(text)

    store = ScriptStore(tmp_path)
    put("b", 1_000)
    put("plain", 0)
    sizes = {tenant: program.constant_bytes for tenant, program in store.reload().programs.items()}
    assert sizes["plain"] == 0
    assert 200_000 < sizes["b"] < 1_000_000
    monkeypatch.setattr("keystone_lua.routing.scripts.MOST_CONSTANTS", 2 * sizes["b"] + 10_000)
    put("a", 1_000)
    put("c", 1_000)
    snapshot = store.reload()
    assert list(snapshot.programs) == ["a", "b", "plain"]
    assert snapshot.errors == (snapshot.never_compiled["c"],)
    assert snapshot.never_compiled["c"].startswith("c.lua: with its constants those of all scripts take more than")
    put("a", 1_500)  # keeps its last version
    before = snapshot.programs["a"]
    assert store.reload().programs["a"] is before
    put("a", 10)
    assert list(store.reload().programs) == ["a", "b", "c", "plain"]
    (tmp_path / "b.lua").unlink()
    put("c", 1_900)
    assert store.reload().errors == ()
    adopted = ScriptStore(tmp_path)
    adopted.adopt(store.hand_over(adopted.current))
    assert adopted.current.programs["c"].constant_bytes == store.current.programs["c"].constant_bytes
