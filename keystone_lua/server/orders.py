"""What an operator may order about versions of the scripts, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PROMOTE: Final = "promote"
ROLLBACK: Final = "rollback"


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator wants."""

    act: str
    """PROMOTE or ROLLBACK."""
    who: str = ""
    force: bool = False
    """Whether the guard is to be overruled."""

    def plain(self) -> dict[str, Any]:
        """The order as JSON has it."""
        return {"act": self.act, "who": self.who, "force": self.force}


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of versions that was done, as the decision log has it."""

    act: str
    who: str
    before: str
    after: str
    """The versions' names."""
    forced: bool
    shadow: Mapping[str, int] = field(default_factory=dict)
    """What the comparing had come to: counts by result."""

    def plain(self) -> dict[str, Any]:
        """The switch as JSON has it."""
        return {
            "act": self.act, "who": self.who, "before": self.before, "after": self.after, "forced": self.forced,
            "shadow": dict(self.shadow),
        }  # fmt: skip

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Switch:
        """The inverse of `plain`."""
        return cls(*(plain[name] for name in ("act", "who", "before", "after", "forced", "shadow")))
