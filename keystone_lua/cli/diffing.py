"""``diff``: what a change of scripts would do to recorded requests."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..audit.diff import Comparer, Cost, Diff, Example, Item, Script, Version, diff_logs
from ..audit.records import DecisionRecord
from ..interpreter import COST_VERSION, Limits, LuaSyntaxError
from ..interpreter.text import to_text
from ..routing.scripts import ScriptStore
from ..routing.scripts_folder import ScriptsFolderError
from ..untrusted.files import found_in
from .engines import add_engine_arguments, elsewhere, engine
from .options import UsageError, add_cap_arguments, caps_of, compile_file, percent, read_request_file
from .output import counted, say, say_json
from .progress import Bar

if TYPE_CHECKING:
    from .options import Commands

SHOWN = 200
"""Characters of an answer that an example shows."""

SHOWN_TENANTS = 20


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    diff = commands.add_parser("diff", help="compare two versions of scripts on recorded requests")
    diff.add_argument("old", metavar="OLD", help="a script, or a folder of scripts")
    diff.add_argument("new", metavar="NEW", help="another version of it")
    diff.add_argument(
        "--requests", required=True, action="append", metavar="LOG|DIR",
        help="a decision log, or a folder of requests as JSON, those of a tenant in a folder of its name",
    )  # fmt: skip
    diff.add_argument("--tenant", metavar="NAME", help="whose requests to take (default for a script: its name)")
    diff.add_argument(
        "--fail-over", type=percent, metavar="PERCENT", help="exit 1 if the answers to more requests than that change"
    )
    add_engine_arguments(diff)
    add_cap_arguments(diff)
    diff.add_argument("--json", action="store_true", help="one JSON object on standard output")
    diff.set_defaults(command=_diff)


def _diff(options: argparse.Namespace) -> int:
    old, new = Path(options.old), Path(options.new)
    tenant = options.tenant
    if old.is_dir() != new.is_dir():
        raise UsageError("OLD and NEW must be two scripts or two folders")
    if old.is_dir():
        versions = _folder(old), _folder(new)
    else:
        tenant = tenant or old.stem
        versions = _script(old, tenant), _script(new, tenant)
    result = _compare(options, versions, tenant)
    if not result.compared and not result.unknown and not result.capped:
        if result.others:
            others = ", ".join(list(result.others)[:SHOWN_TENANTS])
            raise UsageError(f"no request of tenant {tenant!r}; --tenant says whose to take: {others}")
        lines = f", but {_unread(result.unread)}" if result.unread else ""
        raise UsageError(f"no request in {', '.join(options.requests)}{lines}")
    if options.json:
        say_json(_facts(result))
    else:
        _print(result)
    # Nothing compared is no good news: there is no percentage of nothing.
    return 1 if options.fail_over is not None and (result.percent > options.fail_over or not result.compared) else 0


def _folder(folder: Path) -> Version:
    try:
        scripts = ScriptStore(folder).reload()
    except ScriptsFolderError as error:
        raise UsageError(str(error)) from None
    return {**{tenant: Script.of(program) for tenant, program in scripts.programs.items()}, **scripts.never_compiled}


def _script(path: Path, tenant: str) -> Version:
    try:
        return {tenant: Script.of(compile_file(str(path), path.name))}
    except LuaSyntaxError as error:
        return {tenant: to_text(error.told)}


def _compare(options: argparse.Namespace, versions: tuple[Version, Version], tenant: str | None) -> Diff:
    sources = [Path(text) for text in options.requests]
    caps = caps_of(options)
    result = Diff()
    bar = Bar("diff")
    try:
        logs = [elsewhere(path, options) for path in sources if not path.is_dir()]
        if logs:
            with engine(options) as executor:
                result.merge(diff_logs(
                    *versions, logs, tenant=tenant, caps=caps,
                    processes=options.processes, executor=executor, progress=bar.show,
                ))  # fmt: skip
        for folder in (path for path in sources if path.is_dir()):
            Comparer(*versions, tenant, caps).compare(_requests(folder, tenant), result)
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}" if error.filename else str(error)) from None
    finally:
        bar.clear()
    return result


def _requests(folder: Path, tenant: str | None) -> Iterator[Item]:
    """The requests in a folder, with seed 0, clock 0 and the default limits."""
    plain = DecisionRecord(
        id="", time=0.0, tenant="", script=None, ran=False, name="", lane="", costs=COST_VERSION, limits=Limits(),
        seed=0, clock=0.0, request={}, masked=frozenset(), read=(), answer=None, error=None, instructions=0, bytes=0,
    )  # fmt: skip
    files = found_in(folder, (".json",)).files
    if not files:
        raise UsageError(f"no *.json in {folder}")
    for file in files:
        owner = file.parent.name if file.parent != folder else tenant
        if owner is None:
            raise UsageError(
                f"{file}: whose request is this? Put it into a folder of the tenant's name, or say --tenant"
            )
        yield Item(str(file), 0, replace(plain, tenant=owner, id=file.stem, request=read_request_file(str(file))))


def _print(result: Diff) -> None:
    rows = [("was", "is", "requests")]
    for change, count in result.moved.most_common():
        rows.append((change.was, change.now, str(count)))
    for outcome, count in result.altered.most_common():
        rows.append((outcome, "the same, another answer", str(count)))
    if len(rows) > 1:
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            say(f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  {row[2]:>{widths[2]}}")
        say()
    for examples in result.examples.values():
        for example in examples:
            say(f"{example.place}: {_name(example)}")
            say(f"    was {_shown(example.was)}")
            say(f"    is  {_shown(example.now)}")
    say(f"become errors: {result.become('error')}, become rejects: {result.become('reject')}")
    if result.ran:
        say(f"instructions: {_cost(result.instructions, result.ran)}")
        say(f"bytes: {_cost(result.bytes, result.ran)}")
    if result.unknown:
        say(f"unknown: {result.unknown}, a script reads a masked header")
    if result.capped:
        say(f"unknown: {result.capped}, they need more than --max-instructions, --max-memory or --max-seconds allow")
    if result.unread:
        say(f"left out: {_unread(result.unread)}")
    say(
        f"{counted(result.compared, 'request')}: {result.same} same, {result.moved.total()} moved, "
        f"{result.altered.total()} altered ({result.percent:.2f} % differ)"
    )


def _name(example: Example) -> str:
    return f"{example.id}: {example.request}" if example.id else example.request


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def _cost(cost: Cost, ran: int) -> str:
    change = 100 * (cost.now - cost.was) / cost.was if cost.was else 0.0
    return (
        f"mean {cost.was / ran:.0f} -> {cost.now / ran:.0f} ({change:+.1f} %), at most {cost.most}; "
        f"{counted(cost.dearer, 'request needs', 'requests need')} more"
    )


def _facts(result: Diff) -> dict[str, Any]:
    return {
        "requests": result.compared,
        "same": result.same,
        "moved": [{"was": c.was, "is": c.now, "requests": n} for c, n in result.moved.most_common()],
        "altered": [{"outcome": outcome, "requests": n} for outcome, n in result.altered.most_common()],
        "percent": round(result.percent, 4),
        "become_errors": result.become("error"),
        "become_rejects": result.become("reject"),
        "unknown": result.unknown,
        "capped": result.capped,
        "unread_lines": result.unread,
        "instructions": _costs(result.instructions, result.ran),
        "bytes": _costs(result.bytes, result.ran),
        "examples": [
            {"place": e.place, "id": e.id, "request": e.request, "was": e.was, "is": e.now}
            for examples in result.examples.values()
            for e in examples
        ],
    }


def _costs(cost: Cost, ran: int) -> dict[str, Any]:
    count = ran or 1
    return {
        "mean_was": round(cost.was / count, 1),
        "mean_is": round(cost.now / count, 1),
        "most": cost.most,
        "dearer": cost.dearer,
    }


def _unread(lines: int) -> str:
    return counted(lines, "line that is no record", "lines that are no records")
