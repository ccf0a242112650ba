"""The outline of a script, from its tokens alone: functions, what declares which name, where each is seen.

Input: tokens, of a program or of what may become one. Output: an `Outline`. What does not fit is passed over: an
``end`` too many closes nothing, a bracket that is left open is closed by the next keyword that begins a statement. The
checker goes by the tree (`analysis.scope`); here a name in doubt means what it would if the rest were right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal

from .document import Token

NOWHERE: Final = 1 << 60
"""Of a local whose statement has not ended yet: no token sees it."""

MOST_LOOKED_AT: Final = 1000
"""Declarations of one name that are looked at, the last first."""

_STARTERS: Final = frozenset("local if for while repeat return do break goto end else elseif until then ; ::".split())
"""Tokens that no expression has."""
_STATEMENTS: Final = frozenset("local if for while repeat return break goto".split())
_OPERANDS: Final = frozenset(("NAME", "NUMBER", "STRING", "ERROR", ")", "]", "}", "end", "nil", "true", "false", "..."))
"""Kinds that end an expression, so that a name behind them begins a statement."""
_OPENING: Final = {"(": ")", "LINE_PAREN": ")", "[": "]", "{": "}"}
_NO_STATEMENT: Final = frozenset((".", ":", "function", "local", "for", "goto", "::", ",", "="))


@dataclass(slots=True, eq=False)
class Function:
    """``name`` is as it is written, ``a.b:c``; from the keyword to the ``end``, NOWHERE if that is missing."""

    name: str
    parameters: tuple[str, ...]
    first: int
    at: int
    """The name's last token; that of the keyword for a function without a name."""
    last: int = NOWHERE


@dataclass(slots=True, eq=False)
class Declaration:
    """A local name, seen by tokens from ``first`` to ``last``. ``value`` is where the values of its statement begin, -1
    for none, and ``position`` the name's place among the names."""

    name: str
    kind: Literal["local", "parameter", "loop"]
    at: int
    first: int
    last: int = NOWHERE
    value: int = -1
    position: int = 0
    function: Function | None = None
    """Whose parameter it is; what a ``local function`` names."""


@dataclass(slots=True, eq=False)
class Assigned:
    """A global, or a field of a name (``owner``), that a statement gives a value or a function."""

    owner: str
    name: str
    at: int
    value: int = -1
    function: Function | None = None


@dataclass(slots=True, eq=False)
class _Frame:
    """An open block. ``waiting`` are names that the next ``do`` declares, ``pending`` those that the end of their
    statement does."""

    kind: str
    brackets: int
    function: Function | None = None
    names: list[Declaration] = field(default_factory=list)
    waiting: list[Declaration] = field(default_factory=list)
    pending: list[Declaration] = field(default_factory=list)


