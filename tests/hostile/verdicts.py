"""What a hostile file states on its first line, and whether an answer agrees with it.

    -- EXPECT: verdict[|verdict] [=value] -- note

``parse`` is the status ``syntax`` of ``exec --json``; a value is ``tostring`` of the first result.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OWN = Path(__file__).resolve().parents[1] / "lua" / "security"
SHARED = Path(os.environ.get("HOSTILE") or Path(__file__).resolve().parents[3] / "shared" / "hostile")
"""Not part of the checkout; used where it stands beside it, or where HOSTILE says."""

_EXPECT = re.compile(r"-- EXPECT: (.*?)(?: -- .*)?$")
_VERDICT = re.compile(r"(ok|error|parse|budget)(?: =(.*))?$", re.DOTALL)
_STATUS = {"parse": "syntax"}


@dataclass(frozen=True)
class Expected:
    statuses: frozenset[str]
    value: str | None

    def text(self) -> str:
        return "|".join(sorted(self.statuses)) + (f" ={self.value}" if self.value is not None else "")

    def agrees(self, status: str, values: Sequence[str]) -> bool:
        """Whether an answer is one that the file allows."""
        if status not in self.statuses:
            return False
        return self.value is None or status != "ok" or bool(values and values[0] == self.value)


def expected(path: Path) -> Expected:
    """The verdict on a file's first line."""
    first = path.read_bytes().split(b"\n", 1)[0].rstrip(b"\r").decode("utf-8", "replace")
    found = _EXPECT.match(first)
    pieces = re.split(r"\|(?=(?:ok|error|parse|budget)\b)", found[1].rstrip()) if found else []
    verdicts = [_VERDICT.match(piece) for piece in pieces]
    if not verdicts or None in verdicts:
        raise ValueError(f"{path}: line 1 states no verdict")
    statuses = frozenset(_STATUS.get(verdict[1], verdict[1]) for verdict in verdicts if verdict)
    return Expected(statuses, next((verdict[2] for verdict in verdicts if verdict and verdict[2] is not None), None))


def files(folders: Sequence[Path]) -> list[Path]:
    """The hostile files of some folders, in order."""
    return [path for folder in folders for path in sorted(folder.glob("*.lua"))]
