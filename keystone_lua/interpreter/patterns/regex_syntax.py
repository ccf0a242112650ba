"""The syntax of regular expressions as PCRE writes them, without what takes more than linear time.

Input: a pattern's text and the option letters of ngx.re. Output: a tree of nodes over sets of bytes, the number of
captures and their names. Refuses with RegexError, which names what is left out: look-around, back references, atomic
groups, possessive quantifiers, recursion, conditions, Unicode properties; and what PCRE refuses.

A set is an integer with one bit for each of the 256 bytes, as in items. The reader nests as deep as groups do, and
they at most MAX_NESTED.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from .items import ALL, CLASSES

MAX_NESTED: Final = 50
"""Groups inside each other: the reader and the compiler take Python's stack for each."""
MAX_GROUPS: Final = 64
"""Captures of one pattern: a match has a place for each."""
MAX_REPEATS: Final = 1000
"""The largest number in braces; what it multiplies is bounded by the program's size."""


class RegexError(Exception):
    """Why a pattern is refused, and at which byte, counted from 1."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(f"{message} at byte {place + 1} of the regular expression")


@dataclass(frozen=True, slots=True)
class Chars:
    """One byte of a set."""

    mask: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first that leads to a match."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``high`` is None where there is no bound."""

    body: Node
    low: int
    high: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A capture."""

    number: int
    body: Node


@dataclass(frozen=True, slots=True)
class Assertion:
    """A condition on the place: one of the letters of ASSERTIONS."""

    kind: str


Node = Chars | Sequence | Choice | Repeat | Group | Assertion

ASSERTIONS: Final = "AzZmMbB"
"""Start, end, end or before a last newline, start of a line, end of a line, word boundary, none."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The options that change what a pattern says."""

    ignore_case: bool = False
    lines: bool = False
    dot_all: bool = False
    extended: bool = False
    end_only: bool = False


@dataclass(slots=True)
class Regex:
    """What was read."""

    tree: Node
    groups: int
    names: dict[str, int] = field(default_factory=dict)
    anchored: bool = False


_LETTERS: Final = {"i": "ignore_case", "m": "lines", "s": "dot_all", "x": "extended", "D": "end_only"}
_NO_EFFECT: Final = "jo"
_NEWLINE: Final = 1 << 10


def _span(low: int, high: int) -> int:
    return (1 << high + 1) - (1 << low)


_UPPER, _LOWER, _DIGIT = _span(65, 90), _span(97, 122), _span(48, 57)
WORD: Final = _UPPER | _LOWER | _DIGIT | 1 << 95
_HORIZONTAL: Final = 1 << 9 | 1 << 32 | 1 << 160
_VERTICAL: Final = _span(10, 13) | 1 << 133
_ESCAPED: Final = {
    "d": _DIGIT, "D": ALL ^ _DIGIT, "w": WORD, "W": ALL ^ WORD, "s": CLASSES["s"], "S": ALL ^ CLASSES["s"],
    "h": _HORIZONTAL, "H": ALL ^ _HORIZONTAL, "v": _VERTICAL, "V": ALL ^ _VERTICAL, "N": ALL ^ _NEWLINE,
}  # fmt: skip
_CONTROL: Final = {"n": 10, "r": 13, "t": 9, "f": 12, "a": 7, "e": 27}
_POSIX: Final = {
    "alpha": _UPPER | _LOWER, "digit": _DIGIT, "alnum": _UPPER | _LOWER | _DIGIT, "upper": _UPPER, "lower": _LOWER,
    "space": CLASSES["s"], "blank": 1 << 9 | 1 << 32, "punct": CLASSES["p"], "cntrl": CLASSES["c"],
    "xdigit": CLASSES["x"], "print": _span(32, 126), "graph": _span(33, 126), "ascii": _span(0, 127), "word": WORD,
}  # fmt: skip
_LEFT_OUT_ESCAPES: Final = {
    "p": "Unicode property '\\p'", "P": "Unicode property '\\P'", "X": "Unicode sequence '\\X'",
    "K": "match start '\\K'",
    "G": "match anchor '\\G'", "C": "'\\C'", "R": "newline sequence '\\R'", "g": "back reference '\\g'",
    "k": "back reference '\\k'",
}  # fmt: skip
_LEFT_OUT_GROUPS: Final = (
    ("(?=", "look-ahead '(?='"), ("(?!", "look-ahead '(?!'"), ("(?<=", "look-behind '(?<='"),
    ("(?<!", "look-behind '(?<!'"), ("(?>", "atomic group '(?>'"), ("(?P=", "back reference '(?P='"),
    ("(?P>", "recursion '(?P>'"), ("(?R", "recursion '(?R'"), ("(?&", "recursion '(?&'"), ("(?(", "condition '(?('"),
    ("(?|", "branch reset '(?|'"), ("(?C", "callout '(?C'"), ("(*", "verb '(*'"), ("(?+", "recursion '(?+'"),
    *((f"(?{digit}", f"recursion '(?{digit}'") for digit in "0123456789"),
)  # fmt: skip


