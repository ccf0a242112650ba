"""What operations and the library ask of a run most often, over the run's own cells.

Input: the cells of a run. Output: its fast paths. They raise BudgetExceeded, SliceExhausted and StackOverflow, and what
operations raise.

A function that has the counters as free variables changes one in a ninth of the time that ``cell_contents`` takes. So
these are functions made for each run, as library functions are, and no methods. The next run that uses these cells
uses them too.
"""

from __future__ import annotations

from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from .. import costs
from ..runtime import metatables, operations
from ..runtime.values import DOUBLE, LONG_STRING, LuaValue, MetaTable, ScatteredTable, Table
from ..stdlib.registry import Recipe

if TYPE_CHECKING:
    from ..runtime.context import RunContext

_HOP: Final = costs.HOP
_TWO_HOPS: Final = 2 * costs.HOP
_METAMETHOD: Final = costs.METAMETHOD
_SCATTERED: Final = costs.SCATTERED
_raw_get: Final[Any] = dict.get
_bytes_of: Final = DOUBLE.pack

_LEVELS: Final = 50
"""Classes one above the other that are looked through here."""


def charge_for(run: RunContext, fuel: int, alloc: int) -> Any:
    def charge(instructions: int, size: int = 0) -> None:
        """Charge before the work."""
        nonlocal fuel, alloc
        fuel -= instructions
        if size:
            alloc -= size
            if alloc < 0:
                run.refuel(0)
        if fuel < 0:
            run.refuel(0)

    return charge


def pay_for(run: RunContext, fuel: int, alloc: int) -> Any:
    def pay(instructions: int, size: int) -> bool:
        """Charge both; False, and neither is charged, if too little is left of one."""
        nonlocal fuel, alloc
        if fuel < instructions or alloc < size:
            return False
        fuel -= instructions
        alloc -= size
        return True

    return pay


def left_for(run: RunContext, fuel: int, alloc: int) -> Any:
    def left() -> tuple[int, int]:
        """What is left of instructions and bytes; below zero if more was charged."""
        return fuel, alloc

    return left


def refill_for(run: RunContext | None, fuel: int, alloc: int, deepest: int = 0) -> Any:
    def refill(owner: RunContext | None, instructions: int, size: int, depth: int) -> None:
        """Set all that a run's code finds in its cells, for the run that begins."""
        nonlocal run, fuel, alloc, deepest
        run, fuel, alloc, deepest = owner, instructions, size, depth

    return refill


def invoke_for(run: RunContext, fuel: int, alloc: int) -> Any:
    def invoke(d: int, handler: LuaValue, a: LuaValue, b: LuaValue) -> LuaValue:
        """Pay for and call the handler of an event that has two operands; its first result."""
        nonlocal fuel
        fuel -= _METAMETHOD
        if fuel < 0:
            run.refuel(0)
        if handler.__class__ is not FunctionType:
            return metatables.first(operations.call(run, handler, d, a, b))
        d += run.native_call_depth  # operations.call in place
        if d > run.depth_limit:
            run.refuel(d)
        result = handler(d, a, b)
        if result.__class__ is tuple:
            return result[0] if result else None
        return result

    return invoke


def index_for(run: RunContext, fuel: int, alloc: int) -> Any:
    def index(d: int, o: LuaValue, k: LuaValue) -> LuaValue:
        """``o[k]``: what an object, its class or the classes above it have, or a function answers."""
        nonlocal fuel
        if o.__class__ is not MetaTable or (k.__class__ is str and len(k) >= LONG_STRING):
            if o.__class__ is ScatteredTable and k.__class__ is float:  # ScatteredTable.get in place
                fuel -= _SCATTERED
                if fuel < 0:
                    run.refuel(0)
                value = _raw_get(o, _bytes_of(k + 0.0))
                if value is not None or o.meta["__index"] is None:
                    return value
                fuel += _SCATTERED  # it is looked for again
            return operations.index(run, d, o, k)
        value = o.get(k)
        if value is not None:
            return value
        level = o.meta["__index"]
        if level.__class__ is Table:
            return level.get(k)
        if level.__class__ is FunctionType:  # invoke in place: headers find their names through here
            fuel -= _METAMETHOD
            if fuel < 0:
                run.refuel(0)
            d += run.native_call_depth
            if d > run.depth_limit:
                run.refuel(d)
            result = level(d, o, k)
            if result.__class__ is tuple:
                return result[0] if result else None
            return result
        if level is None:
            return None
        hops = 0
        while level.__class__ is MetaTable and hops < _LEVELS:
            value = level.get(k)
            if value is not None:
                break
            level = level.meta["__index"]
            if level is None:
                break
            hops += 1
            if level.__class__ is Table:
                value = level.get(k)
                break
        else:
            return operations.index(run, d, o, k)
        if hops:
            fuel -= _HOP * hops
            if fuel < 0:
                run.refuel(0)
        return value

    return index


