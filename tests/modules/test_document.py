"""docs/library.md: every example decides as it says, every function is in a table. docs/coming-from.md: the examples."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from keystone_lua.authoring.checker import check_source
from keystone_lua.interpreter import compile_program, costs
from keystone_lua.routing.decision import decide

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "library.md").read_text()
EXAMPLES = re.findall(r"```lua\n(.*?)```", TEXT + (DOCS / "coming-from.md").read_text(), re.DOTALL)
BACKENDS = [{"name": name, "url": f"http://{name}", "health": True} for name in ("eu", "us")]
LIBRARY_RULES = {"bad-pattern", "foreign-pattern", "wrong-arguments", "unchecked-result", "unverified-token"}
NOW = 1_700_000_000.25


def stated(example: str, what: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in re.findall(rf"^-- {what}: (.*)$", example, re.MULTILINE)]


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_decides_as_it_says(example: str) -> None:
    program = compile_program(example.encode(), "example")
    requests, answers = stated(example, "request"), stated(example, "answers")
    assert requests
    assert len(requests) == len(answers)
    for request, expected in zip(requests, answers, strict=True):
        given = {"method": "GET", "path": "/", "host": "", "headers": {}, "body": "", "backends": BACKENDS, **request}
        decision = decide(program, given, seed=1, now=NOW)
        assert decision.failure is None, decision.failure
        assert decision.answer is not None
        assert {key: decision.answer.get(key) for key in expected} == expected
    found = check_source(example.encode(), "example")
    assert [finding for finding in found if finding.severity == "error" or finding.rule in LIBRARY_RULES] == []


def test_every_function_is_in_a_table() -> None:
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))
    for path in costs.MODULES:
        module, _, function = path.partition(".")
        assert re.search(rf"^\| .*`{re.escape(function)}(\(|`)", sections[module], re.MULTILINE), path
