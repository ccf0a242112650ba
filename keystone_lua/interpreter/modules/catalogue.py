"""The routing library as a whole: which names ``require`` knows, and the recipes behind them.

Input: a name that a script requires. Output: the module's members: recipes, constants, and values that each run makes
anew. Files are imported when first needed. A function without a price in the cost table cannot be registered.

A script's own ``lib/NAME.lua`` comes before a module of the same name here: a new module breaks no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import Any, Final, NamedTuple

from ..costs import MODULES
from ..runtime.tracebacks import LIBRARY_CODES
from ..runtime.values import LuaValue
from ..stdlib.registry import Recipe

FILES: Final[dict[str, str]] = {
    "accept": "accept",
    "base64": "base64",
    "bucket": "bucket",
    "hash": "hash",
    "ip": "ip",
    "cjson": "json",
    "cjson.safe": "json",
    "cookie": "cookie",
    "json": "json",
    "ngx": "ngx",
    "jwt": "jwt",
    "ngx.base64": "base64",
    "re": "re",
    "resty.ipmatcher": "ip",
    "text": "text",
    "url": "url",
    "time": "time",
}
"""What a script may require, and the file here that has it."""

RENAMED: Final[dict[str, dict[str, str]]] = {
    "cjson.safe": {"decode": "decode_safe", "encode": "encode_safe"},
    "ngx.base64": {"decode_base64url": "decode_url", "encode_base64url": "encode_url"},
}
"""Of a name, the members that its file has under other names."""


class Made(NamedTuple):
    """A member that each run has of its own: a table, which the script may change."""

    make: Callable[[Any], LuaValue]


Member = Recipe | Made | LuaValue


@cache
def members(file: str) -> Mapping[str, Member]:
    """The members of a file, imported now if nobody has asked yet."""
    found: dict[str, Member] = {}
    module: Any = import_module(f"{__package__}.{file}")
    for name, member in module.library(None, 0, 0).items():
        if isinstance(member, FunctionType):
            if f"{file}.{name}" not in MODULES:
                raise LookupError(f"no price for library function {file}.{name}")
            LIBRARY_CODES.add(member.__code__)
            found[name] = Recipe(name, member)
        else:
            found[name] = member
    return found


def imported(names: Iterable[str]) -> None:
    """Import the files of these names, as far as they are here, while nobody waits for a decision: all take 0.1 s."""
    for name in names:
        if name in FILES:
            members(FILES[name])


def paths(name: str) -> dict[str, tuple[str, str]]:
    """The members of what a script requires by ``name``: each with its file and its name there. Methods are found by
    their objects."""
    file = FILES[name]
    found = {member: (file, member) for member in members(file) if ":" not in member}
    found.update({member: (file, original) for member, original in RENAMED.get(name, {}).items()})
    return found


@cache
def methods(file: str, kind: str) -> Mapping[Any, tuple[str, str]]:
    """The methods of objects of a kind that a file makes: names with what `paths` has for functions."""
    return {name.partition(":")[2]: (file, name) for name in members(file) if name.startswith(f"{kind}:")}


def has_tables(name: str) -> bool:
    """Whether a run has tables of its own in a module."""
    return any(isinstance(member, Made) for member in members(FILES[name]).values())
