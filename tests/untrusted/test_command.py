"""The command as a process: pipes, odd files, closed and full outputs, Ctrl-C, text that acts on a terminal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.cli import main
from tests.audit.support import write_log

SCRIPT = "function on_route_request(r, backends) return {selected_backend = backends[1].name} end\n"
REQUEST = {"method": "GET", "path": "/", "backends": [{"name": "a", "url": "http://a", "health": True}]}
CASE = [{"script": "a", "request": REQUEST, "expect": {"includes": {"selected_backend": "a"}}}]
TENANTS = "tenants:\n  - {name: t, path_prefix: /, services: [{name: a, url: 'http://a'}]}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a good one of everything, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    Path("scripts/tests").mkdir(parents=True)
    Path("scripts/a.lua").write_text(SCRIPT)
    Path("scripts/tests/a.json").write_text(json.dumps(CASE))
    Path("request.json").write_text(json.dumps(REQUEST))
    Path("tenants.yaml").write_text(TENANTS)
    write_log(tmp_path / "decisions.log", 12)
    return tmp_path


GOOD = {
    "replay": ["replay", "decisions.log"],
    "diff": ["diff", "scripts", "scripts", "--requests", "decisions.log"],
    "check": ["check", "scripts"],
    "test": ["test", "scripts"],
    "run": ["run", "scripts/a.lua", "--request", "request.json"],
    "exec": ["exec", "scripts/a.lua", "--json"],
    "profile": ["profile", "scripts/a.lua", "--request", "request.json"],
    "gateway": ["gateway", "--config", "tenants.yaml", "--check"],
    "config": ["config"],
}


def keystone(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a shell starts it."""
    command = [sys.executable, "-m", "keystone_lua", *arguments]
    given = {"capture_output": True, "text": True, "timeout": 60, "errors": "surrogateescape", **options}
    return subprocess.run(command, check=False, **given)


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line.replace("keystone-lua", f"{sys.executable} -m keystone_lua")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_good_one_is_good(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(GOOD[name]) == 0, capsys.readouterr()


# nothing read is never good news


@pytest.mark.parametrize(
    "line",
    [
        "keystone-lua replay <(cat decisions.log)",
        "cat decisions.log | keystone-lua replay /dev/stdin",
        "keystone-lua replay <(zcat nothing.gz)",
        "keystone-lua diff scripts scripts --requests <(cat decisions.log) --fail-over 0",
        "cat decisions.log | keystone-lua diff scripts scripts --requests /dev/stdin",
    ],
)
def test_a_pipe_is_refused(line: str, here: Path) -> None:
    done = shell(line)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no regular file" in done.stderr


def test_an_empty_log_is_not_ok(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.log").touch()
    assert main(["replay", "empty.log"]) == 1
    out = capsys.readouterr().out
    assert "empty.log: nothing to read: the log is empty" in out
    assert out.endswith("0 records: 0 same, 0 different, 0 not replayable, nothing was read\n")
    assert main(["replay", "decisions.log", "empty.log"]) == 1  # good news of one are none of the other
    for more in ([], ["--fail-over", "100"]):
        assert main(["diff", "scripts", "scripts", "--requests", "empty.log", *more]) == 2
        assert "no request in empty.log" in capsys.readouterr().err


def test_a_log_of_no_records_is_not_ok(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.log").write_text("{}\n\n")
    assert main(["replay", "other.log"]) == 1
    assert main(["diff", "scripts", "scripts", "--requests", "other.log"]) == 2
    assert "no request in other.log, but 2 lines that are no records" in capsys.readouterr().err


def test_a_log_that_nothing_could_be_compared_of_is_over_every_limit(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("requests").mkdir()
    Path("requests/1.json").write_text(json.dumps(REQUEST))
    command = ["diff", "scripts", "scripts", "--requests", "requests", "--tenant", "a"]
    assert main([*command, "--max-instructions", "1"]) == 0
    assert "unknown: 1, they need more than --max-instructions" in capsys.readouterr().out
    assert main([*command, "--max-instructions", "1", "--fail-over", "100"]) == 1


# odd files

USES = {
    "log": (["replay", "ODD"], 2),
    "requests": (["diff", "scripts", "scripts", "--requests", "ODD"], 2),
    "script": (["check", "ODD"], 1),
    "run's script": (["run", "ODD", "--request", "request.json"], 2),
    "exec's script": (["exec", "ODD"], 2),
    "profile's script": (["profile", "ODD"], 2),
    "request": (["run", "scripts/a.lua", "--request", "ODD"], 2),
    "case": (["test", "ODD"], 1),
    "tenant file": (["gateway", "--check", "--config", "ODD"], 2),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", ["fifo", "endless", "folder"])
def test_what_is_no_regular_file_is_refused_at_once(
    use: str, kind: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = Path("odd")
    if kind == "fifo":
        os.mkfifo(odd)
    elif kind == "endless":
        odd.symlink_to("/dev/zero")
    else:
        odd.mkdir()
        if use in ("script", "case", "requests"):
            return  # a folder is what these take
    arguments, code = USES[use]
    assert main([part.replace("ODD", "odd") for part in arguments]) == code
    shown = "".join(capsys.readouterr())
    assert "is no regular file" in shown or "Is a directory" in shown


def odd_files(folder: Path) -> None:
    """Every kind of file that is called like a script, a case, a request, and is none."""
    for suffix in (".lua", ".json", ".yaml", "_test.lua"):
        (folder / f".#lock{suffix}").symlink_to("user@host.1234:567")
        (folder / f"folder{suffix}").mkdir()
        os.mkfifo(folder / f"fifo{suffix}")
        (folder / f"zero{suffix}").symlink_to("/dev/zero")
        (folder / f"dangling{suffix}").symlink_to("nowhere")
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff\x1b" + suffix.encode())).write_text("x")


def test_odd_files_of_a_folder_are_reported_and_passed_over(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd_files(Path("scripts"))
    assert main(["check", "scripts"]) == 1
    out = capsys.readouterr().out
    assert sorted(line.partition(":")[0] for line in out.splitlines()[:-1]) == sorted(
        f"scripts/{name}{suffix}"
        for name in ("fifo", "zero", "dangling", r"\xff\x1b")
        for suffix in (".lua", "_test.lua")
    )
    assert out.splitlines()[-1].startswith("1 file checked, 8 with errors")
    assert main(["check", "scripts", "--json", "--sarif", "out.sarif"]) == 1
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 8
    assert len(json.loads(Path("out.sarif").read_text())["runs"][0]["results"]) == 8


def test_odd_cases_of_a_folder_are_reported_and_the_others_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd_files(Path("scripts/tests"))
    odd_files(Path("scripts"))
    assert main(["test", "scripts", "--junit", "out.xml"]) == 1
    out = capsys.readouterr().out
    assert "1 passed, 12 errors" in out
    assert "\x1b" not in out
    assert 'errors="12"' in Path("out.xml").read_text()


def test_odd_files_of_an_archive_and_of_requests(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in Path("decisions.log.scripts").iterdir():
        folder.chmod(0o755)
        odd_files(folder)
    assert main(["replay", "decisions.log"]) == 0
    Path("requests/a").mkdir(parents=True)
    Path("requests/a/1.json").write_text(json.dumps(REQUEST))
    odd_files(Path("requests/a"))
    assert main(["diff", "scripts", "scripts", "--requests", "requests"]) == 0
    assert "1 request: 1 same" in capsys.readouterr().out


def test_an_archive_without_a_script_says_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in Path("decisions.log.scripts").iterdir():
        folder.chmod(0o755)
        for path in folder.glob("*.lua"):
            path.unlink()
    assert main(["replay", "decisions.log"]) == 1
    assert "cannot be used: it holds 0 scripts and not one" in capsys.readouterr().out


# outputs that cannot be written, and the user's own end


@pytest.mark.parametrize("name", GOOD)
def test_a_full_disk_is_told_in_one_line(name: str, here: Path) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = keystone(*GOOD[name], capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (
        3, "keystone-lua: could not write standard output: No space left on device\n",
    )  # fmt: skip


def test_a_full_disk_under_a_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "scripts", "--junit", "/dev/full"]) == 3
    assert main(["check", "scripts", "--sarif", "/dev/full"]) == 3
    assert main(["profile", "scripts/a.lua", "--html", "/dev/full"]) == 3
    assert capsys.readouterr().err.count("could not write /dev/full: No space left on device\n") == 3


@pytest.mark.parametrize("name", ["replay", "check", "config"])
def test_closed_streams(name: str, here: Path) -> None:
    command = f"keystone-lua {' '.join(GOOD[name])}"
    done = shell(f"{command} >&-")
    assert (done.returncode, done.stderr) == (3, "keystone-lua: could not write standard output is closed\n")
    assert shell(f"{command} 2>&- >/dev/null").returncode == 0
    assert shell(f"{command} <&- >&- 2>&-").returncode == 3


@pytest.mark.parametrize("name", GOOD)
def test_a_reader_that_has_gone(name: str, here: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = keystone(*GOOD[name], capture_output=False, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (3, "keystone-lua: could not write standard output: Broken pipe\n")


def test_closed_standard_input(here: Path) -> None:
    done = shell("keystone-lua run scripts/a.lua --request - <&-")
    assert (done.returncode, done.stderr) == (2, "keystone-lua: cannot read -: standard input is closed\n")


def test_an_interrupt_is_one_line() -> None:
    command = [sys.executable, "-m", "keystone_lua", "exec", "-", "--max-instructions", str(10**15)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.write("print() while true do end")
        process.stdin.close()
        process.stdin = None
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4)  # it has begun to run by then
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "keystone-lua: interrupted\n")


ODD_TEXT = r'"\27[2J\194\155\226\128\174\237\160\128é"'
"""An escape, a C1 control, a turn of the text, a lone surrogate, and a letter, as Lua writes them."""


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "latin-1"])
def test_nothing_of_a_script_acts_on_the_terminal(encoding: str, here: Path) -> None:
    for text in (
        f"local t = {ODD_TEXT} print(t) return {{selected_backend = t}}",
        f"error({ODD_TEXT})",
        f"return {{reject = true, reject_reason = {ODD_TEXT}}}",
    ):
        Path("scripts/a.lua").write_text(f"function on_route_request() {text} end")
        for name in ("run", "profile", "test", "check"):
            for more in ([], ["--json"]) if name != "test" else ([], ["-v"]):
                done = keystone(
                    *GOOD[name], *more, text=False, errors=None, env={**os.environ, "PYTHONIOENCODING": encoding}
                )
                shown = (done.stdout + done.stderr).decode(encoding)
                assert "Traceback" not in shown
                assert all(c.isprintable() or c in "\n\t" for c in shown), (name, more, shown)


def test_nothing_of_a_request_acts_on_the_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from keystone_lua.audit import Masks, Recorder
    from keystone_lua.interpreter import compile_program
    from keystone_lua.routing.decision import decide
    from tests.audit.support import LIMITS, request

    odd = "\x1b]0;x\x07\x9b\u202e\ud800"
    program = compile_program(SCRIPT.encode(), "a.lua")
    recorder = Recorder(here / "odd.log", Masks([]))
    made = decide(program, request(method=odd, path=odd), limits=LIMITS)
    answer = {**(made.answer or {}), "selected_backend": odd}
    recorder.record(odd, request(method=odd, path=odd), program, made, answer, None, limits=LIMITS, request_id=odd)
    recorder.close()
    Path("b.lua").write_text("function on_route_request(r) return {selected_backend = r.method} end")
    assert main(["replay", "odd.log"]) == 1
    assert main(["diff", "scripts/a.lua", "b.lua", "--requests", "odd.log"]) == 2  # it names the tenants there are
    assert main(["diff", "scripts/a.lua", "b.lua", "--requests", "odd.log", "--tenant", odd]) == 0
    assert main(["run", odd, "--request", odd]) == 2
    shown = "".join(capsys.readouterr())
    assert "moved" in shown
    assert all(c.isprintable() or c in "\n" for c in shown)


# small ones


@pytest.mark.parametrize("option", ["--fail-under", "--fail-over"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "101", "x"])
def test_a_percentage_is_one(option: str, value: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = GOOD["test"] if option == "--fail-under" else GOOD["diff"]
    with pytest.raises(SystemExit) as stop:
        main([*command, option, value])
    assert stop.value.code == 2
    assert "invalid percent value" in capsys.readouterr().err


def test_what_argparse_says_is_printable_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "x", "--\x1b[2J"])
    assert "\x1b" not in capsys.readouterr().err
