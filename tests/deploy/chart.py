"""The Helm chart, and what it renders: each of ``variants`` makes one file of ``rendered``, by `render`."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "keystone-lua"
VARIANTS = {path.stem: path for path in sorted(Path(__file__).parent.joinpath("variants").glob("*.yaml"))}
RENDERED = Path(__file__).parent / "rendered"


def documents(path: Path) -> list[Any]:
    """The documents of a file in YAML."""
    return [found for found in YAML(typ="safe").load_all(path.read_text()) if found is not None]


def fingerprint(variant: str) -> str:
    """A hash of all that a rendered variant is made of."""
    digest = hashlib.sha256(VARIANTS[variant].read_bytes())
    for path in sorted(found for found in CHART.rglob("*") if found.is_file()):
        digest.update(f"\n{path.relative_to(CHART)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def render(helm: str, variant: str) -> str:
    """What ``helm template`` makes of a variant, and what it was made of. Raises `CalledProcessError`."""
    command = [helm, "template", "keystone-lua", str(CHART), "--namespace", "edge", "--values", str(VARIANTS[variant])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return f"# made by `python -m tests.deploy render` of {fingerprint(variant)}\n{done.stdout}"
