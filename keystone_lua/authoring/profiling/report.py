"""A profile as text, and the facts that every form of it shows.

Input: a Report. Output: lines of source with what they spent, library functions, totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...interpreter import Limits, Result
from ...interpreter.profiling.recorder import Profile, Spent
from ...interpreter.text import to_text
from ...routing.decision import Decision

TAB = 4


@dataclass(frozen=True, slots=True)
class Report:
    """One profiled run. ``sources``: by chunk name, the files' bytes, the script's first."""

    name: str
    outcome: Decision | Result
    profile: Profile
    limits: Limits
    sources: Mapping[str, bytes]

    def files(self) -> Iterator[tuple[str, list[tuple[int, str, Spent | None]]]]:
        """Files that were run: lines with their number, text and spending, None where a line has no statement."""
        ran = {chunk for (chunk, _), spent in self.profile.lines.items() if spent.hits or spent.instructions}
        for chunk, source in self.sources.items():
            if chunk in ran or not ran:
                text = plain_text(to_text(source.decode("latin-1")))
                lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
                if lines[-1] == "":
                    lines.pop()
                accounts = self.profile.lines
                yield chunk, [(number, line, accounts.get((chunk, number))) for number, line in enumerate(lines, 1)]

    @property
    def total(self) -> Spent:
        """The run's totals."""
        return Spent(self.outcome.instructions, self.outcome.allocated_bytes)

    @property
    def logged(self) -> int:
        """Bytes of the log."""
        return sum(len(line.text) + 1 for line in self.outcome.log)


def plain_text(text: str) -> str:
    """Text in which nothing acts on a terminal or turns its direction: tabs widened, the rest written as escapes."""
    wide = text.expandtabs(TAB)
    return "".join(c if c.isprintable() or c in "\r\n" else f"\\u{{{ord(c):x}}}" for c in wide)


def share(part: int, whole: int) -> str:
    """``37.5%``; nothing for nothing."""
    return f"{100 * part / whole:.1f}%" if part and whole else ""


def text_report(report: Report) -> str:
    """Lines that ran or paid, with their source."""
    total = report.total
    head = f"{'instructions':>12} {'':6} {'bytes':>11} {'':6} {'runs':>8}"
    made: list[str] = []

    def row(spent: Spent, label: str) -> str:
        hits = str(spent.hits) if spent.hits else ""
        return (
            f"{spent.instructions:12} {share(spent.instructions, total.instructions):>6} "
            f"{spent.bytes:11} {share(spent.bytes, total.bytes):>6} {hits:>8}  {label}"
        ).rstrip()

    for chunk, lines in report.files():
        made.extend([f"{head}  {chunk}"])
        made.extend(
            row(spent, f"{number:4} {text}")
            for number, text, spent in lines
            if spent is not None and (spent.instructions or spent.bytes or spent.hits)
        )
        made.append("")
    if report.profile.functions:
        made.append(f"{head}  library function, part of the lines that call it")
        order = sorted(report.profile.functions.items(), key=lambda item: (-item[1].instructions, item[0]))
        made.extend(row(spent, name) for name, spent in order)
        made.append("")
    made.append(row(report.profile.base, "the run itself and its request"))
    made.append(row(total, "in all"))
    return "\n".join(made) + "\n"
