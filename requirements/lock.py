"""Writes what is installed where the exact files matter: each package's newest version with the hashes of its wheels.

    python requirements/lock.py pure > requirements/pure.txt
    python requirements/lock.py image > requirements/image.txt

In: the dependencies of pyproject.toml. Out: one line a package. ``pure`` is the engine and what its tests need, as
wheels without native code; ``image`` is what the Dockerfile installs, for each of its platforms. Refuses, through pip,
a package that has no such wheel, and a package whose newest version is not the same on all platforms.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

INSTEAD = {
    "pydantic": ["pydantic<2"],
    "mypy": [],
    "ruff": [],
    "cryptography": [],
    "pyarrow": [],
    "distributed": [],
    "backports.zstd": [],
}
"""Where the newest version has native code: what to ask for. What only looks at the code is left out, and so are extras
that have no other form: tests/native is of them."""

IMAGE_EXTRAS = ("server", "grpc", "gateway")
"""What the image can do."""

IMAGE_PYTHONS = ("3.12", "3.11")
"""The Dockerfile's, and that of Debian, from which `make image-test` builds."""
MACHINES = ("x86_64", "aarch64")

PURE_HEAD = """\
# What the engine and its tests need, without native code: the hashes are those of wheels for any platform, so that
# pip takes no other file. Written by requirements/lock.py; `make test-pure` installs and proves it.
"""
IMAGE_HEAD = """\
# What the Dockerfile installs, with the hash of each wheel that it may be. Written by requirements/lock.py;
# `make image-test` builds from it.
"""


@dataclass(frozen=True)
class Wheel:
    """One file of a package."""

    name: str
    version: str
    file: str
    sha256: str


def main(arguments: Sequence[str]) -> int:
    """Print the file. Returns the exit code."""
    if list(arguments) not in (["pure"], ["image"]):
        print(__doc__, file=sys.stderr)
        return 2
    sys.stdout.write(pure() if arguments[0] == "pure" else image())
    return 0


def project() -> tuple[list[str], dict[str, list[str]], list[str]]:
    """What pyproject.toml names: dependencies, extras, and what building needs."""
    text = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found = text["project"]
    return found["dependencies"], found["optional-dependencies"], text["build-system"]["requires"]


def pure() -> str:
    """requirements/pure.txt. 3.11 is the oldest Python supported: what it needs, newer ones may leave out."""
    dependencies, extras, _ = project()
    wanted = [name for text in dependencies + extras["dev"] for name in INSTEAD.get(text.partition(">")[0], [text])]
    found = downloaded(wanted, "3.11", ["any"], ["--implementation", "py", "--abi", "none"])
    return PURE_HEAD + "".join(f"{w.name}=={w.version} --hash=sha256:{w.sha256}  # {w.file}\n" for w in found)


def image() -> str:
    """requirements/image.txt."""
    dependencies, extras, build = project()
    wanted = [*dependencies, *(text for extra in IMAGE_EXTRAS for text in extras[extra]), *build]
    packages: dict[str, dict[str, Wheel]] = {}
    for python in IMAGE_PYTHONS:
        for machine in MACHINES:
            platforms = [f"manylinux_2_{minor}_{machine}" for minor in (28, 17)] + [f"manylinux2014_{machine}", "any"]
            for wheel in downloaded(wanted, python, platforms):
                packages.setdefault(re.sub("[-_.]+", "-", wheel.name).lower(), {})[wheel.file] = wheel
    lines = []
    for name, wheels in sorted(packages.items()):
        (version,) = {wheel.version for wheel in wheels.values()}
        lines.append(" \\\n".join([f"{name}=={version}", *(f"    --hash=sha256:{h}" for h in hashes(wheels))]) + "\n")
    return IMAGE_HEAD + "".join(lines)


def hashes(wheels: dict[str, Wheel]) -> list[str]:
    """The hash of each file, in the order of their names."""
    return [wheels[file].sha256 for file in sorted(wheels)]


def downloaded(wanted: list[str], python: str, platforms: list[str], more: Sequence[str] = ()) -> list[Wheel]:
    """What pip takes to install ``wanted`` there. Raises `CalledProcessError`."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
        command += ["--python-version", python, *(part for name in platforms for part in ("--platform", name)), *more]
        subprocess.run([sys.executable, *command, "--dest", folder, *wanted], check=True)
        return [wheel_of(file) for file in sorted(Path(folder).iterdir())]


def wheel_of(file: Path) -> Wheel:
    """What a wheel's name says of it, and its hash."""
    name, version = file.name.split("-")[:2]
    return Wheel(name, version, file.name, hashlib.sha256(file.read_bytes()).hexdigest())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
