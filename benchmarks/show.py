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

from keystone_lua.interpreter import Limits, Program, compile_program, compiler, execute

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
    tree, _, program = generated(source, name)
    lua = source.decode("latin-1").splitlines()
    shown: list[str] = []
    last = 0
    for text, site in _lines(tree):
        line = program.sites[site].line if site else 0  # a generated node's line number is that of its site
        if line and line != last and 0 < line <= len(lua) and lua[line - 1].strip():
            indent = len(text) - len(text.lstrip())
            shown.append(f"{' ' * indent}#{line}: {lua[line - 1].strip()}")
            last = line
        shown.append(text)
    return "\n".join(shown)


def _lines(node: ast.AST, depth: int = 0) -> list[tuple[str, int]]:
    """ast.unparse statement by statement: lines of text, each with the line number of its node."""
    return [line for statement in getattr(node, "body", []) for line in _statement(statement, depth)]


def _statement(statement: ast.stmt, depth: int) -> list[tuple[str, int]]:
    pad = "    " * depth
    if not hasattr(statement, "body"):
        return [(pad + line, statement.lineno) for line in ast.unparse(statement).splitlines()]
    parts: dict[str, Any] = {name: getattr(statement, name, []) for name in ("orelse", "handlers", "finalbody")}
    emptied: dict[str, Any] = {name: [] for name in parts if name in statement._fields}
    bare = type(statement)(**{**dict(ast.iter_fields(statement)), **emptied, "body": [ast.Pass()]})
    head = "try:" if isinstance(bare, ast.Try) else ast.unparse(ast.fix_missing_locations(bare)).splitlines()[0]
    made = [(pad + head, statement.lineno), *_lines(statement, depth + 1)]
    for handler in parts["handlers"]:
        kind = f" {ast.unparse(handler.type)}" if handler.type is not None else ""
        made += [(f"{pad}except{kind}:", 0), *_lines(handler, depth + 1)]
    for name, word in (("orelse", "else:"), ("finalbody", "finally:")):
        if parts[name]:
            made.append((pad + word, 0))
            made += [line for inner in parts[name] for line in _statement(inner, depth + 1)]
    return made


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
