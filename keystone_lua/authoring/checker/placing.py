"""What a file is for, by where it lies: lib/ holds modules, tests/ holds tests, the rest are tenants' scripts.

Input: a path. Output: a `Placed`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ...routing.scripts_folder import LIBRARY, TESTS
from ..testing.stage import FUNCTIONS
from .findings import Kind


class Placed(NamedTuple):
    """``folder`` is the scripts folder, whose lib/ has the modules; ``injected`` are globals that the host sets."""

    folder: Path
    kind: Kind
    injected: frozenset[str] = frozenset()


def placed(file: Path, plain: bool = False) -> Placed:
    """``plain``: scripts are for ``exec``, and need no on_route_request."""
    for parent in file.parents:
        if parent.name == LIBRARY:
            return Placed(parent.parent, Kind.MODULE)
        if parent.name == TESTS:
            return Placed(parent.parent, Kind.TEST, FUNCTIONS)
    return Placed(file.parent, Kind.PLAIN if plain else Kind.TENANT)
