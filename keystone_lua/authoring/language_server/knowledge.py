"""What there is to know of names: requests, answers, libraries, the functions of tests.

Input: nothing but the tables that the documentation and `editors` have. Output: `Thing`s by the type of what they
belong to. A type is what an expression is known to be: a name of this file, or of a script's own tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from ...interpreter import costs
from ...interpreter.modules import catalogue
from ...interpreter.signatures import RESULT_KINDS
from ...routing import answer, request_fields
from ..editors import luals, routing_library
from ..editors.routing_library import Entry

UNKNOWN: Final = ""
TEXT: Final = "text"
REQUEST: Final = "request"
BACKEND: Final = "backend"
BACKENDS: Final = "backends"
ANSWER: Final = "answer"
LIBRARY: Final = "library "
"""And its name; one of the language."""
MODULE: Final = "module "
"""And the name by which it is required; one of the routing library."""
OBJECT: Final = "object "
"""And the function of a module that makes it, as in ``object ip.matcher``."""

KEYWORDS: Final = (
    "and break do else elseif end false for function goto if in local nil not or repeat return then true until while"
).split()


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with a name. ``parameters`` is None for what is no function; ``of`` is the type of the value, or of
    what the function answers."""

    name: str
    kind: str
    """function, method, field, constant, module, library, variable."""
    signature: str
    meaning: str = ""
    parameters: tuple[str, ...] | None = None
    of: str = UNKNOWN
    price: int | None = None


def members(of: str) -> Mapping[str, Thing]:
    """What has a name behind a dot or a colon, for a value of that type."""
    if of == TEXT:
        return _library("string")
    if of.startswith(LIBRARY):
        return _library(of[len(LIBRARY) :])
    if of.startswith(MODULE):
        return _module(of[len(MODULE) :])
    if of.startswith(OBJECT):
        return _object(of[len(OBJECT) :])
    return _fields().get(of, MappingProxyType({}))


@cache
def _fields() -> Mapping[str, Mapping[str, Thing]]:
    kinds = luals.REQUEST_KINDS
    of = {request_fields.TEXT: TEXT, request_fields.BACKENDS: BACKENDS}
    request = [*request_fields.FIELDS, *request_fields.OWN]
    found = {
        REQUEST: [_field("request", f.name, kinds[f.kind], f.meaning, of.get(f.kind, UNKNOWN)) for f in request],
        BACKEND: [
            _field("backend", f.name, kinds[f.kind], f.meaning, of.get(f.kind, UNKNOWN))
            for f in request_fields.BACKEND_FIELDS
        ],
        ANSWER: [_field("answer", f.name, luals.ANSWER_KINDS[f.kind], _limits(f)) for f in answer.FIELDS],
    }
    found[REQUEST].append(
        _field("request", request_fields.ARGS, "table<string, string>", "the parameters of `query`, decoded")
    )
    return {of: {thing.name: thing for thing in things} for of, things in found.items()}


def _field(owner: str, name: str, kind: str, meaning: str, of: str = UNKNOWN) -> Thing:
    return Thing(name, "field", f"{owner}.{name}: {kind}", meaning, of=of)


def _limits(field: answer.AnswerField) -> str:
    """The meaning with what the field may hold, as in the page's table."""
    limit = answer.table_row(field).split(" | ")[2].strip()
    return f"{field.meaning}; {limit}" if limit else field.meaning


@cache
def _library(name: str) -> Mapping[str, Thing]:
    """Of the language; "" is the base library."""
    entries = routing_library.entries(routing_library.LANGUAGE).get(name or "base", [])
    return {entry.name: _of_library(name, entry) for entry in entries}


def _of_library(library: str, entry: Entry) -> Thing:
    path = f"{library}.{entry.name}" if library else entry.name
    of = TEXT if RESULT_KINDS.get((library, entry.name)) == "string" or path == "tostring" else UNKNOWN
    return _thing(entry, path, of, costs.LIBRARY.get(path))


@cache
def _module(name: str) -> Mapping[str, Thing]:
    """Of the routing library, by a name that ``require`` takes."""
    by_name = {entry.name: entry for entry in _entries(catalogue.FILES[name])}
    renamed = catalogue.RENAMED.get(name, {})
    things = {member: _of_module(name, by_name[member]) for member in by_name if not by_name[member].object}
    for member, original in renamed.items():
        if original in by_name:
            things[member] = _of_module(name, by_name[original]._replace(name=member), original)
    return things


@cache
def _object(path: str) -> Mapping[str, Thing]:
    file, _, maker = path.partition(".")
    found = {entry.name: entry for entry in _entries(file) if entry.object == maker}
    return {
        name: _thing(entry, f"{maker}:{name}", price=costs.MODULES.get(f"{path}:{name}"))
        for name, entry in found.items()
    }


def _entries(file: str) -> list[Entry]:
    return routing_library.entries().get(file, [])


def _of_module(name: str, entry: Entry, original: str = "") -> Thing:
    file = catalogue.FILES[name]
    makes = any(other.object == entry.name for other in _entries(file))
    of = f"{OBJECT}{file}.{entry.name}" if makes else UNKNOWN
    return _thing(entry, f"{name}.{entry.name}", of, costs.MODULES.get(f"{file}.{original or entry.name}"))


def _thing(entry: Entry, path: str, of: str = UNKNOWN, price: int | None = None) -> Thing:
    if entry.parameters is None:
        return Thing(entry.name, "constant", path, entry.meaning)
    signature = f"{path}({', '.join(entry.parameters)})"
    return Thing(entry.name, "function", signature, entry.meaning, entry.parameters, of, price)


@cache
def globals_of(is_test: bool) -> Mapping[str, Thing]:
    """The globals that a script finds, and the function that it defines."""
    found = dict(_library(""))
    for library in routing_library.entries(routing_library.LANGUAGE):
        if library != "base":
            found[library] = Thing(library, "library", f"the library {library}", of=LIBRARY + library)
    found["request"] = Thing("request", "variable", "request: the request", "its fields: docs/scripts.md", of=REQUEST)
    found["backends"] = Thing("backends", "variable", "backends: a list", "where the request can go", of=BACKENDS)
    found["_G"] = Thing("_G", "variable", "_G: the table of globals")
    if is_test:
        found |= {thing.name: thing for thing in _of_tests()}
    return found


def _of_tests() -> Iterator[Thing]:
    """Made of the annotations, the only place that has their parameters."""
    for name, text in luals.TESTS.items():
        declared = _DECLARED.search(text)
        assert declared is not None
        comments = [line[3:] for line in text.splitlines() if line.startswith("---") and line[3:4] not in ("@", "")]
        parameters = tuple(declared[1].split(", "))
        of = ANSWER if name == "route" else UNKNOWN
        yield Thing(name, "function", f"{name}({declared[1]})", " ".join(comments), parameters, of)


_DECLARED: Final = re.compile(r"^function \w+\((.*)\) end$", re.MULTILINE)


def module_names() -> list[str]:
    """The names by which the routing library's modules are required."""
    return sorted(catalogue.FILES)
