"""bucket: the products' published vectors, and what this library's own ways promise.

GrowthBook's are the cases ``hash``, ``getBucketRange`` and ``inNamespace`` of its SDKs' test file (cases.json); Unleash's
those of its client specification (03, 04, 08, 10, 12, 16) and of its Java client; flagd's those of flagd-testbed's
fractional.feature (its second version, of whole numbers); jump's those of Guava.
"""

from __future__ import annotations

import math
import random

import pytest

from keystone_lua.interpreter.modules import bucketing, short_hashes

from .support import lua

HASHES = [
    ("", "a", 1, 0.22), ("", "b", 1, 0.077), ("b", "a", 1, 0.946), ("ef", "d", 1, 0.652), ("asdf", "8952klfjas09ujk", 1, 0.549),
    ("", "123", 1, 0.011), ("", '___)((*":&', 1, 0.563), ("seed", "a", 2, 0.0505), ("seed", "b", 2, 0.2696), ("foo", "ab", 2, 0.2575),
    ("foo", "def", 2, 0.2019), ("89123klj", "8952klfjas09ujkasdf", 2, 0.124), ("90850943850283058242805", "123", 2, 0.7516),
    ("()**(%$##$%#$#", '___)((*":&', 2, 0.0128),
]  # fmt: skip


@pytest.mark.parametrize(("seed", "key", "version", "expected"), HASHES)
def test_growthbooks_hash(seed: str, key: str, version: int, expected: float) -> None:
    source = f"return select(2, require('bucket').growthbook([=[{key}]=], [=[{seed}]=], {{version = {version}}}))"
    assert float(lua(source)[0]) == expected


RANGES = [
    ((2, 1.0, None), [(0, 0.5), (0.5, 1)]),
    ((2, 0.5, None), [(0, 0.25), (0.5, 0.75)]),
    ((2, 0.0, None), [(0, 0), (0.5, 0.5)]),
    ((4, 1.0, None), [(0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1)]),
    ((2, 1.0, [0.4, 0.6]), [(0, 0.4), (0.4, 1)]),
    ((3, 0.2, [0.2, 0.3, 0.5]), [(0, 0.04), (0.2, 0.26), (0.5, 0.6)]),
    ((2, -0.2, None), [(0, 0), (0.5, 0.5)]),
    ((2, 1.5, None), [(0, 0.5), (0.5, 1)]),
    ((2, 1.0, [0.4, 0.1]), [(0, 0.5), (0.5, 1)]),
    ((2, 1.0, [0.7, 0.6]), [(0, 0.5), (0.5, 1)]),
    ((4, 1.0, [0.4, 0.4, 0.2]), [(0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1)]),
    ((2, 1.0, [0.4, 0.5999]), [(0, 0.4), (0.4, 0.9999)]),
]


@pytest.mark.parametrize(("given", "ranges"), RANGES, ids=range(len(RANGES)))
def test_growthbooks_ranges(given: tuple[int, float, list[float] | None], ranges: list[tuple[float, float]]) -> None:
    count, coverage, weights = given
    for step in range(1000):
        fraction = (step + 0.5) / 1000  # not at a border, which rounding may move
        expected = next((place for place, (low, high) in enumerate(ranges) if low <= fraction < high), None)
        assert bucketing.growthbook_variation(fraction, count, coverage, weights) == expected


def test_growthbooks_variations_by_user() -> None:
    users = "for i = 1, 8 do r[i] = (require('bucket').growthbook(tostring(i), 'my-test')) end"
    assert lua(f"local r = {{}} {users} return table.concat(r)") == ("10011101",)
    options = "{variations = 2, coverage = 0}"
    assert lua(f"return require('bucket').growthbook('1', 'my-test', {options})")[0] == "nil"


