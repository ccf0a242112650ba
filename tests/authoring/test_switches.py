"""``--allow-load`` and ``--inert-io``: each command that takes them runs, or checks, scripts with what they allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from keystone_lua.cli import main

SCRIPT = """
function on_route_request()
  return {selected_backend = type(loadstring) .. " " .. type(io)}
end
"""
TEST = """
function test_it()
  assert(type(loadstring) == "%s" and type(io) == "%s")
  assert_equal(route("tenant", {}).selected_backend, "%s %s")
end
"""


def both(load: str, io: str) -> str:
    return TEST % (load, io, load, io)


@pytest.mark.parametrize(
    ("flags", "load", "io"),
    [([], "nil", "nil"), (["--allow-load"], "function", "nil"), (["--inert-io"], "nil", "table")],
    ids=str,
)
def test_what_is_run_has_what_is_allowed(
    flags: list[str], load: str, io: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tenant.lua").write_text(SCRIPT)
    (tmp_path / "plain.lua").write_text("print(type(loadstring), type(io))")
    (tmp_path / "tests" / "tenant_test.lua").write_text(both(load, io))
    (tmp_path / "request.json").write_text("{}")
    assert main(["exec", str(tmp_path / "plain.lua"), *flags]) == 0
    assert capsys.readouterr().out == f"{load}\t{io}\n"
    assert main(["test", str(tmp_path), *flags]) == 0, capsys.readouterr().out
    capsys.readouterr()
    assert main(["run", str(tmp_path / "tenant.lua"), "--request", str(tmp_path / "request.json"), *flags]) == 0
    assert f'"{load} {io}"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "line", "told"),
    [
        ([], "print(io.stdout)", "'io' does not exist in this engine: it is left out for safety"),
        (["--inert-io"], "print(io.stdout)", ""),
        (["--inert-io"], "print(io.type(io.stdout))", ""),
        (["--inert-io"], "if io then io.write('x') end", "'io.write' only says that it is not available"),
        (["--inert-io"], "io = {} io.write('x')", ""),
        ([], "print(loadstring)", "'loadstring' is nil unless the setting allow-load is on"),
        (["--allow-load"], "print(loadstring)", ""),
    ],
)
def test_check_knows_what_will_be_there(
    flags: list[str], line: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plain.lua").write_text(line)
    main(["check", "--plain", str(tmp_path / "plain.lua"), *flags])
    shown = capsys.readouterr().out
    assert told in shown
    assert ("[unavailable-library]" in shown) == bool(told)
