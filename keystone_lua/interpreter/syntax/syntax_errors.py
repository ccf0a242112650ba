"""Syntax errors: why lua5.1 would refuse a token, in its words.

Input: what the automaton had read, the token that it refused. Output: a Refusal: message, and the token near
which it is.

Lua's parser names the first thing that it looks for in vain. An LALR automaton only knows which tokens it would have
taken; that is enough to tell what Lua's parser looks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .lexer import END, ERROR, Token
from .parse_tables import Automaton

NO_LOOP: Final = "no loop to break"
NO_VARARG: Final = "cannot use '...' outside a vararg function"
NO_TOKEN: Final = ("", "", 0, 0)
_CLOSERS: Final = frozenset({"end", "else", "elseif", "until", END})


class Refusal(Exception):
    """A token that cannot be where it is. Without a message: find one; without a token: the one at hand.

    ``bare`` messages name no token.
    """

    def __init__(self, message: str = "", token: Token | None = None, bare: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.token = token or NO_TOKEN
        self.bare = bare


@dataclass(slots=True)
class Stack:
    """What the automaton had read: its states, and for each but the first the first token of its symbol."""

    tables: Automaton
    states: list[int]
    tokens: list[Token]

    def takes(self, kind: str) -> bool:
        return Stack(self.tables, self.states[:], self.tokens[:]).feed(kind)

    def feed(self, kind: str) -> bool:
        """Reads a token of that kind, unless it is impossible."""
        rows, rules = self.tables.rows, self.tables.rules
        while (target := rows[self.states[-1]].get(kind)) is not None:
            if target >= 0:
                self.states.append(target)
                self.tokens.append(NO_TOKEN)
                return True
            made, size, _ = rules[~target]
            first = self.tokens[-size] if size else NO_TOKEN
            del self.states[len(self.states) - size :], self.tokens[len(self.tokens) - size :]
            self.states.append(rows[self.states[-1]][made])
            self.tokens.append(first)
        return False

    def size_of_rule(self) -> int:
        """How many symbols the rule takes that is complete now."""
        return self.tables.rules[~next(iter(self.tables.rows[self.states[-1]].values()))][1]


def explain(stack: Stack, refused: Token, is_vararg: bool, in_loop: bool) -> Refusal:
    """Why ``refused`` was, after ``stack``. The last two describe the function around it."""
    possible = {kind for kind in _terminals(stack.tables) if stack.takes(kind)}
    before = stack.tokens[-1] if stack.tokens else NO_TOKEN
    if "AMBIGUOUS" in possible:
        return Refusal("ambiguous syntax (function call x new statement)", before)
    if before[0] == "..." and "+" in possible and not is_vararg:
        return Refusal(NO_VARARG, before)
    if refused[0] == ERROR:
        return Refusal(refused[1], refused, bare=True)
    if before[0] == "break" and not in_loop:
        return Refusal(NO_LOOP, refused)
    message, closer = _check_that_fails(possible, refused[0])
    return Refusal(message + _opened(stack, closer, refused) if closer else message, refused)


def _terminals(tables: Automaton) -> set[str]:
    return {symbol for row in tables.rows for symbol in row} - {made for made, _, _ in tables.rules}


def _check_that_fails(possible: set[str], refused: str) -> tuple[str, str]:
    """Lua's message and, where that goes on to say what was opened, the closing token that it misses."""
    closers = possible & _CLOSERS
    if closers and (refused in _CLOSERS or not possible & {"while", "nil"}):
        if END in closers:
            return "'<eof>' expected", ""
        closer = "until" if "until" in closers else "end"
        return f"'{closer}' expected", closer
    if possible & {"while", "nil"}:
        return "unexpected symbol", ""
    for needed, message in _CHECKS:
        if needed <= possible:
            return message, message[1] if "+" in needed and message[1] in ")}" else ""
    raise AssertionError(possible)


_CHECKS: Final = (
    ({"then"}, "'then' expected"),
    ({"do"}, "'do' expected"),
    ({"]"}, "']' expected"),
    ({"}", "+"}, "'}' expected"),
    ({")", "+"}, "')' expected"),
    ({"NAME", "..."}, "<name> or '...' expected"),
    ({")"}, "')' expected"),
    ({"=", "in"}, "'=' or 'in' expected"),
    ({"="}, "'=' expected"),
    ({"in"}, "'in' expected"),
    ({"NAME", "("}, "unexpected symbol"),
    ({"NAME"}, "'<name>' expected"),
    ({"::"}, "'::' expected"),
    ({",", "+"}, "',' expected"),
    ({"(", "{", "."}, "syntax error"),
    ({"(", "{"}, "function arguments expected"),
    ({"("}, "'(' expected"),
)
"""Where one of these sets is possible, and none above it, Lua's parser makes this check."""


def _opened(stack: Stack, closer: str, refused: Token) -> str:
    """``(to close 'if' at line 1)``, when that is another line (``check_match``)."""
    stack.feed(closer)
    size = 3 if closer == "until" else stack.size_of_rule()
    _, what, line, _ = stack.tokens[-size]
    if what == "(" and closer == "end":  # a function: its parameters come first in the rule
        what = "function"
        before = [token[0] for token in stack.tokens[-size - 3 : -size]]
        if before[-1] != "function" and before[0] != "local":
            line = stack.tokens[-size - 2][2]
    return f" (to close '{what}' at line {line})" if line != refused[2] else ""