NAMESPACES = {
    ("1", "namespace1"): False, ("1", "namespace2"): False, ("2", "namespace1"): False, ("2", "namespace2"): False,
    ("3", "namespace1"): False, ("3", "namespace2"): True, ("4", "namespace1"): False, ("4", "namespace2"): True,
}  # fmt: skip
"""Whether a user is in the first two fifths of a namespace; the others are in the rest of it."""


@pytest.mark.parametrize(("user", "name"), NAMESPACES)
def test_growthbooks_namespaces(user: str, name: str) -> None:
    """They are its first hash, with the seed ``__NAME``."""
    source = f"local _, place = require('bucket').growthbook('{user}', '__{name}') return place < 0.4"
    assert lua(source) == (str(NAMESPACES[user, name]).lower(),)


UNLEASH = [("123", "gr1", 73), ("999", "groupX", 25)]


@pytest.mark.parametrize(("key", "group", "expected"), UNLEASH)
def test_unleashs_normalized_value(key: str, group: str, expected: int) -> None:
    assert lua(f"return require('bucket').unleash('{key}', '{group}')") == (str(expected),)


@pytest.mark.parametrize(
    ("key", "group", "percent", "on"),
    [
        ("122", "AB12A", 50, True), ("155", "AB12A", 50, False), ("174", "Feature.flexibleRollout.10", 10, True),
        ("499", "Feature.flexibleRollout.10", 10, False), ("25", "Feature.flexibleRollout.userId.55", 55, True),
        ("147", "Feature.flexibleRollout.sessionId.42", 42, True),
        ("402", "Feature.flexible.rollout.custom.stickiness_50", 50, False),
        ("388", "Feature.flexible.rollout.custom.stickiness_50", 50, True),
        ("39", "Feature.flexible.rollout.custom.stickiness_50", 50, True),
        ("122", "AB12A", 0, False), ("123", "AB12A", 100, True),
    ],
)  # fmt: skip
def test_unleashs_rollouts(key: str, group: str, percent: int, on: bool) -> None:
    assert lua(f"return require('bucket').unleash('{key}', '{group}') <= {percent}") == (str(on).lower(),)


VARIANTS = {"B": [1, 1], "C": [33, 33, 33], "D": [1, 49, 50]}
UNLEASH_VARIANTS = [
    ("B", "2", 2),
    ("B", "0", 1),
    ("C", "232", 1),
    ("C", "607", 2),
    ("C", "656", 3),
    ("D", "712", 1),
    ("D", "525", 2),
    ("D", "537", 3),
]


FOUR = "{{'blue', 25}, {'red', 25}, {'green', 25}, {'yellow', 25}}"
TWO = "{{'variantNameA', 1}, {'variantNameB', 1}}"
UNLEASH_GROUPS = [
    *(("Feature.flexible.rollout.custom.stickiness_100", FOUR, key, name) for key, name in
      {"616": "blue", "503": "red", "438": "green", "44": "yellow"}.items()),
    *(("a", TWO, key, name) for key, name in {"5": "variantNameA", "0": "variantNameB"}.items()),
]  # fmt: skip


@pytest.mark.parametrize(("group", "variants", "key", "expected"), UNLEASH_GROUPS)
def test_unleashs_variants_of_other_fields_and_strategies(group: str, variants: str, key: str, expected: str) -> None:
    assert lua(f"return require('bucket').unleash('{key}', '{group}', {variants})") == (expected,)


@pytest.mark.parametrize(("feature", "user", "variant"), UNLEASH_VARIANTS)
def test_unleashs_variants(feature: str, user: str, variant: int) -> None:
    weights = ", ".join(f"{{'{place}', {weight}}}" for place, weight in enumerate(VARIANTS[feature], 1))
    assert lua(f"return require('bucket').unleash('{user}', 'Feature.Variants.{feature}', {{{weights}}})") == (
        str(variant),
    )


