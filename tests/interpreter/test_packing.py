"""Packed programs: the same answers, errors, counts and positions as the program that was packed."""

from __future__ import annotations

import marshal
from dataclasses import fields
from pathlib import Path

import pytest

from keystone_lua.interpreter import Limits, LuaSyntaxError, Program, compile_program, execute
from keystone_lua.interpreter.packing import MADE_AGAIN, PLAIN, fingerprint, pack, unpack
from keystone_lua.routing.decision import decide
from keystone_lua.routing.request import read_request
from keystone_lua.routing.scripts_folder import shared_modules

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests" / "lua").rglob("*.lua"))[::5]
LIMITS = Limits(instructions=300_000, memory=3_000_000)

ODD = """
local shared = require "shared"
local format, gfind, unpack = string.format, string.gfind, unpack
count = 0
local object = setmetatable({}, {__index = function(t, k) return k .. "!" end})
function on_route_request(request, backends)
    count = count + 1
    local parts = {}
    for word in gfind(request.path, "%w+") do parts[#parts + 1] = word end
    local a, b = unpack(parts)
    return {selected_backend = format("%s-%s-%d-%s", a, b, count, object.x), modified_path = shared.name(request)}
end
"""
SHARED = b"return {name = function(r) if r.body == 'fail' then error('no ' .. r.nothing.here) end return r.method end}"


def again(program: Program) -> Program:
    """Pack and unpack."""
    return unpack(pack(program), program.source, program.sources)


def test_every_field_is_accounted_for() -> None:
    """Whoever adds a field to Program says what becomes of it."""
    assert {field.name for field in fields(Program)} == {*PLAIN, *MADE_AGAIN}


def test_fields_are_the_same() -> None:
    program = compile_program(ODD.encode(), "odd.lua", {"shared": SHARED, "unused": b""})
    made = again(program)
    for name in {*PLAIN, *MADE_AGAIN} - {"idle_runs", "namespace"}:
        assert getattr(made, name) == getattr(program, name), name
    assert made.namespace.keys() == program.namespace.keys()
    assert made.namespace["__sites__"] is made.sites


@pytest.mark.parametrize("body", ["", "fail"])
def test_decisions_are_the_same(body: str) -> None:
    program = compile_program(ODD.encode(), "odd.lua", {"shared": SHARED})
    request = {**read_request(b'{"method": "GET", "path": "/one/two"}'), "body": body}
    made = again(program)
    for _ in range(3):  # with idle runs, and without
        assert decide(made, request, seed=7, now=1.5) == decide(program, request, seed=7, now=1.5)


def test_bundled_scripts_are_the_same() -> None:
    modules = shared_modules(ROOT / "scripts")
    for file in (ROOT / "scripts").glob("*.lua"):
        program = compile_program(file.read_bytes(), file.name, modules)
        request = read_request(b'{"path": "/x", "backends": [{"name": "api-stable", "health": true}]}')
        assert decide(again(program), request, seed=3) == decide(program, request, seed=3)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_runs_are_the_same(file: Path) -> None:
    try:
        program = compile_program(file.read_bytes(), file.name, shared_modules(file.parent))
    except LuaSyntaxError:
        return
    assert _outcome(again(program)) == _outcome(program)


def _outcome(program: Program) -> tuple[object, ...]:
    result = execute(program, LIMITS, seed=1, now=1_790_000_000.0)
    values = [value for value in result.values if value.__class__ in (str, float, type(None))]
    return (result.status, values, result.failure, result.instructions, result.allocated_bytes, len(result.log))


def test_an_accounted_program_is_not_packed() -> None:
    with pytest.raises(ValueError, match="accounted"):
        pack(compile_program(b"return 1", "x.lua", accounted=True))


def test_packed_data_has_no_sources() -> None:
    program = compile_program(ODD.encode() + b"-- a comment", "odd.lua", {"shared": SHARED})
    assert b"a comment" not in pack(program)
    assert marshal.loads(pack(program))


def test_the_fingerprint_is_the_engines() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 64
