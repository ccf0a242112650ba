"""The CPythons on this machine that the engine supports, and a process of one of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import lark

WANTED: Final = ("3.11", "3.12", "3.13", "3.14")
ROOT: Final = Path(__file__).resolve().parents[2]


def found() -> dict[str, str]:
    """Path by version: the running one, those on the path, and those of pyenv."""
    paths = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for version in WANTED:
        candidates = [shutil.which(f"python{version}")]
        candidates += map(str, sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}")))
        for candidate in candidates:
            if version not in paths and candidate and _works(candidate):
                paths[version] = candidate
    return paths


def _works(candidate: str) -> bool:
    return subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0


def run(python: str, *arguments: str, hash_seed: str = "random") -> str:
    """Output of ``python -m ...``; lark and tzdata come from the running installation: they are pure Python."""
    site = Path(lark.__file__).resolve().parents[1]
    links = ROOT / ".venv" / "pure-only"
    links.mkdir(parents=True, exist_ok=True)
    for name in ("lark", "tzdata", *(path.name for path in site.glob("tzdata-*.dist-info"))):
        with contextlib.suppress(FileExistsError):  # another thread's
            (links / name).symlink_to(site / name)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{links}", "PYTHONHASHSEED": hash_seed}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(
        [python, "-m", *arguments], capture_output=True, cwd=ROOT, env=environment, text=True, timeout=300, check=True
    )
    return done.stdout
