"""The client in Go: it knows every field, its tests pass, and its README's commands print what stands there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from keystone_lua.interpreter import compile_program
from keystone_lua.routing.answer import FIELDS as ANSWER_FIELDS
from keystone_lua.routing.decision import decide
from keystone_lua.routing.request_fields import BACKEND_FIELDS, FIELDS

from .server.support import server_process

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "go"
SECONDS = 300
needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="go is not installed")


def tags(struct: str) -> list[str]:
    """The JSON names of a struct's fields."""
    found = re.search(
        rf"^type {struct} struct {{\n(.*?)^}}", (EXAMPLE / "client.go").read_text(), re.DOTALL | re.MULTILINE
    )
    assert found is not None
    return re.findall(r'json:"(\w+)', found[1])


@pytest.mark.parametrize(
    ("struct", "fields"), [("Request", FIELDS), ("Backend", BACKEND_FIELDS), ("Answer", ANSWER_FIELDS)]
)
def test_it_knows_every_field(struct: str, fields: Iterable[object]) -> None:
    assert sorted(tags(struct)) == sorted(field.name for field in fields)  # type: ignore[attr-defined]


def test_its_answer_with_every_field_is_the_engines() -> None:
    program = compile_program((EXAMPLE / "testdata" / "every.lua").read_bytes(), "every.lua")
    request = {"method": "GET", "path": "/", "host": "", "headers": {}, "body": "", "backends": []}
    answer = decide(program, request).answer  # type: ignore[arg-type]
    assert answer == json.loads((EXAMPLE / "testdata" / "every.json").read_text())
    assert answer is not None
    assert answer.keys() == {field.name for field in ANSWER_FIELDS}


def go(folder: Path, *arguments: str) -> str:
    """What a command prints, without any network."""
    environment = {**os.environ, "GOPROXY": "off", "GOFLAGS": "-mod=mod", "GO111MODULE": "on", "CGO_ENABLED": "0"}
    done = subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@needs_go
@pytest.mark.slow
def test_its_own_tests_pass() -> None:
    assert go(EXAMPLE, "gofmt", "-l", ".") == ""
    go(EXAMPLE, "go", "vet", "./...")
    assert "ok" in go(EXAMPLE, "go", "test", "-count=1", "./...")


@needs_go
@pytest.mark.slow
def test_its_readmes_commands_print_what_stands_there(tmp_path: Path) -> None:
    console = re.search(r"```console\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL)
    assert console is not None
    ask = str(tmp_path / "ask")
    go(EXAMPLE, "go", "build", "-o", ask, "./ask")
    with server_process(ROOT / "scripts") as server:
        for part in re.split(r"^\$ ", console[1], flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            command = command.replace("go run ./ask", f"{ask} -url http://127.0.0.1:{server.client.port}")
            assert go(EXAMPLE, "sh", "-c", command) == expected
    gone = subprocess.run(
        [ask, "-url", f"http://127.0.0.1:{server.client.port}", "/"], capture_output=True, check=False
    )
    assert gone.returncode == 1  # an engine that is away is no decision
