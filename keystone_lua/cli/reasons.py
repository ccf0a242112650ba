"""``why``: what a decision depended on, and the smallest changes of its request that would have moved it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..audit.archive import Archive, ArchiveError
from ..audit.questions import Filter, find
from ..audit.records import DecisionRecord, RecordError, read_record
from ..audit.segments import scripts_of
from ..interpreter import Limits, LuaSyntaxError
from ..untrusted.text import printable
from .options import (
    UsageError,
    add_budget_arguments,
    compile_file,
    does_not_compile,
    limits_of,
    now_of,
    read_request_file,
)
from .output import columns, complain, say, say_json

if TYPE_CHECKING:
    from ..authoring.reasons import Flip, Reasons
    from .options import Commands

OTHERS = 50
"""Requests of the same tenant in the log, whose values are tried as well."""


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    why = commands.add_parser("why", help="what a decision depended on, and what would have moved it")
    why.add_argument("script", nargs="?", metavar="SCRIPT", help="a tenant's script, with --request")
    why.add_argument("--request", metavar="FILE", help="the request as JSON; - for standard input")
    why.add_argument("--log", metavar="LOG", type=Path, help="a decision log, with --id")
    why.add_argument("--id", metavar="ID", help="the X-Request-Id of a recorded decision")
    why.add_argument("--contrast", metavar="ID", help="another decision of the log: what differs between the two")
    add_budget_arguments(why, Limits())
    why.set_defaults(command=_why)


def _why(options: argparse.Namespace) -> int:
    if (options.script is None) == (options.log is None) or (options.log is None) != (options.id is None):
        raise UsageError("why needs SCRIPT and --request FILE, or --log LOG and --id ID")
    if options.log is not None:
        found = _recorded(options.log, options.id, tell_all=True)
        other = _recorded(options.log, options.contrast, tell_all=False) if options.contrast else None
    elif options.request is None or options.contrast:
        raise UsageError("why SCRIPT needs --request FILE; --contrast is of a log")
    else:
        given, other = _given(options), None
        if isinstance(given, int):
            return given
        found = given
    if options.json:
        contrast = {"contrast": _facts(other), "differs": _differences(found, other)} if other is not None else {}
        say_json({**_facts(found), **contrast})
    else:
        for line in _lines(found) if other is None else _contrast(found, other):
            say(printable(line)[: columns()])
    return 0


class _Found:
    """A decision with its reasons, and the request that it was of."""

    def __init__(self, name: str, request: Mapping[str, Any], reasons: Reasons) -> None:
        self.name = name
        self.request = request
        self.reasons = reasons


def _given(options: argparse.Namespace) -> _Found | int:
    from ..authoring.reasons import reasons

    request = read_request_file(options.request)
    try:
        program = compile_file(options.script, Path(options.script).name)
    except LuaSyntaxError as error:
        return does_not_compile(error, options.json)
    made = reasons(program, request, limits=limits_of(options), seed=options.seed, now=now_of(options))
    return _Found(Path(options.script).name, request, made)


def _recorded(log: Path, name: str, *, tell_all: bool) -> _Found:
    from ..authoring.reasons import reasons

    record = next((found for found in _records(log, Filter(id=name)) if found.id == name), None)
    if record is None:
        raise UsageError(f"{log}: no decision with the id {name}")
    if not record.ran or record.script is None:
        raise UsageError(f"{log}: {name}: no script ran")
    if record.masked or record.veiled:
        complain("keystone-lua: values of this request are masked in the log: fillers of their length stand there")
    try:
        program = Archive(scripts_of(log)).program(record.script, record.name)
    except ArchiveError as error:
        raise UsageError(str(error)) from None
    same = _records(log, Filter(tenant=record.tenant)) if tell_all else iter(())
    others = tuple(found.request for found in islice(same, OTHERS))
    made = reasons(program, record.request, limits=record.limits, seed=record.seed, now=record.clock, others=others)
    if made.decision.answer != record.answer:
        complain("keystone-lua: this engine decides otherwise than the record says: see replay")
    return _Found(record.name, record.request, made)


def _records(log: Path, wanted: Filter) -> Iterator[DecisionRecord]:
    try:
        for line in find([log], wanted, 0):
            try:
                _, record = read_record(line)
            except RecordError:
                continue
            if isinstance(record, DecisionRecord):
                yield record
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}" if error.filename else str(error)) from None


# as text


def _lines(found: _Found) -> Iterator[str]:
    made = found.reasons
    yield f"{found.name}: {_answer(made)}"
    yield "read:"
    for name in made.read:
        yield f"  {name}{_value(found.request, name)}"
    if not made.read:
        yield "  nothing: every request gets this answer"
    for title, flips in (
        ("would have moved it:", _of(made, True)),
        ("would have changed its answer:", _of(made, False)),
    ):
        if flips:
            yield title
        for flip in flips:
            yield f"  {_change(flip)}: {_short(flip.answer)}"
    if made.read and not made.flips:
        yield f"no change that was tried would have: {made.runs:,} runs"
    yield "ran:"
    for name, lines in made.lines.items():
        yield f"  {name}: {_ranges(lines)}"
    if made.exhausted:
        yield f"more changes were to be tried than {made.runs:,}"


def _of(made: Reasons, moved: bool) -> list[Flip]:
    return [flip for flip in made.flips if flip.moved is moved]


def _answer(made: Reasons) -> str:
    decision = made.decision
    amounts = f"{decision.instructions:,} instructions, {decision.allocated_bytes:,} bytes"
    if decision.failure is not None:
        return f"{decision.failure.kind}: {decision.failure.message} ({amounts})"
    return f"{_short(decision.answer)} ({amounts})"


def _short(answer: Mapping[str, Any] | None) -> str:
    if answer is None:
        return "the script fails"
    if answer.get("reject"):
        return f"reject {answer.get('reject_status', 403)} {answer.get('reject_reason', '')}".rstrip()
    rest = {name: value for name, value in answer.items() if name != "selected_backend"}
    return f"-> {answer['selected_backend']}" + (f" {json.dumps(rest, ensure_ascii=False)}" if rest else "")


def _value(request: Mapping[str, Any], name: str) -> str:
    if name.startswith("headers."):
        wanted = name.removeprefix("headers.")
        value = next((value for each, value in request["headers"].items() if each.lower() == wanted), None)
        return f" = {json.dumps(value)}" if value is not None else ", which is not there"
    value = request.get(name)
    return f" = {json.dumps(value)}" if isinstance(value, str | int) else ""


def _change(flip: Flip) -> str:
    if flip.field == "backends":
        return f"backends: {flip.becomes}"
    was, becomes = ("absent" if value is None else json.dumps(value) for value in (flip.was, flip.becomes))
    return f"{flip.field} {was} -> {becomes}"


def _ranges(lines: Sequence[int]) -> str:
    made: list[list[int]] = []
    for line in lines:
        if made and line == made[-1][1] + 1:
            made[-1][1] = line
        else:
            made.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in made)


def _contrast(one: _Found, other: _Found) -> Iterator[str]:
    yield f"one    {_answer(one.reasons)}"
    yield f"other  {_answer(other.reasons)}"
    for name, (mine, theirs) in _differences(one, other).items():
        yield f"  {name}: {json.dumps(mine)} and {json.dumps(theirs)}"


def _differences(one: _Found, other: _Found) -> dict[str, tuple[Any, Any]]:
    """What both read that was another value, and the lines that only one ran."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in sorted({*one.reasons.read, *other.reasons.read}):
        mine, theirs = (_of_request(each, name) for each in (one, other))
        if mine != theirs:
            found[name] = mine, theirs
    for name in sorted({*one.reasons.lines, *other.reasons.lines}):
        mine_ran, theirs_ran = (set(each.reasons.lines.get(name, ())) for each in (one, other))
        if mine_ran != theirs_ran:
            found[f"lines of {name}"] = _ranges(sorted(mine_ran - theirs_ran)), _ranges(sorted(theirs_ran - mine_ran))
    return found


def _of_request(found: _Found, name: str) -> Any:
    if name == "random":
        return found.reasons.decision.seed
    if name == "clock":
        return found.reasons.decision.now
    if name.startswith("headers."):
        wanted = name.removeprefix("headers.")
        return next((value for each, value in found.request["headers"].items() if each.lower() == wanted), None)
    return found.request.get(name)


# as JSON


def _facts(found: _Found) -> dict[str, Any]:
    made = found.reasons
    failure = made.decision.failure
    return {
        "script": found.name,
        "answer": made.decision.answer,
        "error": None if failure is None else {"kind": failure.kind, "message": failure.message},
        "instructions": made.decision.instructions,
        "allocated_bytes": made.decision.allocated_bytes,
        "read": list(made.read),
        "flips": [
            {"field": flip.field, "was": flip.was, "becomes": flip.becomes, "answer": flip.answer, "moved": flip.moved}
            for flip in made.flips
        ],
        "lines": {name: list(lines) for name, lines in made.lines.items()},
        "runs": made.runs,
        "exhausted": made.exhausted,
    }
