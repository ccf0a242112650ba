"""What the compiler makes of a Lua file, and where the time of a run goes. For whoever works on the engine.

    python -m benchmarks.show FILE.lua              the generated Python
    python -m benchmarks.show FILE.lua --bytecode   CPython's instructions of it
    python -m benchmarks.show FILE.lua --calls      the helpers and library functions that a run calls, by time

FILE may also be the name of a program of the suite; ``--calls`` runs that at its small size.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import cProfile
import dis
import io
import pstats
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from keystone_lua.interpreter import Limits, Program, compile_program, execute
from keystone_lua.interpreter.codegen import compiler
from keystone_lua.interpreter.dump import dump

from .programs import load


def generated(source: bytes, name: str) -> tuple[ast.Module, CodeType, Program]:
    """The module that the compiler hands to ``compile()``, the code object that comes back, and the program."""
    caught: list[tuple[ast.Module, CodeType]] = []

    def spy(tree: Any, *arguments: Any, **options: Any) -> Any:
        code = builtins.compile(tree, *arguments, **options)
        caught.append((tree, code))
        return code

    compiler.compile = spy  # type: ignore[attr-defined]
    try:
        program = compile_program(source, name)
    finally:
        del compiler.compile  # type: ignore[attr-defined]
    return (*caught[-1], program)


def python(source: bytes, name: str) -> str:
    """The generated code as Python text, with the Lua lines beside the statements."""
    return "\n".join(dump("python", source, name, {}))


def calls(source: bytes, name: str, count: int) -> str:
    """The functions that a run spends its time in, generated ones included."""
    program = compile_program(source, name)
    profile = cProfile.Profile()
    limits = Limits(instructions=10**11, memory=10**12, log=1 << 26, depth=16_000)
    result = profile.runcall(execute, program, limits)
    out = io.StringIO()
    if result.failure is not None:
        out.write(f"{result.failure.message}\n")
    out.write(f"{result.instructions} instructions, {result.allocated_bytes} bytes\n")
    pstats.Stats(profile, stream=out).strip_dirs().sort_stats("tottime").print_stats(count)
    return out.getvalue()


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.show", description=__doc__.splitlines()[0])
    parser.add_argument("file", metavar="FILE", help="a Lua file, or the name of a program of the suite")
    parser.add_argument("--bytecode", action="store_true", help="CPython's instructions instead of Python")
    parser.add_argument("--calls", action="store_true", help="profile a run instead")
    parser.add_argument("--top", type=int, default=25, metavar="N", help="lines of the profile (default 25)")
    options = parser.parse_args(arguments)
    suite = load()
    if options.file in suite:
        entry = suite[options.file]
        source, name = entry.source(entry.small), f"{entry.name}.lua"
    else:
        source, name = Path(options.file).read_bytes(), Path(options.file).name
    if options.calls:
        print(calls(source, name, options.top))
    elif options.bytecode:
        dis.dis(generated(source, name)[1])
    else:
        try:
            print(python(source, name))
        except BrokenPipeError:
            sys.stderr.close()


if __name__ == "__main__":
    main()
