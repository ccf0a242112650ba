"""The compute suite as data: the programs under lua/, their sizes, their right answers.

A program's first line is ``local N = 33 -- small: 24``: the size for peers (200 to 400 ms in lua5.1) and a smaller
one for quick runs. Right answers are lua5.1's, kept in lua/answers.json; ``python -m benchmarks.programs`` makes them.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LUA = ROOT / "benchmarks" / "lua"
ANSWERS = LUA / "answers.json"
BUILD = ROOT / "benchmarks" / ".build"
"""What is built or installed for comparison: ignored by git."""

_SIZE = re.compile(r"local N = (\d+) -- small: (\d+)\n")


@dataclass(frozen=True, slots=True)
class BenchmarkProgram:
    """One program of the suite."""

    name: str
    path: Path
    text: str
    full: int
    small: int

    def source(self, size: int | None = None) -> bytes:
        """The program's bytes, at full size unless told."""
        n = self.full if size is None else size
        return _SIZE.sub(f"local N = {n} -- small: {self.small}\n", self.text, count=1).encode()

    def file(self, small: bool = False) -> Path:
        """A file with the program: lua/NAME.lua, or a copy of the small one in the build folder."""
        if not small:
            return self.path
        folder = BUILD / "small"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.lua"
        path.write_bytes(self.source(self.small))
        return path

    def answer(self, small: bool = False) -> str:
        """What lua5.1 prints."""
        return str(json.loads(ANSWERS.read_text())[self.name]["small" if small else "full"])


def load(folder: Path = LUA) -> dict[str, BenchmarkProgram]:
    """Every program of a folder by name, in order of names. Raises ValueError for one without a size."""
    found = {}
    for path in sorted(folder.glob("*.lua")):
        text = path.read_text()
        size = _SIZE.match(text)
        if size is None:
            raise ValueError(f"{path}: the first line must be: local N = SIZE -- small: SIZE")
        found[path.stem] = BenchmarkProgram(path.stem, path, text, int(size[1]), int(size[2]))
    return found


def write_answers(command: str = "lua5.1") -> None:
    """Let a real Lua answer every program at both sizes."""
    answers: dict[str, dict[str, str]] = {}
    for program in load().values():
        answers[program.name] = {}
        for small in (True, False):
            run = subprocess.run([command, program.file(small)], capture_output=True, text=True, check=True)
            answers[program.name]["small" if small else "full"] = run.stdout
    ANSWERS.write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    write_answers()
