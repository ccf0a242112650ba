"""What commands share: options and files.

Refuses a bad option's value through argparse, a file that cannot be read with `UsageError`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ..interpreter import DEFAULT, MAX_DEPTH, Limits, LuaSyntaxError, Program, compile_program
from ..interpreter.text import from_text, to_text
from ..routing.request import BadRequest, read_whole_request
from ..routing.request_fields import unknown
from ..routing.scripts import read_script
from ..routing.scripts_folder import ScriptsFolderError, shared_modules
from ..untrusted.files import FileError, read_regular, read_stream, reason
from .output import complain, say_json, told

if TYPE_CHECKING:
    from ..audit.replay import Caps

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class UsageError(Exception):
    """Wrong usage: one line, exit 2."""


def need(command: str, extra: str, *packages: str) -> None:
    """Raises UsageError, with what to install, if a package is not there that a lighter install leaves out."""
    for package in packages:
        try:
            there = importlib.util.find_spec(package) is not None
        except ModuleNotFoundError:  # what it would be part of
            there = False
        if not there:
            raise UsageError(f"{command} needs the package {package}: pip install 'keystone-lua[{extra}]'")


def at_least(minimum: int, maximum: int | None = None) -> Any:
    """An argparse type: a whole number within bounds, which argparse's message then names."""

    def whole(text: str) -> int:
        value = int(text)
        if value < minimum or (maximum is not None and value > maximum):
            raise ValueError
        return value

    whole.__name__ = f"whole number from {minimum}" + (f" to {maximum}" if maximum is not None else "")
    return whole


def seconds(text: str) -> float:
    """An argparse type: seconds, more than none."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def percent(text: str) -> float:
    """An argparse type: a part of a hundred."""
    value = float(text)
    if not 0 <= value <= 100:
        raise ValueError
    return value


def clock(text: str) -> float:
    """An argparse type: Unix time."""
    value = float(text)
    if not abs(value) < 1e15:
        raise ValueError
    return value


def add_budget_arguments(parser: argparse.ArgumentParser, limits: Limits) -> None:
    """Add seed, clock, limits (``limits`` as defaults) and ``--json``."""
    count = at_least(0)
    parser.add_argument("--seed", type=at_least(0), default=0, metavar="N", help="seed of math.random (default 0)")
    parser.add_argument("--now", type=clock, metavar="T", help="the run's clock, seconds since 1970 (default now)")
    parser.add_argument("--max-instructions", type=count, default=limits.instructions, metavar="N")
    parser.add_argument("--max-memory", type=count, default=limits.memory, metavar="BYTES")
    parser.add_argument("--max-depth", type=at_least(1, MAX_DEPTH), default=limits.depth, metavar="N")
    parser.add_argument("--max-log", type=count, default=limits.log, metavar="BYTES")
    parser.add_argument(
        "--max-seconds",
        type=seconds,
        metavar="S",
        help="wall clock (default off; run, exec: 5 up to default instructions)",
    )
    add_switches(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def add_switches(parser: argparse.ArgumentParser) -> None:
    """Add the switches of ``load`` and ``io``."""
    parser.add_argument("--allow-load", action="store_true", help="let scripts use load and loadstring")
    parser.add_argument(
        "--inert-io", action="store_true", help="let scripts find an io whose functions say that they are not available"
    )


def add_cap_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what one run of a log's may use here, whatever the log says."""
    from ..audit.replay import Caps

    caps = Caps()
    parser.add_argument(
        "--max-instructions", type=at_least(0), default=caps.instructions, metavar="N",
        help="of one run, whatever its record says (default %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--max-memory", type=at_least(0), default=caps.memory, metavar="BYTES", help="likewise (default %(default)s)"
    )
    parser.add_argument(
        "--max-seconds", type=seconds, default=caps.seconds, metavar="S", help="likewise (default %(default)s)"
    )


def caps_of(options: argparse.Namespace) -> Caps:
    """The caps that ``add_cap_arguments``' options ask for."""
    from ..audit.replay import Caps

    return Caps(options.max_instructions, options.max_memory, options.max_seconds)


def limits_of(options: argparse.Namespace) -> Limits:
    """The limits that ``add_budget_arguments``' options ask for."""
    return Limits(
        instructions=options.max_instructions,
        memory=options.max_memory,
        depth=options.max_depth,
        log=options.max_log,
        seconds=options.max_seconds,
        load=options.allow_load,
        inert_io=options.inert_io,
    )


def now_of(options: argparse.Namespace) -> float:
    """The run's clock, Unix time."""
    return time.time() if options.now is None else float(options.now)


def read_file(path: str) -> bytes:
    """A regular file's bytes; ``-`` is standard input. Raises UsageError."""
    try:
        if path != "-":
            return read_regular(path)
        if sys.stdin is None:
            raise UsageError("cannot read -: standard input is closed")
        return read_stream(cast(BinaryIO, sys.stdin.buffer))
    except FileError as error:
        raise UsageError(f"cannot read {path}: {error}") from None


def write_file(path: str, text: str) -> None:
    """Write a text file. Raises UsageError if there can be none, `output.CannotWrite` if it cannot be finished."""
    try:
        file = Path(path).open("w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115  # closed below
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write {path}: {reason(error)}") from None
    with told(path), file:
        file.write(text)


def compile_file(path: str, name: str, limit: int = DEFAULT.source) -> Program:
    """A script with the modules beside it, called ``name`` in messages, files of at most ``limit`` bytes. Raises
    UsageError, LuaSyntaxError."""
    source, modules = read_script_file(path, limit)
    return compile_program(source, from_text(name), modules, limit)


def read_script_file(path: str, limit: int = DEFAULT.source) -> tuple[bytes, Mapping[str, bytes]]:
    """A script and the modules beside it; ``-`` is standard input. Raises UsageError."""
    if path == "-":
        return read_file(path), shared_modules(Path(), limit)
    try:
        return read_script(Path(path), limit)
    except (FileError, OSError, ScriptsFolderError) as error:
        raise UsageError(f"cannot read {path}: {reason(error)}") from None


def read_request_file(path: str) -> dict[str, Any]:
    """A request as the server would read it, except that an unknown field is a mistake. Raises UsageError."""
    try:
        data = read_file(path)
        request = dict(read_whole_request(data))
        if (mistake := unknown(json.loads(data))) is not None:
            raise mistake
        return request
    except BadRequest as error:
        raise UsageError(f"{path}: {error}") from None


def does_not_compile(error: LuaSyntaxError, as_json: bool) -> int:
    """Say what is wrong with a script that does not compile; the exit code."""
    if not as_json:
        complain(f"keystone-lua: {to_text(error.told)}")
        return 1
    failure = {
        "status": "syntax",
        "values": [],
        "output": "",
        "error": to_text(error.told),
        "kind": "syntax",
        "instructions": 0,
        "allocated_bytes": 0,
    }
    say_json(failure)
    return 1
