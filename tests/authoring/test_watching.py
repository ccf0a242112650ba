"""``test --watch``, and colours: what a terminal gets."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keystone_lua.cli.watching import _state

SCRIPT = "function on_route_request() return {selected_backend = 'a'} end"
TEST = "function test_it() assert_routes_to(route('t'), '%s') end"
COMMAND = [sys.executable, "-m", "keystone_lua"]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "scripts"
    (folder / "tests").mkdir(parents=True)
    (folder / "t.lua").write_text(SCRIPT)
    (folder / "tests" / "t_test.lua").write_text(TEST % "a")
    return folder


@pytest.mark.parametrize("path", ["scripts", "scripts/tests", "scripts/tests/t_test.lua"])
def test_it_runs_again_after_a_change_and_ends_with_ctrl_c(path: str, scripts: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "test", path, "--watch"], cwd=scripts.parent, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None

    def until_it_waits() -> str:
        shown = ""
        while "waiting for a change" not in shown:
            line = process.stdout.readline()  # type: ignore[union-attr]
            assert line, shown
            shown += line
        return shown

    try:
        assert "1 passed" in until_it_waits()
        (scripts / "t.lua").write_text(SCRIPT.replace("'a'", "'bb'"))
        assert "1 failed" in until_it_waits()
        (scripts / "t.lua").write_text("function")
        assert "1 failed" in until_it_waits()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
    finally:
        process.kill()
        process.communicate()


def test_what_it_looks_at(scripts: Path) -> None:
    before = _state(scripts, (".lua",))
    (scripts / "notes.txt").write_text("x")
    (scripts / ".git").mkdir()
    (scripts / ".git" / "x.lua").write_text("x")
    assert _state(scripts, (".lua",)) == before
    (scripts / "new.lua").symlink_to("/nonexistent")
    assert _state(scripts, (".lua",)) == before
    time.sleep(0.01)
    (scripts / "t.lua").write_text(SCRIPT + " ")
    assert _state(scripts, (".lua",)) != before


def shown(arguments: list[str], folder: Path, **environment: str) -> str:
    """What a command prints on a terminal."""
    ours, theirs = pty.openpty()
    given = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    given |= {"PYTHONPATH": str(ROOT), "TERM": "xterm"} | environment
    process = subprocess.Popen([*COMMAND, *arguments], cwd=folder, stdout=theirs, stderr=theirs, env=given)
    os.close(theirs)
    text = b""
    while select.select([ours], [], [], 20)[0]:
        try:
            data = os.read(ours, 65536)
        except OSError:  # Linux's way to say that nobody has the other end
            break
        if not data:
            break
        text += data
    process.wait(10)
    os.close(ours)
    return text.decode()


def test_colours_are_for_terminals_that_want_them(scripts: Path) -> None:
    (scripts / "tests" / "t_test.lua").write_text(TEST % "b")
    assert "\x1b[31mF\x1b[0m" in shown(["test"], scripts.parent)
    for no in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in shown(["test"], scripts.parent, **no)
    command = [*COMMAND, "test"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    piped = subprocess.run(command, cwd=scripts.parent, capture_output=True, text=True, check=False, env=environment)
    assert "\x1b" not in piped.stdout
    (scripts / "t.lua").write_text("x = \x1b[31m")
    assert "\x1b[31mscripts/t.lua:1:5: error:" in shown(["check", "scripts"], scripts.parent)


def test_config_is_no_wider_than_a_terminal_and_one_line_a_setting_in_a_pipe(tmp_path: Path) -> None:
    lines = shown(["config"], tmp_path, COLUMNS="80").splitlines()
    assert max(map(len, lines)) <= 80
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    piped = subprocess.run(
        [*COMMAND, "config"], cwd=tmp_path, capture_output=True, text=True, check=True, env=environment
    )
    (masked,) = [line for line in piped.stdout.splitlines() if line.startswith("decision-log-mask ")]
    start = lines.index(next(line for line in lines if line.startswith("decision-log-mask ")))
    parts = [lines[start].split()[1], *(line.strip() for line in lines[start + 1 :][:10] if line[0] == " ")]
    assert masked.split()[1:] == ["".join(parts), "default"]
