"""Parser: a source becomes nodes.

Input: the source, bytes or a string with one character per byte; the chunk's name; the longest source taken. Output:
nodes.Chunk. Raises LuaSyntaxError, in lua5.1's words, for what lua5.1 refuses, for a source over the limit, nesting
deeper than MAX_LEVELS, and a tree higher than MAX_HEIGHT. A string with characters above 255 is the caller's mistake,
a UnicodeEncodeError.

grammar.lark is the grammar, Lark makes its LALR tables, Builder is the transformer inside the parse and
works in Lark itself as well (a test compares the two). The loop over the tables is our own, and takes a quarter of
the time of Lark's. It

- goes through rules that only hand a value on (``sum: product``; nine of them around each operand)
  in one step, which it works out when it first meets them, see State;
- has tokens that are plain tuples.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from typing import Any, Final

from ..errors import LuaSyntaxError
from ..limits import MAX_TOKENS, allowed
from . import nodes
from .lexer import Token, near, one_newline, tokens
from .parse_tables import Automaton, load
from .syntax_errors import NO_TOKEN, Refusal, Stack, explain
from .tree_builder import _TOO_DEEP, Builder

MAX_SOURCE: Final = 1 << 20
MAX_LEVELS: Final = 220
"""Brackets, blocks, functions and unary or right-associative operators open at one point; lua5.1 takes 200."""

_FEW_LEVELS: Final = 32

_SHIFT: Final = -1
_OPEN: Final = -2
_Methods = Callable[[str], Callable[..., Any]]
_OPENING: Final = frozenset(
    ("(", "LINE_PAREN", "open", "{", "function", "do", "if", "repeat", "repeat_head", "not", "#", "^")
)
_COMPANIONS: Final = {"-": "not", "[": "."}
"""Those that open a level only where the other one is possible too: the unary minus, the index."""


PAID_TOKENS: Final = 32
"""Tokens that are paid for at a time."""

Meter = Callable[[int], None]
"""Pays for a number of tokens before they are read, or raises."""


def parse(
    source: bytes | str, name: str, limit: int = MAX_SOURCE, meter: Meter | None = None, is_file: bool = True
) -> nodes.Chunk:
    """The syntax tree of ``source``; ``name`` begins every message.

    What is no file is not looked at for what stands before the text of one. With a ``meter`` each token is paid for.
    """
    if len(source) > limit:
        raise LuaSyntaxError(f"{name}:0: chunk is too long ({len(source)} bytes, limit is {limit})")
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    if not text.isascii():
        text.encode("latin-1")
    text = one_newline(_without_prelude(text) if is_file else text)
    states = _states(_builder_method)
    builder = Builder(name)
    values: list[Any] = []
    collecting = gc.isenabled()
    gc.disable()  # nodes form no cycles, and looking for some takes half the time of 50,000 statements
    try:
        stream = tokens(text, states.automaton.literals)
        most = allowed(MAX_TOKENS, limit)
        if len(text) > most:
            stream = _counted(stream, most)
        if meter is not None:
            stream = _metered(stream, meter)
        _run(states, stream, builder, [states.state(0, -1)], values)
    except Refusal as refusal:
        raise _syntax_error(refusal, text, builder, meter, is_file) from None
    finally:
        if collecting:
            gc.enable()
    chunk: nodes.Chunk = values[0]
    return chunk


def _counted(stream: Iterator[Token], most: int) -> Iterator[Token]:
    """Tokens up to the limit."""
    for number, token in enumerate(stream):
        if number == most:
            raise Refusal(f"chunk has more than {most} tokens", token)
        yield token


def _metered(stream: Iterator[Token], meter: Meter) -> Iterator[Token]:
    """Tokens that are paid for before they are read."""
    for number, token in enumerate(stream):
        if number % PAID_TOKENS == 0:
            meter(PAID_TOKENS)
        yield token


def _syntax_error(refusal: Refusal, text: str, builder: Builder, meter: Meter | None, is_file: bool) -> LuaSyntaxError:
    if not refusal.message:
        function = builder.functions[-1]
        refusal = explain(_replay(text, refusal.token, meter), refusal.token, function.is_vararg, function.loops > 0)
    line = refusal.token[2]
    place = f"{builder.name}:{line}: "
    if refusal.bare:
        return LuaSyntaxError(place + refusal.message, line)
    message, told, column = refusal.message + near(refusal.token), "", refusal.token[3]
    if is_file:  # its author reads it; of other texts a script makes what it will
        from .advice import with_advice

        told = place + with_advice(message, text.split("\n"), line, column)
    return LuaSyntaxError(place + message, line, column, told)


def _replay(text: str, refused: Token, meter: Meter | None) -> Stack:
    """The stack before a token that led to reductions before it turned out to be impossible."""
    states = _states(_first_token)
    stack = [states.state(0, -1)]
    values: list[Token] = []
    stream = tokens(text, states.automaton.literals)
    if meter is not None:
        stream = _metered(stream, meter)
    _run(states, takewhile(refused.__ne__, stream), Builder(""), stack, values)
    return Stack(states.automaton, [state.number for state in stack], values)


def _first_token(_name: str) -> Callable[..., Token]:
    """In place of Builder's methods: a symbol becomes its first token."""
    return lambda _builder, *symbols: symbols[0] if symbols else NO_TOKEN


