"""Errors that a script can catch: they carry a Lua value."""

from __future__ import annotations

from typing import Any

from ..errors import ScriptError


class LuaError(ScriptError):
    """An error value on its way to the nearest pcall.

    ``value`` is any Lua value; ``traceback`` holds lines of text, innermost first.
    """

    def __init__(self, value: Any, traceback: tuple[str, ...] = ()) -> None:
        super().__init__(value)
        self.value = value
        self.traceback = traceback

    @property
    def message(self) -> str:
        """The value if it is text; as ``lua`` does, other values are only named by type."""
        from ..numerals import number_to_string
        from .values import type_name

        if self.value.__class__ is str:
            return str(self.value)
        if self.value.__class__ is float:
            return number_to_string(self.value)
        return f"(error object is a {type_name(self.value)} value)"


class StackOverflow(LuaError):
    """Calls nested deeper than ``Limits.depth``."""

    kind = "depth"
