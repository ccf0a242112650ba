"""What an editor asks of a place in a script: what fits there, what a name is, which argument it is at, where from.

Input: a `Script` and an offset. Output: plain facts; `server` puts them into the protocol's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from ...routing.decision import ENTRY_POINT
from ..checker.rules import RULES
from . import knowledge
from .knowledge import ANSWER, KEYWORDS, TEXT, Thing
from .meaning import Place, Script

MOST_ITEMS: Final = 1000
MOST_LOCALS: Final = 500
"""Of the items: the nearest."""
MOST_SYMBOLS: Final = 2000

_IGNORE: Final = re.compile(rb"--[ \t]*keystone:[ \t]*ignore[ \t]+[a-z, \t-]*\Z")
_REQUIRE: Final = re.compile(rb"""\brequire[ \t]*\(?[ \t]*(["'])([^"'\n]*)\Z""")


class Hover(NamedTuple):
    """``text`` is Markdown."""

    text: str
    start: int
    end: int


class Signature(NamedTuple):
    """A call that is being written; ``active`` is the argument that the place is in, from 0."""

    thing: Thing
    active: int


class Symbol(NamedTuple):
    """A function of the file, from ``start`` to ``end``; the name is at ``place``."""

    name: str
    detail: str
    start: int
    end: int
    place: Place


# completion


def completions(script: Script, offset: int, modules: Iterable[str] = ()) -> list[Thing]:
    """What fits at an offset, the likeliest first; ``modules`` are the names of those in lib/."""
    found: dict[str, Thing] = {}
    for thing in _fitting(script, offset, modules):
        found.setdefault(thing.name, thing)
        if len(found) == MOST_ITEMS:
            break
    return list(found.values())


def _fitting(script: Script, offset: int, modules: Iterable[str]) -> Iterator[Thing]:
    document = script.document
    line = document.source[document.source.rfind(b"\n", 0, offset) + 1 : offset][-200:]
    if document.is_in_text(offset):
        if _REQUIRE.search(line):
            yield from _required(modules)
        return
    if document.is_in_comment(offset):
        if _IGNORE.search(line):
            yield from (Thing(rule.CODE, "constant", rule.CODE, rule.TEXT) for rule in RULES)
        return
    number = document.token_before(offset)
    token = document.tokens[number] if number >= 0 else None
    if token is not None and token.end >= offset:
        if token.kind == "NUMBER":
            return
        if token.kind == "NAME" or token.kind in KEYWORDS:
            number -= 1  # what is typed already, which the editor compares
    kind = script.kind(number)
    if kind in (".", ":"):
        yield from _members(script, number)
    elif kind == "local":
        yield Thing("function", "keyword", "function")
    elif kind not in ("function", "for", "goto", "::"):
        opener = script.outline.braces.get(number, -1)
        if opener >= 0 and kind in ("{", ",", ";") and _is_answer(script, opener):
            there = {script.tokens[item].text for item in script.item_names(opener) if item != number + 1}
            yield from (thing for name, thing in knowledge.members(ANSWER).items() if name not in there)
        yield from _names(script, number + 1)


def _required(modules: Iterable[str]) -> Iterator[Thing]:
    for name in modules:
        yield Thing(name, "module", name, "a module of lib/")
    for name in knowledge.module_names():
        yield Thing(name, "module", name, "a module of the routing library")


def _members(script: Script, number: int) -> Iterator[Thing]:
    of = script.type_of(script.steps_before(number - 1))
    is_method = script.kind(number) == ":"
    if is_method and not of:
        of = TEXT
    for thing in script.members(of).values():
        if not is_method:
            yield thing
        elif thing.kind == "function":
            yield replace(thing, kind="method")


def _is_answer(script: Script, opener: int, asked: int = -1) -> bool:
    """Whether a table is returned, has such a field besides the one asked of, or is what on_route_request's result is
    called."""
    there = {script.tokens[number].text for number in script.item_names(opener) if number != asked}
    declaration = script.outline.declared_at.get(opener - 2)
    return (
        script.kind(opener - 1) == "return"
        or not there.isdisjoint(knowledge.members(ANSWER))
        or (declaration is not None and declaration.value == opener and script.is_answer(declaration))
    )


def _names(script: Script, number: int) -> Iterator[Thing]:
    """Locals, the file's globals, what everybody has, keywords."""
    visible = sorted(script.outline.visible(number), key=lambda declaration: -declaration.at)
    yield from map(script.declared, visible[:MOST_LOCALS])
    own = (each for (owner, name), each in script.outline.assigned.items() if not owner and name != ENTRY_POINT)
    yield from map(script.assigned, islice(own, MOST_LOCALS))
    yield from knowledge.globals_of(script.is_test).values()
    for word in KEYWORDS:
        yield Thing(word, "keyword", word)


# hover


def hover(script: Script, offset: int) -> Hover | None:
    """What the name at an offset is."""
    document = script.document
    number = document.token_at(offset)
    if number < 0:
        return _hover_rule(script, offset)
    token = document.tokens[number]
    if token.kind == "STRING":
        thing = _module_of_text(script, number)
    elif token.kind == "NAME":
        thing = _named(script, number)
    else:
        return None
    return Hover(_told(thing), token.start, token.end) if thing is not None else None


def _named(script: Script, number: int) -> Thing | None:
    opener = script.outline.braces.get(number)
    if opener is not None and script.kind(number + 1) == "=" and script.kind(number - 1) in ("{", ",", ";"):
        return knowledge.members(ANSWER).get(script.tokens[number].text) if _is_answer(script, opener, number) else None
    return script.thing(script.steps_before(number))


def _module_of_text(script: Script, number: int) -> Thing | None:
    """Of the text in ``require "json"``."""
    before = number - 1 if script.kind(number - 1) == "NAME" else number - 2
    if script.kind(before) != "NAME" or script.tokens[before].text != "require":
        return None
    steps = script.steps_before(number if before == number - 1 else number + 1)
    return script.thing(steps)


def _told(thing: Thing) -> str:
    """Markdown: the signature as Lua, the meaning, the price."""
    signature = thing.signature or thing.name
    parts = [f"```lua\n{signature}\n```"]
    if thing.meaning:
        parts.append(thing.meaning)
    if thing.price is not None:
        parts.append(f"From {thing.price} instructions.")
    return "\n\n".join(parts)


def documentation(thing: Thing) -> str:
    """What an item's page shows: as `hover`, without the signature."""
    price = f"From {thing.price} instructions." if thing.price is not None else ""
    return "\n\n".join(part for part in (thing.meaning, price) if part)


_CODE: Final = re.compile(rb"[a-z][a-z-]*")
_BY_CODE: Final = {rule.CODE: rule for rule in RULES}


def _hover_rule(script: Script, offset: int) -> Hover | None:
    """What a rule says, in ``-- keystone: ignore RULE``."""
    source = script.document.source
    start = source.rfind(b"\n", 0, offset) + 1
    if b"keystone:" not in source[start:offset] or not script.document.is_in_comment(offset):
        return None
    end = source.find(b"\n", offset)
    line = source[start : end if end >= 0 else len(source)]
    for found in _CODE.finditer(line[: offset - start + 64]):
        if found.start() <= offset - start <= found.end() and (rule := _BY_CODE.get(found[0].decode())):
            return Hover(f"**{rule.CODE}** ({rule.SEVERITY}): {rule.TEXT}", start + found.start(), start + found.end())
    return None


# signatures


def signature(script: Script, offset: int) -> Signature | None:
    """The innermost call that an offset is within the arguments of."""
    number = script.document.token_before(offset)
    depth, commas = 0, 0
    for place in range(number, max(-1, number - 2000), -1):
        kind = script.kind(place)
        if kind in (")", "]", "}"):
            depth += 1
        elif kind in ("(", "LINE_PAREN", "[", "{"):
            if depth == 0:
                return _called(script, place, commas) if kind in ("(", "LINE_PAREN") else None
            depth -= 1
        elif depth == 0 and kind == ",":
            commas += 1
        elif depth == 0 and kind in ("function", "end", "then", "do", "local", "return"):
            return None
    return None


def _called(script: Script, opener: int, commas: int) -> Signature | None:
    steps = script.steps_before(opener - 1)
    is_path = all(step.kind in ("name", "field", "method") for step in steps)
    if not steps or (is_path and script.kind(opener - 2 * len(steps)) == "function"):
        return None
    thing = script.thing(steps)
    if thing is None or thing.parameters is None:
        return None
    is_text = steps[-1].kind == "method" and thing.signature.startswith("string.")
    active, last = commas + is_text, len(thing.parameters) - 1
    return Signature(thing, min(active, last) if thing.parameters[-1:] == ("...",) else active)


# places


def definition(script: Script, offset: int) -> Place | None:
    """Where the name at an offset was made; of a module of lib/ its file."""
    number = script.document.token_at(offset)
    if script.kind(number) == "STRING":
        thing = _module_of_text(script, number)
        module = script.modules(thing.name) if thing is not None else None
        return Place(module.document, 0, 0) if module is not None else None
    if script.kind(number) != "NAME":
        return None
    steps = script.steps_before(number)
    return script.made_at(steps) if steps else None


def symbols(script: Script) -> list[Symbol]:
    """The functions of the file that have a name, in order."""
    found = []
    outline = script.outline
    names = {each.value: (f"{each.owner}.{each.name}".lstrip("."), each.at) for each in outline.assigned.values()}
    names |= {each.value: (each.name, each.at) for each in outline.declared_at.values() if each.kind == "local"}
    for function in outline.functions[:MOST_SYMBOLS]:
        name, at = (function.name, function.at) if function.name else names.get(function.first, ("", -1))
        if name:
            start = min(script.tokens[function.first].start, script.tokens[at].start)
            last = min(function.last, len(script.tokens) - 1)
            detail = f"({', '.join(function.parameters)})"
            found.append(Symbol(name, detail, start, script.tokens[last].end, script.place(at)))
    return found