def _without_prelude(text: str) -> str:
    """Without a UTF-8 byte order mark and without a first line that begins with "#", as lua reads files."""
    text = text.removeprefix("\xef\xbb\xbf")
    return "\n" + text.partition("\n")[2] if text.startswith("#") else text


class State(dict[str, Any]):
    """A state of the automaton on top of a certain other one, ``base``; maps a symbol to a step.

    A terminal's step is (size of a rule, Builder's method, symbol it makes) or (_SHIFT or _OPEN, what this
    state turns into, the next State); the step of a symbol that was made is the next State. A rule that
    only hands its value on is no step: in its place is the step behind it, which depends on ``base`` as well.
    Filled as parses ask: a script meets a part of all combinations.
    """

    __slots__ = ("base", "number", "states")

    def __init__(self, number: int, base: int, states: States) -> None:
        self.number = number
        self.base = base
        self.states = states

    def __missing__(self, symbol: str) -> Any:
        step = self[symbol] = self.states.step(self, symbol)
        return step


class States:
    """The States met so far, and how to find others. ``methods`` finds what a rule's symbols are given to."""

    def __init__(self, tables: Automaton, methods: _Methods) -> None:
        self.automaton = tables
        self._methods = methods
        self._known: dict[tuple[int, int], State] = {}
        self._made = {made for made, _, _ in tables.rules}
        self._handing_on = {
            number
            for number, row in enumerate(tables.rows)
            if any(target < 0 and tables.rules[~target][2] is None for target in row.values())
        }
        self._opening = {
            target
            for row in tables.rows
            for symbol, target in row.items()
            if symbol in _OPENING or _COMPANIONS.get(symbol) in row
        }

    def state(self, number: int, base: int) -> State:
        key = number, base if number in self._handing_on else -1
        if key not in self._known:
            self._known[key] = State(*key, self)
        return self._known[key]

    def is_open(self, state: State) -> bool:
        return state.number in self._opening

    def step(self, state: State, symbol: str) -> Any:
        """What ``state`` does at ``symbol``. Refuses a symbol that the grammar does not have there."""
        rows = self.automaton.rows
        number = state.number
        while (target := rows[number].get(symbol)) is not None:
            if target >= 0:
                after = self.state(target, number)
                if symbol in self._made:
                    return after
                return _OPEN if target in self._opening else _SHIFT, self.state(number, state.base), after
            made, size, method = self.automaton.rules[~target]
            if method:
                assert size or number == state.number  # else a rule of size 0 would need the other state below it
                return size, self._methods(method), made
            number = rows[state.base][made]
        raise Refusal


@functools.cache
def _automaton() -> Automaton:
    return load()


@functools.cache
def _states(methods: _Methods) -> States:
    return States(_automaton(), methods)


def _builder_method(name: str) -> Callable[..., Any]:
    method: Callable[..., Any] = getattr(Builder, name)
    return method


def _run(states: States, stream: Iterable[Token], builder: Builder, stack: list[State], values: list[Any]) -> None:
    """The LALR loop. ``stack`` holds the states, the first one to begin with, and ``values`` what they stand for."""
    row = stack[-1]
    opened: list[int] = []
    token: Token = NO_TOKEN
    try:
        for token in stream:
            kind = token[0]
            size, act, to = row[kind]
            while size >= 0:
                if size == 1:
                    values[-1] = act(builder, values[-1])
                    row = stack[-2][to]
                    stack[-1] = row
                elif size:
                    values[-size:] = (act(builder, *values[-size:]),)
                    del stack[-size:]
                    row = stack[-1][to]
                    stack.append(row)
                else:
                    values.append(act(builder))
                    row = row[to]
                    stack.append(row)
                size, act, to = row[kind]
            stack[-1] = act
            stack.append(to)
            values.append(token)
            builder.last = token
            row = to
            if size == _OPEN:
                _open(states, stack, opened, builder)
    except Refusal as refusal:
        if refusal.token is NO_TOKEN:
            refusal.token = token
        raise


def _open(states: States, stack: list[State], opened: list[int], builder: Builder) -> None:
    """Notes that the top of the stack opens a level. ``opened`` are the places of the open ones."""
    place = len(stack) - 1
    while opened and (opened[-1] >= place or not states.is_open(stack[opened[-1]])):
        opened.pop()
    opened.append(place)
    if len(opened) > _FEW_LEVELS:
        builder.is_deep = True
        if len(opened) > MAX_LEVELS:
            raise Refusal(_TOO_DEEP, bare=True)
