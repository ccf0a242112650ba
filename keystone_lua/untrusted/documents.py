"""JSON and a safe part of YAML that others wrote, within limits that are counted while reading.

In: a file's bytes. Out: plain data, or of YAML a tree of `Node`s with their places. Raises `DocumentError` for what
is not in the format, nests deeper or has more values than the reader allows, and for numbers that JSON does not have.
In YAML it also refuses tags, several documents, repeated keys, and an anchor within itself.

Of YAML only the parser's events are taken (ruamel.yaml, imported when it is needed): no tag, constructor or merge key
takes effect. Plain words mean what YAML 1.2's core schema says, so a date is text. What an alias repeats counts again
each time.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

MAX_NESTING: Final = 32
"""Of lists and mappings within each other. Case and tenant files need six; readers and who walks the result recurse."""

MAX_VALUES: Final = 50_000
"""Values of a YAML document, keys included: what is read in 2 s."""

MAX_YAML: Final = 1 << 20
"""Bytes of a YAML document."""

MAX_JSON_VALUES: Final = 500_000
"""Values of a JSON document, which is read in a fiftieth of the time."""

MAX_DIGITS: Final = 40
"""Characters of a number. A double is written in 24 at most."""


class DocumentError(Exception):
    """A document that cannot be used. ``line`` and ``column`` count from 1; the text does not name them."""

    def __init__(self, message: str, line: int = 1, column: int = 1, context: str = "") -> None:
        """``context`` says what was being read, where that is known."""
        super().__init__(message)
        self.context = context
        self.line = line
        self.column = column


# JSON

_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def misshapen(data: bytes, nesting: int, values: int) -> str | None:
    """What is wrong with the shape of JSON text, seen before anything is made of it; Python's decoder recurses in C."""
    if data.count(b"[") + data.count(b"{") <= nesting and data.count(b",") <= values:
        return None
    frame = _STRING.sub(b"", data)
    brackets = frame.translate(None, _NOT_BRACKETS)
    if frame.count(b",") + len(brackets) > values:
        return f"more than {values} values"
    if any(depth > nesting for depth in accumulate(map(_STEPS.__getitem__, brackets))):
        return f"nested deeper than {nesting} levels"
    return None


def read_json(data: bytes) -> Any:
    """The value of a JSON document in UTF-8. Raises `DocumentError`."""
    problem = misshapen(data, MAX_NESTING, MAX_JSON_VALUES)
    if problem is not None:
        raise DocumentError(problem)
    try:
        return json.loads(_text(data), parse_int=_whole, parse_float=_number, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise DocumentError(error.msg, error.lineno, error.colno) from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(str(error)) from None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError("is not UTF-8", line, error.start - data.rfind(b"\n", 0, error.start)) from None


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} characters")
    return int(text)


def _number(text: str) -> float:
    if len(text) > MAX_DIGITS or not math.isfinite(float(text)):
        raise ValueError(f"{text[:MAX_DIGITS]} is no number that can be used")
    return float(text)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


# YAML

TAGGED: Final = "tagged"


@dataclass(slots=True, eq=False)
class Node:
    """A value of a YAML document. ``kind`` is ``list``, ``mapping``, or of a scalar ``str``, ``int``, ``float``,
    ``bool``, ``null``, ``merge``, which is only that: a word, or ``tagged``."""

    kind: str
    line: int
    column: int
    value: str = ""
    """Of a scalar."""
    items: list[Node] = field(default_factory=list)
    """Of a list; keys and values in turn of a mapping."""
    size: int = 1
    """Values in it, itself included."""
    tagged: bool = False
    """Of a list or mapping: whether it has a tag, which means nothing here."""

    @property
    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """A mapping's keys and values."""
        return zip(self.items[::2], self.items[1::2], strict=True)


