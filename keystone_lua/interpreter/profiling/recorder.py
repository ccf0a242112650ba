"""The profile recorder: which line of a script, and which library function, a run's budgets were spent on.

Input: an accounted program, and what a run takes. Output: a Run that notes who pays, and a Profile of it.

The counters of such a run are objects that stand where plain numbers stand, in the cells. Whoever charges subtracts,
and the counter looks at the frame that does: the script's own is at a site, whose line pays; a library function's
names itself, and the script's line that called it pays. Nothing is counted twice or estimated, so the sums are
the plain run's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import CellType, CodeType, FrameType
from typing import Any, Final

from .. import costs
from ..execution.run import Run
from ..modules import catalogue
from ..runtime.tracebacks import LIBRARY_CODES, frame_line
from ..sites import HITS, Accounts
from ..stdlib.registry import LIBRARIES, Recipe

_MARK: Final = "@"
"""Begins the name of a library function's code here: no Python identifier does."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Instructions and bytes of one line or one library function; ``hits``: how often the line's statements ran."""

    instructions: int
    bytes: int
    hits: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """A run's spending. The lines and ``base`` add up to the run's totals; functions are part of their lines.

    ``lines``: by chunk name and line, every line that has a statement or has paid. ``functions``: by name, as the
    cost table has it. ``base``: what no line pays, the run itself and the request's tables.
    """

    lines: dict[tuple[str, int], Spent]
    functions: dict[str, Spent]
    base: Spent


class Counter:
    """A budget's counter: a number that books what is subtracted from it. Changed in place."""

    __slots__ = ("booked", "last", "left", "namespace")

    def __init__(self, left: int, namespace: dict[str, Any]) -> None:
        self.left = left
        self.namespace = namespace
        self.booked: dict[int | tuple[int, str], int] = {}
        self.last: int | tuple[int, str] = 0

    def __sub__(self, amount: int) -> Counter:
        self.left -= amount
        frame: FrameType | None = sys._getframe(1)
        assert frame is not None
        if frame.f_globals is self.namespace:
            payer: int | tuple[int, str] = frame_line(frame)
        else:
            function = ""
            while frame is not None and frame.f_globals is not self.namespace:
                if not function and (name := frame.f_code.co_name)[0] == _MARK:
                    function = name[1:]
                frame = frame.f_back
            payer = (frame_line(frame) if frame is not None else 0, function)
        self.booked[payer] = self.booked.get(payer, 0) + amount
        self.last = payer
        return self

    def __add__(self, grant: int) -> Counter:
        self.left += grant
        return self

    def __rsub__(self, whole: int) -> int:
        return whole - self.left

    def __lt__(self, other: int) -> bool:
        return self.left < other

    def __ge__(self, other: int) -> bool:
        return self.left >= other


def _marked(code: CodeType, name: str) -> CodeType:
    """The code under a name by which counters know it; code inside it, an iterator's, goes by the same name."""
    inner = [_marked(item, name) if isinstance(item, CodeType) else item for item in code.co_consts]
    made = code.replace(co_name=_MARK + name, co_consts=tuple(inner))
    if code in LIBRARY_CODES:
        LIBRARY_CODES.add(made)
    return made


def _marked_recipes() -> dict[tuple[str, str], Recipe]:
    made = {}
    for library, members in LIBRARIES.items():
        for name, recipe in members.items():
            if isinstance(recipe, Recipe):
                path = f"{library}.{name}" if library else name
                made[library, name] = recipe.with_code(_marked(recipe.code, path))
    return made


_RECIPES: Final = _marked_recipes()


@cache
def _marked_member(path: tuple[str, str]) -> catalogue.Member:
    member = catalogue.members(path[0])[path[1]]
    return member.with_code(_marked(member.code, ".".join(path))) if isinstance(member, Recipe) else member


class CountedRun(Run):
    """A run of an accounted program that counts how often each statement ran: ``hits``, by site."""

    __slots__ = ("hits",)

    def populate(self) -> None:
        """The counts besides."""
        self.hits = [0] * len(self.program.sites)
        self.cells[HITS] = CellType(self.hits)
        super().populate()

    def close(self, reusable: bool = False) -> None:
        """Is not kept idle: the next run would be of this class."""
        super().close()


class AccountedRun(CountedRun):
    """One that notes who pays besides."""

    __slots__ = ("counters",)

    def populate(self) -> None:
        """The library under its names, and counters that book."""
        self.made.update({path: recipe.make(self.cells) for path, recipe in _RECIPES.items()})
        for slot, path, _ in self.program.fixed:
            self.cells[slot].cell_contents = self.made[path]
        self.counters = [Counter(cell.cell_contents, self.program.namespace) for cell in (self.fuel, self.alloc)]
        self.fuel.cell_contents, self.alloc.cell_contents = self.counters
        super().populate()

    def recipe(self, path: tuple[str, str]) -> catalogue.Member:
        """A module's member under its name."""
        return _marked_member(path)

    def profile(self) -> Profile:
        """What has been spent."""
        lines: dict[tuple[str, int], list[int]] = {}
        functions: dict[str, list[int]] = {}
        base = [0, costs.RUN]
        for site in sorted(self.accounts.statements):
            line = lines.setdefault(self.place(site), [0, 0, 0])
            line[2] += self.hits[site]
        limits = self.limits.instructions, self.limits.memory - costs.RUN
        for unit, (counter, limit) in enumerate(zip(self.counters, limits, strict=True)):
            for site, function, amount in self.payments(counter, limit, unit):
                account = lines.setdefault(self.place(site), [0, 0, 0]) if site else base
                account[unit] += amount
                if function:
                    functions.setdefault(function, [0, 0])[unit] += amount
        return Profile(
            {place: Spent(*account) for place, account in sorted(lines.items())},
            {name: Spent(*account) for name, account in sorted(functions.items())},
            Spent(*base),
        )

    def place(self, site: int) -> tuple[str, int]:
        """A site's chunk and line."""
        found = self.program.sites[site]
        return found.chunk, found.line

    def payments(self, counter: Counter, limit: int, unit: int) -> Iterator[tuple[int, str, int]]:
        """Site, library function ("" for none) and amount of all that a counter has booked.

        The charge that overdrew a budget is paid as far as the budget went.
        """
        booked = dict(counter.booked)
        if (overdrawn := sum(booked.values()) - limit) > 0:
            booked[counter.last] -= overdrawn
        for payer, amount in booked.items():
            if isinstance(payer, tuple):
                site, function = payer
                if (share := self.accounts.shares.get(site)) is not None:
                    site = next(iter(share.instructions), site)  # a new depth's frames: where the function begins
                yield site, function, int(amount)
            elif (share := self.accounts.shares.get(payer)) is None:
                yield payer, self.program.sites[payer].inlined, int(amount)
            else:
                parts = share.bytes if unit else share.instructions
                times, rest = divmod(int(amount), sum(parts.values()))
                for site, part in parts.items():
                    paid = min(part, rest)
                    rest -= paid
                    yield site, "", part * times + paid

    @property
    def accounts(self) -> Accounts:
        """The program's, which must have them."""
        accounts = self.program.accounts
        if accounts is None:
            raise ValueError(f"{self.program.name} was compiled without accounts")
        return accounts