SUITS = "{{'clubs', 25}, {'diamonds', 25}, {'hearts', 25}, {'spades', 25}}"
FLAGD = [
    *((f"fractional-flag{name}", SUITS, suit) for name, suit in
      {"jack": "hearts", "queen": "spades", "ten": "clubs", "nine": "diamonds", "3": "clubs"}.items()),
    *((f"shared-seed{name}", SUITS, suit) for name, suit in
      {"seven": "hearts", "eight": "diamonds", "nine": "clubs", "two": "spades"}.items()),
    *((key, "{{'lower', 50}, {'upper', 50}}", half) for key, half in
      {"ejOoVL": "lower", "bY9fO-": "lower", "SI7p-": "lower", "6LvT0": "upper", "ceQdGm": "upper"}.items()),
    ("fractional-flag-shorthandjon@company.com", "{{'heads', 1}, {'tails', 1}}", "heads"),
    ("fractional-flag-shorthandjane@company.com", "{{'heads', 1}, {'tails', 1}}", "tails"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "list_", "expected"), FLAGD)
def test_flagds_fractional(key: str, list_: str, expected: str) -> None:
    assert lua(f"return require('bucket').flagd('{key}', {list_})") == (expected,)


JUMPS = [(0, 1, 0), (42, 57, 43), (0xDEAD10CC, 1, 0), (0xDEAD10CC, 666, 361), (256, 1024, 520)]


@pytest.mark.parametrize(("key", "count", "expected"), JUMPS)
def test_jump(key: int, count: int, expected: int) -> None:
    assert lua(f"return require('bucket').jump({key}, {count})") == (str(expected),)


def test_buckets_are_even_and_depend_on_the_salt() -> None:
    counts = [0] * 10
    same = 0
    for user in range(20_000):
        bucket = bucketing.share(f"u{user}", "one", 10)
        counts[bucket] += 1
        same += bucket == bucketing.share(f"u{user}", "two", 10)
    assert all(abs(count - 2000) < 200 for count in counts)
    assert abs(same - 2000) < 200


def test_this_librarys_own_buckets_stay_as_they_are() -> None:
    source = "local b = require 'bucket' return b.of('alice', 'exp', 100), b.of(4711, 'exp', 4294967296), b.pick('alice', 'exp', {{'a', 1}, {'b', 2}})"
    source += ", b.ring{'a', 'b', 'c'}:find('alice'), b.jump('alice', 100)"
    assert lua(source) == OWN


OWN = ("56", "93724081", "a", "b", "55")


def moved(before: list[str | int | None], after: list[str | int | None]) -> float:
    return sum(one != other for one, other in zip(before, after, strict=True)) / len(before)


KEYS = [f"key-{number}" for number in range(4000)]


def test_weights_that_change_move_no_more_than_they_must() -> None:
    def picks(weights: list[float]) -> list[str | int | None]:
        return [bucketing.weighted(key, "s", ["a", "b", "c"], weights) for key in KEYS]

    before, after = picks([10, 45, 45]), picks([20, 40, 40])
    assert abs(before.count(0) / len(KEYS) - 0.1) < 0.02
    assert moved(before, after) < 0.12  # a tenth has to
    assert all(one == other or other == 0 for one, other in zip(before, picks([20, 45, 45]), strict=True))
    assert before == picks([1, 4.5, 4.5])


def test_a_node_more_moves_its_share_of_the_keys() -> None:
    names = [f"node-{number}" for number in range(10)]
    ring, larger = (bucketing.ring_of(names[:count], [bucketing.POINTS] * count) for count in (9, 10))
    before, after = [ring.find(key) for key in KEYS], [larger.find(key) for key in KEYS]
    assert 0.05 < moved([*before], [*after]) < 0.16
    assert all(one == other or other == "node-9" for one, other in zip(before, after, strict=True))
    assert [larger.find(key) for key in KEYS] == [
        bucketing.ring_of(names[::-1], [bucketing.POINTS] * 10).find(key) for key in KEYS
    ]
    jumps = [[bucketing.jump(short_hashes.spread_64(key), count) for key in KEYS] for count in (9, 10)]
    assert 0.05 < moved([*jumps[0]], [*jumps[1]]) < 0.16


