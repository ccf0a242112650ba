"""What a name in a script means, and what is behind its dot.

Input: a script's document and where its modules are. Output: `Thing`s of the tables and of the script's own, with the
place where each was made. Types come from what a name was given: ``require``, a parameter of on_route_request, a loop
over backends, a field. Of what is assigned later, or computed, nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final, Literal, NamedTuple

from ...interpreter.modules import catalogue
from ...interpreter.syntax.lexer import string_value
from ...routing.decision import ENTRY_POINT
from . import knowledge
from .document import Document, Token
from .knowledge import ANSWER, BACKEND, BACKENDS, MODULE, REQUEST, TEXT, UNKNOWN, Thing
from .outline import Assigned, Declaration, Function, Outline, outline

OWN: Final = "own "
"""And the name by which it is required; a type: a module of lib/."""
LOCAL: Final = "local "
"""And the token that declares it; a type: a table to whose name fields are given."""

MOST_STEPS: Final = 64
MOST_TOKENS: Final = 10_000
"""Of an expression that is looked at."""
MOST_RETURNS: Final = 200
MOST_HOPS: Final = 12
"""Names that are followed to what they were given."""

_CLOSING: Final = frozenset(")]}")
_OPENING: Final = frozenset(("(", "LINE_PAREN", "[", "{"))
_OPERATORS: Final = frozenset("and .. + - * / % ^ == ~= < > <= >=".split())
_SUFFIX: Final = frozenset(("NAME", ")", "]"))


class Step(NamedTuple):
    """A part of an expression such as ``a.b[1]:c(d)``; ``token`` is the name's, or that of the opening bracket."""

    kind: Literal["name", "field", "method", "index", "call", "text", "table", "other"]
    text: str
    token: int


class Place(NamedTuple):
    """Where something was made."""

    document: Document
    start: int
    end: int


def _no_modules(_name: str) -> None:
    return None


