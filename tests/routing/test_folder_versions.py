"""Folders that change places: whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from keystone_lua.routing import folder_versions
from keystone_lua.routing.folder_versions import CannotSwitch, next_of, previous_of, promote, rollback


def folder(path: Path, content: str) -> Path:
    path.mkdir()
    (path / "a.lua").write_text(content)
    return path


def contents(tmp_path: Path) -> dict[str, str]:
    return {path.parent.name: path.read_text() for path in sorted(tmp_path.glob("*/a.lua"))}


def test_promote_and_rollback_and_rollback(tmp_path: Path) -> None:
    scripts = folder(tmp_path / "scripts", "1")
    folder(next_of(scripts), "2")
    promote(scripts)
    assert contents(tmp_path) == {"scripts": "2", "scripts.previous": "1"}
    folder(next_of(scripts), "3")
    promote(scripts)
    assert contents(tmp_path) == {"scripts": "3", "scripts.previous": "2"}
    rollback(scripts)
    assert contents(tmp_path) == {"scripts": "2", "scripts.previous": "3"}
    rollback(scripts)
    assert contents(tmp_path) == {"scripts": "3", "scripts.previous": "2"}


def test_a_folder_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = folder(tmp_path / "scripts", "1")
    folder(next_of(scripts), "2")
    monkeypatch.chdir(scripts)
    assert next_of(Path()) == tmp_path / "scripts.next"
    promote(Path())
    assert contents(tmp_path) == {"scripts": "2", "scripts.previous": "1"}


def test_what_is_not_there(tmp_path: Path) -> None:
    scripts = folder(tmp_path / "scripts", "1")
    with pytest.raises(CannotSwitch, match=r"scripts\.next: no such folder"):
        promote(scripts)
    with pytest.raises(CannotSwitch, match=r"scripts\.previous: no such folder"):
        rollback(scripts)
    assert contents(tmp_path) == {"scripts": "1"}


@pytest.mark.parametrize("linked", ["scripts", "scripts.next", "scripts.previous"])
def test_links_are_not_switched(tmp_path: Path, linked: str) -> None:
    elsewhere = folder(tmp_path / "elsewhere", "2")
    for name in ("scripts", "scripts.next"):
        if name != linked:
            folder(tmp_path / name, "1")
    (tmp_path / linked).symlink_to(elsewhere)
    before = contents(tmp_path)
    with pytest.raises(CannotSwitch, match=f"{linked}: is "):
        promote(tmp_path / "scripts")
    assert contents(tmp_path) == before


def test_a_mount_is_not_switched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = folder(tmp_path / "scripts", "1")
    folder(next_of(scripts), "2")
    monkeypatch.setattr(folder_versions.os.path, "ismount", lambda path: path == scripts)
    with pytest.raises(CannotSwitch, match="is mounted here"):
        promote(scripts)


def test_a_system_without_the_call_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = folder(tmp_path / "scripts", "1")
    folder(next_of(scripts), "2")
    folder(previous_of(scripts), "0")

    class Old:
        def __init__(self, *_: object, **__: object) -> None:
            pass

    monkeypatch.setattr("ctypes.CDLL", Old)
    with pytest.raises(CannotSwitch, match="cannot exchange two folders at once"):
        promote(scripts)
    with pytest.raises(CannotSwitch, match="cannot exchange two folders at once"):
        rollback(scripts)
    assert contents(tmp_path) == {"scripts": "1", "scripts.next": "2", "scripts.previous": "0"}