def read_options(options: str) -> tuple[Flags, bool]:
    """ngx.re's option letters, and whether a match has to start where the search does."""
    flags = Flags()
    anchored = False
    for place, letter in enumerate(options):
        if letter in _LETTERS:
            flags = replace(flags, **{_LETTERS[letter]: True})
        elif letter == "a":
            anchored = True
        elif letter not in _NO_EFFECT:
            what = {"u": "UTF-8 mode", "U": "UTF-8 mode", "d": "the DFA mode", "J": "duplicate names"}.get(letter)
            message = f"option '{letter}' ({what}) is not supported" if what else f"unknown option '{letter}'"
            raise RegexError(message, place)
    return flags, anchored


def read_regex(text: str, options: str = "") -> Regex:
    """The tree that ``text`` is."""
    flags, anchored = read_options(options)
    reader = _Reader(text)
    tree = reader.choice(flags, 0)
    if reader.place < len(text):
        raise RegexError("unmatched ')'", reader.place)
    return Regex(tree, reader.groups, reader.names, anchored)


def folded(mask: int) -> int:
    """The set with both cases of its letters, as the C locale has them."""
    return mask | (mask & _UPPER) << 32 | (mask & _LOWER) >> 32


class _Reader:
    """Reads from ``place`` on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.groups = 0
        self.names: dict[str, int] = {}

    def choice(self, flags: Flags, depth: int) -> Node:
        """Alternatives up to the end or the group's parenthesis."""
        if depth > MAX_NESTED:
            raise RegexError(f"groups nested deeper than {MAX_NESTED}", self.place)
        branches: list[Node] = []
        parts: list[Node] = []
        text = self.text
        while self.place < len(text) and text[self.place] != ")":
            if text[self.place] == "|":
                self.place += 1
                branches.append(_sequence(parts))
                parts = []
            elif changed := self.switch(flags):
                flags = changed
            elif text.startswith("\\Q", self.place):
                self.quoted(parts, flags)
            elif text.startswith("\\E", self.place):
                self.place += 2
            elif not self.skipped(flags):
                parts.append(self.repeated(self.atom(flags, depth), flags))
        branches.append(_sequence(parts))
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def skipped(self, flags: Flags) -> bool:
        """Whether there was a comment, or white space that the option x ignores."""
        text, place = self.text, self.place
        if text.startswith("(?#", place):
            end = text.find(")", place)
            if end < 0:
                raise RegexError("missing ')' after a comment", place)
            self.place = end + 1
        elif flags.extended and text[place] in " \t\n\v\f\r":
            self.place += 1
        elif flags.extended and text[place] == "#":
            end = text.find("\n", place)
            self.place = len(text) if end < 0 else end + 1
        else:
            return False
        return True

    def switch(self, flags: Flags) -> Flags | None:
        """The flags after ``(?i)``, which holds up to the end of its group; None if there is none."""
        text, place = self.text, self.place
        if not text.startswith("(?", place):
            return None
        end = place + 2
        while end < len(text) and (text[end].isalpha() or text[end] == "-"):
            end += 1
        if end == place + 2 or text[end : end + 1] != ")" or text[place + 2] in "PRC":
            return None
        self.place = end + 1
        return self.switched(flags, place + 2, end)

    def switched(self, flags: Flags, place: int, end: int) -> Flags:
        """``flags`` with the letters between two places."""
        on = True
        for at in range(place, end):
            letter = self.text[at]
            if letter == "-" and on:
                on = False
            elif letter in "imsx":
                flags = replace(flags, **{_LETTERS[letter]: on})
            else:
                raise RegexError(f"option '{letter}' is not supported", at)
        return flags

    def quoted(self, parts: list[Node], flags: Flags) -> None:
        """``\\Q...\\E``."""
        end = self.text.find("\\E", self.place)
        literal = self.text[self.place + 2 : end if end >= 0 else len(self.text)]
        parts.extend(_chars(1 << ord(letter), flags) for letter in literal)
        self.place = end + 2 if end >= 0 else len(self.text)
        if parts and literal:
            parts.append(self.repeated(parts.pop(), flags))

    def repeated(self, atom: Node, flags: Flags) -> Node:
        """``atom`` with the quantifiers that follow it."""
        text = self.text
        while self.place < len(text):
            if flags.extended and self.skipped(flags):
                continue
            start = self.place
            bounds = self.bounds()
            if bounds is None:
                break
            if isinstance(atom, Assertion):
                raise RegexError("nothing to repeat", start)
            follows = text[self.place : self.place + 1]
            if follows == "+":
                raise RegexError(f"possessive quantifier '{text[start : self.place + 1]}' is not supported", start)
            self.place += follows == "?"
            atom = Repeat(atom, *bounds, follows == "?")
            if self.place < len(text) and self.peek_bounds():
                raise RegexError("nothing to repeat", self.place)
        return atom

    def peek_bounds(self) -> bool:
        """Whether another quantifier follows: PCRE takes ``a**`` for a mistake, and so do we."""
        place = self.place
        again = self.bounds() is not None
        self.place = place
        return again

    def bounds(self) -> tuple[int, int | None] | None:
        """A quantifier."""
        text, place = self.text, self.place
        sign = text[place]
        if sign in "*+?":
            self.place += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        end = text.find("}", place, place + 12) if sign == "{" else -1
        if end < 0:
            return None
        low, comma, high = text[place + 1 : end].partition(",")
        if not (low.isascii() and low.isdigit()) or (high and not (high.isascii() and high.isdigit())):
            return None
        least = int(low)
        most = int(high) if high else None if comma else least
        if least > MAX_REPEATS or (most is not None and most > MAX_REPEATS):
            raise RegexError(f"a number above {MAX_REPEATS} in '{{}}'", place)
        if most is not None and most < least:
            raise RegexError("numbers out of order in '{}'", place)
        self.place = end + 1
        return least, most

    def atom(self, flags: Flags, depth: int) -> Node:
        """One character, class, group or assertion."""
        text, place = self.text, self.place
        sign = text[place]
        if sign == "(":
            return self.group(flags, depth)
        self.place += 1
        if sign == "[":
            return self.set_of(flags)
        if sign == "\\":
            return self.escape(flags)
        if sign == ".":
            return Chars(ALL if flags.dot_all else ALL ^ _NEWLINE)
        if sign == "^":
            return Assertion("m" if flags.lines else "A")
        if sign == "$":
            return Assertion("M" if flags.lines else "z" if flags.end_only else "Z")
        if sign in "*+?":
            raise RegexError("nothing to repeat", place)
        return _chars(1 << ord(sign), flags)

    def group(self, flags: Flags, depth: int) -> Node:
        """A group, after its parenthesis has been seen."""
        text, start = self.text, self.place
        for opening, what in _LEFT_OUT_GROUPS:
            if text.startswith(opening, start):
                raise RegexError(f"{what} is not supported", start)
        number = 0
        if not text.startswith("(?", start):
            self.place += 1
            number = self.numbered(start)
        elif text.startswith("(?:", start):
            self.place += 3
        elif text.startswith(("(?<", "(?P<", "(?'"), start):
            number = self.named(start)
        else:
            end = start + 2
            while text[end : end + 1].isalpha() or text[end : end + 1] == "-":
                end += 1
            if text[end : end + 1] != ":":
                raise RegexError("unknown kind of group", start)
            flags = self.switched(flags, start + 2, end)
            self.place = end + 1
        body = self.choice(flags, depth + 1)
        if self.place >= len(text):
            raise RegexError("missing ')'", start)
        self.place += 1
        return Group(number, body) if number else body

    def numbered(self, start: int) -> int:
        """The next capture's number."""
        self.groups += 1
        if self.groups > MAX_GROUPS:
            raise RegexError(f"more than {MAX_GROUPS} captures", start)
        return self.groups

    def named(self, start: int) -> int:
        """The number of a capture with a name."""
        begin = self.text.index("'" if self.text[start + 2] == "'" else "<", start) + 1
        end = self.text.find("'" if self.text[start + 2] == "'" else ">", begin)
        name = self.text[begin:end] if end >= 0 else ""
        if not (name.isascii() and name.replace("_", "a").isalnum()) or name[0].isdigit() or len(name) > 32:
            raise RegexError("a capture's name must be up to 32 letters, digits and '_'", start)
        if name in self.names:
            raise RegexError(f"two captures have the name '{name}'", start)
        self.place = end + 1
        number = self.names[name] = self.numbered(start)
        return number

    def escape(self, flags: Flags) -> Node:
        """What follows a backslash, outside of a class."""
        letter = self.text[self.place : self.place + 1]
        if letter and letter in "AzZbB":
            self.place += 1
            return Assertion(letter)
        return _chars(self.escaped(False), flags)

    def escaped(self, in_class: bool) -> int:
        """The set that an escape is."""
        text, place = self.text, self.place
        letter = text[place : place + 1]
        self.place += 1
        if not letter:
            raise RegexError("'\\' at the end", place - 1)
        if letter in _ESCAPED:
            return _ESCAPED[letter]
        if letter in _CONTROL:
            return 1 << _CONTROL[letter]
        if in_class and letter == "b":
            return 1 << 8
        if letter in _LEFT_OUT_ESCAPES:
            raise RegexError(f"{_LEFT_OUT_ESCAPES[letter]} is not supported", place - 1)
        if letter == "x":
            return 1 << self.hexadecimal(place)
        if letter == "0" or (in_class and letter in "1234567"):
            return 1 << self.octal(place)
        if letter in "123456789":
            raise RegexError(f"back reference '\\{letter}' is not supported", place - 1)
        if letter.isascii() and letter.isalpha():
            raise RegexError(f"unknown escape '\\{letter}'", place - 1)
        return 1 << ord(letter)

    def hexadecimal(self, place: int) -> int:
        """The code of ``\\xhh`` or ``\\x{hh}``."""
        text = self.text
        braced = text.startswith("{", place + 1)
        start = place + 1 + braced
        end = text.find("}", start) if braced else start
        while not braced and end < start + 2 and end < len(text) and text[end] in "0123456789abcdefABCDEF":
            end += 1
        digits = text[start:end]
        if end < 0 or len(digits) > 2 or digits.strip("0123456789abcdefABCDEF") or (braced and not digits):
            raise RegexError("'\\x' needs up to two hexadecimal digits", place - 1)
        self.place = end + braced
        return int(digits or "0", 16)

    def octal(self, place: int) -> int:
        """The code of up to three octal digits."""
        end = place
        while end < place + 3 and self.text[end : end + 1] and self.text[end] in "01234567":
            end += 1
        self.place = end
        return int(self.text[place:end], 8) & 255

    def set_of(self, flags: Flags) -> Chars:
        """A class, after its bracket."""
        text, start = self.text, self.place - 1
        negated = text.startswith("^", self.place)
        self.place += negated
        mask = 0
        first = True
        while True:
            if self.place >= len(text):
                raise RegexError("missing ']'", start)
            if text[self.place] == "]" and not first:
                break
            first = False
            mask |= self.member()
        self.place += 1
        if flags.ignore_case:
            mask = folded(mask)
        return Chars(ALL ^ mask if negated else mask)

    def member(self) -> int:
        """A byte, a range, a POSIX class or an escape of a class."""
        text, place = self.text, self.place
        if text.startswith("[:", place) and (end := text.find(":]", place)) > 0:
            name = text[place + 2 : end]
            if name.removeprefix("^") not in _POSIX:
                raise RegexError("unknown POSIX class", place)
            self.place = end + 2
            mask = _POSIX[name.removeprefix("^")]
            return ALL ^ mask if name.startswith("^") else mask
        low = self.single()
        if text[self.place : self.place + 1] != "-" or text[self.place + 1 : self.place + 2] in ("]", ""):
            return low
        if low.bit_count() != 1:
            return low
        self.place += 1
        high = self.single()
        if high.bit_count() != 1:
            return low | 1 << 45 | high
        if high < low:
            raise RegexError("range out of order in a class", place)
        return _span(low.bit_length() - 1, high.bit_length() - 1)

    def single(self) -> int:
        """A byte or an escape of a class."""
        sign = self.text[self.place]
        self.place += 1
        return self.escaped(True) if sign == "\\" else 1 << ord(sign)


def _chars(mask: int, flags: Flags) -> Chars:
    return Chars(folded(mask) if flags.ignore_case else mask)


def _sequence(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))
