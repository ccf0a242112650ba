"""What ``require`` answers."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import compile_program, execute


@pytest.mark.parametrize(
    ("module", "answer"), [(b"", "true"), (b"return nil", "true"), (b"return false", "false"), (b"return 1, 2", "1")]
)
def test_a_module_runs_once_and_answers_its_first_value_or_true(module: bytes, answer: str) -> None:
    source = b"print(require('m'), require('m')) print(runs)"
    program = compile_program(source, "x.lua", {"m": b"runs = (runs or 0) + 1 " + module})
    assert [line.text for line in execute(program).log] == [f"{answer}\t{answer}", "1"]
