"""Plain names used as patterns: ``-`` and other magic characters match something that nobody meant.

``backend.name:find("version-a")`` never finds the backend version-a: ``n-`` is any number of n, the fewest possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ....interpreter.syntax import nodes
from ..findings import Severity
from ..library import is_plain, pattern_calls, without_sets
from ..rule import Place
from ..script import Script

CODE: Final = "magic-pattern"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "Text used as a pattern: - . + * ? [ ( ^ $ % are operators in it."

_PATTERN_LIKE: Final = re.compile(r"pat|regex|\bre\b|expr|glob|mask|rule|class|fmt|sep|delim|set\b", re.IGNORECASE)
"""Names whose values are meant to be patterns."""

_WRITTEN: Final = re.compile(r"[%\[(+*?]")
"""In a text that is joined with a name: its author is writing a pattern and knows it."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

_HOST: Final = re.compile(
    r"(?<![\w.])\.?(?:[A-Za-z0-9]+\.)*[A-Za-z0-9]+\."
    r"(?:com|org|net|io|dev|app|local|internal|localhost|example|test|edu|gov|co|cloud|info|biz|eu|de|uk|us)(?![\w.])"
)
"""A name of a host, by what it ends in. A ``-`` in it is told before."""
_LETTER_DASH: Final = re.compile(r"[A-Za-z0-9]-")


def places(script: Script) -> Iterator[Place]:
    """Literals with a letter before ``-``, and patterns made of a name, a field or a concatenation with one."""
    for call in pattern_calls(script):
        if is_plain(call):
            continue
        pattern = call.pattern
        if isinstance(pattern, nodes.String):
            if dash := _dash(pattern.value):
                yield Place(pattern.line, pattern.column, _LITERAL.format(dash))
            elif host := _HOST.search(without_sets(pattern.value, "  ", classes=True)):
                yield Place(pattern.line, pattern.column, _DOTTED.format(host[0], host[0].replace(".", "%.")))
        elif named := _named(script, pattern):
            yield Place(*script.start_of(pattern), _MADE.format(named))


_LITERAL: Final = "in this pattern '{0}' means the fewest of '{0[0]}': write '%-' for a dash, or find(text, 1, true)"
_DOTTED: Final = "in this pattern each '.' is any character: write '{1}' for '{0}'"
_MADE: Final = "'{}' is used as a pattern, where - . and others are operators: use find(text, 1, true) for plain text"


def _dash(pattern: str) -> str:
    """A letter or digit with a ``-`` behind it, outside of sets and classes."""
    found = _LETTER_DASH.search(without_sets(pattern, "  ", classes=True))
    return found[0] if found else ""


def _named(script: Script, pattern: Any) -> str:
    """The name that makes a pattern suspicious, or ""."""
    if isinstance(pattern, nodes.Concat):
        if any(isinstance(operand, nodes.String) and _WRITTEN.search(operand.value) for operand in pattern.operands):
            return ""
        return next(filter(None, (_text_of(script, operand) for operand in pattern.operands)), "")
    return _text_of(script, pattern) if isinstance(pattern, nodes.Index) else _from_field(script, pattern)


def _text_of(script: Script, node: Any) -> str:
    """``backend.name``, or a local's name, as far as it is no pattern by its name or its value."""
    if isinstance(node, nodes.Index) and isinstance(node.key, nodes.String) and _IDENTIFIER.match(node.key.value):
        name = node.key.value
        if name.isupper() or _is_constant_field(script, node):
            return ""
        shown = f"{node.object.name}.{name}" if isinstance(node.object, nodes.Name) else name
        whole = shown
    elif isinstance(node, nodes.Name):
        if _is_constant(script, node) or _is_made_of_a_pattern(script, node):
            return ""
        shown = whole = node.name
    else:
        return ""
    return "" if _PATTERN_LIKE.search(whole) else shown


def _is_made_of_a_pattern(script: Script, node: nodes.Name) -> bool:
    """A local whose value is put together from a literal with a pattern's signs."""
    variable = script.variable(node)
    value = script.initial.get(variable) if variable is not None and not variable.assigned else None
    inner = script.each_in(value) if value is not None else ()
    return any(isinstance(text, nodes.String) and _WRITTEN.search(text.value) for text in inner)


def _is_constant_field(script: Script, node: nodes.Index) -> bool:
    """A field of a table that the script writes out, with a literal: its author knows what is in it."""
    owner = node.object
    variable = script.variable(owner) if isinstance(owner, nodes.Name) else None
    table = script.initial.get(variable) if variable is not None and not variable.assigned else None
    fields = table.fields if isinstance(table, nodes.Table) else ()
    key = node.key.value if isinstance(node.key, nodes.String) else None
    return any(
        isinstance(f.key, nodes.String) and f.key.value == key and isinstance(f.value, nodes.String) for f in fields
    )


def _from_field(script: Script, node: Any) -> str:
    """A local whose only value is a field such as ``backend.name``, or text joined with one."""
    if not isinstance(node, nodes.Name) or _PATTERN_LIKE.search(node.name):
        return ""
    value = _only_value(script, node)
    if isinstance(value, nodes.Concat):
        return node.name if _named(script, value) else ""
    return node.name if isinstance(value, nodes.Index) and _text_of(script, value) else ""


def _is_constant(script: Script, node: nodes.Name) -> bool:
    """A local whose only value is a literal: what it is, its author sees."""
    return isinstance(_only_value(script, node), nodes.String)


def _only_value(script: Script, node: nodes.Name) -> Any:
    variable = script.variable(node)
    if variable is None or variable.assigned:
        return None
    return script.initial.get(variable)