def inherited_for(run: RunContext, fuel: int, alloc: int) -> Any:
    def inherited(d: int, o: LuaValue, level: LuaValue, k: LuaValue) -> LuaValue:
        """``o[k]`` for a short text ``k`` that neither ``o`` has nor ``level``, which is ``o``'s ``__index``."""
        nonlocal fuel
        if level.__class__ is MetaTable:  # two levels, which most classes do not go beyond, without a loop
            level = level.meta["__index"]
            if level.__class__ is Table or (level.__class__ is MetaTable and k in level):
                fuel -= _HOP
                if fuel < 0:
                    run.refuel(0)
                return level[k]
            if level.__class__ is MetaTable:
                level = level.meta["__index"]
                if level.__class__ is Table or (level.__class__ is MetaTable and k in level):
                    fuel -= _TWO_HOPS
                    if fuel < 0:
                        run.refuel(0)
                    return level[k]
                hops = 2
                while level.__class__ is MetaTable and hops < _LEVELS:
                    level = level.meta["__index"]
                    hops += 1
                    if level.__class__ is Table or (level.__class__ is MetaTable and k in level):
                        fuel -= _HOP * hops
                        if fuel < 0:
                            run.refuel(0)
                        return level[k]
        return operations.index(run, d, o, k)

    return inherited


def assign_for(run: RunContext, fuel: int, alloc: int) -> Any:
    def assign(d: int, handler: LuaValue, o: LuaValue, k: LuaValue, v: LuaValue) -> None:
        """Pay for and call a function that is ``__newindex``."""
        nonlocal fuel
        fuel -= _METAMETHOD
        if fuel < 0:
            run.refuel(0)
        d += run.native_call_depth
        if d > run.depth_limit:
            run.refuel(d)
        handler(d, o, k, v)

    return assign


def call_meta_for(run: RunContext, fuel: int, alloc: int) -> Any:
    def call_meta(table: Table, d: int, arguments: tuple[LuaValue, ...]) -> LuaValue:
        """``table(...)`` through ``__call``; all results."""
        nonlocal fuel, alloc
        handler = table.meta["__call"]
        if handler.__class__ is not FunctionType:
            return operations.call(run, table, d, *arguments)
        d += run.native_call_depth
        if d > run.depth_limit:
            run.refuel(d)
        count = len(arguments)
        fuel -= _METAMETHOD + count // 8
        alloc -= costs.RESULTS + costs.VALUE * count
        if fuel < 0 or alloc < 0:
            run.refuel(0)
        if count == 1:  # a spread call goes through C
            return handler(d, table, arguments[0])
        if count == 2:
            one, two = arguments
            return handler(d, table, one, two)
        return handler(d, table, *arguments)

    return call_meta


_FACTORIES: Final = (
    charge_for, pay_for, left_for, refill_for, invoke_for, index_for, inherited_for, assign_for, call_meta_for,
)  # fmt: skip
_RECIPES: Final = [Recipe(made.__name__, made) for made in (factory(None, 0, 0) for factory in _FACTORIES)]  # type: ignore[arg-type]


def fast_paths_of(cells: dict[str, CellType]) -> list[Any]:
    """A run's fast paths, in the order above."""
    return [recipe.make(cells) for recipe in _RECIPES]