_CORE: Final = (
    ("null", re.compile(r"null|Null|NULL|~|")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("int", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    ("float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)")),
    ("float", re.compile(r"\.(?:nan|NaN|NAN)")),
    ("merge", re.compile(r"<<")),
)  # fmt: skip


def read_yaml(data: bytes) -> Node | None:
    """The tree of a YAML document in UTF-8, None if it is empty. Raises `DocumentError`, `ImportError`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    if len(data) > MAX_YAML:
        raise DocumentError(f"is larger than {MAX_YAML} bytes")
    text = _text(data)
    try:
        return _Composer().document(YAML(typ="safe", pure=True).parse(text))
    except DocumentError:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        raise DocumentError(str(error.problem or error.context), line, column, error.context or "") from None
    except YAMLError as error:
        raise DocumentError(str(error).partition("\n")[0]) from None
    except Exception as error:  # the parser is not ours: what it trips over is no document that we read
        raise DocumentError(f"the parser gave up: {type(error).__name__}") from None


class _Composer:
    """Builds a document's nodes from its events and counts them."""

    def __init__(self) -> None:
        self._anchors: dict[str, Node | None] = {}
        """None while the node is being read."""
        self._open: list[tuple[Node, str | None]] = []
        self._left = MAX_VALUES
        self._root: Node | None = None

    def document(self, events: Iterator[Any]) -> Node | None:
        documents = 0
        for event in events:
            kind = type(event).__name__
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise DocumentError("there is a second document; one is read", line, column)
            elif kind == "AliasEvent":
                self._add(self._repeated(event.anchor, line, column))
            elif kind in ("SequenceEndEvent", "MappingEndEvent"):
                node, anchor = self._open.pop()
                if anchor is not None:
                    self._anchors[anchor] = node
                self._add(node)
            elif kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
                self._begin(event, kind, line, column)
        return self._root

    def _begin(self, event: Any, kind: str, line: int, column: int) -> None:
        self._count(1, line, column)
        if kind == "ScalarEvent":
            kind = TAGGED if event.tag is not None else _kind(event.value) if event.implicit[0] else "str"
            node = Node(kind, line, column, event.value)
            if event.anchor is not None:
                self._anchors[event.anchor] = node
            self._add(node)
            return
        if len(self._open) == MAX_NESTING:
            raise DocumentError(f"is nested deeper than {MAX_NESTING}", line, column)
        node = Node("list" if kind[0] == "S" else "mapping", line, column, tagged=event.tag is not None)
        self._open.append((node, event.anchor))
        if event.anchor is not None:
            self._anchors[event.anchor] = None

    def _repeated(self, anchor: str, line: int, column: int) -> Node:
        if anchor not in self._anchors:
            raise DocumentError(f"found undefined alias '{anchor[:40]}'", line, column)
        node = self._anchors[anchor]
        if node is None:
            raise DocumentError(f"'{anchor[:40]}' is used within itself", line, column)
        self._count(node.size, line, column)
        if len(self._open) + _height(node) > MAX_NESTING:
            raise DocumentError(f"is nested deeper than {MAX_NESTING}", line, column)
        return node

    def _count(self, values: int, line: int, column: int) -> None:
        self._left -= values
        if self._left < 0:
            raise DocumentError(f"more than {MAX_VALUES} values, each alias counted with what it repeats", line, column)

    def _add(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        into, _ = self._open[-1]
        into.items.append(node)
        into.size += node.size


def _height(node: Node) -> int:
    """Levels of a node; at most `MAX_NESTING`, and visited as often as it counts."""
    return 1 + max(map(_height, node.items), default=0) if node.kind in ("list", "mapping") else 0


def _kind(word: str) -> str:
    return next((kind for kind, pattern in _CORE if pattern.fullmatch(word)), "str")


def plain(node: Node) -> Any:
    """A node as plain data, as JSON would have it. Raises `DocumentError`."""
    if node.tagged or node.kind == TAGGED:
        raise DocumentError("a tag; tags are not read", node.line, node.column)
    if node.kind == "list":
        return [plain(item) for item in node.items]
    if node.kind == "mapping":
        made: dict[str, Any] = {}
        for key, value in node.pairs:
            if key.kind in ("list", "mapping"):
                raise DocumentError("a key must be a word", key.line, key.column)
            if key.value in made:
                raise DocumentError(f"{key.value[:40]!r} is here already", key.line, key.column)
            made[key.value] = plain(value)
        return made
    return _scalar(node)


def _scalar(node: Node) -> Any:
    try:
        match node.kind:
            case "null":
                return None
            case "bool":
                return node.value.lower() == "true"
            case "int":
                text = node.value
                return _whole(text) if text[1:2] not in ("o", "x") else int(text[:MAX_DIGITS], 0)
            case "float":
                return _number(node.value.replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError as error:
        raise DocumentError(str(error), node.line, node.column) from None
    return node.value
