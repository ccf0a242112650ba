"""What each stage of the compiler makes of a script, as text to look at. For people who work on the engine.

Input: a source, a name, modules. Output: lines of text: the tokens, the syntax tree, the types of locals, what each
line charges by its text, the generated Python with the Lua lines beside it. Raises LuaSyntaxError.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from .analysis.kinds import UNKNOWN
from .analysis.pricing import FREE, price
from .codegen.builder import FunctionBuilder
from .codegen.pyast import LuaCall, call_value
from .compile import compile_to_tree
from .levels import LEVEL_1, Level
from .linking import Linked, link_program
from .syntax.lexer import one_newline, tokens
from .syntax.nodes import children
from .syntax.parse_tables import load

STAGES: Final = ("tokens", "tree", "types", "prices", "python")


def dump(stage: str, source: bytes, name: str, modules: Mapping[str, bytes], level: Level = LEVEL_1) -> Iterable[str]:
    """The lines of one of STAGES."""
    if stage == "tokens":
        return _tokens(source)
    return _LINKED[stage](link_program(source, name, modules), level)


def _tokens(source: bytes) -> Iterator[str]:
    """``LINE:COLUMN KIND TEXT``, up to the first that no Lua text has."""
    for kind, text, line, column in tokens(one_newline(source.decode("latin-1")), load().literals):
        yield f"{line}:{column} {kind}" if kind == text else f"{line}:{column} {kind} {text!r}"


def _tree(linked: Linked, level: Level) -> Iterator[str]:
    """Each node on a line of its own, with its place and its plain fields, below the field that has it."""
    for chunk in linked.chunks:
        yield from _node(chunk, "", "")


def _node(node: Any, indent: str, label: str) -> Iterator[str]:
    plain: list[str] = []
    inner: list[tuple[str, Any]] = []
    for item in fields(node):
        value = getattr(node, item.name)
        parts = value if isinstance(value, tuple) else (value,)
        if any(is_dataclass(part) for part in parts):
            inner += [(f"{item.name}: ", part) for part in parts]
        elif item.name not in ("line", "column") and value not in ((), None):
            plain.append(f" {item.name}={value!r}")
    place = f" {node.line}" if hasattr(node, "line") else ""
    place += f":{node.column}" if hasattr(node, "column") else ""
    yield f"{indent}{label}{type(node).__name__}{place}{''.join(plain)}"
    for name, part in inner:
        if is_dataclass(part):
            yield from _node(part, indent + "  ", name)


def _types(linked: Linked, level: Level) -> Iterator[str]:
    """``NAME: TYPE`` of each local in the order of its declaration, below the line of its function."""
    _, builder = compile_to_tree(linked, FunctionBuilder, level)
    last = None
    for variable, kind in builder.kinds.variables.items():
        if variable.owner is not last:
            last = variable.owner
            yield f"function at line {last.node.line}:"
        yield f"  {variable.name}: {kind if kind != UNKNOWN else 'never assigned'}"


def _prices(linked: Linked, level: Level) -> Iterator[str]:
    """``INSTRUCTIONS BYTES | LINE``: what a line charges by its text, once for each time that it is reached."""
    pricing = price(linked.resolution, linked.chunks)
    for chunk, text in zip(linked.chunks, linked.texts, strict=True):
        sums: dict[int, tuple[int, int]] = {}
        waiting: list[Any] = [chunk]
        while waiting:
            node = waiting.pop()
            waiting.extend(children(node))
            if any(due := pricing.due(node)):
                instructions, size = sums.get(node.line, FREE)
                sums[node.line] = instructions + due[0], size + due[1]
        for line, lua in enumerate(text.decode("latin-1").splitlines(), 1):
            instructions, size = sums.get(line, FREE)
            yield f"{instructions or '':>6} {size or '':>6} | {lua}".rstrip()


def _python(linked: Linked, level: Level) -> Iterator[str]:
    """The generated code, each statement below the Lua line that it belongs to."""
    link, builder = compile_to_tree(linked, FunctionBuilder, level)
    texts = dict(zip([chunk.name for chunk in linked.chunks], linked.texts, strict=True))
    lines = {name: text.decode("latin-1").splitlines() for name, text in texts.items()}
    last = None
    for text, number in python_lines(_OrdinaryCalls().visit(link)):
        site = builder.sites[number]
        if number and site.line and (site.chunk, site.line) != last:
            last = site.chunk, site.line
            indent = text[: len(text) - len(text.lstrip())]
            yield f"{indent}#{site.line}: {lines[site.chunk][site.line - 1].strip()}".rstrip()
        yield text


class _OrdinaryCalls(ast.NodeTransformer):
    """A script's calls as Python's own: of a class that it does not know, ``ast.unparse`` shows the last part alone."""

    def visit_LuaCall(self, node: LuaCall) -> ast.Call:
        """The same call."""
        made = call_value(node.func, node.args, node.lineno)
        self.generic_visit(made)
        return made


def python_lines(node: ast.AST, depth: int = 0) -> list[tuple[str, int]]:
    """ast.unparse statement by statement: lines of text, each with the line number of its node, which is its site."""
    return [line for statement in getattr(node, "body", []) for line in _statement(statement, depth)]


def _statement(statement: ast.stmt, depth: int) -> list[tuple[str, int]]:
    pad = "    " * depth
    if not hasattr(statement, "body"):
        return [(pad + line, statement.lineno) for line in ast.unparse(statement).splitlines()]
    parts: dict[str, Any] = {name: getattr(statement, name, []) for name in ("orelse", "handlers", "finalbody")}
    emptied: dict[str, Any] = {name: [] for name in parts if name in statement._fields}
    bare = type(statement)(**{**dict(ast.iter_fields(statement)), **emptied, "body": [ast.Pass()]})
    head = "try:" if isinstance(bare, ast.Try) else ast.unparse(ast.fix_missing_locations(bare)).splitlines()[0]
    made = [(pad + head, statement.lineno), *python_lines(statement, depth + 1)]
    for handler in parts["handlers"]:
        kind = f" {ast.unparse(handler.type)}" if handler.type is not None else ""
        made += [(f"{pad}except{kind}:", 0), *python_lines(handler, depth + 1)]
    for name, word in (("orelse", "else:"), ("finalbody", "finally:")):
        if parts[name]:
            made.append((pad + word, 0))
            made += [line for inner in parts[name] for line in _statement(inner, depth + 1)]
    return made


_LINKED: Final[dict[str, Callable[[Linked, Level], Iterator[str]]]] = {
    "tree": _tree,
    "types": _types,
    "prices": _prices,
    "python": _python,
}
