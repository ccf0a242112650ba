"""A record that differs as C libraries do is named so; whatever else differs is different."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Archive, replay_logs
from keystone_lua.audit.records import encode
from keystone_lua.audit.replay import LAST_DIGITS
from keystone_lua.interpreter import compile_program
from keystone_lua.routing.decision import decide

from .support import LIMITS, lines, request, write_log

SINE = b"""function on_route_request(request)
  return {selected_backend = ("b%d=%.17g"):format(12, math.sin(1)), modified_headers = {["X-N"] = 1.5 * 2}}
end"""
ANSWER = {"selected_backend": "b12=0.8414709848078965", "modified_headers": {"X-N": "3"}}


def replayed(tmp_path: Path, source: bytes, **fields: Any) -> tuple[int, dict[str, int]]:
    """Differences, and what is not replayable, of a log of one record that says something else."""
    log = tmp_path / "decisions.log"
    write_log(log, 30)
    value = next(value for value in map(json.loads, lines(log)) if value.get("tenant") == "silent")
    program = compile_program(source, "silent.lua")
    Archive(tmp_path / "scripts").put(program)
    now = decide(program, request(), limits=LIMITS, seed=value["seed"], now=value["clock"])
    outcome = {"answer": now.answer, "error": None, "instructions": now.instructions, "bytes": now.allocated_bytes}
    again = {
        **value,
        **outcome,
        "request": request(),
        "read": [],
        "number": 1,
        "prev": "0" * 64,
        "script": program.hash,
        **fields,
    }
    log.write_text(encode(again) + "\n")
    found = replay_logs([log], scripts=tmp_path / "scripts").findings
    return len(found.differences), dict(found.not_replayable)


def test_the_same_is_the_same(tmp_path: Path) -> None:
    assert replayed(tmp_path, SINE) == (0, {})


@pytest.mark.parametrize("text", ["0.84147098480789662", "0.84147098480789639", "8.4147098480789651e-1"])
def test_last_digits_are_the_c_library_s(tmp_path: Path, text: str) -> None:
    answer = {**ANSWER, "selected_backend": f"b12={text}"}
    assert replayed(tmp_path, SINE, answer=answer, bytes=9000) == (0, {LAST_DIGITS: 1})


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": {**ANSWER, "selected_backend": "b12=0.8414709848"}},
        {"answer": {**ANSWER, "selected_backend": "b13=0.8414709848078965"}},
        {"answer": {**ANSWER, "selected_backend": "c12=0.8414709848078965"}},
        {"answer": {**ANSWER, "selected_backend": "b12=0.84147098480789662"}, "instructions": 1},
        {"bytes": 1},
    ],
)
def test_whatever_else_differs_is_different(tmp_path: Path, fields: dict[str, Any]) -> None:
    assert replayed(tmp_path, SINE, **fields) == (1, {})


def test_a_script_that_asks_the_c_library_nothing_has_no_excuse(tmp_path: Path) -> None:
    source = SINE.replace(b"math.sin(1)", b"0.8414709848078965")
    answer = {**ANSWER, "selected_backend": "b12=0.84147098480789662"}
    assert replayed(tmp_path, source, answer=answer) == (1, {})


@pytest.mark.parametrize("expression", ["0.5 ^ 0.25", "math.pow(0.5, 0.25)", "(require 'math').pow(0.5, 0.25)"])
def test_powers_are_its_too(tmp_path: Path, expression: str) -> None:
    source = SINE.replace(b"math.sin(1)", expression.encode())
    text = f"b12={0.5**0.25 * (1 + 3e-16):.17g}"
    assert replayed(tmp_path, source, answer={**ANSWER, "selected_backend": text}) == (0, {LAST_DIGITS: 1})
