"""Cases: requests and the answers expected, as data.

Input: a file's bytes, JSON or YAML. Output: `Case`s. Refuses, with `BadTestFile`: what is not that format, a field that
has no meaning or the wrong type; the text names file and field.

A file is a list of cases, or an object with ``cases`` and defaults for ``script``, ``request`` (field by field),
``seed`` and ``now``. Both formats are read within the limits of `untrusted.documents`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...untrusted.documents import DocumentError, plain, read_json, read_yaml

_DEFAULTS: Final = ("script", "request", "seed", "now")
_CASE: Final = ("name", *_DEFAULTS, "max_instructions", "max_memory", "expect")
_EXPECT: Final[Mapping[str, tuple[type, ...]]] = {
    "answer": (dict,),
    "includes": (dict,),
    "error": (str,),
    "message": (str,),
    "log": (list,),
}
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "name": (str,),
    "script": (str,),
    "request": (dict,),
    "seed": (int,),
    "now": (int, float),
    "max_instructions": (int,),
    "max_memory": (int,),
    "expect": (dict,),
}


RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "seed": (0, 2**63),
    "now": (-1e15, 1e15),
    "max_instructions": (0, 200_000_000),
    "max_memory": (0, 256 << 20),
}
"""From and to, both included: a clock that dates can be made of, and what a whole test in Lua may use."""


class BadTestFile(Exception):
    """A test file that cannot be used. The text names file and place."""


@dataclass(frozen=True, slots=True)
class Case:
    """``expect``: ``answer`` (the whole), ``includes`` (a part of it), ``error`` (a kind), ``message`` (a part of the
    error's), ``log`` (the lines). ``seed`` and ``now`` are None where the stage's are meant."""

    name: str
    script: str
    request: dict[str, Any]
    expect: dict[str, Any]
    seed: int | None = None
    now: float | None = None
    max_instructions: int | None = None
    max_memory: int | None = None


def read_cases(name: str, content: bytes) -> list[Case]:
    """The cases of a file. Raises BadTestFile."""
    data = _yaml(name, content) if name.endswith((".yaml", ".yml")) else _json(name, content)
    defaults: dict[str, Any] = {}
    where = name
    if isinstance(data, dict):
        defaults = {key: value for key, value in data.items() if key != "cases"}
        _check(name, defaults, _DEFAULTS)
        data = data.get("cases")
        where = f"{name}: cases"
    if not isinstance(data, list):
        raise BadTestFile(f"{where}: expected a list of cases")
    stem = name.rpartition("/")[2].partition(".")[0]
    return [_case(f"{name}: cases[{place}]", place, item, defaults, stem) for place, item in enumerate(data)]


def _case(where: str, place: int, data: Any, defaults: dict[str, Any], stem: str) -> Case:
    if not isinstance(data, dict):
        raise BadTestFile(f"{where}: expected an object")
    _check(where, data, _CASE)
    expect = data.get("expect")
    if not expect:
        raise BadTestFile(f"{where}.expect: expected at least one of {', '.join(_EXPECT)}")
    for key, value in expect.items():
        if key not in _EXPECT:
            raise BadTestFile(f"{where}.expect.{key}: unknown field; there are {', '.join(_EXPECT)}")
        _check_type(f"{where}.expect.{key}", value, _EXPECT[key])
    if ("answer" in expect or "includes" in expect) and ("error" in expect or "message" in expect):
        raise BadTestFile(f"{where}.expect: an answer and an error exclude each other")
    given = {**defaults, **data}
    return Case(
        name=given.get("name", f"case {place + 1}"),
        script=given.get("script", stem),
        request={**defaults.get("request", {}), **data.get("request", {})},
        expect=expect,
        seed=given.get("seed"),
        now=given.get("now"),
        max_instructions=given.get("max_instructions"),
        max_memory=given.get("max_memory"),
    )


def _check(where: str, data: dict[str, Any], known: tuple[str, ...]) -> None:
    for key, value in data.items():
        if key not in known:
            raise BadTestFile(f"{where}: unknown field {key!r}; there are {', '.join(known)}")
        _check_type(f"{where}: {key}", value, _TYPES[key])
        if key in RANGES and not RANGES[key][0] <= value <= RANGES[key][1]:
            raise BadTestFile(f"{where}: {key}: expected a number from {RANGES[key][0]:g} to {RANGES[key][1]:g}")


def _check_type(where: str, value: Any, types: tuple[type, ...]) -> None:
    if not isinstance(value, types) or isinstance(value, bool):
        words = {dict: "an object", str: "text", int: "a whole number", float: "a number", list: "a list"}
        raise BadTestFile(f"{where}: expected {words[types[-1]]}")


def _json(name: str, content: bytes) -> Any:
    try:
        return read_json(content)
    except DocumentError as error:
        raise BadTestFile(f"{name}: not JSON: {_placed(error)}") from None


def _yaml(name: str, content: bytes) -> Any:
    try:
        root = read_yaml(content)
        return None if root is None else plain(root)
    except ImportError:
        raise BadTestFile(
            f"{name}: reading YAML needs the package ruamel.yaml (pip install 'keystone-lua[yaml]')"
        ) from None
    except DocumentError as error:
        raise BadTestFile(f"{name}: not YAML: {_placed(error)}") from None


def _placed(error: DocumentError) -> str:
    context = f"{error.context}, " if error.context else ""
    return f"{context}{error}: line {error.line} column {error.column}"
