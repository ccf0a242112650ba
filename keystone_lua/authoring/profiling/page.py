"""A profile as one HTML page that needs nothing else: no script, no network, no file beside it.

Input: a Report. Output: text. Every string of the script's, its log's or its answer's goes through
`_escaped`, and the page's own policy forbids everything but its style sheet.

The dearest lines come first, then each file. A bar's length is a line's share of the run; the same number stands in the
bar as text, a budget that is used up says so, and a line that never ran has no count: colour is never the only sign.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Final

from ...interpreter import COST_VERSION
from ...interpreter.execution.execute import Failure
from ...interpreter.profiling.recorder import Spent
from ...interpreter.text import to_text
from ...routing.decision import Decision
from .highlight import Piece, highlighted
from .report import Report, plain_text, share

_STYLE: Final = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"

HOTTEST: Final = 10
"""Lines that the page begins with."""

_HEADINGS: Final = """\
<th scope="col">Instructions</th>
<th scope="col" class="number">{first}</th>
<th scope="col">{second}</th>
<th scope="col" class="number">Count</th>
<th scope="col" class="number">Bytes</th>
<th scope="col">Share</th>
<th scope="col" class="number">Runs</th>"""
_LINES: Final = _HEADINGS.format(first="Line", second="Source")
_FUNCTIONS: Final = """\
<th scope="col">Instructions</th>
<th scope="col">Function</th>
<th scope="col" class="number">Count</th>
<th scope="col" class="number">Bytes</th>
<th scope="col">Share</th>"""


def html_page(report: Report) -> str:
    """The page."""
    title = _escaped(f"{report.name}: profile")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{title}</title>
<style>
{_STYLE}</style>
</head>
<body>
<header>
<h1>{_escaped(report.name)}</h1>
{_head(report)}
</header>
<main>
{"".join(_sections(report))}</main>
</body>
</html>
"""


def _escaped(text: str) -> str:
    return html.escape(plain_text(text))


def _head(report: Report) -> str:
    outcome = report.outcome
    given = f"seed {outcome.seed}, clock {outcome.now:.15g}, " if isinstance(outcome, Decision) else ""
    return f'<p class="soft">{given}cost table {_escaped(COST_VERSION)}</p>'


def _sections(report: Report) -> Iterator[str]:
    yield _gauges(report)
    yield _outcome(report)
    yield _log(report)
    files = [(chunk, lines, highlighted("\n".join(text for _, text, _ in lines))) for chunk, lines in report.files()]
    yield _table("Hottest lines", "The dearest lines of all files.", _LINES, _hottest_rows(report, files))
    for number, (chunk, lines, pieces) in enumerate(files):
        note = "Each line's part of the run."
        yield _table(f"Source of {chunk}", note, _LINES, _source_rows(report, number, lines, pieces))
    if report.profile.functions:
        note = "Part of the lines that call them."
        yield _table("Library functions", note, _FUNCTIONS, _function_rows(report))


# budgets


def _gauges(report: Report) -> str:
    limits, total, failure = report.limits, report.total, report.outcome.failure
    gauges = [
        _gauge("Instructions", total.instructions, limits.instructions, "", failure),
        _gauge("Memory", total.bytes, limits.memory, " bytes", failure),
        _gauge("Log", report.logged, limits.log, " bytes", failure),
    ]
    base = report.profile.base
    note = f"Of these, {base.instructions:,} instructions and {base.bytes:,} bytes are the run's own and its request's."
    shown = f'<div class="gauges">\n{"".join(gauges)}</div>\n<p class="soft">{note}</p>\n'
    return f'<section aria-label="Budgets">\n{shown}</section>\n'


def _gauge(name: str, used: int, limit: int, unit: str, failure: Failure | None) -> str:
    full = used >= limit or (failure is not None and failure.kind == name.lower())  # what is left was too little
    percent = min(100.0, 100 * used / limit) if limit else 100.0
    words = f"{used:,} of {limit:,}{unit}"
    share_ = "all used up" if full else f"{percent:.1f}%"
    return (
        f'<div class="gauge{" full" if full else ""}"><b>{name}</b>\n'
        f'<div class="track" role="meter" aria-label="{name}" aria-valuemin="0" aria-valuemax="{limit}" '
        f'aria-valuenow="{min(used, limit)}" aria-valuetext="{words}">'
        f'<div class="fill" style="--share: {percent:.2f}%"></div></div>\n'
        f'<span class="soft">{words} ({share_})</span></div>\n'
    )


# what came of it


def _outcome(report: Report) -> str:
    outcome = report.outcome
    if outcome.failure is not None:
        return f"<section>\n<h2>Failure</h2>\n{_failure(outcome.failure)}</section>\n"
    if isinstance(outcome, Decision):
        answer = json.dumps(outcome.answer, ensure_ascii=False, indent=2)
        return f'<section>\n<h2>Decision</h2>\n<pre tabindex="0">{_escaped(answer)}</pre>\n</section>\n'
    values = ", ".join(to_text(value) for value in outcome.values) or "nothing"
    return f"<section>\n<h2>Result</h2>\n<p>returned {_escaped(values)}</p>\n</section>\n"


