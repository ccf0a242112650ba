"""What the modules may know of each other, of Python, and of what scripts say."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from keystone_lua.interpreter import compile_program, costs
from keystone_lua.interpreter.execution.helpers import HELPERS
from keystone_lua.interpreter.modules import catalogue
from keystone_lua.interpreter.stdlib import registry

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "keystone_lua"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(path.read_bytes())
    for path in sorted(PACKAGE.rglob("*.py"))
}

MAY_IMPORT = {
    "keystone_lua": ("keystone_lua.embedding", "keystone_lua.interpreter"),
    "keystone_lua.__main__": ("keystone_lua.cli",),
    "keystone_lua.cli": (
        "distributed", "keystone_lua.audit", "keystone_lua.authoring", "keystone_lua.bundles", "keystone_lua.cli", "keystone_lua.gateway",
        "keystone_lua.hidden", "keystone_lua.implementation", "keystone_lua.interpreter", "keystone_lua.playground", "keystone_lua.routing",
        "keystone_lua.server", "keystone_lua.untrusted",
    ),
    "keystone_lua.playground": (
        "aiohttp", "keystone_lua.audit", "keystone_lua.authoring", "keystone_lua.implementation",
        "keystone_lua.interpreter", "keystone_lua.playground", "keystone_lua.routing", "keystone_lua.untrusted",
    ),
    "keystone_lua.authoring": (
        "keystone_lua.authoring", "keystone_lua.interpreter", "keystone_lua.routing", "keystone_lua.untrusted",
    ),
    "keystone_lua.authoring.language_server": (
        "keystone_lua.authoring", "keystone_lua.interpreter", "keystone_lua.routing", "keystone_lua.untrusted",
        "lsprotocol", "pygls",
    ),
    "keystone_lua.embedding": ("keystone_lua.embedding", "keystone_lua.interpreter", "keystone_lua.routing"),
    "keystone_lua.audit": (
        "backports", "compression", "keystone_lua.audit", "keystone_lua.hidden", "keystone_lua.interpreter",
        "keystone_lua.routing", "keystone_lua.untrusted", "pyarrow",
    ),
    "keystone_lua.bundles": (
        "cryptography", "keystone_lua.bundles", "keystone_lua.interpreter", "keystone_lua.routing", "keystone_lua.untrusted",
    ),
    "keystone_lua.routing": ("keystone_lua.interpreter", "keystone_lua.routing", "keystone_lua.untrusted"),
    "keystone_lua.hidden": (),
    "keystone_lua.implementation": ("pypyjit",),
    "keystone_lua.untrusted": ("keystone_lua.untrusted", "ruamel"),
    "keystone_lua.server": (
        "aiohttp", "google.protobuf", "h2", "keystone_lua.bundles", "keystone_lua.hidden", "keystone_lua.implementation", "keystone_lua.interpreter", "keystone_lua.routing",
        "keystone_lua.server", "keystone_lua.untrusted", "prometheus_client", "pydantic", "pydantic_core",
    ),
    "keystone_lua.gateway": (
        "aiohttp", "keystone_lua.gateway", "keystone_lua.untrusted", "multidict", "yarl",
    ),
    "keystone_lua.interpreter": ("keystone_lua.implementation", "keystone_lua.interpreter", "lark"),
}  # fmt: skip
"""Besides the standard library; the gateway knows the engine through its HTTP API alone. A row holds for the modules
below it that have no row of their own."""

REFLECTION = {
    "__import__", "attrgetter", "breakpoint", "compile", "delattr", "eval", "exec", "getattr", "globals", "hasattr",
    "import_module", "locals", "methodcaller", "setattr", "vars",
}  # fmt: skip
"""Functions by which text could become a Python name or Python code."""

HIDDEN = {"__dict__", "__getattribute__", "__globals__", "__subclasses__", "format", "format_map"}
"""Attributes likewise, ``str.format`` among them."""

DOCUMENTED = {
    ("compiler", "compile"): "the trees that it has built itself",
    ("catalogue", "import_module"): "the names of its own table",
    ("coroutines", "__globals__"): "whether a function is the script's, and the twins of its program's functions",
    ("dump", "getattr"): "the nodes' own fields, those of Python's trees",
    ("dump", "hasattr"): "whether one of Python's statements has a body",
    ("registry", "__globals__"): "those of the engine's own templates",
    ("run", "__globals__"): "whether a function is the script's, when its run is taken apart",
    ("places", "__globals__"): "whether a function is the script's, and the sites of its program",
    ("plain_nodes", "getattr"): "the fields of Python's trees",
    ("parser", "getattr"): "the grammar's names of Builder's methods",
    ("tree_builder", "getattr"): "the nodes' own fields",
    ("tree_builder", "hasattr"): "whether a child is a node",
    ("twins", "getattr"): "the fields of Python's trees",
    ("twins", "setattr"): "the fields of Python's trees",
    ("values", "__dict__"): "the class of a table that says it has another",
}


def imports(module: str, tree: ast.Module) -> Iterator[str]:
    """Everything that a module imports, at its head, in functions, or for the type checker, by absolute names."""
    is_package = (ROOT / Path(*module.split("."), "__init__.py")).exists()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".")
            base = parts[: len(parts) - node.level + is_package] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{source}.{alias.name}"
                yield name if name in MODULES else source


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    row = max((package for package in MAY_IMPORT if is_within(module, package)), key=len)
    for name in imports(module, MODULES[module]):
        assert name.partition(".")[0] in sys.stdlib_module_names or any(is_within(name, p) for p in MAY_IMPORT[row]), (
            f"{module} imports {name}"
        )


REQUEST = {"method": "GET", "path": "/", "backends": [{"name": "a", "url": "http://a", "health": True}]}


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "script.lua", "--request", "request.json"],
        ["exec", "script.lua"],
        ["check", "script.lua", "--json"],
        ["config"],
        ["test", "cases.json"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_only_serving_needs_aiohttp_and_pydantic(arguments: list[str], tmp_path: Path) -> None:
    script = "function on_route_request(request, backends) return {selected_backend = backends[1].name} end"
    (tmp_path / "script.lua").write_text(script)
    (tmp_path / "request.json").write_text(json.dumps(REQUEST))
    case = {"script": "script", "request": REQUEST, "expect": {"includes": {"selected_backend": "a"}}}
    (tmp_path / "cases.json").write_text(json.dumps([case]))
    program = (
        "import sys; from keystone_lua.cli import main; code = main(sys.argv[1:]);"
        "sys.exit(code or sorted({'aiohttp', 'lark', 'pydantic', 'pygls'} & sys.modules.keys()) or 0)"
    )
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# prices

FUNCTIONS = {
    f"{library}.{name}" if library else name
    for library, members in registry.LIBRARIES.items()
    for name, member in members.items()
    if isinstance(member, registry.Recipe)
}


def test_every_library_function_has_a_price_and_every_price_a_function() -> None:
    assert costs.LIBRARY.keys() == FUNCTIONS
    assert min(costs.LIBRARY.values()) > 0


def test_every_function_of_the_routing_library_has_a_price_and_every_price_a_function() -> None:
    functions = {
        f"{file}.{name}"
        for file in catalogue.FILES.values()
        for name, member in catalogue.members(file).items()
        if isinstance(member, registry.Recipe)
    }
    assert costs.MODULES.keys() == functions
    assert min(costs.MODULES.values()) > 0


@pytest.mark.parametrize("name", ["assert", "bit.band", "math.floor", "os.time", "string.rep", "table.sort"])
def test_a_function_without_a_price_cannot_be_registered(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prices = {priced: price for priced, price in costs.LIBRARY.items() if priced != name}
    monkeypatch.setattr(costs, "LIBRARY", prices)
    with pytest.raises(LookupError, match=re.escape(name)):
        registry._register()


# nothing that a script says becomes Python


@pytest.mark.parametrize("module", [module for module in MODULES if is_within(module, "keystone_lua.interpreter")])
def test_no_reflection(module: str) -> None:
    used = set()
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used |= {node.id} & REFLECTION
        elif isinstance(node, ast.Attribute):
            used |= {node.attr} & (HIDDEN | {"attrgetter", "import_module", "methodcaller"})
    assert [name for name in used if (module.rpartition(".")[2], name) not in DOCUMENTED] == []


def test_the_documented_reflection_is_there() -> None:
    for module, name in DOCUMENTED:
        (path,) = (
            path for path in MODULES if path.startswith("keystone_lua.interpreter.") and path.endswith(f".{module}")
        )
        assert name in ast.unparse(MODULES[path])


def names_of(code: CodeType) -> Iterator[str]:
    """Every name by which a code object and those inside it reach anything."""
    yield from (code.co_name, *code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_of(constant)


def test_no_name_of_a_script_is_a_name_of_its_code() -> None:
    source = b"""
        local zebra_local, zebra_fresh = ..., {}
        function zebra_global(zebra_parameter, ...)
            for zebra_key, zebra_value in pairs(zebra_parameter) do zebra_fresh[zebra_key] = zebra_value end
            return function(...) zebra_local = zebra_parameter.zebra_field return ... end
        end
        local function zebra_function() goto zebra_label ::zebra_label:: end
        zebra_table = {zebra_item = zebra_global, zebra_method = zebra_function}
        zebra_table:zebra_method(zebra_table.zebra_item("zebra_string"))
        zebra_table.zebra_field.zebra_field, zebra_local.__class__ = zebra_missing, zebra_function.__globals__
        return require("zebra_module")
    """
    program = compile_program(source, "zebra.lua", {"zebra_module": source.replace(b"return require", b"local x =")})
    codes = [program.main, *program.modules.values()]
    found = {name for code in codes for name in names_of(code)}
    assert [name for name in found if "zebra" in name or name in REFLECTION | HIDDEN] == []


def test_generated_code_has_no_builtins() -> None:
    program = compile_program(b"", "x.lua")
    assert program.namespace["__builtins__"] == HELPERS["__builtins__"] == {}
    assert not program.namespace.keys() & REFLECTION


# unfinished work


def test_nothing_is_left_undone() -> None:
    unfinished = re.compile(r"TODO|FIXME|XXX|pytest\.skip\b|mark\.skip\b|xfail")
    for path in (path for folder in ("keystone_lua", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")):
        hidden = any(part.startswith(".") for part in path.relative_to(ROOT).parts)  # what benchmarks have installed
        assert hidden or path == Path(__file__) or not unfinished.search(path.read_text()), path
