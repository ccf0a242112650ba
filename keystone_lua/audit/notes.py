"""Records of a decision log that are not decisions: what happened to the process that writes it, and to its scripts.

In: what happened. Out: the text of a record after ``prev``; and back, a record's fields as a `Note`.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, Final

from ..interpreter import COST_VERSION, ENGINE_VERSION
from .fields import number_of, object_of, text_of, whole_of

FIELDS: Final = {
    "start": "time engine costs python masked",
    "stop": "time",
    "gap": "time dropped reason",
    "version": "time act who before after forced shadow",
}
"""Of each kind, after those that every record has, in their order."""

VERSIONS: Final = f'"engine":{quoted(ENGINE_VERSION)},"costs":{quoted(COST_VERSION)}'
"""What makes decisions here."""

encode: Final[Callable[[Any], str]] = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Note:
    """A ``start``, a ``stop``, a ``gap`` or a ``version``."""

    kind: str
    time: float
    dropped: int = 0
    """Of a gap: how many records are missing."""
    reason: str = ""
    """Of a gap: why. Of a version: what was done by whom, and from which version to which."""


def start_text(time: float, masked: Iterable[str]) -> str:
    """The text of a ``start``; ``masked`` names the headers that this process masks."""
    names = encode(sorted(masked))
    return f'"time":{time!r},{VERSIONS},"python":{quoted(platform.python_version())},"masked":{names}}}'


def stop_text(time: float) -> str:
    """The text of a ``stop``."""
    return f'"time":{time!r}}}'


def gap_text(time: float, dropped: int, reason: str) -> str:
    """The text of a ``gap``."""
    return f'"time":{time!r},"dropped":{dropped},"reason":{quoted(reason)}}}'


def version_text(time: float, switch: Mapping[str, Any]) -> str:
    """The text of a ``version``: ``switch`` has its fields after the time."""
    return encode({"time": time, **{name: switch[name] for name in FIELDS["version"].split()[1:]}})[1:]


def read_note(kind: str, value: Mapping[str, Any]) -> Note:
    """The note that a record's fields make. Raises `KeyError`, `TypeError`."""
    time = number_of(value["time"])
    if kind == "gap":
        return Note(kind, time, whole_of(value["dropped"]), text_of(value["reason"]))
    if kind != "version":
        return Note(kind, time)
    act, who, before, after = (text_of(value[name]) for name in ("act", "who", "before", "after"))
    if value["forced"].__class__ is not bool:
        raise TypeError("a field that is neither true nor false where that belongs")
    for count in object_of(value["shadow"]).values():
        whole_of(count)
    by = f" by {who}" if who else ""
    return Note(kind, time, reason=f"{act}{by}: from {before or 'nothing'} to {after or 'nothing'}")
