"""The math library against real lua5.1, and the random numbers that are ours.

Each SWEEP is a program that prints many results. Its output was made by ``lua5.1`` and is kept as a digest;
where ``lua5.1`` is installed the lines themselves are compared.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess

import pytest

from keystone_lua.interpreter import Limits, compile_program, execute
from keystone_lua.interpreter.stdlib.math import Stream

SHOW = """
local function show(v)
  if type(v) ~= "number" then return tostring(v) end
  return v ~= v and "nan" or string.format(DIGITS, v)
end
local function out(name, ok, ...)
  local parts = {name, tostring(ok)}
  for i = 1, select("#", ...) do parts[#parts + 1] = show((select(i, ...))) end
  print(table.concat(parts, " "))
end
local seed = 7
local function draw(n) seed = seed * 16807 % 2147483647 return seed % n end
local zero = 0
local special = {0, -zero, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e300, -1e300, 5e-324, 1/0, -1/0, 0/0, 2^31, 2^31 - 1,
  -2^31, 2^32, 2^53, 2^53 + 2, -2^63, 2^63, 0.49999999999999994, 4503599627370497.5,
  "10", " 0x1F ", "1e2", "", "x", true}
local function value()
  local kind = draw(4)
  if kind == 0 then return special[draw(#special) + 1] end
  if kind == 1 then return draw(2001) - 1000 end
  if kind == 2 then return (draw(2000001) - 1000000) / 4096 end
  return (draw(2) * 2 - 1) * draw(1000003) * 2 ^ (draw(120) - 60)
end
"""

EXACT = (
    'local DIGITS = "%.17g"'
    + SHOW
    + """
for _, name in ipairs{"abs", "ceil", "floor", "sqrt", "frexp", "modf", "deg", "rad", "log"} do
  for i = 1, name == "log" and 0 or 150 do out(name, pcall(math[name], value())) end
  for i = 1, name == "log" and 0 or #special do out(name, pcall(math[name], special[i])) end
  out(name, pcall(math[name])) out(name, pcall(math[name], nil)) out(name, pcall(math[name], {}))
end
for _, name in ipairs{"fmod", "mod", "ldexp", "max", "min"} do
  for i = 1, 200 do out(name, pcall(math[name], value(), value())) end
  for i = 1, #special do out(name, pcall(math[name], special[i], special[#special + 1 - i])) end
  out(name, pcall(math[name])) out(name, pcall(math[name], 1)) out(name, pcall(math[name], 1, 2, 3, 0))
end
"""
)
EXACT_DIGEST = "670d27843f708866"

LIBM = (
    'local DIGITS = "%.9g"'
    + SHOW
    + """
for _, name in ipairs{"acos", "asin", "atan", "cos", "cosh", "exp", "log", "log10", "sin", "sinh", "tan", "tanh"} do
  for i = 1, 60 do out(name, pcall(math[name], (draw(4001) - 2000) / 1024)) end
  for i = 1, #special do
    local x = special[i]
    if type(x) ~= "number" or math.abs(x) < 1e6 or x == 1/0 or x == -1/0 then out(name, pcall(math[name], x)) end
  end
end
for _, name in ipairs{"atan2", "pow"} do
  for i = 1, 200 do out(name, pcall(math[name], (draw(4001) - 2000) / 64, draw(41) - 20)) end
  for i = 1, #special do out(name, pcall(math[name], special[i], special[draw(#special) + 1])) end
end
"""
)
LIBM_DIGEST = "6fb5b67cd0e51c94"

ROOMY = Limits(instructions=10**9, memory=10**10, log=10**8)


def output(source: str, seed: int = 0, limits: Limits = ROOMY) -> list[str]:
    """What a program prints."""
    result = execute(compile_program(source.encode("latin-1"), "sweep.lua"), limits, seed=seed, now=1_700_000_000.0)
    assert result.failure is None, result.failure
    return [line.text for line in result.log]


def digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("latin-1")).hexdigest()[:16]


def real_lua(source: str) -> list[str]:
    done = subprocess.run(["lua5.1", "-"], input=source.encode("latin-1"), capture_output=True, check=True)
    return done.stdout.decode("latin-1").splitlines()


@pytest.mark.parametrize(("source", "expected"), [(EXACT, EXACT_DIGEST), (LIBM, LIBM_DIGEST)], ids=["exact", "libm"])
def test_sweep(source: str, expected: str) -> None:
    lines = output(source)
    if shutil.which("lua5.1"):
        assert lines == real_lua(source)
    assert digest(lines) == expected


def test_random_numbers_belong_to_the_seed() -> None:
    source = "for i = 1, 40 do print(string.format('%.17g', math.random())) end"
    first = output(source, seed=5)
    assert first == output(source, seed=5)
    assert first != output(source, seed=6)
    assert len(set(first)) == 40


def test_random_numbers_are_the_same_on_every_python() -> None:
    numbers = Stream(0)
    assert [numbers.draw() for _ in range(3)] == [0.8833108082136426, 0.43152799704850997, 0.026433771592597743]
    for _ in range(13):
        numbers.draw()
    assert [numbers.draw() for _ in range(2)] == [0.07346481991981901, 0.45049116200176664]


@pytest.mark.parametrize("drawn", [0, 1, 15, 16, 30])
def test_numbers_of_neighbouring_seeds_are_uniform(drawn: int) -> None:
    buckets = [0] * 20
    for seed in range(4000):
        numbers = Stream(seed)
        for _ in range(drawn):
            numbers.draw()
        buckets[int(numbers.draw() * 20)] += 1
    assert sum((count - 200) ** 2 / 200 for count in buckets) < 44  # chi-square, 19 degrees, p = 0.001


def test_random_intervals() -> None:
    source = """
    local low, high = 10, 0
    for i = 1, 2000 do
      local a, b, c = math.random(6), math.random(-3, 3), math.random()
      assert(a >= 1 and a <= 6 and a % 1 == 0)
      assert(b >= -3 and b <= 3 and b % 1 == 0)
      assert(c >= 0 and c < 1)
      low, high = math.min(low, a), math.max(high, a)
    end
    print(low, high, math.random(1), math.random(7, 7), math.random("3", 3.9), math.random(-2^31, 2^31 - 1) % 1)
    for _, bad in ipairs{{0}, {-5}, {2, 1}, {1, 2, 3}, {"x"}, {1, {}}, {2^31}, {0.9}} do
      print(pcall(math.random, unpack(bad)))
    end
    """
    assert output(source) == [
        "1\t6\t1\t7\t3\t0",
        "false\tbad argument #1 to '?' (interval is empty)",
        "false\tbad argument #1 to '?' (interval is empty)",
        "false\tbad argument #2 to '?' (interval is empty)",
        "false\twrong number of arguments",
        "false\tbad argument #1 to '?' (number expected, got string)",
        "false\tbad argument #2 to '?' (number expected, got table)",
        "false\tbad argument #1 to '?' (interval is empty)",
        "false\tbad argument #1 to '?' (interval is empty)",
    ]


def test_randomseed_starts_again() -> None:
    source = """
    local function three() return math.random(99) .. " " .. math.random() .. " " .. math.random(-9, 9) end
    math.randomseed(42) local a = three()
    math.randomseed(43) local b = three()
    math.randomseed(42) print(three() == a, a == b)
    print(select("#", math.randomseed(1)), pcall(math.randomseed))
    """
    assert output(source) == ["true\tfalse", "0\tfalse\tbad argument #1 to '?' (number expected, got no value)"]


def test_a_scripts_seed_is_mixed_with_the_runs() -> None:
    """``math.randomseed(os.time())`` made all requests of a second choose the same side: 200 of 200 at 30 %."""
    program = compile_program(b"math.randomseed(os.time()) print(math.random(100) <= 30)", "n")
    sides = [execute(program, seed=seed, now=5.0).log[0].text for seed in range(1, 201)]
    assert 40 <= sides.count("true") <= 80
    assert sides == [execute(program, seed=seed, now=5.0).log[0].text for seed in range(1, 201)]
    own = compile_program(b"math.randomseed(7) print(math.random(), math.random())", "n")
    assert len({execute(own, seed=seed).log[0].text for seed in range(2000)}) == 2000
    draws = [execute(own, seed=seed).log[0].text.split("\t") for seed in range(100)]
    assert not {first for first, _ in draws} & {second for _, second in draws}


def test_a_long_numeral_is_paid_for() -> None:
    program = compile_program(
        b"local s = ('1'):rep(N) for i = 1, 100 do math.floor(s) end".replace(b"N", b"100000"), "n"
    )
    assert execute(program, ROOMY).instructions > 100 * 100_000 / 64
