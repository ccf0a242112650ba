"""Coverage: which lines of the scripts the tests have run.

Input: programs compiled with accounting, and their runs' counts. Output: for each file the lines with a statement,
and which of them never ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...interpreter import Program


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """One file: how many lines have a statement, and those of them that never ran."""

    name: str
    lines: int
    missed: tuple[int, ...]

    @property
    def percent(self) -> float:
        """Of its lines, those that ran; 100 for a file without statements."""
        return 100.0 * (self.lines - len(self.missed)) / self.lines if self.lines else 100.0

    @property
    def missing(self) -> str:
        """The missed lines, neighbours as ranges: ``3, 7-9``."""
        ranges: list[list[int]] = []
        for line in self.missed:
            if ranges and ranges[-1][1] == line - 1:
                ranges[-1][1] = line
            else:
                ranges.append([line, line])
        return ", ".join(f"{first}-{last}" if first != last else str(first) for first, last in ranges)


class Coverage:
    """Counts of statements by file and line, over all runs."""

    def __init__(self) -> None:
        self._hits: dict[str, dict[int, int]] = {}

    def add(self, program: Program, hits: Sequence[int]) -> None:
        """A run's counts, by site."""
        assert program.accounts is not None
        for site in program.accounts.statements:
            place = program.sites[site]
            lines = self._hits.setdefault(place.chunk, {})
            lines[place.line] = lines.get(place.line, 0) + hits[site]

    def know(self, programs: Iterable[Program]) -> None:
        """Programs that may never have run: their lines count."""
        for program in programs:
            self.add(program, [0] * len(program.sites))

    def files(self) -> list[FileCoverage]:
        """Every file, by name."""
        return [
            FileCoverage(name, len(lines), tuple(sorted(line for line, count in lines.items() if not count)))
            for name, lines in sorted(self._hits.items())
        ]

    def percent(self) -> float:
        """Over all files."""
        files = self.files()
        total = sum(file.lines for file in files)
        return 100.0 * (total - sum(len(file.missed) for file in files)) / total if total else 100.0
