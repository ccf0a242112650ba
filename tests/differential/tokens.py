"""Random programs as tokens: with line breaks anywhere between them, and damaged, so that they are refused.

Input: a ``random.Random``. Output: a tree of the generator's helpers and of tokens. What ``layouts`` draws says in which
line an error is; what ``refusals`` draws says in which words, and near what, a program does not compile.
"""

from __future__ import annotations

import random
import re

from .generator import generate
from .tree import Node, Part, block, tokens

_TOKEN = re.compile(
    r"""--\[(=*)\[.*?\]\1\]|--[^\n]*\n|\[(=*)\[.*?\]\2\]|\.?\d\w*\.?\w*(?:(?<=[eE])[+-]\d+)?|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\w+|\.\.\.|\.\.|==|~=|<=|>=|::|\S""",
    re.DOTALL,
)

OTHERS = (
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or",
    "repeat", "return", "then", "true", "until", "while", "+", "-", "*", "/", "%", "^", "#", "==", "~=", "<=", ">=", "<",
    ">", "=", "(", ")", "{", "}", "[", "]", ",", ".", "..", "...", ":", "x", "1", '"s"', "[[l]]", "--[[c]]", "3x", '"', "'",
    "~", "!", "$", "@", "\\", "[==[", "[=", "--[==[", '"\\400"', "0x", "1e", "1..2", "f()", "(f)", "a.b", "a:b", "a:b()", "--c\n",
)  # fmt: skip
"""What stands in a token's place, or between two."""


def tokens_of(text: str) -> list[str]:
    """The tokens of a program of the generator."""
    return [found[0] for found in _TOKEN.finditer(text)]


def _parts(source: random.Random) -> tuple[Node, list[str]]:
    """The helpers, and the tokens of what uses them."""
    prelude, body = generate(source).nodes()
    return prelude, tokens_of(body.text())


def _spaced(source: random.Random, found: list[str], breaks: int) -> Node:
    """``breaks``: percent of the gaps that are line breaks; those before ``(`` are few, for they are ambiguous, and
    none behind a name: in a constructor lua5.1 does not see them."""
    made: list[Part] = []
    for token, after in zip(found, [*found[1:], ""], strict=False):
        breaks_here = source.randrange(100) < (breaks if after != "(" else token in ")]" and breaks // 60)
        text = "do break end" if token == "break" else token  # which may stand anywhere here, and not in lua5.1
        made.append(text + ("\n" if breaks_here else " "))
    return tokens(made)


def generate_layouts(source: random.Random) -> Node:
    """A program with line breaks where nobody puts them."""
    prelude, found = _parts(source)
    return block([prelude, _spaced(source, found, source.choice((5, 20, 50, 80)))])


def generate_refusals(source: random.Random) -> Node:
    """A program with one to three faults."""
    prelude, found = _parts(source)
    found = [token for token in found if token != ";"]  # empty statements are refused by lua5.1 alone
    start = source.randrange(len(found))
    found = found[start : start + 80] if source.randrange(2) else found[:120]
    for _ in range(source.randint(1, 3)):
        if len(found) < 2:
            break
        place, form = source.randrange(len(found)), source.randrange(5)
        if form == 0:
            del found[place]
        elif form == 1:
            found.insert(place, source.choice(OTHERS))
        elif form == 2:
            found[place] = source.choice(OTHERS)
        elif form == 3:
            found.insert(place, found[source.randrange(len(found))])
        else:
            del found[place:]
    return block([prelude, _spaced(source, found, source.choice((0, 5, 30)))])
