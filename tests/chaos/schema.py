"""The API's description against the server, by schemathesis, which ``make chaos`` installs beside this Python.

In: seconds, a seed. Out: how many cases it made and how many failed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import processes

EXAMPLES = "40"
"""Of each operation."""


@dataclass(frozen=True)
class Cases:
    """What it came to."""

    made: int
    passed: int
    output: str


def run(folder: Path, seconds: float, seed: int) -> Cases | None:
    """None if schemathesis is not installed."""
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent)) or shutil.which("schemathesis")
    if program is None:
        return None
    scripts = processes.scripts_in(folder)
    with processes.server(folder, scripts, "--log-level", "error") as server:
        command = [program, "run", f"http://127.0.0.1:{server.port}/openapi.json", "-n", EXAMPLES, "--seed", str(seed)]
        command += ["--phases", "examples,coverage,fuzzing", "--no-color"]
        command += ["--exclude-checks", "unsupported_method"]  # /forward takes methods that OpenAPI cannot name
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds, cwd=folder)
    made = re.search(r"([\d,]+) generated", done.stdout)
    passed = re.search(r"([\d,]+) passed", done.stdout[made.start() :]) if made else None
    count = [int(each[1].replace(",", "")) if each else 0 for each in (made, passed)]
    return Cases(count[0], count[1] if done.returncode == 0 else min(count[1], count[0] - 1), done.stdout)
