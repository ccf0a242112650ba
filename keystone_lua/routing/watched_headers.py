"""Watched headers and secrets: a table that notes which of its watched fields a script reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..interpreter.runtime.values import _CLASS, LuaValue, MetaTable, Table

SECRET: Final = "secrets."
"""Before a secret's name, among the names of what was read."""

MEMORABLE_LISTS: Final = 1024
MEMORABLE_NAMES: Final = 1024
"""Lists of header names of which it is remembered that none is watched, and bytes of one, at most."""

_UNWATCHED: Final[set[tuple[tuple[str, ...], frozenset[str]]]] = set()


class Watch(Table):
    """The metatable of a WatchedTable: fields are ``names``, each with what is put into ``read`` when it is read."""

    __slots__ = ("names", "read")
    names: Mapping[str, str]
    read: set[str]


class WatchedTable(MetaTable):
    """A MetaTable that notes, in its metatable, which of some fields were read. Costs the script nothing.

    To generated code and the library it is a MetaTable, by what it says of its class; both read values through the
    methods below. A way past them would be missed, which tests/interpreter/test_watched.py looks for.
    """

    __slots__ = ()
    meta: Watch

    def _become(self, kind: type[Table]) -> None:
        self.values()  # what is read from now on is not seen, and so is taken as read
        _CLASS.__set__(self, kind)

    __class__ = property(lambda self: MetaTable, _become)

    def get(self, key: LuaValue, default: LuaValue = None, /) -> LuaValue:
        """The raw value."""
        if key in self.meta.names:
            self.meta.read.add(self.meta.names[key])
        return dict.get(self, key, default)

    __getitem__ = get

    def items(self) -> Any:
        """All entries, which is to read them all."""
        self.meta.read.update(self.meta.names.values())
        return dict.items(self)

    def values(self) -> Any:
        """All values likewise."""
        self.meta.read.update(self.meta.names.values())
        return dict.values(self)


def watched_names(headers: Mapping[str, object], watched: frozenset[str]) -> list[str]:
    """Those of the headers, by their names as sent, that ``watched`` has in lower case."""
    sent = tuple(headers)
    if (sent, watched) in _UNWATCHED:  # a third of the time of looking at each
        return []
    names = [name for name in sent if name.lower() in watched]
    if not names and sum(map(len, sent)) + len(sent) <= MEMORABLE_NAMES:
        if len(_UNWATCHED) >= MEMORABLE_LISTS:
            _UNWATCHED.clear()
        _UNWATCHED.add((sent, watched))
    return names