def test_the_logarithm_is_right() -> None:
    chance = random.Random(2)
    for _ in range(1000):
        x = chance.random() ** chance.randrange(1, 9) + 1e-300
        assert math.isclose(bucketing.logarithm(x), math.log(x), rel_tol=1e-9, abs_tol=1e-15)


def test_random_follows_the_weights() -> None:
    source = "local b, n = require 'bucket', 0 for i = 1, 4000 do if b.random{{'x', 1}, {'y', 3}, {'z', 0}} == 'x' then n = n + 1 end end return n"
    assert 900 < int(lua(source)[0]) < 1100
    assert lua("return require('bucket').random{{'x', 0}, {'y', 1}}") == ("y",)


ERRORS = {
    "b.of('u', 's', 0)": "bad argument #3 to 'of' (a count from 1 to 4294967296 expected)",
    "b.of('u', 's', 4294967297)": "bad argument #3 to 'of' (a count from 1 to 4294967296 expected)",
    "b.of(nil, 's', 1)": "bad argument #1 to 'of' (string expected, got nil)",
    "b.of('u', {}, 1)": "bad argument #2 to 'of' (string expected, got table)",
    "b.pick('u', 's', {'a'})": "bad argument #3 to 'pick' (entry 1 is a string, no {name, weight})",
    "b.pick('u', 's', {{'a', -1}})": "bad argument #3 to 'pick' (the weight of entry 1 is no number from 0 on)",
    "b.pick('u', 's', {{'a', 0 / 0}})": "bad argument #3 to 'pick' (the weight of entry 1 is no number from 0 on)",
    "b.pick('u', 's', {{{}, 1}})": "bad argument #3 to 'pick' (the name of entry 1 is a table, no string)",
    "b.pick('u', 's', {})": "bad argument #3 to 'pick' (no weight is above 0)",
    "b.pick('u', 's', {{'a', 0}})": "bad argument #3 to 'pick' (no weight is above 0)",
    "b.random({})": "bad argument #1 to 'random' (no weight is above 0)",
    "b.flagd('u', {{'a', 0.5}})": "bad argument #2 to 'flagd' (the weight of entry 1 is no whole number)",
    "b.flagd('u', {{'a', 2147483648}})": "bad argument #2 to 'flagd' (the sum of the weights is above 2147483647)",
    "b.unleash('u', 'g', {{'a', 0}})": "bad argument #3 to 'unleash' (no weight is above 0)",
    "b.jump(-1, 5)": "bad argument #1 to 'jump' (a text or a whole number from 0 on expected)",
    "b.ring{}": "bad argument #1 to 'ring' (a ring needs a node with a weight above 0)",
    "b.ring{5}": "bad argument #1 to 'ring' (the name of node 1 is a number, no string)",
    "b.ring{{'a', 1251}}": "bad argument #1 to 'ring' (more than 200000 places, 160 for a weight of 1)",
    "b.growthbook('k', 's', {version = 3})": "bad argument #3 to 'growthbook' ('version' is neither 1 nor 2)",
    "b.growthbook('k', 's', {weights = {2}})": "bad argument #3 to 'growthbook' ('weights' are no numbers from 0 to 1)",
    "b.growthbook('k', 's', {variations = 1001})": "bad argument #3 to 'growthbook' ('variations' is no number from 1 to 1000)",
}


@pytest.mark.parametrize("call", ERRORS)
def test_errors(call: str) -> None:
    found = lua(f"local b = require 'bucket' return pcall(function() return {call} end)")
    assert found == ("false", "t:1: " + ERRORS[call])


def test_the_limits_other_side() -> None:
    source = "local b = require 'bucket' return b.of('u', 's', 1), b.of('u', 's', 4294967296) < 4294967296, b.flagd('u', {{'a', 2147483647}})"
    assert lua(source + ", b.ring{{'a', 1250}}:find('x')") == ("0", "true", "a", "a")
