"""``run`` says what is odd: backends that were not offered, fields that there are not, where a result was returned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.authoring.remarks import remarks
from keystone_lua.cli import main

BACKENDS = [{"name": "api-stable"}, {"name": "api-canary"}]


def ran(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str, request: dict[str, Any], *options: str
) -> tuple[int, str, str]:
    """Exit code, output, errors."""
    (tmp_path / "s.lua").write_text(script)
    (tmp_path / "r.json").write_text(json.dumps(request))
    code = main(["run", str(tmp_path / "s.lua"), "--request", str(tmp_path / "r.json"), "--now", "0", *options])
    return code, *capsys.readouterr()


def test_a_backend_that_was_not_offered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "function on_route_request() return {selected_backend = 'api-stabel'} end"
    code, out, err = ran(tmp_path, capsys, script, {"backends": BACKENDS})
    warning = "selected_backend: no backend 'api-stabel' was offered: did you mean 'api-stable'?"
    assert (code, err) == (0, f"warning: {warning}\n")
    code, out, err = ran(tmp_path, capsys, script, {"backends": BACKENDS}, "--json")
    assert (json.loads(out)["warnings"], err) == ([warning], "")
    assert ran(tmp_path, capsys, script, {"backends": []})[2] == ""
    assert "warnings" not in json.loads(ran(tmp_path, capsys, script, {}, "--json")[1])


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"selected_backend": "api-canary"}, []),
        ({"selected_backend": "", "reject": True}, []),
        ({"selected_backend": "x", "reject": True}, []),
        ({"selected_backend": ""}, []),
        (None, []),
        ({"selected_backend": "zz"}, ["selected_backend: no backend 'zz' was offered; there are api-stable, api-canary"]),
        ({"selected_backend": "", "candidates": ["api-stable", "q"]}, ["candidates[2]: no backend 'q' was offered; there are api-stable, api-canary"]),
        ({"selected_backend": "api-stable", "mirror": "api-canery"}, ["mirror: no backend 'api-canery' was offered: did you mean 'api-canary'?"]),
    ],
)  # fmt: skip
def test_which_names_are_looked_at(answer: dict[str, Any] | None, found: list[str]) -> None:
    assert remarks({"backends": BACKENDS}, answer) == found


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"pahts": "/"}, "pahts: no such field: did you mean 'path'?"),
        ({"backends": [{"name": "a", "healthy": True}]}, "backends[0].healthy: no such field: did you mean 'health'?"),
    ],
)
def test_a_field_that_there_is_not(
    request_: dict[str, Any], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = ran(tmp_path, capsys, "function on_route_request() end", request_)
    assert code == 2
    assert message in err


RETURNS = """local function named(b)
  return b
end
function on_route_request(request, backends)
  if request.path == "/a" then
    return named("a")
  end
  local function inner() return 1 end
  return inner()
end"""


@pytest.mark.parametrize(("path", "line"), [("/a", 6), ("/b", 9)])
def test_the_return_of_a_result_that_is_no_answer(
    path: str, line: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = ran(tmp_path, capsys, RETURNS, {"path": path})
    assert code == 1
    assert err.splitlines()[1] == f"\ts.lua:{line}: it is returned here"
    shown = json.loads(ran(tmp_path, capsys, RETURNS, {"path": path}, "--json")[1])
    assert (shown["kind"], shown["position"]) == ("result", f"s.lua:{line}")


def test_other_failures_have_their_own_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    err = ran(tmp_path, capsys, "function on_route_request(r) return r.x.y end", {})[2]
    assert "returned here" not in err
