"""The command line: serve, run, exec, check.

Input: arguments, files, standard input. Output: text or one JSON line on standard output, errors on standard
error. Exit codes: 0 good, 1 trouble in a script, 2 wrong usage. Parses and prints; decides nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .interpreter import (
    COST_VERSION,
    ENGINE_VERSION,
    MAX_DEPTH,
    Limits,
    LuaSyntaxError,
    Program,
    compile_program,
    decide,
    execute,
)
from .interpreter.execution import from_text, to_text
from .server.config import ConfigError, add_serve_arguments
from .server.store import shared_modules
from .server.wire import BadRequest, read_request

EXEC_LOG = 64 << 20
"""Bytes of output that ``exec`` allows by default: printing is what such scripts are for."""


class UsageError(Exception):
    """Wrong usage: one line, exit 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """``keystone-lua``. Returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code: int = options.command(options)
    except (UsageError, ConfigError) as error:
        print(f"keystone-lua: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return code


def lua_engine(arguments: Sequence[str] | None = None) -> int:
    """``lua-engine``: the Go engine's command line, the same as ``keystone-lua serve``."""
    return main(["serve", *(sys.argv[1:] if arguments is None else arguments)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="keystone-lua", description="Routing decisions by sandboxed Lua scripts.")
    parser.add_argument("--version", action="version", version=f"keystone-lua {ENGINE_VERSION} (costs {COST_VERSION})")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="answer gateways over HTTP", allow_abbrev=False)
    add_serve_arguments(serve)
    serve.set_defaults(command=_serve)

    run = commands.add_parser("run", help="decide one request")
    run.add_argument("script", help="a tenant's script")
    run.add_argument("--request", required=True, metavar="FILE", help="the request as JSON; - for standard input")
    _budget_arguments(run, Limits())
    run.set_defaults(command=_run)

    exec_ = commands.add_parser("exec", help="run a plain script, as lua5.1 would")
    exec_.add_argument("script", help="a Lua file; - for standard input")
    _budget_arguments(exec_, Limits(log=EXEC_LOG))
    exec_.set_defaults(command=_exec)

    check = commands.add_parser("check", help="compile scripts and report")
    check.add_argument("paths", nargs="+", metavar="PATH", help="a script, or a folder of scripts")
    check.add_argument("--json", action="store_true", help="one JSON object on standard output")
    check.set_defaults(command=_check)
    return parser


def _at_least(minimum: int, maximum: int | None = None) -> Any:
    def whole(text: str) -> int:
        value = int(text)
        if value < minimum or (maximum is not None and value > maximum):
            raise ValueError
        return value

    whole.__name__ = f"whole number from {minimum}" + (f" to {maximum}" if maximum is not None else "")
    return whole


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def _clock(text: str) -> float:
    value = float(text)
    if not abs(value) < 1e15:
        raise ValueError
    return value


def _budget_arguments(parser: argparse.ArgumentParser, limits: Limits) -> None:
    count = _at_least(0)
    parser.add_argument("--seed", type=_at_least(0), default=0, metavar="N", help="seed of math.random (default 0)")
    parser.add_argument("--now", type=_clock, metavar="T", help="the run's clock, seconds since 1970 (default now)")
    parser.add_argument("--max-instructions", type=count, default=limits.instructions, metavar="N")
    parser.add_argument("--max-memory", type=count, default=limits.memory, metavar="BYTES")
    parser.add_argument("--max-depth", type=_at_least(1, MAX_DEPTH), default=limits.depth, metavar="N")
    parser.add_argument("--max-log", type=count, default=limits.log, metavar="BYTES")
    parser.add_argument("--max-seconds", type=_seconds, metavar="S", help="wall clock (default off)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def _limits(options: argparse.Namespace) -> Limits:
    return Limits(
        instructions=options.max_instructions,
        memory=options.max_memory,
        depth=options.max_depth,
        log=options.max_log,
        seconds=options.max_seconds,
    )


def _now(options: argparse.Namespace) -> float:
    return time.time() if options.now is None else float(options.now)


def _read(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None


def _compile(path: str, name: str) -> Program:
    source = _read(path)
    return compile_program(source, from_text(name), shared_modules(Path(path).parent if path != "-" else Path()))


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))


