"""Sources that are hard on a compiler by their names: each shape by one size, with products of functions and names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Shape = Callable[[int], str]


def names(letter: str, count: int) -> str:
    return ", ".join(f"{letter}{i}" for i in range(count))


def local_blocks(count: int, prefix: str = "a") -> list[str]:
    """Names of up to 150 locals a function."""
    return [names(f"{prefix}{at}_", min(150, count - at)) for at in range(0, count, 150)]


def nested(levels: int, use: str) -> Shape:
    """``count`` locals, in the outermost of ``levels`` nested functions, used in the innermost as ``use`` says."""

    def made(count: int) -> str:
        blocks = local_blocks(count)
        opened = [f"local {block} local function f()" for block in blocks]
        rest = ["local function f()"] * max(0, levels - len(blocks))
        inner = " ".join(use.replace("NAMES", block) for block in blocks)
        return "\n".join([*opened, *rest, inner, *["end"] * (len(opened) + len(rest))])

    return made


def each_level(use: str) -> Shape:
    """100 locals at each of ``count`` levels, all used in the innermost."""

    def made(count: int) -> str:
        blocks = [names(f"a{level}_", 100) for level in range(count)]
        head = [f"local {block} local function f()" for block in blocks]
        return "\n".join([*head, *[use.replace("NAMES", block) for block in blocks], *["end"] * count])

    return made


def siblings(captured: int, use: str, opener: str = "do", closer: str = "end") -> Shape:
    """``count`` functions beside each other, each over ``captured`` locals."""
    given = names("a", captured)
    return lambda count: (
        f"local {given} " + f"{opener} local f = function() {use.replace('NAMES', given)} end {closer}\n" * count
    )


def visible(functions: str) -> Shape:
    """``count`` locals in blocks, and a function for every ten of them."""

    def made(count: int) -> str:
        return "".join(f"do local {names(f'b{at}_', 100)} {functions * 10} end\n" for at in range(0, count, 100))

    return made


READ = "g = {NAMES}"
STORE = "NAMES = 1"

NAMES: Final[dict[str, Shape]] = {
    "captures through 20": nested(20, READ),
    "captures through 60": nested(60, READ),
    "captures through 180": nested(180, READ),
    "stores through 20": nested(20, STORE),
    "stores through 180": nested(180, STORE),
    "loops through 60": nested(60, "while g do g = function() return {NAMES} end end"),
    "each level": each_level(READ),
    "each level, stores": each_level(STORE),
    "globals through 180": lambda count: "local function f() " * 180 + f"{names('G', count)} = {names('G', count)} " + "end " * 180,
    "globals through 20": lambda count: "local function f() " * 20 + f"{names('G', count)} = {names('G', count)} " + "end " * 20,
    "siblings of 10": siblings(10, READ),
    "siblings of 150": siblings(150, READ),
    "siblings of 150, stores": siblings(150, STORE),
    "siblings of 150 in loops": siblings(150, READ, "while g do", "end"),
    "fresh captures": lambda count: f"while g do local {names('a', 150)}\n" + f"g = function() return {{{names('a', 150)}}} end\n" * count + "end",
    "fresh stores": lambda count: f"while g do local {names('a', 150)}\n" + f"g = function() {names('a', 150)} = 1 end\n" * count + "end",
    "siblings of one": siblings(1, "return NAMES"),
    "functions among locals": visible("g = function() end "),
    "calls among locals": visible("g = function() return g() end "),
    "functions of locals": lambda count: f"g = function() local {names('a', 150)} end\n" * count,
    "functions in a table": lambda count: "g = {" + "function() return a + b end, a + b,\n" * count + "}",
    "functions in a call": lambda count: "g(" + "function() return a + b end, a + b,\n" * count + "0)",
    "different globals of functions": lambda count: "".join(f"function f{i}() return f{i}(f{i // 2}) end\n" for i in range(count)),
    "different locals of functions": lambda count: "".join(f"do local x{i} = 1 function f{i}() x{i} = x{i} + 1 return f{i} end end\n" for i in range(count)),
    "chains among locals": lambda count: "".join(f"do local {names(f'b{at}_', 100)} g = g{' + b' + str(at) + '_0'} {'+ g' * 30} end\n" for at in range(count)),
    "deep blocks among locals": lambda count: "while g do " * 20 + "".join(f"do local {names(f'b{at}_', 40)} while g do g(b{at}_0) end end\n" for at in range(count)) + "end " * 20,
    "coroutines": lambda count: "coroutine.wrap(function() end)()\n" + "function f(a) g(a) g(a) return a end\n" * count,
    "coroutines of captures": lambda count: f"coroutine.wrap(function() end)() local {names('a', 150)}\n" + f"function f() g({names('a', 150)}) end\n" * count,
    "coroutines of calls": lambda count: "coroutine.wrap(function() end)()\n" + "g(a)(a)(a)(a)\n" * count,
}  # fmt: skip
