"""The parser against Lark itself: the same grammar, lexer and Builder in Lark's own loop make the same nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import lark
import pytest

from keystone_lua.interpreter.syntax import nodes
from keystone_lua.interpreter.syntax.build_parse_tables import OPTIONS, build, text_form
from keystone_lua.interpreter.syntax.grammar import SAVED, grammar
from keystone_lua.interpreter.syntax.lexer import END, tokens
from keystone_lua.interpreter.syntax.parse_tables import Automaton, load
from keystone_lua.interpreter.syntax.parser import parse
from keystone_lua.interpreter.syntax.tree_builder import Builder
from tests.lua import expectations

SCRIPTS = [
    path
    for path in [*expectations.files(), *sorted(Path(__file__).parents[2].glob("scripts/**/*.lua"))]
    if b"\r" not in path.read_bytes() and not path.read_bytes().startswith(b"#")
]
"""Without those of which something is left out or changed before the lexer: that is no matter of the grammar."""


class LarkToken(tuple[str, str, int, int]):
    """One of our tokens, with what Lark wants to know about it."""

    type: str
    start_pos = line = column = end_line = end_column = end_pos = None


class Lexer(lark.lexer.Lexer):
    """Our tokens for Lark."""

    literals: ClassVar[frozenset[str]] = load().literals
    names: ClassVar[dict[str, str]] = {}
    builder: ClassVar[Builder]

    def __init__(self, conf: Any) -> None:
        self.names.update({terminal.pattern.value: terminal.name for terminal in conf.terminals})

    def lex(self, data: str) -> Iterator[LarkToken]:  # type: ignore[override]
        for token in tokens(data, self.literals):
            if token[0] != END:
                yield self.named(token)
                self.builder.last = token

    def named(self, token: tuple[str, str, int, int]) -> LarkToken:
        lark_token = LarkToken(token)
        lark_token.type = self.names.get(token[0], token[0])
        return lark_token


class Transformer:
    """Builder as Lark calls one: with a list of the children."""

    def __getattr__(self, name: str) -> Any:
        if not hasattr(Builder, name) or name.startswith("_"):
            raise AttributeError(name)
        return lambda children: getattr(Lexer.builder, name)(*children)


@pytest.fixture(scope="module")
def lark_parser() -> lark.Lark:
    return lark.Lark(grammar(), lexer=Lexer, transformer=Transformer(), **OPTIONS)


def by_lark(parser: lark.Lark, source: str) -> nodes.Chunk:
    Lexer.builder = Builder("x.lua")
    chunk: Any = parser.parse(source)
    assert isinstance(chunk, nodes.Chunk)
    return chunk


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_lark_makes_the_same_nodes_of_a_file(path: Path, lark_parser: lark.Lark) -> None:
    source = path.read_bytes().decode("latin-1")
    assert repr(by_lark(lark_parser, source)) == repr(parse(source, "x.lua"))


def test_the_saved_automaton_is_that_of_the_grammar() -> None:
    saved, built = SAVED.read_text(), text_form(build(grammar()))
    assert [line for line in saved.splitlines() if not line.startswith('"lark"')] == [
        line for line in built.splitlines() if not line.startswith('"lark"')
    ], "run python -m keystone_lua.interpreter.syntax.build_parse_tables"


@pytest.mark.parametrize("content", [None, "", "{}", '{"grammar": 1, "rows": []}', "[1"])
def test_a_saved_automaton_that_does_not_fit_is_replaced_in_memory(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "automaton.json"
    if content is not None:
        path.write_text(content)
    assert same(load(path), load())
    assert [file.name for file in tmp_path.iterdir()] == [] if content is None else path.read_text() == content


def same(one: Automaton, other: Automaton) -> bool:
    return (one.rows, one.rules, one.literals) == (other.rows, other.rules, other.literals)


def test_every_rule_has_its_method() -> None:
    assert {method for _, _, method in load().rules if method} <= set(dir(Builder))


def test_every_literal_is_one_token() -> None:
    literals = load().literals
    for literal in literals:
        assert [kind for kind, *_ in tokens(f" {literal} ", literals)] in ([literal, END], ["LINE_PAREN", END])
