"""Programs as trees, so that a failing one can be made smaller without becoming ill-formed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Union

Part = Union[str, "Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """``block`` holds statements, ``tokens`` pieces of text; ``stmt`` and ``expr`` hold text and nodes in order.

    A ``fixed`` expression must not be replaced: a name that is assigned, a bound that ends a loop.
    """

    kind: str
    parts: tuple[Part, ...] = field(default=())

    def text(self) -> str:
        pieces: list[str] = []
        self._write(pieces)
        return "".join(pieces)

    def _write(self, pieces: list[str]) -> None:
        for part in self.parts:
            if part.__class__ is str:
                pieces.append(part)
            else:
                part._write(pieces)  # type: ignore[union-attr]
            if self.kind == "block":
                pieces.append("\n")

    def nodes(self) -> list[Node]:
        return [part for part in self.parts if isinstance(part, Node)]

    def size(self) -> int:
        return 1 + sum(node.size() for node in self.nodes())


def stmt(*parts: Part) -> Node:
    return Node("stmt", parts)


def expr(*parts: Part) -> Node:
    return Node("expr", parts)


def fixed(*parts: Part) -> Node:
    return Node("fixed", parts)


def block(statements: list[Node]) -> Node:
    return Node("block", tuple(statements))


def tokens(pieces: list[Part]) -> Node:
    return Node("tokens", tuple(pieces))


def smaller(tree: Node) -> Iterator[Node]:
    """Trees one step smaller, the largest steps first."""
    if tree.kind in ("block", "tokens"):
        count = len(tree.parts)
        width = count
        while width >= 1:
            for start in range(0, count, width):
                yield Node(tree.kind, tree.parts[:start] + tree.parts[start + width :])
            width //= 2
    elif tree.kind == "stmt":
        for inner in tree.nodes():
            if inner.kind == "block":
                yield inner
    elif tree.kind == "expr":
        text = tree.text()
        for literal in ("nil", "0", '""'):
            if text not in ("nil", "0", '""', "1"):
                yield expr(literal)
        for inner in _inner_expressions(tree):
            yield expr("(", inner, ")")
    for index, part in enumerate(tree.parts):
        if isinstance(part, Node):
            for candidate in smaller(part):
                yield Node(tree.kind, (*tree.parts[:index], candidate, *tree.parts[index + 1 :]))


def _inner_expressions(tree: Node) -> Iterator[Node]:
    for node in tree.nodes():
        if node.kind == "expr":
            yield node
        yield from _inner_expressions(node) if node.kind != "block" else ()
