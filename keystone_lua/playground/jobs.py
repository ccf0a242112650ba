"""What the page can have done with a script: checked, run, tested, shown as Python.

Input: plain data from the page, with what the folder has. Output: plain data for JSON, in parts. Everything here runs
in a process that ends with it: `process` sets its bounds. Raises nothing for what a script or a request has wrong; that
is an answer.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from heapq import nlargest
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from ..authoring.checker import Kind, check_source
from ..authoring.lines import lines_of
from ..authoring.remarks import remarks, returned_at
from ..authoring.testing import BadTestFile, Stage, Test, collect
from ..authoring.testing.cases import read_cases
from ..authoring.testing.stage import FUNCTIONS
from ..interpreter import COST_VERSION, Failure, Limits, LuaSyntaxError, compile_program
from ..interpreter.dump import dump
from ..interpreter.profiling.recorder import Profile, Spent
from ..interpreter.text import from_text, to_text
from ..routing.decision import Decision, decide
from ..routing.request import BadRequest, read_whole_request
from ..routing.request_fields import unknown
from ..routing.spending import profile
from . import recorded

RUN_SECONDS: Final = 5.0
"""Wall clock of a run, as a server allows."""

HEAT_SECONDS: Final = 2.5
"""Of the second run, which notes what each line pays in ten times the time: as far as it comes."""

PLACE_SECONDS: Final = 1.0
"""Of another, which looks where a result was returned that is no answer."""

MOST_FINDINGS: Final = 500
MOST_TESTS: Final = 500
MOST_LOG_LINES: Final = 1000
MOST_LINES: Final = 5000
"""Of a script and its modules, the dearest, whose spending is told."""
MOST_PYTHON: Final = 512 << 10
"""Characters of generated Python that are shown."""

DONE: Final = {"done": True}
"""The last part of a job that came to its end."""

_WORD: Final = re.compile(r"[A-Za-z_]\w*|[0-9][\w.]*|\"[^\"]*\"|'[^']*'|\S")

Job = Mapping[str, Any]


def work(job: Job) -> Iterator[dict[str, Any]]:
    """The parts of a job's answer; ``kind`` is one of KINDS."""
    yield from KINDS[job["kind"]](job)
    yield DONE


# check


def _check(job: Job) -> Iterator[dict[str, Any]]:
    """Findings of the script or, ``tests``, of its tests."""
    source = _bytes(job["source"])
    kind, injected = (Kind.TEST, FUNCTIONS) if job.get("tests") else (Kind.TENANT, frozenset[str]())
    load, inert_io = job["limits"]["load"], job["limits"]["inert_io"]
    found = check_source(source, from_text(job["name"]), _modules(job), kind, injected, load, inert_io)
    lines = lines_of(source)
    for finding in islice(found, MOST_FINDINGS):
        inside = 0 < finding.line <= len(lines)
        start, end = _span(lines[finding.line - 1], finding.column) if inside else (0, 0)
        shown = asdict(finding) | {"message": to_text(finding.message), "file": to_text(finding.file)}
        yield {"finding": shown | {"start": start, "end": end}}


def _span(line: str, column: int) -> tuple[int, int]:
    """Where a word of ``line`` begins and ends, counted as JavaScript counts; ``column`` is its byte's, from 1."""
    before, after = to_text(line[: column - 1]), to_text(line[column - 1 :])
    word = _WORD.match(after)
    start = _units(before)
    return start, start + _units(word[0] if word else "")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# run


def _run(job: Job) -> Iterator[dict[str, Any]]:
    source, name, modules = _bytes(job["source"]), from_text(job["name"]), _modules(job)
    try:
        request = _request(job["request"])
    except BadRequest as error:
        told = {"kind": "request", "message": str(error)}
        yield {"outcome": {"status": "request", "error": told, "field": error.field}}
        return
    limits, seed, now = _limits(job, RUN_SECONDS), int(job["seed"]), float(job["now"])
    try:
        program = compile_program(source, name, modules, limits.source)
    except LuaSyntaxError as error:
        yield {"outcome": {"status": "syntax", "error": {"kind": "syntax", "message": to_text(error.told)}}}
        return
    decision = decide(program, request, limits=limits, seed=seed, now=now)
    failure = decision.failure
    place = ""
    if failure is not None and failure.kind == "result":
        place = returned_at(source, name, modules, request, replace(limits, seconds=PLACE_SECONDS), seed, now)
    yield {"outcome": _outcome(decision, limits, place) | {"warnings": remarks(request, decision.answer)}}
    ran, spent = profile(
        source, name, modules, request, limits=replace(limits, seconds=HEAT_SECONDS), seed=seed, now=now
    )
    whole = (ran.instructions, ran.allocated_bytes) == (decision.instructions, decision.allocated_bytes)
    yield {"heat": _heat(spent, to_text(name)) | {"whole": whole}}


def _request(text: str) -> dict[str, Any]:
    data = text.encode("utf-8", "surrogatepass")
    request = dict(read_whole_request(data))
    if (mistake := unknown(json.loads(data))) is not None:
        raise mistake
    return request


