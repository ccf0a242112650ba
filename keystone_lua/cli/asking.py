"""``log``: questions to a decision log: which records, how many of what, the dearest, those that come."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..audit.questions import OUTCOMES, Amounts, Filter, Record, Summary, find, read_line, summary, top
from ..audit.records import MAX_LINE
from ..untrusted.text import printable
from .options import UsageError, at_least, need
from .output import say, say_json
from .progress import Bar

if TYPE_CHECKING:
    from .options import Commands

_AGO: Final = re.compile(r"([0-9]{1,6})(s|m|h|d)")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SHOWN_BACKENDS: Final = 5
TAIL_SECONDS: Final = 0.2
_BLOCK: Final = 1 << 16


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    log = commands.add_parser("log", help="ask a decision log: query, summary, top, tail, export")
    acts = log.add_subparsers(required=True, metavar="ACT")
    query = _act(acts, "query", "the records that are so, as they stand in the log", _query)
    query.add_argument("--limit", type=at_least(0), default=100, metavar="N", help="at most so many, 0 for all (100)")
    query.add_argument("--short", action="store_true", help="a line of the main fields for each")
    _act(acts, "summary", "decisions, errors, backends and costs of each tenant", _summary).add_argument(
        "--json", action="store_true", help="one JSON object on standard output"
    )
    first = _act(acts, "top", "the records that took most", _top)
    first.add_argument("--by", choices=("instructions", "bytes"), default="instructions", help="of what (instructions)")
    first.add_argument("--limit", type=at_least(1), default=10, metavar="N", help="so many (10)")
    first.add_argument("--json", action="store_true", help="the records as they stand in the log")
    tail = _act(acts, "tail", "records as they come, until interrupted", _tail)
    tail.add_argument("--json", action="store_true", help="as they stand in the log")
    export = _act(acts, "export", "the main fields as a Parquet file, for DuckDB, pandas and others", _export)
    export.add_argument("--to", required=True, metavar="FILE", type=Path, help="the file to write")


def _act(acts: Any, name: str, meant: str, command: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=meant)
    parser.add_argument(
        "logs", nargs="+", metavar="LOG", type=Path, help="a decision log; its segments are read with it"
    )
    parser.add_argument("--tenant", default="", metavar="NAME")
    parser.add_argument("--backend", default="", metavar="NAME", help="the one that was selected")
    parser.add_argument("--outcome", default="", choices=OUTCOMES)
    parser.add_argument("--kind", default="", metavar="KIND", help="of an error: runtime, instructions ...")
    parser.add_argument("--script", default="", metavar="HASH", help="the hash's first digits")
    parser.add_argument("--id", default="", metavar="ID", help="how the request's id begins")
    parser.add_argument("--costs", default="", metavar="VERSION", help="of the cost table")
    for word, side in (("since", "from this time on"), ("until", "before this time")):
        parser.add_argument(
            f"--{word}", type=_moment, metavar="TIME", help=f"{side}: 2026-11-30T10:00 (UTC), or 2h (ago)"
        )
    parser.add_argument("--least", type=at_least(0), default=0, metavar="N", help="instructions")
    parser.set_defaults(command=command)
    return parser


def _moment(text: str) -> float:
    """Unix time of a moment, or of so long ago."""
    if found := _AGO.fullmatch(text):
        return time.time() - int(found[1]) * _UNITS[found[2]]
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: use 2026-11-30T10:00, or 90s, 15m, 2h, 7d") from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)).timestamp()


def _filter(options: argparse.Namespace) -> Filter:
    return Filter(
        options.tenant, options.backend, options.outcome, options.kind, options.script, options.id, options.costs,
        options.since, options.until, options.least,
    )  # fmt: skip


class _Reading:
    """A bar while a log is read, and a file's trouble as a usage error."""

    def __init__(self, name: str) -> None:
        self.bar = Bar(name)

    def __enter__(self) -> Bar:
        return self.bar

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.bar.clear()
        if isinstance(error, OSError):
            text = f"cannot read {error.filename}: {error.strerror}" if error.filename else str(error)
            raise UsageError(text) from None


def _query(options: argparse.Namespace) -> int:
    count = 0
    with _Reading("query") as bar:
        for line in find(options.logs, _filter(options), options.limit, bar.show):
            count += 1
            bar.clear()
            _say(line, as_json=not options.short)
    return 0 if count else 1


def _top(options: argparse.Namespace) -> int:
    with _Reading("top") as bar:
        lines = top(options.logs, _filter(options), options.by, options.limit, bar.show)
    for line in lines:
        _say(line, as_json=options.json)
    return 0 if lines else 1


def _say(line: bytes, *, as_json: bool) -> None:
    if as_json:
        say(line.decode("ascii", "backslashreplace"))
        return
    record = read_line(line)
    if record is not None:
        say(_short(record))


