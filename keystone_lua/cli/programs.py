"""``run`` and ``exec``: scripts without a server. lark is the only package that they need."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..authoring.remarks import remarks, returned_at
from ..interpreter import COST_VERSION, DEFAULT, Failure, Limits, LuaSyntaxError, Program, execute
from ..interpreter.text import to_text
from ..routing.decision import decide
from .options import (
    add_budget_arguments,
    at_least,
    compile_file,
    does_not_compile,
    limits_of,
    now_of,
    read_request_file,
    read_script_file,
)
from .output import complain, say, say_bytes, say_json

if TYPE_CHECKING:
    from ..routing.spending import Top
    from .options import Commands

EXEC_LOG = 64 << 20
"""Bytes of output that ``exec`` allows by default: printing is what such scripts are for."""

MOST_SOURCE = 16 << 20
"""Bytes that ``exec`` may be told to take: half a minute of compiling."""

RUN_SECONDS = 5.0
"""Wall clock of a run and its explanation, unless the user asks for another or for more instructions than the default:
what the server allows as well. At the default limits the dearest script takes 3 s, on a processor that is its own."""

EXPLAIN_SECONDS = 1.5
"""Of a second run, which finds what used a budget up; less if the first has left less of RUN_SECONDS."""

EXPLAIN_SOURCE = 64 << 10
"""Bytes of a script and its modules, at most, that are compiled again for it, in 0.2 s."""


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    run = commands.add_parser("run", help="decide one request")
    run.add_argument("script", help="a tenant's script")
    run.add_argument("--request", required=True, metavar="FILE", help="the request as JSON; - for standard input")
    add_budget_arguments(run, Limits())
    run.set_defaults(command=_run)

    exec_ = commands.add_parser("exec", help="run a plain script, as lua5.1 would")
    exec_.add_argument("script", help="a Lua file; - for standard input")
    add_budget_arguments(exec_, Limits(log=EXEC_LOG))
    exec_.add_argument(
        "--max-source",
        type=at_least(0, MOST_SOURCE),
        default=DEFAULT.source,
        metavar="BYTES",
        help="of one file (default %(default)s); for N times that the compiler may do N times as much",
    )
    exec_.set_defaults(command=_exec)


def _exec(options: argparse.Namespace) -> int:
    try:
        name = "stdin" if options.script == "-" else options.script
        program = compile_file(options.script, name, options.max_source)
    except LuaSyntaxError as error:
        return does_not_compile(error, options.json)
    now, started = now_of(options), time.monotonic()
    limits = replace(_limits(options), source=options.max_source)
    result = execute(program, limits, seed=options.seed, now=now)
    output = "".join([line.text + "\n" for line in result.log])
    failure = result.failure
    top = _spent(options, program, None, failure, now, started)
    if options.json:
        say_json(
            {
                "status": result.status,
                "values": [to_text(value) for value in result.values],
                "output": to_text(output),
                "error": failure.message if failure is not None else None,
                "kind": failure.kind if failure is not None else None,
                "instructions": result.instructions,
                "allocated_bytes": result.allocated_bytes,
                **({"top": top.to_json()} if top is not None else {}),
            }
        )
    else:
        say_bytes(output.encode("latin-1"))
        if failure is not None:
            complain(f"keystone-lua: {failure.message}")
            complain("stack traceback:")
            for line in failure.traceback:
                complain(f"\t{line}")
        if top is not None:
            complain(f"spent: {top}")
    return 0 if failure is None else 1


def _run(options: argparse.Namespace) -> int:
    request = read_request_file(options.request)
    try:
        program = compile_file(options.script, Path(options.script).name)
    except LuaSyntaxError as error:
        return does_not_compile(error, options.json)
    started = time.monotonic()
    decision = decide(program, request, limits=_limits(options), seed=options.seed, now=now_of(options))
    failure = decision.failure
    top = _spent(options, program, request, failure, decision.now, started)
    warnings = remarks(request, decision.answer)
    returned = _returned(options, program, request, failure, decision.now)
    if options.json:
        say_json(
            {
                "status": "ok" if failure is None else "error",
                "answer": decision.answer,
                "error": failure.message if failure is not None else None,
                "kind": failure.kind if failure is not None else None,
                "position": (failure.position or returned) if failure is not None else None,
                "log": [line.text for line in decision.log],
                "instructions": decision.instructions,
                "allocated_bytes": decision.allocated_bytes,
                "seed": decision.seed,
                "now": decision.now,
                "script": program.hash,
                "cost_version": COST_VERSION,
                **({"top": top.to_json()} if top is not None else {}),
                **({"warnings": warnings} if warnings else {}),
            }
        )
        return 0 if failure is None else 1
    if failure is None:
        say_json(decision.answer, indent=2)
    else:
        complain(f"keystone-lua: {failure.message} ({failure.kind})")
        for line in failure.traceback:
            complain(f"\t{line}")
        if returned:
            complain(f"\t{returned}: it is returned here")
        if top is not None:
            complain(f"spent: {top}")
    for warning in warnings:
        complain(f"warning: {warning}")
    for entry in decision.log:
        say(f"log {entry.position}: {to_text(entry.text)}")
    say(f"{decision.instructions} instructions, {decision.allocated_bytes} bytes, costs {COST_VERSION}")
    return 0 if failure is None else 1


def _returned(
    options: argparse.Namespace, program: Program, request: dict[str, Any], failure: Failure | None, now: float
) -> str:
    """Where the script returned a value that is no answer, found by a bounded second run."""
    size = len(program.source) + sum(map(len, program.sources.values()))
    if failure is None or failure.kind != "result" or size > EXPLAIN_SOURCE:
        return ""
    limits = replace(_limits(options), seconds=EXPLAIN_SECONDS)
    return returned_at(program.source, program.name, program.sources, request, limits, options.seed, now)


def _limits(options: argparse.Namespace) -> Limits:
    """What the options ask for, with a wall clock where the defaults are to hold."""
    limits = limits_of(options)
    if limits.seconds is None and limits.instructions <= Limits().instructions:
        return replace(limits, seconds=RUN_SECONDS)
    return limits


def _spent(
    options: argparse.Namespace,
    program: Program,
    request: dict[str, Any] | None,
    failure: Failure | None,
    now: float,
    started: float,
) -> Top | None:
    """What used a budget up, in a bounded second run. A script that came by standard input cannot be read again."""
    size = len(program.source) + sum(map(len, program.sources.values()))
    limits = _limits(options)
    left = EXPLAIN_SECONDS
    if limits.seconds is not None:
        left = min(left, started + limits.seconds - time.monotonic())
    if failure is None or options.script == "-" or size > EXPLAIN_SOURCE or left <= 0:
        return None
    from ..routing.spending import spent

    source, modules = read_script_file(options.script)
    return spent(
        source,
        program.name,
        modules,
        request,
        kind=failure.kind,
        limits=limits,
        seed=options.seed,
        now=now,
        seconds=left,
    )
