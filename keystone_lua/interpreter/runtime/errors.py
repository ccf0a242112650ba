"""Errors that a script can catch: they carry a Lua value."""

from __future__ import annotations

from typing import Any

from ..errors import ScriptError


class LuaError(ScriptError):
    """An error value on its way to the nearest pcall.

    ``value`` is any Lua value, for who is outside of the run a Python value; ``traceback`` holds lines of text,
    innermost first; ``text`` is the message if the value does not say it.
    """

    def __init__(self, value: Any, traceback: tuple[str, ...] = (), text: str | None = None) -> None:
        super().__init__(value)
        self.value = value
        self.traceback = traceback
        self.text = text

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return self.__class__, (self.value, self.traceback, self.text)

    @property
    def message(self) -> str:
        """The value if it is text; as ``lua`` does, other values are only named by type."""
        from ..numerals import number_to_string
        from .values import TYPE_NAMES

        if self.text is not None:
            return self.text
        if self.value.__class__ is str:
            return str(self.value)
        if self.value.__class__ is float:
            return number_to_string(self.value)
        return f"(error object is a {TYPE_NAMES.get(self.value.__class__, self.value.__class__.__name__)} value)"


class StackOverflow(LuaError):
    """Calls nested deeper than ``Limits.depth``."""

    kind = "depth"
