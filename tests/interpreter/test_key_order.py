"""Random tables, filled by scripts, beside a model: their keys in order, their values, their border.

A script stores, appends, inserts, removes and clears by every form there is and shows the table in between. The model
is a dict and the sentence of docs/compatibility.md on the order. Both levels must agree with it, and on the counts.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute
from keystone_lua.interpreter.levels import LEVEL_0, LEVEL_1

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
