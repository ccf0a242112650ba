"""docs/embedding.md: its examples are the files of examples/embedding, which print what it shows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import keystone_lua

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "embedding.md").read_text()
SHOWN = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = sorted((ROOT / "examples" / "embedding").glob("*.py"))


def test_the_page_shows_every_example_and_no_other() -> None:
    assert sorted(code for code, _ in SHOWN) == sorted(path.read_text() for path in EXAMPLES)
    assert PAGE.count("```python") == len(SHOWN)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_prints_what_is_shown(path: Path) -> None:
    (output,) = [output for code, output in SHOWN if code == path.read_text()]
    done = subprocess.run([sys.executable, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (output, "")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_uses_the_public_surface_alone(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("keystone_lua"):
            assert node.module == "keystone_lua"
            assert {alias.name for alias in node.names} <= set(keystone_lua.__all__)


def test_types_are_there_for_strangers() -> None:
    """mypy checks the examples with the package (pyproject.toml); what tells it that there are types is this file."""
    assert (ROOT / "keystone_lua" / "py.typed").exists()
    packages = re.findall(r"^packages = (.*)$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert '"examples"' in packages[0]
