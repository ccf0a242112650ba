"""Accounting: a compiler for the profiler, whose programs say for each charge which line pays.

Input and output are those of compiler. The code answers and costs the same as the plain compiler's; it differs in the
numbers of its sites, and counts each statement.

A segment's price is the sum of operations on several lines. Here the sum remembers its parts (`Price`), and the
statements that charge it stand at a site of their own, by which the profile recorder finds the parts again.
"""

from __future__ import annotations

import ast
from typing import Final

from ..analysis.builtins import FixedBuiltins
from ..analysis.pricing import Pricing
from ..analysis.scope import Resolution
from ..analysis.types import Kinds
from ..sites import HITS, Accounts, Share
from ..syntax import nodes
from . import pyast
from .builder import FunctionBuilder, Makers
from .segments import Context, Segment

_NO_STATEMENTS: Final = (nodes.Label, nodes.Do)
"""What is a statement to the grammar and does nothing."""


class Price(int):
    """A whole number that knows for which sites it is paid; ``loose`` is what no site pays yet.

    A sum keeps its terms as they are: the terms of a segment of 50,000 statements are copied by nobody.
    """

    site: int
    terms: tuple[Price, ...]
    factor: int
    loose: int

    @classmethod
    def made(cls, amount: int, site: int, terms: tuple[Price, ...], factor: int, loose: int) -> Price:
        """A price with all that it knows."""
        price = cls(amount)
        price.site, price.terms, price.factor, price.loose = site, terms, factor, loose
        return price

    @classmethod
    def at(cls, amount: int, site: int) -> Price:
        """``amount``, of which ``site`` pays what is loose."""
        if not isinstance(amount, Price):
            return cls.made(amount, site, (), 1, 0)
        return amount + cls.made(0, site, (), 1, -amount.loose) if amount.loose else amount

    def __add__(self, other: int) -> Price:
        if isinstance(other, Price):
            return self.made(int(self) + int(other), 0, (self, other), 1, self.loose + other.loose)
        return self.made(int(self) + other, 0, (self,), 1, self.loose + other)

    __radd__ = __add__

    def __mul__(self, times: int) -> Price:
        return self.made(int(self) * times, 0, (self,), times, self.loose * times)

    def parts(self) -> dict[int, int]:
        """Amounts by site."""
        parts: dict[int, int] = {}
        waiting = [(self, 1)]
        while waiting:
            price, times = waiting.pop()
            if price.terms:
                waiting.extend((term, times * price.factor) for term in reversed(price.terms))
            elif amount := int(price) - price.loose:
                parts[price.site] = parts.get(price.site, 0) + amount * times
        return parts


class AccountingBuilder(FunctionBuilder):
    """A builder that keeps the accounts."""

    def __init__(
        self, resolution: Resolution, pricing: Pricing, kinds: Kinds, builtins: FixedBuiltins, makers: Makers
    ) -> None:
        super().__init__(resolution, pricing, kinds, builtins, makers)
        self.shares: dict[int, Share] = {}
        self.statement_sites: set[int] = set()

    def accounts(self) -> Accounts:
        """The accounts of everything that was compiled."""
        return Accounts(self.shares, frozenset(self.statement_sites))

    def charge(self, instructions: int, size: int = 0) -> None:
        """What is added remembers for which site."""
        super().charge(Price.at(instructions, self.line), Price.at(size, self.line))

    def charges(self, segment: Segment, context: Context, times: str = "") -> list[ast.stmt]:
        """The charge stands at a site of its own."""
        line = self.line
        instructions, size = Price.at(segment.instructions, line), Price.at(segment.bytes, line)
        self.line = len(self.sites)
        self.sites.append(self.sites[line])
        self.shares[self.line] = Share(instructions.parts(), size.parts())
        plain = Segment(int(instructions), int(size), segment.entry)
        plain.due = tuple((int(price), int(size)) for price, size in segment.due)
        made = super().charges(plain, context, times)
        self.line = line
        return made

    def note_statement(self, statement: nodes.Statement) -> None:
        """``hits[site] += 1`` in front."""
        if not isinstance(statement, _NO_STATEMENTS):
            line = self.at(statement.line)
            self.statement_sites.add(line)
            count = pyast.subscript(pyast.name(HITS, line), pyast.constant(line, line), line, pyast.STORE)
            self.out.append(pyast.augment(count, pyast.ADD, pyast.constant(1, line), line))