def _failure(failure: Failure) -> str:
    lines = "\n".join(failure.traceback)
    traceback = f'<pre tabindex="0">{_escaped(lines)}</pre>\n' if lines else ""
    return f'<p class="bad">{_escaped(failure.message)} ({_escaped(failure.kind)})</p>\n{traceback}'


def _log(report: Report) -> str:
    log = report.outcome.log
    if not log:
        return '<section>\n<h2>Log</h2>\n<p class="soft">nothing</p>\n</section>\n'
    lines = "\n".join(f"{_escaped(line.position)}  {_escaped(to_text(line.text))}" for line in log)
    return f'<section>\n<h2>Log</h2>\n<pre tabindex="0">{lines}</pre>\n</section>\n'


# tables


def _table(title: str, note: str, headings: str, rows: Iterator[str]) -> str:
    return (
        f'<section>\n<h2>{_escaped(title)}</h2>\n<div class="wide" tabindex="0" role="region" '
        f'aria-label="{_escaped(title)}">\n<table>\n<caption>{note}</caption>\n'
        f"<thead><tr>\n{headings}\n</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n</div>\n</section>\n"
    )


_File = tuple[str, list[tuple[int, str, Spent | None]], list[list[Piece]]]
"""Name, lines, and the lines' pieces."""


def _hottest_rows(report: Report, files: list[_File]) -> Iterator[str]:
    paid = [
        (-spent.instructions, -spent.bytes, number, line, spent)
        for number, (_, lines, _) in enumerate(files)
        for line, _, spent in lines
        if spent is not None and _counts(report, spent)
    ]
    for _, _, number, line, spent in sorted(paid, key=itemgetter(0, 1, 2, 3))[:HOTTEST]:
        chunk, _, pieces = files[number]
        place = f'<a href="#{_place(number, line)}">{_escaped(chunk)}:{line}</a>'
        text = _shown(pieces[line - 1]).lstrip()
        yield _row(report, spent, f'<th scope="row" class="number">{place}</th>', text)


def _counts(report: Report, spent: Spent) -> bool:
    """Whether a line has a thousandth of anything."""
    total = report.total
    return 1000 * spent.instructions >= total.instructions or (spent.bytes > 0 and 1000 * spent.bytes >= total.bytes)


def _source_rows(
    report: Report, number: int, lines: list[tuple[int, str, Spent | None]], pieces: list[list[Piece]]
) -> Iterator[str]:
    for line, _, spent in lines:
        missed = spent is not None and not (spent.hits or spent.instructions)
        shown = spent if not missed else None
        heading = f'<th scope="row" class="number" id="{_place(number, line)}">{line}</th>'
        yield _row(report, shown, heading, _shown(pieces[line - 1]), ' class="missed"' if missed else "")


def _place(file: int, line: int) -> str:
    return f"f{file}-{line}"


def _shown(pieces: list[Piece]) -> str:
    """A line, coloured."""
    parts = (f'<span class="{kind}">{html.escape(text)}</span>' if kind else html.escape(text) for kind, text in pieces)
    return "".join(parts)


def _row(report: Report, spent: Spent | None, heading: str, source: str, look: str = "") -> str:
    bar, *others = _cells(report, spent)
    runs = f"{spent.hits:,}" if spent is not None and spent.hits else ""
    cells = [bar, heading, f'<td class="source">{source}</td>', *others, f'<td class="number">{runs}</td>']
    return f"<tr{look}>{''.join(cells)}</tr>\n"


def _function_rows(report: Report) -> Iterator[str]:
    order = sorted(report.profile.functions.items(), key=lambda item: (-item[1].instructions, item[0]))
    for name, spent in order:
        bar, *others = _cells(report, spent)
        heading = f'<th scope="row" class="source"><code>{_escaped(name)}</code></th>'
        yield f"<tr>{bar}{heading}{''.join(others)}</tr>\n"


def _cells(report: Report, spent: Spent | None) -> tuple[str, str, str, str]:
    """Instructions as a bar and as a number, bytes as a number and as a bar."""
    total = report.total
    if spent is None:
        return '<td class="bar"></td>', "<td></td>", "<td></td>", '<td class="bar memory"></td>'
    return (
        _bar("bar", spent.instructions, total.instructions),
        f'<td class="number">{spent.instructions:,}</td>',
        f'<td class="number">{spent.bytes:,}</td>',
        _bar("bar memory", spent.bytes, total.bytes),
    )


def _bar(kind: str, part: int, whole: int) -> str:
    percent = max(0.0, 100 * part / whole) if whole else 0.0
    return f'<td class="{kind}" style="--share: {percent:.2f}%"><span>{share(part, whole)}</span></td>'
