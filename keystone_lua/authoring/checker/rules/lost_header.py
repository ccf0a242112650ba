"""Headers in modified_headers that no gateway carries to the backend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..rule import Place
from ..script import Script

CODE: Final = "lost-header"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The gateway does not pass this header on, or refuses the answer for it."

_FRAMING: Final = "the message's own framing, in which a script has no say"
ADVICE: Final[Mapping[str, str]] = {
    "host": "use modified_host",
    "set-cookie": "it is for the client: use append_response_headers",
    "location": "it is for the client: use reject_headers or response_headers",
    "www-authenticate": "it is for the client: use reject_headers",
    "retry-after": "it is for the client: use reject_headers",
    "content-length": _FRAMING,
    "transfer-encoding": _FRAMING,
    "connection": _FRAMING,
    "upgrade": _FRAMING,
    "te": _FRAMING,
    "trailer": _FRAMING,
    "keep-alive": _FRAMING,
}


def places(script: Script) -> Iterator[Place]:
    """In tables that are given as modified_headers, and in assignments to their fields."""
    for table in script.each(nodes.Table):
        for item in table.fields:
            if isinstance(item.key, nodes.String) and item.key.value == "modified_headers":
                yield from _in_table(item.value)
    for target in script.targets:
        if not isinstance(target, nodes.Index):
            continue
        if isinstance(target.object, nodes.Index) and _is(target.object.key, "modified_headers"):
            yield from _place(target.key)


def _in_table(value: object) -> Iterator[Place]:
    if isinstance(value, nodes.Table):
        for item in value.fields:
            yield from _place(item.key)


def _is(key: object, name: str) -> bool:
    return isinstance(key, nodes.String) and key.value == name


def _place(key: object) -> Iterator[Place]:
    if isinstance(key, nodes.String) and key.value.lower() in ADVICE:
        yield Place(key.line, key.column, f"'{key.value}' in modified_headers is lost: {ADVICE[key.value.lower()]}")
