"""Writes pure.txt: the newest wheels without native code of what the engine and its tests need, with their hashes.

    python requirements/lock.py > requirements/pure.txt

In: the dependencies of pyproject.toml, ``dev`` included. Out: one line a package. Refuses, through pip, a package that
has no wheel for any platform.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PYTHON = "3.11"
"""The oldest supported: what it needs, newer ones may leave out."""

INSTEAD = {"pydantic": ["pydantic<2"], "mypy": [], "ruff": [], "cryptography": [], "pyarrow": [], "distributed": []}
"""Where the newest version has native code: what to ask for. What only looks at the code is left out, and so are extras
that have no other form: tests/native is of them."""

HEAD = """\
# What the engine and its tests need, without native code: the hashes are those of wheels for any platform, so that
# pip takes no other file. Written by requirements/lock.py; `make test-pure` installs and proves it.
"""


def main() -> int:
    """Print the file. Returns the exit code."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    dependencies = project["dependencies"] + project["optional-dependencies"]["dev"]
    wanted = [name for text in dependencies for name in INSTEAD.get(text.partition(">")[0], [text])]
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
        command += ["--platform", "any", "--implementation", "py", "--abi", "none", "--python-version", PYTHON]
        done = subprocess.run([sys.executable, *command, "--dest", folder, *wanted], check=False)
        if done.returncode:
            return done.returncode
        lines = [line_of(wheel) for wheel in sorted(Path(folder).iterdir())]
    sys.stdout.write(HEAD + "".join(lines))
    return 0


def line_of(wheel: Path) -> str:
    """The requirement that only ``wheel`` meets."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name}=={version} --hash=sha256:{digest}  # {wheel.name}\n"


if __name__ == "__main__":
    sys.exit(main())
