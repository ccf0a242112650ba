"""What the stages make of a script, as ``keystone-lua dump`` shows it, and the stages that it shows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from keystone_lua.cli import main
from keystone_lua.interpreter import execute
from keystone_lua.interpreter.analysis.builtins import FixedBuiltins
from keystone_lua.interpreter.analysis.constant_startup import is_constant
from keystone_lua.interpreter.analysis.kinds import ANY, NUMBER, STRING
from keystone_lua.interpreter.analysis.scope import BOX, PLAIN, VALUE
from keystone_lua.interpreter.analysis.types import Kinds
from keystone_lua.interpreter.compile import compile_program
from keystone_lua.interpreter.dump import STAGES, dump
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1
from keystone_lua.interpreter.linking import link_program

SOURCE = b'local n, s = 0, "x"\nfor i = 1, 3 do n = n + i end\nreturn {n, s .. n}\n'


def lines(stage: str, source: bytes = SOURCE) -> list[str]:
    return list(dump(stage, source, "x.lua", {}))


def test_tokens() -> None:
    assert lines("tokens", b'local n = "a\\n" -- c') == [
        "1:1 local",
        "1:7 NAME 'n'",
        "1:9 =",
        "1:11 STRING '\"a\\\\n\"'",
        "1:21 $END ''",
    ]


def test_tree() -> None:
    assert lines("tree", b"return -n")[2:] == [
        "    statements: Return 1:1", "      values: Unary 1:8 symbol='-'", "        operand: Name 1:9 name='n'"
    ]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "script", sorted((Path(__file__).parents[1] / "snapshots").glob("*.lua")), ids=lambda path: path.stem
)
def test_every_stage_shows_every_kind_of_node(script: Path, stage: str) -> None:
    assert lines(stage, script.read_bytes()) or stage == "types"  # nothing may be proved


def test_types() -> None:
    assert lines("types") == ["function at line 1:", "  n: number", "  s: string", "  i: number"]


def test_prices_add_up_to_what_a_run_charges_by_the_text() -> None:
    source = b"local n, s = 0, 'x'\nlocal t = {n, x = s}\nlocal function f(...) return t.x, ... end\nf()"
    shown = [line.split("|")[0].split() for line in lines("prices", source)]
    result = execute(compile_program(source, "x.lua"))
    empty = execute(compile_program(b"", "x.lua"))
    assert sum(int(parts[0]) for parts in shown if parts) == result.instructions
    size = sum(int(parts[1]) for parts in shown if len(parts) > 1)
    assert size == result.allocated_bytes - empty.allocated_bytes


def test_prices_are_those_of_one_round() -> None:
    one, three = lines("prices", b"for i = 1, 1 do f() end"), lines("prices", b"for i = 1, 3 do f() end")
    assert one[0].split("|")[0] == three[0].split("|")[0] != ""


def test_python_stands_below_the_lua() -> None:
    shown = lines("python")
    assert shown[0] == '#1: local n, s = 0, "x"'
    assert "        v1 = v1 + v3" in shown
    assert list(dump("python", SOURCE, "x.lua", {}, LEVEL_0)) != shown


def test_python_is_shown_whole() -> None:
    shown = lines("python", b"local f, t = ...\nlocal s = t[f(1)]:len() + #f(t, f(2))\nreturn s, f(s)")
    ast.parse("\n".join(shown))


@pytest.mark.parametrize("stage", STAGES)
def test_command(stage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.lua"
    file.write_bytes(SOURCE)
    assert main(["dump", f"--{stage}", str(file)]) == 0
    assert capsys.readouterr().out.count("\n") > 2


def test_command_on_what_does_not_compile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.lua"
    file.write_bytes(b"local =")
    assert main(["dump", "--tree", str(file)]) == 1
    assert "x.lua:1: '<name>' expected near '='" in capsys.readouterr().err


def kinds_of(source: str, level: object = LEVEL_1) -> dict[str, str]:
    linked = link_program(source.encode(), "x.lua")
    assert level in (LEVEL_0, LEVEL_1)
    chosen = LEVEL_1 if level is LEVEL_1 else LEVEL_0
    kinds = Kinds(linked.resolution, linked.chunks, FixedBuiltins(linked.resolution, chosen), chosen)
    return {variable.name: kind for variable, kind in kinds.variables.items()}


def test_types_are_joined_over_all_assignments() -> None:
    assert kinds_of("local a, b = 1, 1 b = 'x'") == {"a": NUMBER, "b": ANY}
    assert kinds_of("local function f(p) return p .. 'x' end local r = f('a')")["r"] == STRING
    assert kinds_of("local function f(p) return p end local r = f('a') f(1)")["r"] == ANY


def test_scope_tells_how_locals_are_kept() -> None:
    source = b"local a = 1 for i = 1, 2 do local b, c = 1, 2 local function f() c = b return a end end"
    linked = link_program(source, "x.lua")
    found = {v.name: v.storage for declared in linked.resolution.declared.values() for v in declared}
    assert (found["a"], found["b"], found["c"]) == (PLAIN, VALUE, BOX)


def test_builtins_are_fixed_unless_the_script_can_replace_them() -> None:
    def fixed(source: str) -> bool:
        return FixedBuiltins(link_program(source.encode(), "x.lua").resolution).field("math", "floor") is not None

    assert fixed("return math.floor(1)")
    assert not fixed("math = nil return math.floor(1)")
    assert not fixed("return _G")


def test_start_up_is_constant_unless_it_depends_on_the_run() -> None:
    def constant(source: str) -> bool:
        linked = link_program(source.encode(), "x.lua")
        builtins = FixedBuiltins(linked.resolution)
        return is_constant(Kinds(linked.resolution, linked.chunks, builtins), linked.chunks, {})

    assert constant("local n = 1 function on_route_request() return {path = n} end")
    assert not constant("local n = math.random() function on_route_request() return n end")
