"""The part of the package library that other libraries look at while they load: constants.

``loaded`` and ``preload`` belong to a run, which adds them (see execution.run). Assigning ``path`` or ``cpath`` changes
nothing: modules are linked before a script runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..runtime.context import RunContext


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The constants of ``package``."""
    return {
        "config": "/\n;\n?\n!\n-\n",
        "cpath": "",
        "path": "./lib/?.lua;./lib/?/init.lua",
    }