# commands


def _serve(options: argparse.Namespace) -> int:
    from .server.app import serve
    from .server.config import config_from_arguments

    return serve(config_from_arguments(options))


def _exec(options: argparse.Namespace) -> int:
    try:
        program = _compile(options.script, "stdin" if options.script == "-" else options.script)
    except LuaSyntaxError as error:
        if options.json:
            _print_json(_syntax(error))
        else:
            print(f"keystone-lua: {to_text(error.message)}", file=sys.stderr)
        return 1
    result = execute(program, _limits(options), seed=options.seed, now=_now(options))
    output = "".join([line.text + "\n" for line in result.log])
    failure = result.failure
    if options.json:
        _print_json(
            {
                "status": result.status,
                "values": [to_text(value) for value in result.values],
                "output": to_text(output),
                "error": failure.message if failure is not None else None,
                "kind": failure.kind if failure is not None else None,
                "instructions": result.instructions,
                "allocated_bytes": result.allocated_bytes,
            }
        )
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(output.encode("latin-1"))
        sys.stdout.buffer.flush()
        if failure is not None:
            lines = "".join(f"\n\t{line}" for line in failure.traceback)
            print(f"keystone-lua: {failure.message}\nstack traceback:{lines}", file=sys.stderr)
    return 0 if failure is None else 1


def _syntax(error: LuaSyntaxError) -> dict[str, Any]:
    return {
        "status": "syntax",
        "values": [],
        "output": "",
        "error": to_text(error.message),
        "kind": "syntax",
        "instructions": 0,
        "allocated_bytes": 0,
    }


def _run(options: argparse.Namespace) -> int:
    request = _request(options.request)
    try:
        program = _compile(options.script, Path(options.script).name)
    except LuaSyntaxError as error:
        if options.json:
            _print_json(_syntax(error))
        else:
            print(f"keystone-lua: {to_text(error.message)}", file=sys.stderr)
        return 1
    decision = decide(program, request, limits=_limits(options), seed=options.seed, now=_now(options))
    failure = decision.failure
    if options.json:
        _print_json(
            {
                "status": "ok" if failure is None else "error",
                "answer": decision.answer,
                "error": failure.message if failure is not None else None,
                "kind": failure.kind if failure is not None else None,
                "position": failure.position if failure is not None else None,
                "log": [line.text for line in decision.log],
                "instructions": decision.instructions,
                "allocated_bytes": decision.allocated_bytes,
                "seed": decision.seed,
                "now": decision.now,
                "script": program.hash,
                "cost_version": COST_VERSION,
            }
        )
        return 0 if failure is None else 1
    if failure is None:
        print(json.dumps(decision.answer, ensure_ascii=False, indent=2))
    else:
        print(f"keystone-lua: {failure.message} ({failure.kind})", file=sys.stderr)
        for line in failure.traceback:
            print(f"\t{line}", file=sys.stderr)
    for entry in decision.log:
        print(f"log {entry.position}: {to_text(entry.text)}")
    print(f"{decision.instructions} instructions, {decision.allocated_bytes} bytes, costs {COST_VERSION}")
    return 0 if failure is None else 1


def _request(path: str) -> dict[str, Any]:
    try:
        return dict(read_request(_read(path)))
    except BadRequest as error:
        raise UsageError(f"{path}: {error}") from None


def _check(options: argparse.Namespace) -> int:
    files: list[Path] = []
    for text in options.paths:
        path = Path(text)
        if path.is_dir():
            files.extend(sorted(path.rglob("*.lua")))
        elif path.is_file():
            files.append(path)
        else:
            raise UsageError(f"no such file or folder: {text}")
    findings = []
    for file in files:
        try:
            folder = file.parent if file.parent.name != "lib" else file.parent.parent
            compile_program(_read(str(file)), str(file), shared_modules(folder))
        except LuaSyntaxError as error:
            findings.append({"file": str(file), "line": error.line, "message": to_text(error.message)})
    if options.json:
        _print_json({"files": len(files), "findings": findings})
    else:
        for finding in findings:
            print(finding["message"])
        print(f"{len(files)} files checked, {len(findings)} with errors")
    return 1 if findings else 0
