"""Advice for syntax errors: signs and words of other languages and what Lua has instead, names of foreign characters.

Input: the message of a syntax error, the source, the place of the token. Output: the message with advice, or
unchanged. Only the token and what stands right before it are looked at, so that the advice is about this error.
Errors that a script itself sees (``load``) have lua5.1's words alone.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ..text import to_text

LOOKED_AT: Final = 400
"""Characters before the token that are looked at."""

_SIGNS: Final = (
    (r"!=", "Lua writes ~="),
    (r"!", "Lua writes not"),
    (r"(\+|-|\*|/|%|\^|\.\.)=", "Lua has no '{0}': write {1} = {1} {2} ..."),
    (r"\+\+", "Lua has no '++': write {1} = {1} + 1"),
    (r"&&", "Lua writes and"),
    (r"\|\|", "Lua writes or"),
    (r"&", "Lua 5.1 has no '&': for bits write bit.band(a, b), for conditions and"),
    (r"\|", "Lua 5.1 has no '|': for bits write bit.bor(a, b), for conditions or"),
    (r"\?\?", "Lua writes or"),
    (r"\?", "Lua has no '?:': write condition and a or b"),
    (r"~(?!=)", "Lua 5.1 has no '~': for bits write bit.bxor(a, b) or bit.bnot(a), for conditions not"),
    (r"=>", "Lua writes function(a) return ... end"),
    (r":=", "Lua writes ="),
    (r"`", "Lua writes texts in \", ' or [[ ]]"),
    (r"/\*", "a comment in Lua is --[[ ... ]]"),
)
"""What begins at the token. In the advice {0} is the sign, {1} what stands before it, {2} its operator."""

_AFTER: Final = (
    (r"/\Z", r"/", "Lua 5.1 has no '//': write math.floor(a / b); a comment begins with --"),
    (r"<\Z", r">", "Lua writes ~="),
    (r"<\Z", r"<", "Lua 5.1 has no '<<': write bit.lshift(a, n)"),
    (r">\Z", r">", "Lua 5.1 has no '>>': write bit.rshift(a, n)"),
    (r"==\Z", r"=", "Lua writes =="),
    (r"(?:\A|\n)[ \t]*\Z", r"//", "a comment in Lua begins with --"),
    (r"[{,]\s*[\w\"']+\s*:\s*\Z", r"", "a field is written name = value"),
    (r"[=(,{]\s*\Z", r"\[", "a list is written {1, 2}"),
    (r"\bfor\b[^\n;]*\Z", r";", "a loop is written for i = 1, n do ... end"),
    (r"\bfunction\b[^\n]*\(\w*[^\n)]*\Z", r"=", "a parameter has no default: write a = a or 1 in the function"),
    (r"\b(?:if|elseif|while)\b[^\n]*\Z", r"=(?!=)", "a comparison is written =="),
    (r"\b(?:if|elseif)\b[^\n]*\Z", r"\{", "a block is written if ... then ... end"),
    (r"\b(?:while|for)\b[^\n]*\Z", r"\{", "a block is written do ... end"),
)
"""What stands before the token, and at it."""

_WORDS: Final = {
    "continue": "Lua has no continue: write goto next, and ::next:: at the end of the loop's body",
    "let": "Lua writes local",
    "const": "Lua writes local",
    "var": "Lua writes local",
    "elif": "Lua writes elseif",
    "elsif": "Lua writes elseif",
    "def": "Lua writes function",
    "func": "Lua writes function",
    "fn": "Lua writes function",
    "import": 'Lua writes local name = require "name"',
    "try": "Lua writes local ok, result = pcall(function() ... end)",
    "switch": "Lua has no switch: write if and elseif, or a table of functions",
    "throw": "Lua writes error(message)",
    "async": "a decision waits for nothing",
    "await": "a decision waits for nothing",
}
"""Words that Lua takes for names, by which the next token is one too many."""

_ITEM: Final = re.compile(
    r"(?!(?:and|break|do|else|elseif|end|for|goto|if|in|local|or|repeat|return|then|until|while)\b)[\w\"'\[{]"
)
_STATEMENT_WANTED: Final = re.compile(r"'(?:<eof>|end|else|elseif|until)' expected (?:\(.*\) )?near")
_END_WANTED: Final = re.compile(r"'end' expected (?:\(.*\) )?near '<eof>'")
_RETURN: Final = re.compile(r"\breturn\b[^;\n]*\s+\Z")
_LAST_WORD: Final = re.compile(r"(?<![\w.:])([A-Za-z_]\w*)\s+\Z")
_OPERAND: Final = re.compile(r"([\w.]+(?:\[[^\]\n]*\])?)\s*\Z")
_ELSE_IF: Final = re.compile(r"\belse[ \t]+if\b")
_HEAD: Final = re.compile(r"\b(?:if|while|for)\b")
_BRACE: Final = re.compile(r"\)\s*\{")


def with_advice(message: str, lines: list[str], line: int, column: int) -> str:
    """The message of the error at ``line`` and ``column``, both from 1, and what to write instead."""
    told = _named(message, lines[line - 1] if 0 < line <= len(lines) else "", column)
    how = _advice(message, lines, line, column) if told == message else ""
    return f"{told}; {how}" if how else told


def _advice(message: str, lines: list[str], line: int, column: int) -> str:
    """Lua's way to write what stands there."""
    if not 0 < line <= len(lines):
        return ""
    before = ("\n".join(lines[max(0, line - 9) : line - 1]) + "\n" + lines[line - 1][: column - 1])[-LOOKED_AT:]
    at = lines[line - 1][column - 1 :]
    for behind, here, text in _AFTER:
        if re.match(here, at) and re.search(behind, before):
            return text
    for sign, text in _SIGNS:
        if found := re.match(sign, at):
            name = _OPERAND.search(before)
            told = text.replace("{0}", found[0]).replace("{2}", found[1] if found.groups() else "")
            return told.replace("{1}", name[1] if name else "x")
    if "'}' expected" in message and _ITEM.match(at):
        return "fields of a table are separated by commas"
    if _STATEMENT_WANTED.search(message) and re.match(r"\w", at) and _RETURN.search(before):
        return "return must be the last statement of its block: write do return ... end"
    if (word := _LAST_WORD.search(before)) and word[1] in _WORDS and "expected near" in message:
        return _WORDS[word[1]]
    if _END_WANTED.search(message) and any(_ELSE_IF.search(each) for each in lines):
        return "'else if' begins another if, which wants an end of its own: write elseif"
    if "expected near '<eof>'" in message and any(map(_opens_a_brace, lines)):
        return "a block is written if ... then ... end"
    return ""


