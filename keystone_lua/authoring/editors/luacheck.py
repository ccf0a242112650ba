"""A configuration for luacheck: which globals scripts and their tests have.

Input: nothing but the engine's tables. Output: the text of a .luacheckrc.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...interpreter.signatures import HOST_CALLS, HOST_GLOBALS
from ...interpreter.stdlib.registry import LIBRARIES
from ...routing.scripts_folder import LIBRARY, TESTS
from ..testing.stage import FUNCTIONS


def luacheckrc() -> str:
    """The file."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "-- Made by `keystone-lua types --luacheck`."
    yield "stds.keystone = {"
    yield f"  globals = {{ {_quoted(HOST_CALLS)} }},"
    yield "  read_globals = {"
    for name in sorted({"_G", *LIBRARIES[""]}):
        if name.isidentifier():
            yield f"    {name} = {{{' other_fields = true ' if name == '_G' else ''}}},"
    for library, members in sorted(LIBRARIES.items()):
        if library:
            yield f"    {library} = {{ fields = {{ {_fields(library, sorted(members))} }} }},"
    for name in HOST_GLOBALS:
        yield f"    {name} = {{ other_fields = true }},"
    yield "  },"
    yield "}"
    yield f"stds.keystone_tests = {{ read_globals = {{ {_quoted(sorted(FUNCTIONS))} }} }}"
    yield 'std = "keystone"'
    yield "max_line_length = false"
    yield "-- A test is called by its name; on_route_request need not use both arguments."
    yield 'ignore = { "131/test_.*", "212" }'
    yield f'files["**/{TESTS}/*.lua"] = {{ std = "keystone+keystone_tests", allow_defined_top = true }}'
    yield f'files["**/{LIBRARY}/**/*.lua"] = {{ std = "keystone" }}'
    yield ""


def _fields(library: str, members: list[str]) -> str:
    names = [f"{name} = {{}}" for name in members]
    if library == "package":
        names += [f"{name} = {{ other_fields = true }}" for name in ("loaded", "preload")]
    return ", ".join(names)


def _quoted(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
