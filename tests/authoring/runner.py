"""``keystone-lua test`` for its own tests: a scripts folder, a way to run it, what a failed test says."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from keystone_lua.cli import main

SCRIPT = """\
function on_route_request(request, backends)
  local name = request.headers["X-Name"]
  if name == "boom" then
    error("no such name")
  elseif name == "loop" then
    while true do name = name .. "" end
  elseif not name then
    return { reject = true, reject_reason = "no name" }
  end
  log("asked for " .. name)
  return { selected_backend = name, modified_headers = { ["X-Seed"] = math.random(1000000), ["X-Now"] = os.time() } }
end
"""


class Runner:
    def __init__(self, scripts: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.scripts = scripts
        self.capsys = capsys

    def write(self, name: str, text: str) -> None:
        (self.scripts / "tests" / name).write_text(dedent(text))

    def __call__(self, *arguments: str) -> tuple[int, str]:
        code = main(["test", *arguments])
        return code, self.capsys.readouterr().out


def lua_failure(run: Runner, body: str) -> str:
    """The message of a test in Lua that must fail."""
    run.write("x_test.lua", f"function test_it()\n{dedent(body)}\nend\n")
    code, shown = run()
    assert code == 1
    start = shown.index("x_test.lua\n", shown.index(" test_it ")) + len("x_test.lua\n")
    return shown[start : shown.index("\n    x_test.lua:", start)]


def passes(run: Runner, body: str) -> None:
    run.write("x_test.lua", f"function test_it()\n{dedent(body)}\nend\n")
    code, shown = run()
    assert code == 0, shown