def _short(record: Record) -> str:
    moment = datetime.datetime.fromtimestamp(record["time"], datetime.UTC)
    answer, error = record["answer"] or {}, record["error"]
    if error is not None:
        came = f"{error.get('kind', '')}: {error.get('message', '')}"
    elif answer.get("reject"):
        came = f"reject: {answer.get('reject_reason', '')}"
    else:
        came = f"-> {answer.get('selected_backend', '')}"
    request = record.get("request")
    asked = f"{request.get('method')} {request.get('path')}" if isinstance(request, dict) else ""
    amounts = f"{record['instructions']:,} instructions, {record['bytes']:,} bytes"
    at = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
    return printable(f"{at} {record['tenant']} {record['id']} {asked} {came} ({amounts})")


def _summary(options: argparse.Namespace) -> int:
    with _Reading("summary") as bar:
        found = summary(options.logs, _filter(options), bar.show)
    if options.json:
        say_json(_facts(found))
        return 0
    _print(found)
    return 0


def _print(found: Summary) -> None:
    decisions = sum(tenant.outcomes.total() for tenant in found.tenants.values())
    if decisions:
        first, last = (datetime.datetime.fromtimestamp(at, datetime.UTC) for at in (found.first, found.last))
        say(f"{decisions:,} decisions from {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S} UTC")
    else:
        say("no decisions")
    for name, tenant in sorted(found.tenants.items(), key=lambda item: -item[1].outcomes.total()):
        outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in tenant.outcomes.most_common())
        lanes = f", {tenant.lanes:,} in a lane" if tenant.lanes else ""
        versions = f", {len(tenant.scripts)} versions of the script" if len(tenant.scripts) > 1 else ""
        say(f"{printable(name)}: {outcomes}{lanes}{versions}")
        routed = tenant.outcomes["routed"]
        for backend, count in tenant.backends.most_common(SHOWN_BACKENDS):
            say(f"  -> {printable(backend)}: {count:,} ({100.0 * count / routed:.1f} %)")
        for kind, count in tenant.kinds.most_common():
            say(f"  {printable(kind)}: {count:,}")
        say(f"  instructions {_amounts(tenant.instructions)}; bytes {_amounts(tenant.bytes)}")
    for kind, count in sorted(found.notes.items()):
        say(f"{printable(kind)}: {count:,}")
    if found.unreadable:
        say(f"{found.unreadable:,} lines are no records: replay names them")


def _amounts(amounts: Amounts) -> str:
    half, most = amounts.percentile(50), amounts.percentile(99)
    return f"{half:,} (half), {most:,} (99 of 100), {amounts.most:,} (most)"


def _facts(found: Summary) -> dict[str, Any]:
    def of(amounts: Amounts) -> dict[str, int]:
        p50, p99 = amounts.percentile(50), amounts.percentile(99)
        return {"total": amounts.total, "p50": p50, "p99": p99, "max": amounts.most}

    return {
        "first": found.first,
        "last": found.last,
        "tenants": {
            name: {
                "outcomes": dict(tenant.outcomes),
                "kinds": dict(tenant.kinds),
                "backends": dict(tenant.backends.most_common()),
                "scripts": dict(tenant.scripts.most_common()),
                "lanes": tenant.lanes,
                "instructions": of(tenant.instructions),
                "bytes": of(tenant.bytes),
            }
            for name, tenant in sorted(found.tenants.items())
        },
        "notes": dict(sorted(found.notes.items())),
        "unreadable": found.unreadable,
    }


def _tail(options: argparse.Namespace) -> int:
    wanted = replace(_filter(options), until=None)
    try:
        for line in _lines_to_come(options.logs):
            record = read_line(line)
            if record is not None and record["kind"] == "decision" and wanted.takes(record):
                _say(line, as_json=options.json)
    except OSError as error:
        raise UsageError(f"cannot read {error.filename}: {error.strerror}") from None
    return 0


def _lines_to_come(logs: Sequence[Path]) -> Iterator[bytes]:
    """Lines that are written to the files from now on; one that is moved is read to its end, then its heir."""
    opened = {log: log.open("rb") for log in logs}
    rests = dict.fromkeys(logs, b"")
    for file in opened.values():
        file.seek(0, os.SEEK_END)
    while True:
        quiet = True
        for log in logs:
            while data := opened[log].read(_BLOCK):
                quiet = False
                *lines, rests[log] = (rests[log] + data).split(b"\n")
                yield from lines
                if len(rests[log]) > MAX_LINE:
                    rests[log] = b""  # the end of it will be no record
            if log.exists() and not os.path.samestat(log.stat(), os.fstat(opened[log].fileno())):
                opened[log].close()
                opened[log], rests[log], quiet = log.open("rb"), b"", False
        if quiet:
            time.sleep(TAIL_SECONDS)


def _export(options: argparse.Namespace) -> int:
    need("log export", "analysis", "pyarrow")
    from ..audit.parquet import write

    with _Reading("export") as bar:
        count = write(options.to, find(options.logs, _filter(options), 0, bar.show))
    say(f"{options.to}: {count:,} decisions")
    return 0