class Outline:
    """What `outline` found. Declarations by name, in the order of the source."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.declarations: dict[str, list[Declaration]] = {}
        self.declared_at: dict[int, Declaration] = {}
        self.assigned: dict[tuple[str, str], Assigned] = {}
        """The first of each, by owner ("" for globals) and name."""
        self.functions: list[Function] = []
        self.returned: list[int] = []
        """Tokens behind ``return``."""
        self.braces: dict[int, int] = {}
        """Of tokens right in a table constructor, and in no function of it: where it opens."""

    def lookup(self, name: str, token: int) -> Declaration | None:
        """What declares a name where a token stands; None for a global, and among too many of that name."""
        if token in self.declared_at:
            return self.declared_at[token]
        for declaration in islice(reversed(self.declarations.get(name, ())), MOST_LOOKED_AT):
            if declaration.first <= token <= declaration.last:
                return declaration
        return None

    def visible(self, token: int) -> Iterator[Declaration]:
        """The locals that a token sees, each name once."""
        for name in self.declarations:
            found = self.lookup(name, token)
            if found is not None and found.at != token:
                yield found

    def function_around(self, token: int) -> Function | None:
        """The innermost function that a token is in."""
        inside = [function for function in self.functions if function.first < token <= function.last]
        return inside[-1] if inside else None


def outline(tokens: Sequence[Token]) -> Outline:
    """Of a document's tokens, in one pass."""
    return _Reader(tokens).read()


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.found = Outline(tokens)
        self.frames = [_Frame("chunk", 0)]
        self.brackets: list[int] = []
        """Tokens that open a bracket."""
        self.seen: Counter[str] = Counter()
        """How many locals of a name there are where the reader is."""

    def read(self) -> Outline:
        for number, token in enumerate(self.tokens):
            kind = token.kind
            if kind in _STATEMENTS and len(self.brackets) > self.frames[-1].brackets:
                del self.brackets[self.frames[-1].brackets :]
            if (self.frames[-1].pending or self.frames[-1].kind == "until") and self.ends_statement(number):
                self.end_statement(number)
            if kind in _OPENING:
                self.brackets.append(number)
            elif kind in (")", "]", "}"):
                if len(self.brackets) > self.frames[-1].brackets:
                    self.brackets.pop()
            elif kind == "NAME":
                self.name(number)
            elif kind in _KEYWORDS:
                _KEYWORDS[kind](self, number)
            if len(self.brackets) > self.frames[-1].brackets and self.kind(self.brackets[-1]) == "{":
                self.found.braces[number] = self.brackets[-1]
        while self.frames:
            self.close(NOWHERE)
        return self.found

    def kind(self, number: int) -> str:
        return self.tokens[number].kind if 0 <= number < len(self.tokens) else ""

    # blocks

    def ends_statement(self, number: int) -> bool:
        """Whether what was before a token, in this block, was a whole statement."""
        if len(self.brackets) > self.frames[-1].brackets:
            return False
        kind = self.tokens[number].kind
        return kind in _STARTERS or (kind in ("NAME", "function") and self.kind(number - 1) in _OPERANDS)

    def end_statement(self, number: int) -> None:
        for declaration in self.frames[-1].pending:
            declaration.first = number
        self.frames[-1].pending.clear()
        if self.frames[-1].kind == "until":
            self.close(number - 1)

    def open(self, kind: str, function: Function | None = None) -> None:
        self.frames.append(_Frame(kind, len(self.brackets), function))

    def close(self, number: int) -> None:
        frame = self.frames.pop()
        del self.brackets[frame.brackets :]
        for declaration in frame.names:
            declaration.last = number
            self.seen[declaration.name] -= 1
        if frame.function is not None:
            frame.function.last = number

    def declare(self, declaration: Declaration) -> None:
        self.found.declarations.setdefault(declaration.name, []).append(declaration)
        self.found.declared_at.setdefault(declaration.at, declaration)
        self.seen[declaration.name] += 1
        self.frames[-1].names.append(declaration)

    def names_from(self, number: int) -> list[int]:
        """The tokens of ``a, b, c``."""
        names = []
        while self.kind(number) == "NAME":
            names.append(number)
            if self.kind(number + 1) != ",":
                break
            number += 2
        return names

    # keywords

    def local(self, number: int) -> None:
        names = self.names_from(number + 1)
        if not names:
            return  # local function: said of the function
        has_values = self.kind(names[-1] + 1) == "="
        for position, at in enumerate(names):
            first = NOWHERE if has_values else names[-1] + 1
            value = names[-1] + 2 if has_values else -1
            declaration = Declaration(self.tokens[at].text, "local", at, first, value=value, position=position)
            self.declare(declaration)
            if has_values:
                self.frames[-1].pending.append(declaration)

    def function(self, number: int) -> None:
        at, path = number + 1, []
        while self.kind(at) == "NAME":
            path.append(at)
            if self.kind(at + 1) not in (".", ":"):
                break
            at += 2
        opener = (path[-1] if path else number) + 1
        parameters = self.parameters(opener)
        texts = [self.tokens[name].text for name in path]
        is_method = len(path) > 1 and self.kind(path[-1] - 1) == ":"
        name = ".".join(texts[:-1]) + (":" if is_method else "." if len(path) > 1 else "") + "".join(texts[-1:])
        own = Function(name, tuple(self.tokens[each].text for each in parameters), number, path[-1] if path else number)
        self.found.functions.append(own)
        if path and self.kind(number - 1) == "local":
            self.declare(Declaration(texts[0], "local", path[0], path[0], function=own))
        elif path:
            owner = ".".join(texts[:-1])
            self.found.assigned.setdefault((owner, texts[-1]), Assigned(owner, texts[-1], path[-1], function=own))
        self.open("function", own)
        if is_method:
            self.declare(Declaration("self", "parameter", path[-1], opener, position=-1, function=own))
        for position, each in enumerate(parameters):
            self.declare(Declaration(self.tokens[each].text, "parameter", each, each, position=position, function=own))

    def parameters(self, opener: int) -> list[int]:
        if self.kind(opener) not in ("(", "LINE_PAREN"):
            return []
        found = self.names_from(opener + 1)
        last = found[-1] + 2 if found else opener + 1
        return [*found, last] if self.kind(last) == "..." else found

    def loop(self, number: int) -> None:
        names = self.names_from(number + 1)
        if not names:
            return
        value = names[-1] + 2 if self.kind(names[-1] + 1) in ("in", "=") else -1
        self.frames[-1].waiting = [
            Declaration(self.tokens[at].text, "loop", at, NOWHERE, value=value, position=position)
            for position, at in enumerate(names)
        ]

    def do(self, number: int) -> None:
        waiting, self.frames[-1].waiting = self.frames[-1].waiting, []
        self.open("do")
        for declaration in waiting:
            declaration.first = number
            self.declare(declaration)

    def then(self, number: int) -> None:
        self.open("then")

    def repeat(self, number: int) -> None:
        self.open("repeat")

    def otherwise(self, number: int) -> None:
        if self.frames[-1].kind == "then":
            self.close(number - 1)
        if self.tokens[number].kind == "else":
            self.open("then")

    def until(self, number: int) -> None:
        if self.frames[-1].kind == "repeat":
            self.frames[-1].kind = "until"  # its condition sees the body's locals

    def end(self, number: int) -> None:
        if len(self.frames) > 1:
            self.close(number)

    def returns(self, number: int) -> None:
        self.found.returned.append(number + 1)

    # assignments

    def name(self, number: int) -> None:
        """Note ``name =`` and ``name.field =`` where a statement begins."""
        if len(self.brackets) > self.frames[-1].brackets or self.kind(number - 1) in _NO_STATEMENT:
            return
        text = self.tokens[number].text
        if self.kind(number + 1) == "=":
            if not self.seen[text]:
                self.found.assigned.setdefault(("", text), Assigned("", text, number, number + 2))
        elif self.kind(number + 1) == "." and self.kind(number + 2) == "NAME" and self.kind(number + 3) == "=":
            member = self.tokens[number + 2].text
            self.found.assigned.setdefault((text, member), Assigned(text, member, number + 2, number + 4))


_KEYWORDS: Final = {
    "local": _Reader.local,
    "function": _Reader.function,
    "for": _Reader.loop,
    "do": _Reader.do,
    "then": _Reader.then,
    "repeat": _Reader.repeat,
    "else": _Reader.otherwise,
    "elseif": _Reader.otherwise,
    "until": _Reader.until,
    "end": _Reader.end,
    "return": _Reader.returns,
}
