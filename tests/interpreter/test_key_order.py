"""Random tables, filled by scripts, beside a model: their keys in order, their values, their border.

A script stores, appends, inserts, removes and clears by every form there is and shows the table in between. The model
is a dict and the sentence of docs/compatibility.md on the order. Both levels must agree with it, and on the counts.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1, Level
from keystone_lua.interpreter.runtime.values import ListTable, Table

PRELUDE = """
local function show(t)
  local found, walked, called = {}, {}, {}
  for k, v in pairs(t) do found[#found + 1] = tostring(k) .. "=" .. v end
  for k, v in next, t do walked[#walked + 1] = tostring(k) .. "=" .. v end
  table.foreach(t, function(k, v) called[#called + 1] = tostring(k) .. "=" .. v end)
  local text = table.concat(found, " ")
  assert(text == table.concat(walked, " ") and text == table.concat(called, " "))
  print(text)
end
local nothing
local t = {}
"""

Model = dict[float | str, int]
Step = Callable[[random.Random, Model, int], str]


def border(model: Model) -> int:
    """The first one."""
    n = 0
    while n + 1.0 in model:
        n += 1
    return n


def shown(model: Model) -> str:
    """What ``show`` prints."""
    n = border(model)
    first = [float(place) for place in range(1, n + 1)]
    order = [*first, *(key for key in model if key not in first)]
    return " ".join(f"{key if isinstance(key, str) else f'{key:.14g}'}={model[key]}" for key in order)


def store(chance: random.Random, model: Model, value: int) -> str:
    """Any key, near the border more often than not."""
    n = border(model)
    key: float | str = chance.choice(
        [1.0, n + 1.0, n + 1.0, n + 2.0, n * 1.0, 0.0, -1.0, 1.5, "x", "y", float(chance.randint(1, 9))]
    )
    model[key] = value
    form = chance.choice(
        ["t[{0}] = {1}", "rawset(t, {0}, {1})", "local k = {0} t[k] = {1}", "for k = {0}, {0} do t[k] = {1} end"]
    )
    if isinstance(key, str):
        form = chance.choice(["t.{0} = {1}", "local k = '{0}' t[k] = {1}", "rawset(t, '{0}', {1})"])
    return form.format(key, value)


def clear(chance: random.Random, model: Model, value: int) -> str:
    """A key that is there, the last position more often than not."""
    n = border(model)
    key = chance.choice([float(n), float(n), 1.0, *model]) if model else 1.0
    model.pop(key, None)
    name = f"'{key}'" if isinstance(key, str) else key
    return chance.choice(["t[{0}] = nil", "t[{0}] = nothing", "rawset(t, {0}, nil)"]).format(name)


def append(chance: random.Random, model: Model, value: int) -> str:
    """At the border, which must be the only one."""
    n = border(model)
    if any(isinstance(key, float) and key > n for key in model):
        return store(chance, model, value)
    model[n + 1.0] = value
    return chance.choice(["t[#t + 1] = {0}", "table.insert(t, {0})", "local n = #t t[n + 1] = {0}"]).format(value)


def move(chance: random.Random, model: Model, value: int) -> str:
    """Insert or remove at a place, or at the end."""
    n = border(model)
    if any(isinstance(key, float) and key > n for key in model) or not n:
        return append(chance, model, value)
    place = chance.randint(1, n)
    if chance.random() < 0.5:
        model[n + 1.0] = 0
        for at in range(n, place - 1, -1):
            model[at + 1.0] = model[float(at)]
        model[float(place)] = value
        return f"table.insert(t, {place}, {value})"
    for at in range(place, n):
        model[float(at)] = model[at + 1.0]
    del model[float(n)]
    return (
        "t[#t] = nil"
        if place == n and chance.random() < 0.3
        else f"table.remove(t, {place})"
        if place < n
        else "table.remove(t)"
    )


def anew(chance: random.Random, model: Model, value: int) -> str:
    """Another table."""
    model.clear()
    if chance.random() < 0.5:
        return "t = {}"
    model.update({1.0: value, 2.0: 2, "x": 3})
    return f"t = {{{value}, 2, x = 3}}"


STEPS: list[Step] = [store, store, clear, clear, append, append, append, move, move, anew]
WEIGHTS = [3, 3, 2, 2, 3, 3, 3, 1, 1, 0.2]


def program(seed: int) -> tuple[str, list[str]]:
    """A script, and what it prints."""
    chance = random.Random(seed)
    model: Model = {}
    lines, expected = [PRELUDE], []
    for value in range(chance.randint(5, 60)):
        step = chance.choices(STEPS, WEIGHTS)[0]
        lines.append(f"do {step(chance, model, value)} end show(t)")
        expected.append(shown(model))
    return "\n".join(lines), expected


@pytest.mark.parametrize("seed", range(60))
def test_a_table_is_as_the_model_says(seed: int) -> None:
    source, expected = program(seed)
    counts = set()
    for level in (LEVEL_0, LEVEL_1):
        result = execute(compile_program(source.encode(), "model.lua", level=level), Limits(log=1 << 20))
        assert result.failure is None, (seed, result.failure)
        assert [line.text for line in result.log] == expected, seed
        counts.add((result.instructions, result.allocated_bytes))
    assert len(counts) == 1


def table_of(source: str, level: Level = LEVEL_1) -> Table:
    """What a script returns."""
    run = Run.of(compile_program(source.encode(), "list.lua", level=level), Limits(), 0, 0.0, None)
    found = run.chunk()(1)
    assert isinstance(found, Table)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_a_list_has_positions_alone_and_in_their_order(seed: int) -> None:
    source, _ = program(seed)
    lines = [line for line in source.replace(" show(t)", "").splitlines() if line.startswith("do ")]
    for level in (LEVEL_0, LEVEL_1):
        found = table_of("\n".join(["local nothing", "local t = {}", *lines, "return t"]), level)
        assert found.__class__ is not ListTable or list(found) == [float(place) for place in range(1, len(found) + 1)]


MADE = (
    "local t = {} for i = 1, 9 do t[i] = i end return t",
    "local t = {} for i = 1, 9 do t[#t + 1] = i end return t",
    "local t = {} for i = 1, 9 do table.insert(t, i) end return t",
    "local t = {{}} local u = t[1] for i = 1, 9 do u[#u + 1] = i end return u",
    "local t = {{}} local u = t[1] for i = 1, 9 do u[i] = i end return u",
    "local t = {{}} local u, f = t[1], table.insert for i = 1, 9 do f(u, i) end return u",
    "local t = {{}} local u = t[1] for i = 1, 9 do rawset(u, i, i) end return u",
    "local t = {{}} local u = t[1] u[1] = 1 u[2] = 2 return u",
    "return {1}",
    "return {1, 2}",
    "local a = ... return {1, a == nil, 3}",
    "return {1, 2, 3, 4, 5}",
    "return {(function(...) return {...} end)(1, 2, 3)[1], unpack({2, 3})}",
    "return {('x'):byte(1, -1)}",
    "local t = {1, 2, 3} t[3] = nil t[3] = 4 table.remove(t) table.remove(t, 1) table.insert(t, 1, 0) return t",
    "local t = {3, 2, 1} table.sort(t) return t",
    "local t = {x = 1} t.x = nil t[1] = 1 return t",
)


@pytest.mark.parametrize("source", MADE)
def test_lists_are_known_as_such(source: str) -> None:
    """However they are made: else they would take more time, and nobody would notice."""
    for level in (LEVEL_0, LEVEL_1):
        assert table_of(source, level).__class__ is ListTable


def test_every_list_of_classes_has_lists() -> None:
    """Where a set or dict of classes names Table, a list must not be taken for something else."""
    seen = 0
    for name, module in list(sys.modules.items()):
        if name.startswith("keystone_lua."):
            for label, value in list(vars(module).items()):
                if isinstance(value, (set, frozenset, dict, tuple, list)) and Table in value:
                    seen += 1
                    assert ListTable in value, (name, label)
    assert seen >= 3
