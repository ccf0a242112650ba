"""Uses: how a program's chunks use names that are not locals. scope collects these facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..syntax import nodes


@dataclass(slots=True, eq=False)
class Globals:
    """How a program uses its global names; says which library functions no script can replace."""

    reads: set[str] = field(default_factory=set)
    writes: dict[str, int] = field(default_factory=dict)
    fields: dict[str, set[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def absorb(self, other: Globals) -> None:
        """Take over how another chunk uses them."""
        self.reads |= other.reads
        self.whole |= other.whole
        for name, count in other.writes.items():
            self.writes[name] = self.writes.get(name, 0) + count
        for name, fields in other.fields.items():
            self.fields.setdefault(name, set()).update(fields)


@dataclass(frozen=True, slots=True, eq=False)
class Require:
    """``require "name"``, or ``pcall(require, "name")``, which is ``protected``."""

    name: str
    call: nodes.Call
    protected: bool

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.call.line
