"""The suite: tests found in files, and the outcome of running one.

Input: a stage, test files by name. Output: `Test`s, whose ``run`` answers a `TestOutcome`. Refuses, with
BadTestFile, a file that cannot be read or compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from ...interpreter import DEFAULT, Limits, LuaSyntaxError, Program, compile_program
from ...interpreter.execution.execute import Failure
from ...interpreter.execution.host_functions import call_global, global_functions, inject
from ...interpreter.execution.run import Run
from ...interpreter.text import from_text, to_text
from .cases import BadTestFile, Case, read_cases
from .differences import differences
from .stage import FUNCTIONS, Circumstances, Stage
from .values import to_lua

LIMITS = Limits(instructions=200_000_000, memory=256 << 20, log=1 << 20)
"""Of one test in Lua: twenty decisions that use up their own budgets."""

_PREFIX = "test_"


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """``message`` is empty for a passed test; ``output`` holds what it logged."""

    message: str = ""
    traceback: tuple[str, ...] = ()
    output: str = ""

    @property
    def passed(self) -> bool:
        """Whether it did."""
        return not self.message


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a file."""

    file: str
    name: str
    run: Callable[[], TestOutcome]

    @property
    def id(self) -> str:
        """``scripts/tests/canary_test.lua::test_forced``."""
        return f"{self.file}::{self.name}"


def collect(stage: Stage, file: str, content: bytes) -> list[Test]:
    """The tests of one file, in its order. Raises BadTestFile."""
    if not file.endswith(".lua"):
        return [Test(file, case.name, _case_runner(stage, case)) for case in read_cases(file, content)]
    try:
        program = compile_program(content, from_text(file.rpartition("/")[2]), stage.modules, hosted=True)
    except LuaSyntaxError as error:
        raise BadTestFile(to_text(error.told)) from None
    found, names = global_functions(_prepared(stage, program))
    if found.failure is not None:
        raise BadTestFile(found.failure.message)
    tests = [Test(file, to_text(name), _lua_runner(stage, program, name)) for name in names if name.startswith(_PREFIX)]
    if misnamed := misnamed_tests(names, content):
        raise BadTestFile(f"{file}: {misnamed} is not run: tests are global functions whose names begin with {_PREFIX}")
    if not tests:
        raise BadTestFile(f"{file}: no tests: they are global functions whose names begin with {_PREFIX}")
    return tests


def misnamed_tests(names: Iterable[str], content: bytes) -> str:
    """The first function that is called like a test and is none, "" if there is none."""
    local = _LOCAL_TEST.search(content)
    if local is not None:
        return f"the local {to_text(local[1].decode('latin-1'))}"
    return next((to_text(name) for name in names if not name.startswith(_PREFIX) and _LIKE_A_TEST.match(name)), "")


_LOCAL_TEST: Final = re.compile(rb"^local[ \t]+function[ \t]+(test_\w+)", re.MULTILINE)
_LIKE_A_TEST: Final = re.compile(r"(?:[Tt]est|TEST|tset|tets|tst)(?:[_A-Z0-9]|\Z)|test[a-z]*_|\w+_test\Z")


def _prepared(stage: Stage, program: Program) -> Run:
    run = Run(program, replace(LIMITS, load=stage.load, inert_io=stage.inert_io), stage.seed, stage.now)
    inject(run, stage.functions())
    return run


def _lua_runner(stage: Stage, program: Program, name: str) -> Callable[[], TestOutcome]:
    def run() -> TestOutcome:
        result = call_global(_prepared(stage, program), name)
        output = to_text("".join(f"{line.text}\n" for line in result.log))
        return replace(_outcome(result.failure), output=output)

    return run


def _outcome(failure: Failure | None) -> TestOutcome:
    if failure is None:
        return TestOutcome()
    message = failure.message or failure.kind
    called = _UNKNOWN.search(message)
    if called and (close := get_close_matches(called[1].lower(), sorted(FUNCTIONS), 1, 0.6)):
        message = f"{message}: did you mean {close[0]}?"
    return TestOutcome(message, failure.traceback)


_UNKNOWN: Final = re.compile(r"attempt to call global '(\w+)' \(a nil value\)\Z")


def _case_runner(stage: Stage, case: Case) -> Callable[[], TestOutcome]:
    def run() -> TestOutcome:
        if case.script not in stage.scripts:
            return TestOutcome(f"no script '{case.script}' here")
        limits = replace(
            DEFAULT,
            instructions=DEFAULT.instructions if case.max_instructions is None else case.max_instructions,
            memory=DEFAULT.memory if case.max_memory is None else case.max_memory,
        )
        seed = stage.seed if case.seed is None else case.seed
        now = stage.now if case.now is None else float(case.now)
        try:
            decision = stage.decide(case.script, case.request, Circumstances(seed, now, limits))
        except LuaSyntaxError as error:
            return TestOutcome(to_text(error.told))
        except stage.refusals as error:
            return TestOutcome(f"request: {error}")
        output = "".join(f"{to_text(line.text)}\n" for line in decision.log)
        lines = _judged(case.expect, decision.answer, decision.failure, output)
        traceback = decision.failure.traceback if decision.failure is not None and lines else ()
        return TestOutcome("\n  ".join(lines), traceback, output)

    return run


def _judged(expect: Mapping[str, object], answer: object, failure: Failure | None, output: str) -> list[str]:
    """What differs from the expectation, a headline first; empty if nothing does."""
    if failure is not None and not {"error", "message"} & expect.keys():
        return [f"the script failed ({failure.kind}): {failure.message}"]
    lines: list[str] = []
    if failure is None:
        if {"error", "message"} & expect.keys():
            return [f"expected the script to fail ({expect.get('error', 'any kind')}), got an answer: {answer}"]
        for key in ("answer", "includes"):
            if key in expect:
                lines.extend(_answer_differences(answer, expect[key], key == "includes"))
    else:
        if "error" in expect and failure.kind != expect["error"]:
            lines.append(f".error: expected {expect['error']}, got {failure.kind}: {failure.message}")
        if "message" in expect and str(expect["message"]) not in failure.message:
            lines.append(f".message: expected a text with {expect['message']!r}, got {failure.message!r}")
    if "log" in expect and output.splitlines() != expect["log"]:
        lines.append(f".log: expected {expect['log']}, got {output.splitlines()}")
    return ["the answer is not what was expected", *lines] if lines else []


def _answer_differences(answer: object, expected: object, subset: bool) -> list[str]:
    run = Run(_NOTHING, LIMITS)
    return differences(run, to_lua(run, answer), to_lua(run, expected), subset)


_NOTHING = compile_program(b"", "cases")
"""Comparisons are charged to a run, as in Lua."""
