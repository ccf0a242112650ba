"""Pythons that differ: what is refused, and trees that any compiler takes."""

from __future__ import annotations

import ast
import subprocess
import sys
from types import SimpleNamespace

import pytest

from keystone_lua import implementation
from keystone_lua.interpreter import self_test
from keystone_lua.interpreter.codegen import plain_nodes, pyast


def test_this_python_is_taken() -> None:
    assert implementation.objection() is None


@pytest.mark.parametrize(("version", "good"), [((7, 3), False), ((8, 0), True), ((9, 1), True)])
def test_pypy_before_8_is_refused(version: tuple[int, int], good: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    major, minor = version
    pypy = SimpleNamespace(name="pypy", version=SimpleNamespace(major=major, minor=minor))
    monkeypatch.setattr(sys, "implementation", pypy)
    found = implementation.objection()
    assert (found is None) is good
    assert good or found == "PyPy before 8.0 reads regular expressions wrongly"


@pytest.mark.parametrize("on", [False, True])
def test_cpython_s_jit_compiler_is_refused(on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_jit", SimpleNamespace(is_enabled=lambda: on), raising=False)
    assert ("PYTHON_JIT=0" in str(self_test.fault())) is on


def test_a_plain_tree_is_ast_s_own_and_says_the_same() -> None:
    value = pyast.method(pyast.name("x", 7), "y", [pyast.lua_call(pyast.name("f", 8), [pyast.nil(9)], 9)], 7)
    module = ast.Module([pyast.assign_name("z", value, 5), pyast.subtract("z", pyast.constant(1.0, 6), 6)], [])
    made = plain_nodes.plain(module)
    assert ast.unparse(made) == "z = x.y(f(None))\nz -= 1.0"
    nodes = list(ast.walk(made))
    assert {type(node).__module__ for node in nodes} <= {"ast", "_ast"}
    assert all(vars(node)["end_lineno"] == vars(node)["lineno"] for node in nodes if "lineno" in vars(node))
    assert sorted(node.lineno for node in nodes if isinstance(node, ast.Name)) == [5, 6, 7, 8]


FAULTS = """
import resource
from keystone_lua.implementation import below_large_frame
from keystone_lua.interpreter import DEFAULT, compile_program, execute

SOURCE = '''local function g() end
local function f(n) if n > 0 then return 1 + f(n - 1) end for i = 1, 1000 do g() end return 1 end
f(%d)'''

def pages(program):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    execute(program, DEFAULT)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

programs = [compile_program((SOURCE % depth).encode(), "deep") for depth in range(5, 205)]
worst = lambda: max(map(pages, programs))
print(worst(), below_large_frame(worst))
"""


@pytest.mark.cpython
def test_no_loop_of_calls_maps_its_frames_again_each_round() -> None:
    """CPython before 3.14 does, at one depth of 135, when frames lie in pieces of 16 KiB: 540 ns an instruction."""
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    as_it_comes, below = map(int, done.stdout.split())
    assert as_it_comes >= 1000 or sys.version_info >= (3, 14)
    assert below < 100