def _outcome(decision: Decision, limits: Limits, place: str) -> dict[str, Any]:
    failure = decision.failure
    logged = sum(len(line.text) + 1 for line in decision.log)
    return {
        "status": "ok" if failure is None else "error",
        "answer": decision.answer,
        "error": None if failure is None else _failure(failure, place),
        "log": [
            {"text": to_text(line.text), "position": to_text(line.position)} for line in decision.log[:MOST_LOG_LINES]
        ],
        "unshown": max(0, len(decision.log) - MOST_LOG_LINES),
        "budgets": [
            _budget("Instructions", decision.instructions, limits.instructions, "", failure),
            _budget("Memory", decision.allocated_bytes, limits.memory, "bytes", failure),
            _budget("Log", logged, limits.log, "bytes", failure),
        ],
        "seed": decision.seed,
        "now": decision.now,
        "costs": COST_VERSION,
    }


def _budget(name: str, used: int, limit: int, unit: str, failure: Failure | None) -> dict[str, Any]:
    """``full``: nothing is left, or what was left was too little."""
    full = used >= limit or (failure is not None and failure.kind == name.lower())
    return {"name": name, "used": used, "limit": limit, "unit": unit, "full": full}


def _failure(failure: Failure, place: str) -> dict[str, Any]:
    position = failure.position or place
    return {
        "kind": failure.kind, "message": failure.message, "position": position, "traceback": list(failure.traceback)
    }  # fmt: skip


def _heat(spent: Profile, name: str) -> dict[str, Any]:
    lines = [
        {"file": to_text(chunk), "line": line, "runs": paid.hits, **_amounts(paid)}
        for (chunk, line), paid in spent.lines.items()
        if paid.hits or paid.instructions or paid.bytes or to_text(chunk) == name
    ]
    total = spent.base.instructions + sum(paid.instructions for paid in spent.lines.values())
    lines = nlargest(MOST_LINES, lines, key=itemgetter("instructions", "bytes"))
    functions = [{"function": function, **_amounts(paid)} for function, paid in spent.functions.items()]
    return {"lines": lines, "functions": functions, "base": _amounts(spent.base), "total": total}


def _amounts(spent: Spent) -> dict[str, int]:
    return {"instructions": spent.instructions, "bytes": spent.bytes}


# tests


def _tests(job: Job) -> Iterator[dict[str, Any]]:
    """Tests of ``files``; each is told before it runs, so that one that ends the process is known."""
    scripts = {name: _bytes(text) for name, text in job["scripts"].items()}
    load, inert_io = job["limits"]["load"], job["limits"]["inert_io"]
    stage = Stage(scripts, _modules(job), read_whole_request, (BadRequest,), load=load, inert_io=inert_io)
    tests: list[Test] = []
    for file, text in job["files"].items():
        yield {"begin": file}
        try:
            tests += collect(stage, file, _bytes(text))
        except BadTestFile as error:
            yield {"bad_file": {"file": file, "message": str(error)}}
    for test in tests[:MOST_TESTS]:
        yield {"begin": test.id}
        started = time.perf_counter()
        outcome = test.run()
        facts = {"file": test.file, "name": test.name, "seconds": time.perf_counter() - started}
        yield {"test": facts | {"passed": outcome.passed} | asdict(outcome)}
    if len(tests) > MOST_TESTS:
        yield {"bad_file": {"file": "", "message": f"the first {MOST_TESTS} of {len(tests)} tests were run"}}
    for warning in stage.warnings:
        yield {"warning": warning}


# generated Python, a request to begin with


def _python(job: Job) -> Iterator[dict[str, Any]]:
    lines, size = [], 0
    try:
        for line in dump("python", _bytes(job["source"]), from_text(job["name"]), _modules(job)):
            lines.append(to_text(line))
            size += len(line) + 1
            if size > MOST_PYTHON:
                lines.append(f"# ... more than {MOST_PYTHON} characters")
                break
    except LuaSyntaxError as error:
        yield {"error": to_text(error.told)}
        return
    yield {"python": "\n".join(lines)}


def _example(job: Job) -> Iterator[dict[str, Any]]:
    """The request of the first case in ``source`` that is the script's."""
    try:
        cases = read_cases(job["name"], _bytes(job["source"]))
    except BadTestFile:
        return
    for case in cases:
        if case.script == job["script"]:
            yield {"request": case.request}
            return


KINDS: Final = {
    "check": _check, "run": _run, "tests": _tests, "python": _python, "example": _example, "records": recorded.listed,
    "record": recorded.opened,
}  # fmt: skip


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _modules(job: Job) -> dict[str, bytes]:
    return {from_text(name): _bytes(text) for name, text in job["modules"].items()}


def _limits(job: Job, seconds: float) -> Limits:
    """The command's limits; a record, or the page, may ask for less."""
    given, asked = job["limits"], job.get("asked") or {}
    least = {name: min(given[name], asked[name]) for name in recorded.ASKED if name in asked}
    return Limits(**{**given, **least, "seconds": seconds})


def warm() -> None:
    """Have loaded what jobs need, before processes are forked."""
    limits = asdict(Limits())
    base = {"name": "warm.lua", "source": "function on_route_request() end", "modules": {}, "limits": limits}
    request = json.dumps({"backends": []})
    test = {"warm_test.lua": "function test_x() assert_rejects(route('warm', {})) end"}
    for job in (
        {**base, "kind": "check"},
        {**base, "kind": "run", "request": request, "seed": 0, "now": 0.0},
        {**base, "kind": "tests", "scripts": {"warm": base["source"]}, "files": test},
        {**base, "kind": "python"},
    ):
        list(work(job))
