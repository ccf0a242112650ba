"""The checker: what can be said of a script without running it.

Input: a script's source, its name and the shared modules. Output: findings, in the order of lines; a
script that does not compile is one finding.

Each rule is a module in rules that declares its code, its severity and its sentence, and finds places in a `Script`.
``-- keystone: ignore RULE`` at the end of a line silences that rule (or several, with commas) for the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ...interpreter import LuaSyntaxError
from ...interpreter.linking import link_program
from . import syntax
from .findings import Finding, Kind
from .rules import RULES
from .script import Script
from .suppression import ignored_rules

MAX_MISSING = 20
"""Missing modules of a file that are told; each takes another look."""

__all__ = ["Finding", "Kind", "check_source"]


def check_source(
    source: bytes,
    name: str,
    modules: Mapping[str, bytes] = MappingProxyType({}),
    kind: Kind = Kind.TENANT,
    injected: frozenset[str] = frozenset(),
    load: bool = False,
    inert_io: bool = False,
) -> list[Finding]:
    """The findings in one file.

    ``name`` begins messages; ``modules`` are the sources that ``require`` may name. ``injected`` are globals that
    the host puts there, besides ``request`` and ``backends``. ``load``: the script will run where it may load text.
    ``inert_io``: it will find an ``io`` that does nothing.
    """
    found: list[Finding] = []
    known = dict(modules)
    while True:
        try:
            linked = link_program(source, name, known, whole=True)
            break
        except LuaSyntaxError as error:
            found.append(syntax.finding(error, source, name))
            missing = syntax.missing_module(error)
            if missing is None or len(found) == MAX_MISSING:
                return found
            known[missing] = b""  # as if it were there, to hear of the others
    if found:
        return found
    script = Script(source, name, linked, kind, injected, load, inert_io)
    ignored = {number: ignored_rules(line) for number, line in enumerate(script.lines, 1) if "keystone:" in line}
    found = [finding for finding in _found(script) if finding.rule not in ignored.get(finding.line, ())]
    return sorted(found, key=lambda finding: (finding.line, finding.column, finding.rule))


def _found(script: Script) -> Iterator[Finding]:
    for rule in RULES:
        for place in rule.places(script):
            yield Finding(script.name, place.line, place.column, rule.CODE, rule.SEVERITY, place.message)