def _opens_a_brace(line: str) -> bool:
    """Whether a line is like ``if (x) {``. Two searches: one pattern for both took time by the square of the line."""
    head = _HEAD.search(line)
    return head is not None and _BRACE.search(line, head.end()) is not None


_NEAR: Final = re.compile(r" near '(.*)'\Z", re.DOTALL)


def _named(message: str, text: str, column: int) -> str:
    """The message with the name of the character that it is about, if that is no letter of Lua's."""
    near = _NEAR.search(message)
    if near is None or near[1].isascii() or text[column - 1 : column] < "\x80":
        return message
    character = to_text(text[column - 1 : column + 3])[:1]
    name = unicodedata.name(character, "no character").lower()
    advice = next((f"; Lua writes {lua}" for others, lua in _MEANT if character in others), "")
    return f"{message[: near.start()]} near U+{ord(character):04X}, {name}{advice}"


_MEANT: Final = (
    ("\u201c\u201d\u201e\u00ab\u00bb\u2033", 'a plain "'),
    ("\u2018\u2019\u201a\u2032\u00b4", "a plain '"),
    ("\u2010\u2011\u2012\u2013\u2014\u2212", "a plain -"),
    ("\u00a0\u2007\u202f\u3000", "a plain space"),
    ("\u2026", "..."),
    ("\u2260", "~="),
    ("\u2264", "<="),
    ("\u2265", ">="),
)
"""What word processors make of Lua's characters."""
