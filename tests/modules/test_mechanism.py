"""How a script gets a module of the routing library, and who pays for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from keystone_lua.interpreter import Limits, LuaSyntaxError, compile_program, costs, execute
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.interpreter.limits import DEFAULT
from keystone_lua.interpreter.modules import catalogue
from keystone_lua.interpreter.packing import pack, unpack

from .support import lua


@pytest.mark.parametrize("name", catalogue.FILES)
def test_every_name_is_found_literally_and_computed(name: str) -> None:
    assert lua(f"return type(require '{name}')") == ("table",)
    assert lua(f"local name = '{name}' return type(require(name)), require(name) == require(name)") == ("table", "true")


def test_a_module_is_the_runs_own() -> None:
    source = b"local m = require 'base64' local before = m.extra m.extra = 1 m.encode = nil return before, m.encode"
    program = compile_program(source, "t")
    assert [execute(program).values for _ in range(3)] == [("nil", "nil")] * 3


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(LuaSyntaxError, match=r"t:2: module 'base46' not found in lib/"):
        compile_program(b"\nrequire 'base46'", "t")
    status, message = lua("local n = 'base46' return pcall(require, n)")
    assert (status, message.partition(":")[0]) == ("false", "module 'base46' not found")


def test_a_scripts_own_module_comes_first() -> None:
    own = {"base64": b"return {encode = function() return 'own' end}", "ngx.base64": b"return 5"}
    assert lua("return require('base64').encode('x'), require 'ngx.base64'", own) == ("own", "5")
    assert lua("return require('base64').encode('x')") == ("eA==",)


def test_a_modules_module() -> None:
    own = {"util": b"local b = require 'base64' return {twice = function(s) return b.encode(b.encode(s)) end}"}
    assert lua("return require('util').twice('x')", own) == ("ZUE9PQ==",)


def test_names_of_errors() -> None:
    assert lua("local b = require 'base64' return pcall(function() return b.encode({}) end)") == (
        "false", "t:1: bad argument #1 to 'encode' (string expected, got table)",
    )  # fmt: skip


def test_who_requires_it_pays_for_its_members() -> None:
    (with_it, without) = (execute(compile_program(text, "t")) for text in (b"require 'base64'", b"require 'bit'"))
    count = len(catalogue.paths("base64"))
    assert with_it.instructions - without.instructions == costs.MODULE_MEMBER * count
    assert with_it.allocated_bytes - without.allocated_bytes == costs.TABLE + costs.MODULE_MEMBER_BYTES * count


def test_nothing_is_imported_for_a_script_that_requires_nothing() -> None:
    program = (
        "import sys; from keystone_lua.interpreter import compile_program, execute;"
        "execute(compile_program(b'return 1', 't'));"
        "print([m for m in sys.modules if m.startswith('keystone_lua.interpreter.modules.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['keystone_lua.interpreter.modules.catalogue']\n"


def test_it_is_imported_when_the_script_is_compiled() -> None:
    program = (
        "import sys; from keystone_lua.interpreter import compile_program;"
        "compile_program(b'return require \"base64\"', 't');"
        "print('keystone_lua.interpreter.modules.base64' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


@pytest.mark.parametrize(
    "script",
    ["require('base' .. 64)", "load(\"require 'base64'\")()", "_G[('require'):sub(1)]('base64')", "require 'base64'"],
)
def test_no_run_imports(script: str) -> None:
    """`k31`: all modules take 0.1 s, which would be the event loop's."""
    program = compile_program(script.encode(), "t")
    for make in (lambda: compile_program(script.encode(), "t"), lambda: unpack(pack(program), program.source, {})):
        catalogue.members.cache_clear()
        made = make()
        before = catalogue.members.cache_info().misses
        assert execute(made, Limits(load=True)).failure is None
        assert catalogue.members.cache_info().misses == before


DECISION = "local b = require 'base64' function on_route_request(r) return b.encode(r) end "


@pytest.mark.parametrize("more", ["", "function other() b.encode = nil end", "b.x = 1", "local c = {b}", "print(b)"])
def test_a_constant_start_up_is_kept_where_nothing_can_change_it(more: str) -> None:
    assert compile_program((DECISION + more).encode(), "t").constant == (not more)


def test_a_run_in_a_kept_shell_answers_and_costs_the_same() -> None:
    program = compile_program(DECISION.encode(), "t")
    found = []
    for text in ("x", "y", "z"):
        run = Run.of(program, DEFAULT, 0, 0.0, None)
        if run.started is None:
            run.start(1)
        else:
            assert run.resumed()
        answer = run.globals["on_route_request"](1, text)
        found.append((answer, *run.spent()))
        run.close(reusable=True)
    assert found[0][0] == "eA=="
    assert found[1][0] == "eQ=="
    assert found[1][1:] == found[2][1:] == found[0][1:]
