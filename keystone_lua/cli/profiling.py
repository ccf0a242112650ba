"""``profile``: what each line of a script costs, as text, as JSON, as a page.

Input: a script, and a request for a tenant's. Output: exact instructions and bytes by line and by library function;
their sums are those that ``run`` or ``exec`` shows. Exit 1 when the script fails; its profile is shown all the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..interpreter import COST_VERSION, Limits, LuaSyntaxError
from ..interpreter.profiling.recorder import Spent
from ..interpreter.text import from_text, to_text
from ..routing.decision import Decision
from .options import (
    add_budget_arguments,
    does_not_compile,
    limits_of,
    now_of,
    read_request_file,
    read_script_file,
    write_file,
)
from .output import columns, complain, say, say_json, say_lines

if TYPE_CHECKING:
    from ..authoring.profiling import Report
    from .options import Commands


def add_commands(commands: Commands) -> None:
    """Add this module's command."""
    profile = commands.add_parser("profile", help="show what each line of a script costs")
    profile.add_argument("script", help="a tenant's script; a plain one without --request")
    profile.add_argument("--request", metavar="FILE", help="the request as JSON; - for standard input")
    profile.add_argument("--html", metavar="FILE", help="write a page instead of text")
    add_budget_arguments(profile, Limits())
    profile.set_defaults(command=_profile)


def _profile(options: argparse.Namespace) -> int:
    from ..authoring.profiling import Report, html_page, text_report
    from ..routing.spending import profile

    request = read_request_file(options.request) if options.request is not None else None
    path = Path(options.script)
    name = options.script if request is None else path.name
    source, modules = read_script_file(options.script)
    limits = limits_of(options)
    try:
        outcome, found = profile(
            source, from_text(name), modules, request, limits=limits, seed=options.seed, now=now_of(options)
        )
    except LuaSyntaxError as error:
        return does_not_compile(error, options.json)
    files = {f"lib/{module.replace('.', '/')}.lua": text for module, text in modules.items()}
    report = Report(options.script, outcome, found, limits, {from_text(name): source, **files})
    if options.html is not None:
        write_file(options.html, html_page(report))
    if options.json:
        say_json(_json(report))
    elif options.html is None:
        width = columns()
        say_lines("\n".join(line[:width] for line in text_report(report).splitlines()))
        if isinstance(outcome, Decision):
            say(f"seed {outcome.seed}, clock {outcome.now:.15g}, costs {COST_VERSION}")
    if outcome.failure is not None and not options.json:
        complain(f"keystone-lua: {outcome.failure.message} ({outcome.failure.kind})")
    return 0 if outcome.failure is None else 1


def _json(report: Report) -> dict[str, Any]:
    outcome, found = report.outcome, report.profile
    return {
        "status": "ok" if outcome.failure is None else "error",
        "answer": outcome.answer if isinstance(outcome, Decision) else None,
        "error": outcome.failure.message if outcome.failure is not None else None,
        "kind": outcome.failure.kind if outcome.failure is not None else None,
        "instructions": outcome.instructions,
        "allocated_bytes": outcome.allocated_bytes,
        "base": _amounts(found.base),
        "lines": [
            {"file": to_text(chunk), "line": line, "runs": spent.hits, **_amounts(spent)}
            for (chunk, line), spent in found.lines.items()
        ],
        "functions": [{"function": name, **_amounts(spent)} for name, spent in found.functions.items()],
        "cost_version": COST_VERSION,
    }


def _amounts(spent: Spent) -> Mapping[str, int]:
    return {"instructions": spent.instructions, "allocated_bytes": spent.bytes}
