"""JSON as the server writes it."""

from __future__ import annotations

import json
from typing import Any, Final


def json_text(value: Any) -> str:
    """Return ``value`` as one line of compact ASCII JSON, as Go's encoder ends it: with a newline."""
    return _ENCODER.encode(value) + "\n"


def json_bytes(value: Any) -> bytes:
    """Return the same as bytes."""
    return json_text(value).encode("ascii")


_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False, allow_nan=False)
