"""Findings: what the checker reports. Facts only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    pass

Severity = Literal["error", "warning", "note"]
"""``error``: no request can succeed. ``warning``: probably a mistake. ``note``: worth knowing, nothing to mend."""


class Kind(Enum):
    """What a file is for, which decides what it must define and what it may use."""

    TENANT = "tenant"
    """A tenant's script: it defines on_route_request."""

    MODULE = "module"
    """A shared module under lib/."""

    TEST = "test"
    """Tests of scripts: the functions of the test runner are there."""

    PLAIN = "plain"
    """A script for ``exec``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``line`` and ``column`` count from 1; columns are bytes."""

    file: str
    line: int
    column: int
    rule: str
    severity: Severity
    message: str
