"""bucket: which share, name or node a key belongs to; the same for the same key, salt and list, everywhere.

Input: keys (texts or numbers), salts, lists of names with weights, ``{{name, weight}, ...}``. Output: bucket numbers
from 0, names, nodes. Refuses weights that are not finite numbers of at least 0, and names that are neither text nor
number. ``random`` draws from the run's random numbers. bucketing says what is computed, and why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..costs import MODULES, RESULTS, SCAN, STEP, STRING, VALUE, WORK, WORK_BYTES
from ..runtime.tables import rawget
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, LuaValue, Native, Table, type_name
from ..stdlib.args import check_integer, check_string, check_table
from . import bucketing
from .lists import items_of, key_of
from .short_hashes import spread_64

if TYPE_CHECKING:
    from ..runtime.context import RunContext

MAX_COUNT: Final = 1 << 32
"""Buckets."""
MAX_POINTS: Final = 200_000
"""Places of a ring: 1,250 nodes of weight 1."""
MAX_WEIGHT: Final = (1 << 31) - 1
"""Sum of the whole weights that Unleash and flagd take."""
_PRICES: Final = {
    name: MODULES[f"bucket.{name}"]
    for name in ("ring:find", "flagd", "growthbook", "jump", "of", "pick", "random", "ring", "unleash")
}
_ENTRY: Final = WORK["bucket.entry"]
_ENTRY_BYTES: Final = WORK_BYTES["bucket.entry"]
_DRAW: Final = WORK["bucket.draw"]
_POINT: Final = WORK["bucket.point"]
_POINT_BYTES: Final = WORK_BYTES["bucket.point"]
_WORD: Final = WORK["bucket.word"]
_WORD_BYTES: Final = WORK_BYTES["bucket.word"]
_BYTE: Final = WORK["bucket.byte"]
_JUMP: Final = WORK["bucket.jump"]
_JUMPS: Final = 64
"""Jumps that are paid for at once."""


class Weights(NamedTuple):
    """A list of names with weights: the values to answer, their texts, the weights."""

    values: list[LuaValue]
    names: list[str]
    weights: list[float]


def read_weights(run: RunContext, value: LuaValue, index: int) -> Weights:
    """An argument as a list of names with weights, paid for."""
    entries = items_of(run, check_table(value, index))
    found = Weights([], [], [])
    for place, entry in enumerate(entries, 1):
        run.charge(_ENTRY, _ENTRY_BYTES)
        if not isinstance(entry, Table):
            raise argument_error(index, f"entry {place} is a {type_name(entry)}, no {{name, weight}}")
        name, weight = rawget(run, entry, 1.0), rawget(run, entry, 2.0)
        if name.__class__ is not str and name.__class__ is not float:
            raise argument_error(index, f"the name of entry {place} is a {type_name(name)}, no string")
        if weight.__class__ is not float or not 0.0 <= weight < 1e300:
            raise argument_error(index, f"the weight of entry {place} is no number from 0 on")
        found.values.append(name)
        found.names.append(key_of(name, index))
        found.weights.append(weight)
    return found


def whole_weights(found: Weights, index: int) -> list[int]:
    """The weights as the integers that they have to be."""
    for place, weight in enumerate(found.weights, 1):
        if weight % 1.0:
            raise argument_error(index, f"the weight of entry {place} is no whole number")
    if sum(found.weights) > MAX_WEIGHT:
        raise argument_error(index, f"the sum of the weights is above {MAX_WEIGHT}")
    return [int(weight) for weight in found.weights]


def chosen(found: Weights, place: int | None, index: int) -> LuaValue:
    """The name at a place; without one no weight was above zero."""
    if place is None:
        raise argument_error(index, "no weight is above 0")
    return found.values[place]


def read_count(run: RunContext, value: LuaValue, index: int) -> int:
    """An argument as a number of buckets."""
    count = check_integer(run, value, index)
    if not 1 <= count <= MAX_COUNT:
        raise argument_error(index, f"a count from 1 to {MAX_COUNT} expected")
    return count


def of_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    price = _PRICES["of"]

    def of(d: int, key: LuaValue = ABSENT, salt: LuaValue = ABSENT, count: LuaValue = ABSENT, *_: LuaValue) -> float:
        text = key if key.__class__ is str else key_of(key, 1)
        salt = salt if salt.__class__ is str else key_of(salt, 2)
        size = len(text) + len(salt)
        run.charge(price + size // SCAN, STRING + 2 * size)
        return float(bucketing.share(text, salt, read_count(run, count, 3)))

    return of


def pick_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    price = _PRICES["pick"]

    def pick(d: int, key: LuaValue = ABSENT, salt: LuaValue = ABSENT, list: LuaValue = ABSENT, *_: LuaValue) -> Any:  # noqa: A002
        text = key if key.__class__ is str else key_of(key, 1)
        salt = salt if salt.__class__ is str else key_of(salt, 2)
        run.charge(price)
        found = read_weights(run, list, 3)
        size = len(text) + len(salt)
        count = len(found.names)
        total = size * count + sum(map(len, found.names))
        run.charge(_DRAW * count + total // SCAN, 2 * (size + max(map(len, found.names), default=0)) + STRING)
        return chosen(found, bucketing.weighted(text, salt, found.names, found.weights), 3)

    return pick


def random_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def random(d: int, list: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:  # noqa: A002
        run.charge(_PRICES["random"])
        found = read_weights(run, list, 1)
        fraction: float = run.member("math", "random")(d + 1)
        return chosen(found, bucketing.cumulative(found.weights, fraction), 1)

    return random


def jump_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def jump(d: int, key: LuaValue = ABSENT, count: LuaValue = ABSENT, *_: LuaValue) -> float:
        run.charge(_PRICES["jump"] + _JUMP * _JUMPS // 8)
        if key.__class__ is float:
            if not 0.0 <= key < 2.0**63 or key % 1.0:
                raise argument_error(1, "a text or a whole number from 0 on expected")
            number = int(key)
        else:
            text = key_of(key, 1)
            run.charge(len(text) // SCAN, STRING + len(text))
            number = spread_64(text)
        return float(bucketing.jump(number, read_count(run, count, 2)))

    return jump


def ring_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def ring(d: int, nodes: LuaValue = ABSENT, *_: LuaValue) -> Native:
        run.charge(_PRICES["ring"], 4 * RESULTS)
        names: list[str] = []
        counts: list[int] = []
        for place, node in enumerate(items_of(run, check_table(nodes, 1)), 1):
            run.charge(_ENTRY, _ENTRY_BYTES)
            name, weight = node, 1.0
            if isinstance(node, Table):
                name, weight = rawget(run, node, 1.0), rawget(run, node, 2.0)
            if name.__class__ is not str:
                raise argument_error(1, f"the name of node {place} is a {type_name(name)}, no string")
            if weight.__class__ is not float or not 0.0 <= weight <= MAX_POINTS:
                raise argument_error(1, f"the weight of node {place} is no number from 0 to {MAX_POINTS}")
            names.append(name)
            counts.append(int(weight * bucketing.POINTS))
        if not any(counts):
            raise argument_error(1, "a ring needs a node with a weight above 0")
        points = sum(counts)
        if points > MAX_POINTS:
            raise argument_error(1, f"more than {MAX_POINTS} places, {bucketing.POINTS} for a weight of 1")
        batches = points // 8 + len(names)
        longest = max(map(len, names))
        run.charge(
            points * (_POINT + points.bit_length()) + batches * (2 * STEP + longest // SCAN), points * _POINT_BYTES
        )
        return Native("bucket", "ring", bucketing.ring_of(names, counts))

    return ring


def find_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    price = _PRICES["ring:find"]

    def find(d: int, ring: LuaValue = ABSENT, key: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        if ring.__class__ is not Native or ring.module != "bucket":
            raise argument_error(1, f"ring expected, got {type_name(ring)}")
        text = key if key.__class__ is str else key_of(key, 2)
        run.charge(price + len(text) // SCAN, STRING + len(text))
        return ring.data.find(text)

    return find


def _option(run: RunContext, options: Table | None, name: str, default: float) -> float:
    value = None if options is None else rawget(run, options, name)
    if value is None:
        return default
    if value.__class__ is not float or not -1e15 < value < 1e15:
        raise argument_error(3, f"'{name}' is no number")
    return float(value)


def growthbook_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def growthbook(
        d: int, key: LuaValue = ABSENT, seed: LuaValue = ABSENT, options: LuaValue = None, *_: LuaValue
    ) -> LuaValue:
        text, seed = key_of(key, 1), check_string(seed, 2)
        size = len(text) + len(seed)
        run.charge(_PRICES["growthbook"] + _BYTE * size, RESULTS + 2 * VALUE + STRING + 2 * size)
        table = None if options is None else check_table(options, 3)
        listed = None if table is None else rawget(run, table, "weights")
        weights: list[float] | None = None
        if listed is not None:
            weights = items_of(run, check_table(listed, 3))
            run.charge(_ENTRY * len(weights), VALUE * len(weights))
            if any(weight.__class__ is not float or not 0.0 <= weight <= 1.0 for weight in weights):
                raise argument_error(3, "'weights' are no numbers from 0 to 1")
        version = _option(run, table, "version", 1.0)
        if version not in (1.0, 2.0):
            raise argument_error(3, "'version' is neither 1 nor 2")
        count = _option(run, table, "variations", float(len(weights)) if weights else 2.0)
        if not 1.0 <= count <= 1000.0 or count % 1.0:
            raise argument_error(3, "'variations' is no number from 1 to 1000")
        run.charge(STEP * int(count), 2 * VALUE * int(count))
        fraction = bucketing.growthbook(text, seed, int(version))
        coverage = _option(run, table, "coverage", 1.0)
        variation = bucketing.growthbook_variation(fraction, int(count), coverage, weights)
        return None if variation is None else float(variation), fraction

    return growthbook


def unleash_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def unleash(
        d: int, key: LuaValue = ABSENT, group: LuaValue = ABSENT, total: LuaValue = None, *_: LuaValue
    ) -> LuaValue:
        text, group = key_of(key, 1), check_string(group, 2)
        size = len(text) + len(group)
        run.charge(_PRICES["unleash"] + (_WORD * size >> 2), STRING + _WORD_BYTES * size)
        if isinstance(total, Table):
            found = read_weights(run, total, 3)
            place = bucketing.unleash_variant(text, group, whole_weights(found, 3))
            return chosen(found, place, 3)
        return float(bucketing.unleash(text, group, 100 if total is None else read_count(run, total, 3)))

    return unleash


def flagd_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def flagd(d: int, key: LuaValue = ABSENT, list: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:  # noqa: A002
        text = key_of(key, 1)
        run.charge(_PRICES["flagd"] + (_WORD * len(text) >> 2), STRING + _WORD_BYTES * len(text))
        found = read_weights(run, list, 2)
        return chosen(found, bucketing.flagd(text, whole_weights(found, 2)), 2)

    return flagd


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``bucket``; those with a colon are methods."""
    return {
        "ring:find": find_for(run, fuel, alloc),
        "flagd": flagd_for(run, fuel, alloc),
        "growthbook": growthbook_for(run, fuel, alloc),
        "jump": jump_for(run, fuel, alloc),
        "of": of_for(run, fuel, alloc),
        "pick": pick_for(run, fuel, alloc),
        "random": random_for(run, fuel, alloc),
        "ring": ring_for(run, fuel, alloc),
        "unleash": unleash_for(run, fuel, alloc),
    }