class Script:
    """One document with its outline."""

    def __init__(
        self, document: Document, modules: Callable[[str], Script | None] = _no_modules, is_test: bool = False
    ) -> None:
        """``modules`` finds a module of lib/ by the name that ``require`` takes."""
        self.document = document
        self.modules = modules
        self.is_test = is_test

    @property
    def tokens(self) -> list[Token]:
        return self.document.tokens

    @cached_property
    def outline(self) -> Outline:
        """Made when something is asked for the first time."""
        return outline(self.document.tokens)

    # expressions

    def steps_before(self, number: int) -> list[Step]:
        """The expression that ends with a token: its base, then what is behind it."""
        steps: list[Step] = []
        while number >= 0 and len(steps) < MOST_STEPS:
            token = self.tokens[number]
            before = self.tokens[number - 1].kind if number else ""
            if token.kind == "NAME" and before in (".", ":"):
                steps.append(Step("field" if before == "." else "method", token.text, number))
                number -= 2
                continue
            if token.kind in (")", "]", "}") and (opener := self.opener(number)) >= 0:
                behind = self.tokens[opener - 1].kind if opener else ""
                if token.kind == "]" or behind in _SUFFIX or behind == "STRING":
                    text = self.text_within(opener, number)
                    steps.append(Step("index" if token.kind == "]" else "call", text, opener))
                    number = opener - 1
                    continue
                steps.append(self.base(opener, number))
            elif token.kind == "STRING" and before in _SUFFIX:
                steps.append(Step("call", string_value(token.text), number))
                number -= 1
                continue
            elif token.kind == "NAME":
                steps.append(Step("name", token.text, number))
            else:
                steps.append(Step("text" if token.kind == "STRING" else "other", token.text, number))
            break
        return steps[::-1] if steps and steps[-1].kind in ("name", "text", "table", "other") else []

    def base(self, opener: int, number: int) -> Step:
        """What stands in brackets by itself."""
        if self.tokens[number].kind == "}":
            return Step("table", "", opener)
        inside = self.tokens[opener + 1].kind if number == opener + 2 else ""
        return Step("text" if inside == "STRING" else "other", "", opener)

    def text_within(self, opener: int, closer: int) -> str:
        """The text that is all there is between two brackets; "" for anything else."""
        inner = self.tokens[opener + 1] if closer == opener + 2 else None
        return string_value(inner.text) if inner is not None and inner.kind == "STRING" else ""

    def opener(self, number: int) -> int:
        """The token of the bracket that one closes; -1 if it is not there."""
        depth = 0
        for place in range(number, max(-1, number - MOST_TOKENS), -1):
            kind = self.tokens[place].kind
            if kind in _CLOSING:
                depth += 1
            elif kind in _OPENING:
                depth -= 1
                if depth == 0:
                    return place
        return -1

    def value_end(self, number: int) -> int:
        """The last token of the name, call or text that begins with one; -1 if that is only the begin of more."""
        last, place = number, number
        if self.kind(number) not in _OPENING:
            place = number + 1
        while place < len(self.tokens) and place < number + MOST_TOKENS:
            kind = self.kind(place)
            if kind in (".", ":") and self.kind(place + 1) == "NAME":
                last, place = place + 1, place + 2
            elif kind in _OPENING:
                last = self.closer(place)
                place = last + 1
            elif kind == "STRING":
                last, place = place, place + 1
            else:
                break
        return -1 if self.kind(place) in _OPERATORS else last

    def closer(self, number: int) -> int:
        """The token of the bracket that closes one, or the last that is looked at."""
        depth = 0
        limit = min(len(self.tokens), number + MOST_TOKENS)
        for place in range(number, limit):
            depth += (self.kind(place) in _OPENING) - (self.kind(place) in _CLOSING)
            if depth == 0:
                return place
        return limit - 1

    def kind(self, number: int) -> str:
        """A token's kind; "" where there is none."""
        return self.tokens[number].kind if 0 <= number < len(self.tokens) else ""

    # types

    def type_of(self, steps: list[Step], hops: int = 0) -> str:
        """What an expression is."""
        thing = self.thing(steps, hops)
        if thing is None:
            return TEXT if steps and steps[-1].kind == "text" else UNKNOWN
        return thing.of

    def thing(self, steps: list[Step], hops: int = 0) -> Thing | None:
        """What an expression names or answers, as far as is known."""
        if not steps or hops > MOST_HOPS:
            return None
        found = self.named(steps[0], hops)
        for number, step in enumerate(steps[1:], 1):
            if step.kind == "call":
                found = self.called(steps[number - 1], step, found)
            elif step.kind == "index" and found is not None and found.of == BACKENDS:
                found = Thing("", "variable", "", of=BACKEND)
            else:
                of = found.of if found is not None else TEXT if steps[number - 1].kind == "text" else UNKNOWN
                found = self.member(of, step)
        return found

    def member(self, of: str, step: Step) -> Thing | None:
        if not of and step.kind == "method":
            of = TEXT  # what most methods of unknown things are called on
        found = self.members(of).get(step.text)
        return replace(found, kind="method") if found is not None and step.kind == "method" else found

    def members(self, of: str) -> Mapping[str, Thing]:
        """What has a name behind the dot of a type."""
        if of.startswith(OWN):
            module = self.modules(of[len(OWN) :])
            return module.exports() if module is not None else {}
        if of.startswith(LOCAL):
            return self.fields_of(int(of[len(LOCAL) :]))
        return knowledge.members(of)

    def called(self, function: Step, call: Step, found: Thing | None) -> Thing | None:
        """What a call answers."""
        if found is None:
            return None
        if function.text == "require" and found.kind == "function":
            return self.required(call.text)
        return Thing("", "variable", "", of=found.of) if found.of else None

    def required(self, name: str) -> Thing | None:
        if self.modules(name) is not None:
            return Thing(name, "module", f"require {name!r}".replace("'", '"'), "a module of lib/", of=OWN + name)
        if name in catalogue.FILES:
            return Thing(name, "module", f'require "{name}"', "a module of the routing library", of=MODULE + name)
        return None

    def named(self, step: Step, hops: int) -> Thing | None:
        """A name by itself."""
        if step.kind != "name":
            return None
        declaration = self.outline.lookup(step.text, step.token)
        if declaration is not None:
            return self.declared(declaration, hops)
        own = self.outline.assigned.get(("", step.text))
        if own is not None and own.function is not None:
            return _of_function(own.name, own.function)
        return knowledge.globals_of(self.is_test).get(step.text) or (
            Thing(step.text, "variable", f"{step.text}: a global") if own is not None else None
        )

    def declared(self, declaration: Declaration, hops: int = 0) -> Thing:
        """A local."""
        if declaration.kind == "local" and declaration.function is not None:
            return _of_function(declaration.name, declaration.function)
        if declaration.kind == "parameter":
            return _of_parameter(declaration)
        told = Thing(declaration.name, "variable", f"local {declaration.name}")
        if declaration.value < 0 or declaration.value >= len(self.tokens):
            return told
        if declaration.kind == "loop":
            return replace(told, signature=f"{declaration.name}: of a loop", of=self.looped(declaration, hops))
        if declaration.position or hops > MOST_HOPS:
            return told
        if self.tokens[declaration.value].kind == "{":
            of = ANSWER if self.is_answer(declaration) else f"{LOCAL}{declaration.at}"
            return replace(told, of=of)
        if self.tokens[declaration.value].kind == "function":
            function = next((f for f in self.outline.functions if f.first == declaration.value), None)
            return _of_function(declaration.name, function) if function is not None else told
        return self.given(told, self.steps_before(self.value_end(declaration.value)), hops)

    def given(self, told: Thing, steps: list[Step], hops: int) -> Thing:
        """A local that is given something known: it is called as that is."""
        found = self.thing(steps, hops + 1)
        if found is None:
            return replace(told, of=TEXT) if steps and steps[-1].kind == "text" else told
        if found.signature and found.kind not in ("variable",):
            return replace(found, name=told.name)
        return replace(told, of=found.of)

    def looped(self, declaration: Declaration, hops: int) -> str:
        """The type of ``b`` in ``for _, b in ipairs(backends) do``."""
        iterator = self.steps_before(self.value_end(declaration.value))
        if declaration.position != 1 or not iterator or iterator[-1].kind != "call":
            return UNKNOWN
        if iterator[0].text not in ("ipairs", "pairs"):
            return UNKNOWN
        inner = self.steps_before(self.value_end(iterator[-1].token + 1))
        return BACKEND if self.type_of(inner, hops + 1) == BACKENDS else UNKNOWN

    def is_answer(self, declaration: Declaration) -> bool:
        """Whether a table's name is returned by on_route_request."""
        return any(
            number < len(self.tokens)
            and self.tokens[number].text == declaration.name
            and self.outline.lookup(declaration.name, number) is declaration
            and (around := self.outline.function_around(number)) is not None
            and around.name == ENTRY_POINT
            for number in self.outline.returned[:MOST_RETURNS]
        )

    # the script's own tables

    def fields_of(self, at: int) -> Mapping[str, Thing]:
        """What statements put into the table that a name declares, in this file."""
        name = self.tokens[at].text
        declaration = self.outline.declared_at.get(at)
        found = {}
        if declaration is not None and declaration.value >= 0:
            found = {thing.name: thing for thing in self.items(declaration.value)}
        for (owner, member), assigned in self.outline.assigned.items():
            if owner == name:
                found[member] = self.assigned(assigned)
        return found

    def assigned(self, assigned: Assigned) -> Thing:
        path = f"{assigned.owner}.{assigned.name}" if assigned.owner else assigned.name
        if assigned.function is not None:
            return _of_function(path, assigned.function, assigned.name)
        if 0 <= assigned.value < len(self.tokens) and self.tokens[assigned.value].kind == "function":
            function = next((f for f in self.outline.functions if f.first == assigned.value), None)
            if function is not None:
                return _of_function(path, function, assigned.name)
        return Thing(assigned.name, "field", path)

    def items(self, opener: int) -> Iterator[Thing]:
        """The named fields of a table constructor."""
        for number in self.item_names(opener):
            name = self.tokens[number].text
            yield self.assigned(Assigned("", name, number, number + 2))

    def item_names(self, opener: int) -> Iterator[int]:
        """Tokens of ``name`` in ``{name = value}``."""
        if self.kind(opener) != "{":
            return
        for number in range(opener + 1, self.closer(opener)):
            is_named = self.kind(number) == "NAME" and self.kind(number + 1) == "="
            if is_named and self.outline.braces.get(number) == opener and self.kind(number - 1) in ("{", ",", ";"):
                yield number

    def exports(self) -> Mapping[str, Thing]:
        """What a module returns, by name."""
        for number in self.outline.returned[: -MOST_RETURNS - 1 : -1]:
            if number >= len(self.tokens) or self.outline.function_around(number) is not None:
                continue
            token = self.tokens[number]
            if token.kind == "{":
                return {thing.name: thing for thing in self.items(number)}
            declaration = self.outline.lookup(token.text, number) if token.kind == "NAME" else None
            return self.fields_of(declaration.at) if declaration is not None else {}
        return {}

    # places

    def place(self, number: int) -> Place:
        token = self.tokens[number]
        return Place(self.document, token.start, token.end)

    def made_at(self, steps: list[Step]) -> Place | None:
        """Where the name that an expression ends with was made."""
        last = steps[-1]
        if len(steps) == 1:
            declaration = self.outline.lookup(last.text, last.token)
            if declaration is not None:
                return self.place(declaration.at)
            own = self.outline.assigned.get(("", last.text))
            return self.place(own.at) if own is not None else None
        of = self.type_of(steps[:-1])
        if of.startswith(OWN):
            module = self.modules(of[len(OWN) :])
            return module.export_at(last.text) if module is not None else None
        return self.field_at(int(of[len(LOCAL) :]), last.text) if of.startswith(LOCAL) else None

    def field_at(self, at: int, name: str) -> Place | None:
        assigned = self.outline.assigned.get((self.tokens[at].text, name))
        if assigned is not None:
            return self.place(assigned.at)
        declaration = self.outline.declared_at.get(at)
        inside = self.item_names(declaration.value) if declaration is not None and declaration.value >= 0 else ()
        return next((self.place(number) for number in inside if self.tokens[number].text == name), None)

    def export_at(self, name: str) -> Place | None:
        for number in self.outline.returned[: -MOST_RETURNS - 1 : -1]:
            if number >= len(self.tokens) or self.outline.function_around(number) is not None:
                continue
            if self.tokens[number].kind == "{":
                found = (item for item in self.item_names(number) if self.tokens[item].text == name)
                return next((self.place(item) for item in found), None)
            declaration = self.outline.lookup(self.tokens[number].text, number)
            return self.field_at(declaration.at, name) if declaration is not None else None
        return None


def _of_function(path: str, function: Function, name: str = "") -> Thing:
    signature = f"{path}({', '.join(function.parameters)})"
    return Thing(name or path, "function", signature, "", function.parameters)


def _of_parameter(declaration: Declaration) -> Thing:
    """Parameters of on_route_request are known by their place, others by what everybody calls them."""
    function = declaration.function
    of = {"request": REQUEST, "backends": BACKENDS, "backend": BACKEND}.get(declaration.name, UNKNOWN)
    if function is not None and function.name == ENTRY_POINT:
        of = {0: REQUEST, 1: BACKENDS}.get(declaration.position, UNKNOWN)
    told = {REQUEST: "the request", BACKENDS: "where the request can go", BACKEND: "a backend"}.get(of, "a parameter")
    return Thing(declaration.name, "variable", f"{declaration.name}: {told}", of=of)


__all__ = ["Place", "Script", "Step"]
