"""``load`` and ``loadstring``: where they are there, what they cost, and that nothing of a chunk stays.

What they mean is in tests/lua/load, attacks in tests/lua/security.
"""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from keystone_lua.interpreter import Failure, Limits, Result, SliceExhausted, compile_program, costs, execute
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.interpreter.levels import LEVEL_0

ON = Limits(load=True)
ROOMY = replace(ON, instructions=400_000_000, memory=4 << 30)
TEXTS = {
    "nothing": "",
    "a value": "return 1",
    "functions": "local function f(x) return function() x = x + 1 return x end end return f(1)()",
    "tables": "local t = {key = 'value', other_key = {1, 2, 3}} return t.key, t['other_key'][2]",
    "loops": "local s = 0 for i = 1, 10 do for k, v in pairs({1, 2}) do s = s + i * v end end return s",
    "an error": "return = 1",
    "a late error": "local a = 1 " * 50 + "=",
}


def run(source: str, limits: Limits = ON, slice: int | None = None) -> Result:
    return execute(compile_program(source.encode("latin-1"), "t"), limits, slice=slice)


def failure(source: str, limits: Limits = ON) -> Failure:
    found = run(source, limits).failure
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["load", "loadstring"])
def test_off_they_are_nil_and_say_what_to_do(name: str) -> None:
    off = Limits()
    assert run(f"return {name}, rawget(_G, '{name}')", off).values == ("nil", "nil")
    assert f"{name} is there only with the setting allow-load" in failure(f"{name}('return 1')", off).message
    assert run(f"return type({name}), type(_G.{name})").values == ("function", "function")


def test_runs_with_and_without_share_a_program() -> None:
    """An idle run of one is never the other's."""
    program = compile_program(b"function on_route_request() end return load, loadstring", "t")
    for limits, shown in ((Limits(), "nil"), (ON, "function"), (Limits(), "nil"), (ON, "function")):
        made = Run.of(program, limits, 0, 0.0, None)
        values = made.chunk()(1)
        made.close(reusable=True)
        assert {"nil" if value is None else "function" for value in values} == {shown}


def test_nothing_is_paid_by_a_script_that_does_not_load() -> None:
    for source in ("return 1", "local t = {} for i = 1, 9 do t[i] = i end return #t"):
        off, on = run(source, Limits()), run(source)
        assert (off.instructions, off.allocated_bytes) == (on.instructions, on.allocated_bytes)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_counts_are_the_text_s_alone(text: str) -> None:
    """The same at every level, the second time, and after anything else has been loaded."""

    def price(before: str, level: object = None) -> tuple[int, int]:
        counts = []
        for times in (1, 2):
            source = f"{before} for i = 1, {times} do loadstring([==[{text}]==]) end"
            kwargs = {"level": level} if level is not None else {}
            result = execute(compile_program(source.encode(), "t", **kwargs), ROOMY)  # type: ignore[arg-type]
            counts.append((result.instructions, result.allocated_bytes))
        (one, some), (two, more) = counts
        return two - one, more - some

    assert price("") == price("loadstring('local x = 1 return x')()") == price("", LEVEL_0)


@pytest.mark.parametrize("budget", ["instructions", "memory"])
def test_a_run_that_needs_exactly_its_budget_ends_well(budget: str) -> None:
    source = "return loadstring('local t = {1, 2, x = 3} return t.x + #t')()"
    whole = run(source)
    needs = whole.instructions if budget == "instructions" else whole.allocated_bytes
    assert run(source, replace(ON, **{budget: needs})).status == "ok"
    assert failure(source, replace(ON, **{budget: needs - 1})).kind == budget


def test_compiling_is_paid_for_before_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is left of the budget, no more tokens are read than it pays for, and nothing is compiled."""
    from keystone_lua.interpreter import late
    from keystone_lua.interpreter.codegen import compiler

    program = compile_program(b"return loadstring(('a = a + 1 '):rep(2000))", "t")
    compiled: list[object] = []
    monkeypatch.setattr(compiler, "code_objects", lambda *_: compiled.append(1))
    found = execute(program, ON).failure
    assert found is not None
    assert found.kind in ("instructions", "memory")
    assert compiled == []
    read = 0

    def counted(pay: late.Pay, count: int) -> None:
        nonlocal read
        pay(costs.LOAD_TOKEN * count, costs.LOAD_TOKEN_BYTES * count)
        read += count

    monkeypatch.setattr(late, "_pay_tokens", counted)
    few = replace(ON, instructions=100_000)
    assert execute(program, few).instructions == 100_000
    assert read <= 100_000 // costs.LOAD_TOKEN


def test_a_slice_ends_before_a_chunk_that_is_too_long_for_it() -> None:
    with pytest.raises(SliceExhausted):
        run("return loadstring(('a = a + 1 '):rep(20))", slice=10_000)


def test_limits_of_a_file_hold_for_a_chunk() -> None:
    roomy = replace(ROOMY, instructions=1 << 40, memory=1 << 40)
    long = run("return select(2, loadstring(('x'):rep(1001)))", replace(ON, source=1000))
    assert "chunk is too long (1001 bytes, limit is 1000)" in long.values[0]
    many = run("return select(2, loadstring(('f\\'\\' '):rep(30000)))", roomy)
    assert "chunk has too many operations" in many.values[0]
    assert "chunk has more than 200000 tokens" in run("return select(2, loadstring((';'):rep(0) .. ('end '):rep(0) .. 'return{' .. ('1,'):rep(100000) .. '1}'))", roomy).values[0]  # fmt: skip


@pytest.mark.cpython
def test_nothing_of_a_chunk_stays() -> None:
    """No object, and none in cycles that wait for the collector: it rests while a script runs."""
    source = b"""
      for i = 1, N do
        local text = "local t = {key" .. i .. " = 'text" .. i .. "'} local function f(x) return function() return t[x] end end " ..
          "while t.x do goto done ::done:: end return f(1)() == nil"
        if not assert(loadstring(text, "=name" .. i))() or loadstring("x" .. i .. " = = 1") then error("wrong") end
      end"""
    program = compile_program(source, "t")

    def objects(count: float) -> int:
        made = Run(program, ROOMY)
        made.globals["N"] = count
        gc.collect()
        gc.disable()
        try:
            before = len(gc.get_objects())
            made.chunk()(1)
            return len(gc.get_objects()) - before
        finally:
            gc.enable()
            made.close()

    objects(3.0)
    few, more = objects(10.0), objects(60.0)
    assert more - few <= 10, (few, more)


def test_no_text_of_a_chunk_is_interned() -> None:
    """CPython 3.12 keeps interned strings for ever, and it interns a constant that looks like a name."""
    made = Run(compile_program(b"return loadstring(T)", "t"), ON)
    words = ["Quite_Unusual_Word_1", "Quite_Unusual_Word_2", "Quite_Unusual_Word_3"]
    made.globals["T"] = (
        "local Quite_Unusual_Word_3 = {Quite_Unusual_Word_2 = 'Quite_Unusual_Word_1'} return Quite_Unusual_Word_3"
    )
    function = made.chunk()(1)
    seen: list[object] = []
    waiting = [function.__code__]
    while waiting:
        code = waiting.pop()
        seen += [*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_consts]
        waiting += [constant for constant in code.co_consts if hasattr(constant, "co_consts")]
    assert not set(words) & {text for text in seen if isinstance(text, str)}
    made.close()
