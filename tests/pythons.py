"""The language, the interpreter and the budgets on every CPython of this machine.

    python -m tests.pythons [PYTHON...]

Input: paths of interpreters besides those that are found: ``python3.11`` to ``python3.14`` on the path and in /usr/bin,
and pyenv's. Output: a table with a line for each, its tests and a hash of the answers, instructions and bytes of all
programs. Exit code 1 if a test fails or two hashes differ. Each gets an environment under .venv-pythons with the
packages that the tests need.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

from .budgets.pythons import WANTED

ROOT: Final = Path(__file__).resolve().parents[1]
ENVIRONMENTS: Final = ROOT / ".venv-pythons"
SUITES: Final = ("language", "interpreter", "budgets")
SECONDS: Final = 1800
"""For one suite on one interpreter."""


def candidates() -> list[str]:
    """Everything that may be an interpreter."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), "/usr/bin", "/usr/local/bin"]
    paths = [Path(folder) / f"python{version}" for folder in folders for version in WANTED]
    paths += [path for version in WANTED for path in sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/python"))]
    paths += sorted(Path.home().glob(".pyenv/versions/pypy3.1*/bin/python"))
    return [sys.executable, *map(str, paths)]


def version_of(path: str) -> str | None:
    """``cpython 3.11.2``, and the build; None for what does not run or is older."""
    code = (
        "import sys; print(sys.implementation.name, sys.version.split()[0], sys.version_info >= (3, 11), sys.version)"
    )
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return None
    words = done.stdout.split(maxsplit=3)
    return f"{words[0]} {words[1]} {words[3]}" if len(words) == 4 and words[2] == "True" else None


def found(named: list[str]) -> dict[str, str]:
    """Path by version and build: the named ones, then those of the machine; the same build once."""
    paths: dict[str, str] = {}
    for path in (*named, *candidates()):
        version = version_of(path)
        if version is None and path in named:
            sys.exit(f"{path} is no Python 3.11 or newer")
        if version is not None:
            paths.setdefault(version, path)
    return dict(sorted(paths.items()))


def environment(python: str, build: str) -> Path:
    """An environment's interpreter, made on first use."""
    folder = ENVIRONMENTS / hashlib.sha256(build.encode()).hexdigest()[:12]
    inside = folder / "bin" / "python"
    marker = folder / ".installed"
    if not marker.exists():
        needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        command = [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, *needed, "pytest>=8", "pytest-benchmark>=4", "hypothesis"], check=True)
        marker.touch()
    return inside


def suite(python: Path, name: str) -> tuple[bool, str]:
    """Whether a suite passes, and what pytest says of it."""
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "--no-header",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
        f"tests/{name}",
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, env=_variables(), check=False
    )
    last = done.stdout.strip().split("\n")[-1]
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0, re.sub(
        r"(, \d+ deselected)? in [0-9.]+s.*", "", last.strip("= ")
    ) if last else f"exit {done.returncode}"


def answers(python: Path) -> str:
    """A hash of all programs' answers and counts."""
    command = [str(python), "-m", "tests.budgets.answers", "forward"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=SECONDS, env=_variables(), check=False)
    return hashlib.sha256(done.stdout).hexdigest()[:16] if done.returncode == 0 else f"exit {done.returncode}"


def _variables() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def main(named: list[str]) -> int:
    columns = ("Python", *SUITES, "answers and counts")
    print(("{:<18}" + "{:<14}" * len(SUITES) + "{}").format(*columns), flush=True)
    hashes: set[str] = set()
    good = True
    for build, path in found(named).items():
        python = environment(path, build)
        results = [suite(python, name) for name in SUITES]
        counts = answers(python)
        hashes.add(counts)
        good = good and all(passed for passed, _ in results)
        texts = [text for _, text in results]
        print(
            ("{:<18}" + "{:<14}" * len(SUITES) + "{}  {}").format(" ".join(build.split()[:2]), *texts, counts, path),
            flush=True,
        )
    if len(hashes) > 1:
        print("the answers and counts differ")
    return 0 if good and len(hashes) == 1 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
