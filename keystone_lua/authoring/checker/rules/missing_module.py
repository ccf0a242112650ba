"""Modules that ``require`` names and that do not exist, where a run may never get to the call.

Where a run surely gets to it no rule is needed: the script does not compile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....interpreter.signatures import instead_of
from ..findings import Severity
from ..rule import Place
from ..script import Script

CODE: Final = "missing-module"
SEVERITY: Final[Severity] = "warning"
TEXT: Final = "The module is not in lib/, so this require fails if it is reached."


def places(script: Script) -> Iterator[Place]:
    """Each name where it stands first, unless the script may put a loader there itself."""
    if "package" in script.resolution.globals.reads:
        return
    for missing in script.missing:
        instead = f": {advice}" if (advice := instead_of(missing.name)) else ""
        message = f"module '{missing.name}' not found in lib/{instead}"
        yield Place(missing.line, script.place_of(missing.name, missing.line), message)
