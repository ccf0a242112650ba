"""Annotations for LuaLS and EmmyLua, by which an editor completes and checks scripts.

Input: nothing but the engine's tables. Output: files by name; `keystone.lua` has requests, answers and globals, each
other file is found by ``require`` of its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...interpreter.modules import catalogue
from ...routing import answer, request_fields
from ..testing.stage import FUNCTIONS
from .routing_library import Entry, entries

GLOBALS: Final = "keystone.lua"

REQUEST_KINDS: Final = {
    request_fields.TEXT: "string",
    request_fields.FLAG: "boolean",
    request_fields.WHOLE: "integer",
    request_fields.LIST: "string[]",
    request_fields.HEADERS: "table<string, string>",
    request_fields.MULTI: "table<string, string[]>",
    request_fields.LABELS: "table<string, string>",
    request_fields.BACKENDS: "keystone.Backend[]",
    request_fields.SETTINGS: "table<string, any>",
}
ANSWER_KINDS: Final = {
    answer.LINE: "string",
    answer.TEXT: "string",
    answer.FLAG: "boolean",
    answer.HEADERS: "table<string, string>",
    answer.LINES: "table<string, string|string[]>",
    answer.NAMES: "string[]",
    answer.LIST: "string[]",
    answer.TAGS: "table<string, string>",
    answer.WHOLE: "integer",
    answer.NUMBER: "number",
    answer.HOLDS: "{seconds: integer, vary?: string[]}",
}

_HEAD: Final = """\
---@meta

-- Made by `keystone-lua types`.
"""

_GLOBALS: Final = """\
---@type keystone.Request
request = nil

---@type keystone.Backend[]
backends = nil

---What a tenant's script defines: it is asked once for each request.
---@param request keystone.Request
---@param backends keystone.Backend[]
---@return keystone.Answer?
function on_route_request(request, backends) end

---A line for the server's log.
---@param message any
function log(message) end

---What `make` returns, made once when the script is loaded; nothing can change it.
---@generic T
---@param make fun(): T
---@return T
function constant(make) end
"""

TESTS: Final = {
    "route": """\
---@class keystone.RouteOptions
---@field seed? integer
---@field now? number
---@field max_instructions? integer
---@field max_memory? integer
---@field modules? table<string, string>
---@field random? number[]

---The answer as the gateway would see it, and what the run used and logged.
---@param script string
---@param request keystone.Request|table
---@param options? keystone.RouteOptions
---@return keystone.Answer answer
---@return {instructions: integer, allocated_bytes: integer, log: string[]} details
function route(script, request, options) end
""",
    "assert_equal": "function assert_equal(actual, expected, note) end\n",
    "assert_match": "function assert_match(text, pattern, note) end\n",
    "assert_error": "function assert_error(f, pattern) end\n",
    "assert_routes_to": "function assert_routes_to(answer, backend, note) end\n",
    "assert_rejects": "function assert_rejects(answer, reason) end\n",
}  # fmt: skip
"""Of tests in Lua."""

assert TESTS.keys() == FUNCTIONS


def definitions() -> dict[str, str]:
    """The files by name, `keystone.lua` first."""
    modules = {module: "".join(_module(module, found)) for module, found in entries().items()}
    aliases = {
        f"{name}.lua": f"---@meta {name}\n\n---@type keystone.{file}\nlocal M = {{}}\n\nreturn M\n"
        for name, file in catalogue.FILES.items()
        if name not in modules
    }
    return {GLOBALS: _globals(), **{f"{name}.lua": text for name, text in modules.items()}, **aliases}


def _globals() -> str:
    backend = _class("Backend", _backend_fields())
    request = _class("Request", _request_fields())
    answered = _class("Answer", _answer_fields())
    return "\n".join([_HEAD, backend, request, answered, _GLOBALS, *TESTS.values()])


def _class(name: str, fields: Iterator[str]) -> str:
    return "\n".join([f"---@class keystone.{name}", *fields, ""])


def _request_fields() -> Iterator[str]:
    for field in (*request_fields.FIELDS, *request_fields.OWN):
        optional = "" if field in request_fields.USUAL else "?"
        yield f"---@field {field.name}{optional} {REQUEST_KINDS[field.kind]} {field.meaning}"
    pairs = "table<string, string|true|(string|true)[]>"
    yield f"---@field {request_fields.ARGS}? {pairs} the parameters of `query`"


def _backend_fields() -> Iterator[str]:
    for field in request_fields.BACKEND_FIELDS:
        optional = "?" if field.name in request_fields.BACKEND_NAMES else ""
        yield f"---@field {field.name}{optional} {REQUEST_KINDS[field.kind]} {field.meaning}"


def _answer_fields() -> Iterator[str]:
    for field in answer.FIELDS:
        yield f"---@field {field.name}? {ANSWER_KINDS[field.kind]} {field.meaning}"


def _module(name: str, found: list[Entry]) -> Iterator[str]:
    """A module's file. Its objects are classes, which its functions answer."""
    yield f"---@meta {name}\n\n"
    for owner in dict.fromkeys(entry.object for entry in found if entry.object):
        yield f"---@class keystone.{name}.{owner}\nlocal {owner} = {{}}\n\n"
    yield f"---@class keystone.{name}\nlocal M = {{}}\n"
    owners = {entry.object for entry in found}
    for entry in found:
        yield f"\n---{entry.meaning}\n"
        if entry.parameters is None:
            yield f"M.{entry.name} = nil\n"
            continue
        for parameter in entry.parameters:
            yield f"---@param {parameter}? any\n"
        yield f"---@return keystone.{name}.{entry.name}\n" if entry.name in owners else "---@return any ...\n"
        place = f"{entry.object}:{entry.name}" if entry.object else f"M.{entry.name}"
        yield f"function {place}({', '.join(entry.parameters)}) end\n"
    yield "\nreturn M\n"
