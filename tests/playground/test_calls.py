"""What the page asks for, asked without one: scripts are run within a tenant's budgets, files only read in the folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.playground import jobs

from .support import REQUEST, ROOT, SCRIPT, Client, playground


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT / "scripts", tmp_path_factory.mktemp("play") / "scripts"))


@pytest.fixture(scope="module")
def client(scripts: Path) -> Iterator[Client]:
    with playground(scripts) as client:
        yield client


# runs


def test_a_run_is_what_the_command_says(client: Client, tmp_path: Path) -> None:
    (tmp_path / "t.lua").write_text(SCRIPT)
    (tmp_path / "request.json").write_text(json.dumps(REQUEST))
    command = [
        sys.executable,
        "-m",
        "keystone_lua",
        "run",
        "t.lua",
        "--request",
        "request.json",
        "--now",
        "0",
        "--json",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = json.loads(subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True).stdout)
    answer = client.run(SCRIPT)
    assert answer["outcome"]["answer"] == ran["answer"]
    used = {budget["name"]: (budget["used"], budget["limit"]) for budget in answer["outcome"]["budgets"]}
    assert used["Instructions"] == (ran["instructions"], Limits().instructions)
    assert used["Memory"] == (ran["allocated_bytes"], Limits().memory)
    heat = answer["heat"]
    assert heat["whole"]
    paid = heat["base"]["instructions"] + sum(line["instructions"] for line in heat["lines"])
    assert paid == ran["instructions"]


def test_a_failed_run_names_its_place(client: Client) -> None:
    outcome = client.run("function on_route_request(request)\n  local x = request.nothing.more\nend")["outcome"]
    assert outcome["error"]["kind"] == "runtime"
    assert outcome["error"]["position"] == "t.lua:2"
    assert outcome["error"]["traceback"][0].startswith("t.lua:2: in function")


def test_a_result_that_is_no_answer_names_its_return(client: Client) -> None:
    outcome = client.run("function on_route_request()\n  return 7\nend")["outcome"]
    assert (outcome["error"]["kind"], outcome["error"]["position"]) == ("result", "t.lua:2")


def test_a_backend_that_was_not_offered_is_a_warning(client: Client) -> None:
    outcome = client.run("function on_route_request() return {selected_backend = 'aa'} end")["outcome"]
    assert outcome["warnings"] == ["selected_backend: no backend 'aa' was offered; there are a"]


def test_a_script_that_does_not_compile(client: Client) -> None:
    outcome = client.run("x =")["outcome"]
    assert (outcome["status"], outcome["error"]["message"]) == ("syntax", "t.lua:1: unexpected symbol near '<eof>'")


@pytest.mark.parametrize(
    ("request_", "field", "words"),
    [
        ({"pth": "/"}, "pth", "did you mean 'path'"),
        ({"backends": [{"name": 1}]}, "backends[0].name", "a string"),
        ({"attempt": -1}, "attempt", "whole number"),
    ],
)
def test_a_request_that_is_none_names_the_field(request_: Any, field: str, words: str, client: Client) -> None:
    outcome = client.run(SCRIPT, request_)["outcome"]
    assert (outcome["status"], outcome["field"]) == ("request", field)
    assert words in outcome["error"]["message"]


def test_modules_are_the_folders_unless_the_page_has_its_own(client: Client) -> None:
    script = "local m = require 'backends'\nfunction on_route_request(r, b) return m.route(b, 'a', 'X-A', 'b') end"
    assert client.run(script)["outcome"]["answer"]["selected_backend"] == "a"
    own = {"backends": "return { route = function() return { selected_backend = 'mine' } end }"}
    assert client.run(script, modules=own)["outcome"]["answer"]["selected_backend"] == "mine"
    assert client.run(script, modules={})["outcome"]["status"] == "syntax"


def test_a_seed_may_be_longer_than_javascripts_numbers(client: Client) -> None:
    script = "function on_route_request() return { selected_backend = tostring(math.random(1e9)) } end"
    picked = [
        client.run(script, seed=str(seed))["outcome"]["answer"]["selected_backend"] for seed in (2**63, 2**63 + 1)
    ]
    assert picked[0] != picked[1]


# budgets


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("while true do end", "instructions"),
        ("local t = {} while true do t[#t + 1] = ('x'):rep(1000) end", "memory"),
        ("local function f() return 1 + f() end f()", "depth"),
        ("while true do print('xxxxxxxxxxxxxxxxxxxxxxx') end", "log"),
    ],
)
def test_a_run_is_bounded_as_a_tenants_is(body: str, kind: str, client: Client) -> None:
    answer = client.run(f"function on_route_request() {body} end")
    assert answer["outcome"]["error"]["kind"] == kind
    full = [budget["name"].lower() for budget in answer["outcome"]["budgets"] if budget["full"]]
    assert full == ([] if kind == "depth" else [kind])


def test_the_page_may_ask_for_less_and_never_for_more(client: Client) -> None:
    endless = "function on_route_request() while true do end end"
    less = client.run(endless, asked={"instructions": 1000})["outcome"]
    assert less["error"]["message"] == "instruction budget exceeded (1000)"
    more = client.run(endless, asked={"instructions": 1 << 60, "memory": 1 << 60})["outcome"]
    assert [budget["limit"] for budget in more["budgets"][:2]] == [Limits().instructions, Limits().memory]


def test_the_heat_of_a_long_run_is_that_of_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HEAT_SECONDS", 1e-9)
    script = "function on_route_request()\n  local s = 0\n  while true do\n    s = s + 1\n  end\nend"
    job = {"kind": "run", "name": "t.lua", "source": script, "modules": {}, "request": "{}", "seed": 0, "now": 0.0}
    parts = list(jobs.work({**job, "limits": asdict(Limits(instructions=1_000_000))}))
    assert parts[0]["outcome"]["error"]["kind"] == "instructions"
    heat = parts[1]["heat"]
    assert not heat["whole"]
    assert 0 < sum(line["instructions"] for line in heat["lines"]) < 500_000
    assert parts[-1] == jobs.DONE


def test_a_compilers_bomb_is_an_answer(client: Client) -> None:
    started = time.monotonic()
    answer = client.run("x = " + "(" * 100_000)
    assert answer["outcome"]["status"] == "syntax"
    assert time.monotonic() - started < 30


def test_tests_end_and_those_that_ran_are_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    test = "function test_a() end\nfunction test_b()\n  while true do end\nend\n"
    status, answer = client.call(
        "tests", {"name": "t", "script": SCRIPT, "modules": {}, "test_file": "tests/t_test.lua", "test": test}
    )
    assert status == 200
    own = {one["name"]: one for one in answer["tests"] if one["file"] == "tests/t_test.lua"}
    assert own["test_a"]["passed"]
    assert "budget exceeded" in own["test_b"]["message"]


def test_bodies_are_bounded(client: Client) -> None:
    head: dict[str, str | None] = {"Content-Type": "application/json", "X-Playground-Key": client.key}
    assert client.ask("POST", "/api/check", head, b" " * (5 << 20))[0] == 413
    status, answer = client.call("check", {"name": "t", "script": "x" * ((1 << 20) + 1), "modules": {}})
    assert (status, answer["error"]) == (400, "refused: script: expected a text of at most 1048576 characters")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{", b"[" * 100_000, b"null", b"\xff", b'{"name": 1}', b'{"name": "t"}',
        b'{"name": "../t", "script": ""}', b'{"name": "t", "script": "", "modules": [1]}',
        b'{"name": "t", "script": "", "modules": {"a": 1}, "request": "", "seed": "0", "now": 0}',
        b'{"name": "t", "script": "", "modules": {}, "request": "{}", "seed": "x", "now": 0}',
        b'{"name": "t", "script": "", "modules": {}, "request": "{}", "seed": "0", "now": 1e999}',
        b'{"name": "t", "script": "", "modules": {}, "request": "{}", "seed": "0", "now": true}',
        b'{"name": "t", "script": "", "modules": {}, "request": "{}", "seed": "0", "now": 0, "asked": {"memory": -1}}',
    ],
    ids=lambda data: data[:90].decode("latin-1"),
)  # fmt: skip
def test_what_no_page_would_send_is_refused(data: bytes, client: Client) -> None:
    head: dict[str, str | None] = {"Content-Type": "application/json", "X-Playground-Key": client.key}
    status, _, body = client.ask("POST", "/api/run", head, data)
    assert status == 400
    assert json.loads(body)["error"].startswith("refused: ")


# the folder


def test_scripts_are_opened_with_tests_and_a_request(client: Client) -> None:
    assert "canary" in client.call("start")[1]["tenants"]
    status, opened = client.call("open", {"name": "canary"})
    assert status == 200
    assert opened["script"] == (ROOT / "scripts" / "canary.lua").read_text()
    assert opened["test_file"] == "tests/canary_test.lua"
    assert "function test_" in opened["test"]
    assert client.call("open", {"name": "blue-green"})[1]["request"]["backends"][0]["name"]


@pytest.mark.parametrize(
    "name", ["../secret", "lib/backends", "tests/canary_test", "/etc/passwd", "", "canary.lua", "x"]
)
def test_nothing_outside_is_opened(name: str, scripts: Path, client: Client) -> None:
    (scripts.parent / "secret.lua").write_text("-- secret")
    status, answer = client.call("open", {"name": name})
    assert status == 400
    assert "secret" not in json.dumps(answer).replace(name, "")


def test_a_link_that_leads_outside_is_not_followed(scripts: Path, client: Client) -> None:
    (scripts.parent / "secret.lua").write_text("-- secret")
    (scripts / "outside.lua").symlink_to(scripts.parent / "elsewhere")
    (scripts.parent / "elsewhere").mkdir(exist_ok=True)
    try:
        assert "outside" not in client.call("start")[1]["tenants"]
    finally:
        (scripts / "outside.lua").unlink()


def test_nothing_is_written(scripts: Path, client: Client) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(scripts.parent.rglob("*"))}

    before = state()
    for name in ("blue-green", "canary"):
        opened = client.call("open", {"name": name})[1]
        sources = {"name": name, "script": opened["script"] + "\n-- changed", "modules": None}
        assert {one["severity"] for one in client.call("check", sources)[1]["findings"]} <= {"note"}
        assert client.run(sources["script"], name=name)["outcome"]["status"] == "ok"
        tests = {"test_file": opened["test_file"], "test": opened["test"]}
        ran = client.call("tests", {**sources, **tests})[1]
        assert ran["tests"]
        assert all(one["passed"] for one in ran["tests"]), [one for one in ran["tests"] if not one["passed"]]
        assert "def " in client.call("python", sources)[1]["python"]
    assert state() == before


def test_findings_have_places_as_javascript_counts_them(client: Client) -> None:
    script = (
        "function on_route_request(request)\n  local s = '𝄞é' .. request.pth\n  return { selected_backend = s }\nend"
    )
    found = client.call("check", {"name": "t", "script": script, "modules": {}})[1]["findings"]
    (one,) = [finding for finding in found if finding["rule"] == "unknown-request-field"]
    line = script.splitlines()[one["line"] - 1].encode("utf-16-le")
    assert line[2 * one["start"] : 2 * one["end"]].decode("utf-16-le") in ("request", ".", "pth")


def test_a_folder_that_has_gone_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    with playground(tmp_path / "scripts") as client:
        (tmp_path / "scripts").rmdir()
        status, answer = client.call("start")
    assert status == 500
    assert answer["error"].startswith(f"cannot read {tmp_path}/scripts: ")


# the command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no such folder: nowhere"),
        (["--log", "nowhere.log"], "no such file: nowhere.log"),
        (["--port", "70000"], "whole number from 0 to 65535"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], words: str) -> None:
    command = [sys.executable, "-m", "keystone_lua", "playground", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_port_that_is_taken_is_one_line(client: Client) -> None:
    command = [sys.executable, "-m", "keystone_lua", "playground", "--port", str(client.port)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"keystone-lua: cannot listen on 127.0.0.1:{client.port}: Address already in use\n"


def test_other_commands_do_not_load_it() -> None:
    code = "import sys; from keystone_lua.cli import main; main(['check', 'scripts']); print('aiohttp' in sys.modules, 'keystone_lua.playground' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False False"
