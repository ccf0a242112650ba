"""``worst``: the dearest request that a search finds for a script."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..interpreter import Limits, LuaSyntaxError
from .options import (
    add_budget_arguments,
    at_least,
    compile_file,
    does_not_compile,
    limits_of,
    percent,
    read_request_file,
    seconds,
    write_file,
)
from .output import say, say_json

if TYPE_CHECKING:
    from .options import Commands


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    worst = commands.add_parser("worst", help="look for the request that costs a script most")
    worst.add_argument("script", metavar="SCRIPT", help="a tenant's script")
    worst.add_argument("--seconds", type=seconds, default=10.0, metavar="N", help="processor time to look for (10)")
    worst.add_argument(
        "--size", type=at_least(1, 1 << 20), default=65536, metavar="N", help="characters of a text (65536)"
    )
    worst.add_argument("--request", action="append", default=[], metavar="FILE", help="a request to begin with")
    worst.add_argument("--save", metavar="FILE", help="write the request that was found, for run and profile")
    worst.add_argument("--fail-over", type=percent, metavar="PERCENT", help="exit 1 if it takes more of a budget")
    add_budget_arguments(worst, Limits())
    worst.set_defaults(command=_worst)


def _worst(options: argparse.Namespace) -> int:
    from ..authoring.worst import worst

    try:
        program = compile_file(options.script, Path(options.script).name)
    except LuaSyntaxError as error:
        return does_not_compile(error, options.json)
    begin = tuple(dict(read_request_file(file)) for file in options.request)
    limits = limits_of(options)
    # Once the limit is passed, how far does not matter.
    enough = 1.0 if options.fail_over is None else min(1.0, options.fail_over / 100.0 + 1e-9)
    found = worst(
        program,
        limits=limits,
        size=options.size,
        seconds=options.seconds,
        seed=options.seed,
        begin=begin,
        enough=enough,
    )
    if options.save:
        write_file(options.save, json.dumps(found.request, indent=1) + "\n")
    decision = found.decision
    used, of = (
        (decision.instructions, limits.instructions)
        if found.budget == "instructions"
        else (decision.allocated_bytes, limits.memory)
    )
    if options.json:
        say_json({
            "percent": round(100.0 * found.part, 3), "budget": found.budget, "instructions": decision.instructions,
            "allocated_bytes": decision.allocated_bytes, "runs": found.runs, "request": found.request,
        })  # fmt: skip
    else:
        say(f"{options.script}: {100.0 * found.part:.2f} % of the budget of {found.budget}, {used:,} of {of:,}")
        say(f"  {_shape(found.request)}")
        say(f"  the dearest of {found.runs:,} requests; there may be dearer ones")
    return 1 if options.fail_over is not None and 100.0 * found.part > options.fail_over else 0


def _shape(request: dict[str, object]) -> str:
    """What a request is like: long texts by their beginnings and lengths."""

    def shown(value: object) -> str:
        text = json.dumps(value)
        return text if len(text) <= 40 else f"{text[:40]}… ({len(text):,} characters)"

    return ", ".join(f"{name} {shown(value)}" for name, value in request.items() if value)
