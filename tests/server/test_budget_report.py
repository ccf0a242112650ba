"""Which failures say what used their budget up, and that an attacker cannot make us work for it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from keystone_lua.interpreter import Limits, compile_program
from keystone_lua.routing.decision import Decision, decide
from keystone_lua.server.offload import budget_report
from keystone_lua.server.offload.budget_report import Explainer, Sources
from keystone_lua.server.offload.messages import from_plain, to_plain

LIMITS = Limits(instructions=50_000, memory=200_000, seconds=5.0)
ENDLESS = b"function on_route_request()\n  while true do\n    math.sin(1)\n  end\nend"
HOARDER = b"function on_route_request()\n  local t = {}\n  while true do\n    t[#t + 1] = ('x'):rep(500)\n  end\nend"
REQUEST = {"method": "", "path": "", "host": "", "headers": {}, "body": "", "backends": []}


class Case:
    def __init__(self, source: bytes, limits: Limits = LIMITS) -> None:
        self.sources = Sources(source, MappingProxyType({}))
        self.limits = limits
        self.explainer = Explainer()
        self.decision = decide(compile_program(source, "x.lua"), REQUEST, limits=limits, seed=3, now=4.0)

    def explained(self, taken: float = 0.0, name: str = "x.lua") -> Decision:
        return self.explainer.explained(self.decision, name, "hash", self.sources, REQUEST, self.limits, taken)

    def top(self, taken: float = 0.0, name: str = "x.lua") -> dict[str, object] | None:
        failure = self.explained(taken, name).failure
        return failure.top if failure is not None else None


def test_an_instruction_budget() -> None:
    top = Case(ENDLESS).top()
    assert top is not None
    assert (top["unit"], top["total"]) == ("instructions", 50_000)
    lines = top["lines"]
    assert isinstance(lines, list)
    assert [line["line"] for line in lines] == ["x.lua:3", "x.lua:2", "x.lua:1"]
    functions = top["functions"]
    assert isinstance(functions, list)
    assert [function["function"] for function in functions] == ["math.sin"]


def test_a_memory_budget() -> None:
    top = Case(HOARDER).top()
    assert top is not None
    assert (top["unit"], top["total"]) == ("bytes", 200_000)
    lines = top["lines"]
    assert isinstance(lines, list)
    assert lines[0]["line"] == "x.lua:4"


def test_nothing_else_of_the_decision_changes() -> None:
    case = Case(ENDLESS)
    explained = case.explained()
    assert explained.failure is not None
    assert explained._replace(failure=replace(explained.failure, top=None)) == case.decision


def test_an_explanation_survives_the_lanes_socket() -> None:
    explained = Case(ENDLESS).explained()
    returned = from_plain(to_plain(explained))
    assert returned.failure is not None
    assert explained.failure is not None
    assert returned.failure.top == explained.failure.top != None  # noqa: E711


def test_a_script_is_explained_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(budget_report.time, "monotonic", lambda: now)
    case = Case(ENDLESS)
    assert case.top() is not None
    now += 59.9
    assert case.top() is None
    assert case.top(name="y.lua") is not None
    now += 0.1
    assert case.top() is not None


def test_few_scripts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget_report, "REMEMBERED", 2)
    case = Case(ENDLESS)
    assert [case.top(name=name) is not None for name in "abcab"] == [True, True, True, True, True]
    assert case.top(name="b") is None


@pytest.mark.parametrize(
    "source", [b"x = y.z", b"function on_route_request() return 1 end", b"print(('x'):rep(70000))"]
)
def test_other_failures_are_not_explained(source: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget_report, "spent", None)
    assert Case(source).top() is None


def test_a_long_script_is_not_explained() -> None:
    padding = budget_report.SOURCE - len(ENDLESS) - 2
    assert Case(ENDLESS + b"--" + b"x" * padding).top() is not None
    assert Case(ENDLESS + b"--" + b"x" * (padding + 1)).top() is None


def test_a_run_that_took_long_is_not_explained() -> None:
    assert Case(ENDLESS).top(taken=3.0) is not None
    assert Case(ENDLESS).top(taken=3.1) is None


def test_the_second_run_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget_report, "INSTRUCTIONS", 5000)
    top = Case(ENDLESS).top()
    assert top is not None
    assert top["total"] == 5000
