"""Everything that goes wrong at once: what was sent, and what was lost.

    python -m tests.chaos [--only PART,...] [--seed N] [--write FILE]

Parts: fuzz, schema, drains, kills, storms, logs, quiet; all take nine minutes, and are stopped after ten. Prints a table; --write
puts it between the marks of docs/security.md. Exit code 1 if something was lost that must not be: a request by a drain, a
decision that nobody tells of, an answer that is wrong, a process that stays, a difference between the fast path and another.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import differential, drains, kills, logs, processes, quiet, schema, storms
from .load import Sent

BOUND_SECONDS = 600
MARKS = ("<!-- chaos -->\n", "<!-- /chaos -->\n")


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    sent: int
    lost: int
    notes: str
    bad: bool = False


def _row(what: str, sent: Sent, notes: str = "", *, may_lose: int = 0, bad: bool = False) -> Row:
    others = ", ".join(f"{count} answers {status}" for status, count in sorted(sent.statuses.items()) if status != 200)
    said = "; ".join(part for part in (notes, others, *(body.decode().strip() for body in sent.bodies[:1])) if part)
    return Row(what, sent.sent, sent.lost, said, bad or sent.lost > may_lose or sent.wrong > 0)


def _fuzz(seed: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        found = differential.campaign(Path(folder), 60, seed)
    notes = f"{found.conversations} conversations, {len(found.differences)} differences"
    yield Row("fuzzing: fast path, without it, plain aiohttp", found.requests, 0, notes, bool(found.differences))
    for difference in found.differences:
        print(difference, file=sys.stderr)


def _schema(seed: int) -> Iterator[Row]:
    what = "schemathesis over the API's description"
    with tempfile.TemporaryDirectory() as folder:
        found = schema.run(Path(folder), 120, seed)
    if found is None:
        yield Row(what, 0, 0, "schemathesis is not installed")
        return
    bad = found.made != found.passed
    yield Row(what, found.made, 0, f"{found.made - found.passed} failed", bad)
    if bad:
        print(found.output, file=sys.stderr)


def _drains(_: int) -> Iterator[Row]:
    for workers in (1, 2):
        for kept in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                sent = asyncio.run(drains.direct(Path(folder), workers, 5, kept=kept))
            how = "kept connections" if kept else "one connection a request"
            yield _row(f"SIGTERM, {workers} worker{'s' * (workers > 1)}, {how}", sent, "5 stops")
        if processes.NGINX is None:
            yield Row(f"restarts behind nginx, {workers} workers", 0, 0, "nginx is not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            sent = asyncio.run(drains.behind_nginx(Path(folder), workers, 6))
        what = f"restarts behind nginx, {workers} worker{'s' * (workers > 1)} each"
        yield _row(what, sent, "6 stops", bad=sent.failed > 0 or sent.statuses[503] > 0)


def _kills(_: int) -> Iterator[Row]:
    for which, times in (("worker", 6), ("lane", 6), ("supervisor", 2), ("hung worker", 2)):
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(kills.kill(Path(folder), which, times))
        may_lose = 0 if which == "lane" else found.killed * (kills.CLIENTS + 3)
        notes = f"{found.killed} killed" if which != "hung worker" else f"{found.killed} stopped by SIGSTOP"
        if found.left:
            notes += f"; {found.left} processes left"
        yield _row(f"kills: {which}", found.sent, notes, may_lose=may_lose, bad=found.left > 0)


def _storms(_: int) -> Iterator[Row]:
    for workers in ("1", "2"):
        with tempfile.TemporaryDirectory() as folder:
            sent, reloads = asyncio.run(storms.storm(Path(folder), 15, "--workers", workers))
        yield _row(
            f"reloads, {workers} worker{'s' * (workers == '2')}", sent, f"{reloads} reloads of 42 changed scripts"
        )


def _logs(_: int) -> Iterator[Row]:
    for what, run in (("decision log moved, SIGHUP", logs.moved), ("decision log on a full disk", logs.full)):
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(run(Path(folder), 12))
        if found is None:
            yield Row(what, 0, 0, "no disk can be mounted")
            continue
        notes = f"{found.recorded} recorded, {found.told} told as not recorded, {found.untold} untold"
        yield _row(what, found.sent, notes, bad=found.untold != 0)


def _quiet(_: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        waits = asyncio.run(quiet.measure(Path(folder), 6))
    for wait in waits:
        notes = f"p50 {wait.median:.1f} ms, p99 {wait.p99:.1f} ms, worst {wait.worst:.1f} ms"
        yield Row(f"a quiet client beside {wait.beside}", wait.requests, 0, notes)


PARTS: dict[str, Callable[[int], Iterator[Row]]] = {
    "fuzz": _fuzz, "schema": _schema, "drains": _drains, "kills": _kills, "storms": _storms, "logs": _logs, "quiet": _quiet,
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the fuzzing")
    parser.add_argument("--write", type=Path, help="the document that takes the table")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(BOUND_SECONDS)
    print(f"seed {options.seed}", file=sys.stderr)
    rows = []
    try:
        for name in options.only.split(","):
            for row in PARTS[name](options.seed):
                print(f"{row.what}: {row.sent} sent, {row.lost} lost; {row.notes}", file=sys.stderr, flush=True)
                rows.append(row)
    except _OverError as error:
        rows.append(Row("the rest", 0, 0, str(error), bad=True))
    table = _table(rows)
    print(table)
    if options.write is not None:
        before, _, rest = options.write.read_text().partition(MARKS[0])
        options.write.write_text(before + MARKS[0] + table + MARKS[1] + rest.partition(MARKS[1])[2])
    return int(any(row.bad for row in rows))


class _OverError(Exception):
    """The campaign has had its time."""


def _late(_number: int, _frame: object) -> None:
    raise _OverError(f"{BOUND_SECONDS} s are over")


def _table(rows: list[Row]) -> str:
    lines = ["| what | requests sent | lost | |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.sent:,} | {row.lost:,} | {row.notes.replace('|', '/')} |" for row in rows]
    return "\n".join([*lines, "", f"CPython {platform.python_version()}.", ""])


if __name__ == "__main__":
    sys.exit(main())
