"""Names in prose: what docstrings and comments point at exists, and the glossary's words are words of the code."""

from __future__ import annotations

import ast
import builtins
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .test_architecture import MODULES, ROOT

PACKAGE = ROOT / "keystone_lua"
GLOSSARY = (ROOT / "docs" / "architecture.md").read_text().partition("\n## Words\n")[2]
OTHERS = frozenset({"and", "or", "in", *dir(builtins)})
"""In single backticks, and not the package's: words of Lua and Python."""


def path_of(module: str) -> Path:
    path = ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def prose(module: str) -> Iterator[str]:
    """The docstrings and comments of a module."""
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    for token in tokenize.generate_tokens(io.StringIO(path_of(module).read_text()).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


@cache
def names() -> frozenset[str]:
    """Every name that the package gives to anything, and its modules and rooms."""
    found = {part for module in MODULES for part in module.split(".")}
    for node in (node for tree in MODULES.values() for node in ast.walk(tree)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.add(name)
    return frozenset(found | {name.removeprefix("_") for name in found} | OTHERS)


@cache
def files() -> frozenset[str]:
    folders = (PACKAGE, ROOT / "tests", ROOT / "benchmarks")
    return frozenset(path.name for folder in folders for path in folder.rglob("*.py"))


def missing(text: str) -> list[str]:
    """Names in ``text`` of files, and names in single backticks, that do not exist."""
    told = [name for name in re.findall(r"[\w/]+\.py\b", text) if Path(name).stem.islower()]
    lost = [name for name in told if Path(name).name not in files()]
    ticked = re.findall(r"(?<!`)`([A-Za-z_][\w.]*)`(?!`)", text)
    return lost + [name for name in ticked if name.split(".")[-1] not in names()]


@pytest.mark.parametrize("module", MODULES)
def test_what_prose_points_at_exists(module: str) -> None:
    assert [name for text in prose(module) for name in missing(text)] == []


def test_a_name_that_has_moved_is_found() -> None:
    assert missing("see pattern_stepper.py; `wire.read_requests` and ``anything``, `Coroutine`") == [
        "pattern_stepper.py",
        "wire.read_requests",
    ]


def words() -> list[str]:
    """The glossary's words, each by itself: a row may have several, with commas between."""
    rows = re.findall(r"^\| ([^|]+) \|", GLOSSARY, re.MULTILINE)
    return [word for row in rows if row not in ("word", "---") for word in row.split(", ")]


@cache
def source() -> str:
    return "\n".join(path_of(module).read_text() for module in MODULES)


def is_used(word: str) -> bool:
    """Whether the package has a word, in prose or in a name (``basic_block``, ``BasicBlock``)."""
    pattern = re.compile(r"(?<![a-z])" + r"[\s_]*".join(word.split()), re.IGNORECASE)
    return pattern.search(source()) is not None


@pytest.mark.parametrize("word", words())
def test_a_word_of_the_glossary_is_a_word_of_the_code(word: str) -> None:
    assert is_used(word)


def test_the_glossary_is_sorted_and_nothing_else_is_used() -> None:
    assert len(words()) > 30
    firsts = [row.split(",")[0] for row in re.findall(r"^\| ([^|]+) \|", GLOSSARY, re.MULTILINE)[2:]]
    assert firsts == sorted(firsts)
    assert not is_used("misfit")
