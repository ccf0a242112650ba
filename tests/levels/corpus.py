"""The programs that levels are compared on.

Output: cases by group: the compute suite at small sizes, the conformance and security files, the bundled scripts with
varied requests, random programs of the differential tester and of random_prices. Numbered groups are drawn anew for
each number, the same in every run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmarks.programs import load
from keystone_lua.interpreter import Limits

from ..differential.assignments import generate_assignments
from ..differential.generator import generate
from ..lua.expectations import switches
from .compare import Case
from .random_prices import random_prices

ROOT: Final = Path(__file__).resolve().parents[2]
ENOUGH: Final = Limits(instructions=10_000_000, memory=200_000_000, log=100_000)
"""For most of the compute suite to end by itself at small sizes."""

ROOMY: Final = Limits(instructions=1_000_000, memory=10_000_000, log=100_000)
"""For files that were written to use what there is; many end by a budget, all levels by the same."""


def suite() -> Iterator[Case]:
    """The compute benchmarks."""
    for name, entry in load().items():
        yield Case(f"{name}.lua", entry.source(entry.small), limits=ENOUGH)


def files() -> Iterator[Case]:
    """Every Lua file of the tests."""
    for path in sorted((ROOT / "tests" / "lua").rglob("*.lua")):
        source = path.read_bytes()
        yield Case(path.name, source, limits=replace(ROOMY, **switches(source)))


def requests(count: int) -> tuple[dict[str, Any], ...]:
    """Requests of all kinds that the bundled scripts tell apart."""
    source = random.Random("requests")
    made = []
    for number in range(count):
        headers = {
            "X-Canary": source.choice(["true", "false", ""]),
            "X-User-ID": source.choice([str(number), "", "ünknown"]),
            "X-Canary-Percent": source.choice(["0", "50", "100", "many", "1e9"]),
            "Cookie": f"session=s{number}; theme=dark",
        }
        names = source.sample(
            ["api-stable", "api-canary", "blue", "green", "version-a", "version-b"], source.randint(0, 6)
        )
        made.append(
            {
                "method": source.choice(["GET", "POST"]),
                "path": f"/p/{number}",
                "host": "example.org",
                "headers": {key: headers[key] for key in source.sample(sorted(headers), source.randint(0, 4))},
                "body": "x" * source.randint(0, 50),
                "backends": [{"name": n, "url": f"http://{n}", "health": source.random() < 0.8} for n in names],
            }
        )
    return tuple(made)


def bundled(count: int = 40) -> Iterator[Case]:
    """The bundled scripts, each asked ``count`` requests."""
    modules = {path.stem: path.read_bytes() for path in sorted((ROOT / "scripts" / "lib").glob("*.lua"))}
    for path in sorted((ROOT / "scripts").glob("*.lua")):
        yield Case(path.name, path.read_bytes(), requests(count), modules=modules)


def random_programs(numbers: range) -> Iterator[Case]:
    """What the differential tester draws."""
    for number in numbers:
        source = random.Random(f"levels/{number}")
        tree = generate_assignments(source) if number % 5 == 4 else generate(source, jumps=number % 5 == 3)
        yield Case(f"random {number}", tree.text().encode("latin-1"))


def random_price_programs(numbers: range) -> Iterator[Case]:
    """What prices hang on."""
    for number in numbers:
        yield Case(f"prices {number}", random_prices(f"prices/{number}").encode("latin-1"))
