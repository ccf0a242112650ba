"""The house: which wing may know which, no circle of any kind, and nothing too long to read.

Arrows are all imports: at a module's head, in functions, and for the type checker. docs/architecture.md has the picture.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from .test_architecture import MODULES, ROOT, imports, is_within

FLOORS = {
    "keystone_lua": (
        ("hidden", "implementation", "untrusted"),
        ("interpreter",),
        ("routing",),
        ("audit", "authoring", "bundles", "embedding"),
        ("gateway", "playground", "server"),
        ("cli",),
        ("__main__",),
    ),
    "keystone_lua.interpreter": (
        ("costs", "errors", "joined_names", "levels", "limits", "numerals", "signatures", "sites", "text", "version"),
        ("patterns", "runtime", "syntax"),
        ("self_test", "stdlib"),
        ("modules",),
        ("analysis", "execution"),
        ("codegen", "linking", "packing", "profiling"),
        ("compile",),
        ("dump", "late"),
    ),
    "keystone_lua.server": (
        ("offload", "orders", "settings", "single_flight", "outcome"),
        ("telemetry",),
        ("decisions", "scripts"),
        ("http",),
        ("ext_authz", "spoe"),
        ("api", "process"),
    ),
}
"""The rooms of a wing, lowest floor first. A room knows itself and what is below it."""

MAX_FLOORS = {"keystone_lua": 7, "keystone_lua.interpreter": 8, "keystone_lua.server": 6}

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60

ARROWS = {module: {name for name in imports(module, tree) if name in MODULES} for module, tree in MODULES.items()}
"""What each module imports of the package."""


def room(module: str, wing: str) -> str | None:
    """The room of ``wing`` that a module stands in; None outside of it, and for the wing's own page."""
    return module[len(wing) + 1 :].split(".")[0] if module.startswith(wing + ".") else None


@pytest.mark.parametrize("wing", FLOORS)
def test_arrows_point_down(wing: str) -> None:
    floor = {name: number for number, names in enumerate(FLOORS[wing]) for name in names}
    for module, known in ARROWS.items():
        here = room(module, wing)
        for other in known if here is not None else ():
            there = room(other, wing)
            assert there is None or there == here or floor[there] < floor[here], f"{module} imports {other}"  # type: ignore[index]


@pytest.mark.parametrize("wing", FLOORS)
def test_every_room_has_a_floor(wing: str) -> None:
    assert {room(module, wing) for module in MODULES} - {None} == {name for names in FLOORS[wing] for name in names}
    assert len(FLOORS[wing]) <= MAX_FLOORS[wing]


def test_the_gateway_shares_no_code_with_the_engine() -> None:
    for module, known in ARROWS.items():
        if is_within(module, "keystone_lua.gateway"):
            shared = {other for other in known if not is_within(other, "keystone_lua.gateway")}
            assert all(is_within(other, "keystone_lua.untrusted") for other in shared), module


def circle(arrows: Mapping[str, set[str]]) -> list[str]:
    """Modules that know themselves through others, if there are any: what is left when no more leaves can be taken."""
    left = {module: known - {module} for module, known in arrows.items()}
    while leaves := [module for module, known in left.items() if not known & left.keys()]:
        for module in leaves:
            del left[module]
    return sorted(left)


def test_no_circle() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["a", "b", "c"]  # what a circle looks like
    pages = {module for module in MODULES if (ROOT / Path(*module.split("."), "__init__.py")).exists()}
    assert circle({module: known - pages for module, known in ARROWS.items() if module not in pages}) == []


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every function with its lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_too_long_to_read(module: str) -> None:
    path = ROOT / Path(*module.split("."))
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
    assert text.count("\n") <= MAX_FILE_LINES
    assert [(name, lines) for name, lines in functions(MODULES[module]) if lines > MAX_FUNCTION_LINES] == []


@pytest.mark.parametrize("folder", ["tests", "benchmarks"])
def test_no_file_of_tests_is_either(folder: str) -> None:
    sizes = {path.name: path.read_text().count("\n") for path in (ROOT / folder).rglob("*.py")}
    assert {name: lines for name, lines in sizes.items() if lines > MAX_FILE_LINES} == {}
