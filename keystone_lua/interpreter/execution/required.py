"""Modules of the routing library as a run sees them.

Input: a run, a name that catalogue knows. Output: a table of the run's own, with functions over its counters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import costs
from ..modules import catalogue
from ..runtime.values import LuaValue, Native, Table
from ..stdlib.registry import Recipe

if TYPE_CHECKING:
    from ..runtime.context import RunContext


LONGEST_NAME: Final = 32
"""Bytes of the name of a method; none has more."""


def module(run: RunContext, name: str) -> Table:
    """What ``require`` answers."""
    members = catalogue.paths(name)
    count = len(members)
    run.charge(costs.MODULE_MEMBER * count, costs.TABLE + costs.MODULE_MEMBER_BYTES * count)
    return Table({member: _member(run, path) for member, path in members.items()})


def method(run: RunContext, value: Native, key: LuaValue) -> LuaValue:
    """A method of an object; nil if it has none of that name."""
    if key.__class__ is not str or len(key) > LONGEST_NAME:
        return None
    name = f"{value.kind}:{key}"
    return _member(run, (value.module, name)) if name in catalogue.members(value.module) else None


def _member(run: RunContext, path: tuple[str, str]) -> LuaValue:
    """A member of a file, made once per run; ``kept`` has what a script could change."""
    value = run.made.get(path)
    if value is None:
        recipe = run.recipe(path)
        if recipe.__class__ is catalogue.Made:
            if run.kept is None:
                run.kept = {}
            if path not in run.kept:
                run.kept[path] = recipe.make(run)
            return run.kept[path]
        value = run.made[path] = recipe.make(run.cells) if recipe.__class__ is Recipe else recipe
    return value
