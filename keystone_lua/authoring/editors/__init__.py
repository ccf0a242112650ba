"""What editors and linters are told of requests, answers and libraries: made from the engine's own tables."""

from .luacheck import luacheckrc
from .luals import definitions

__all__ = ["definitions", "luacheckrc"]
