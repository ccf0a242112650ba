"""What a setting is, what a value of one is, and the error for one that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PREFIX = "KEYSTONE_LUA_"
MASK = "********"


class ConfigError(Exception):
    """A setting that cannot be used. The text is one line."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting's value may be."""

    metavar: str
    read: Callable[[str], Any]
    """Text to value. Raises `ValueError` with the rest of a sentence that begins with the text."""
    toml: tuple[type, ...] = (str,)
    """The TOML types that may stand for it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, named as its flag and its TOML key are."""

    name: str
    kind: Kind
    default: str
    help: str
    flags: tuple[str, ...] = ()
    """Other spellings of the flag: the Go engine's, with one dash."""
    secret: bool = False

    @property
    def flag(self) -> str:
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper().replace("-", "_")


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and where it came from: a flag, a variable, ``FILE: KEY``, or ``default``."""

    name: str
    text: str
    value: Any
    source: str
    secret: bool = False

    @property
    def shown(self) -> str:
        """The text, a secret masked."""
        return MASK if self.text and self.secret else self.text
