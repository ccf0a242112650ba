"""The gateway's log lines: text for people, or JSON, an object a line, both with named facts.

In: records of the standard library's ``logging``; ``extra=facts(tenant=…)`` names facts. Out: a line a record, bounded,
with nothing in it that a terminal could act on.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any, Final

CHARACTERS: Final = 500
"""Of one fact or message that is shown."""
TRACEBACK_CHARACTERS: Final = 20_000

FORMATS: Final = ("console", "json")


def facts(**named: object) -> dict[str, Any]:
    """The ``extra`` of a log call. None and the empty text are left out."""
    return {"facts": {name: value for name, value in named.items() if value is not None and value != ""}}


def start(level: str, form: str) -> None:
    """Have the process's records written to standard error; ``form`` is one of FORMATS."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if form == "json" else Console())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def shown(text: str, limit: int = CHARACTERS) -> str:
    """``text`` fit for a line of text."""
    cut = text[:limit]
    if not cut.isprintable():
        cut = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
    return cut if len(text) <= limit else f"{cut}…"


def _time(seconds: float) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(seconds % 1 * 1000):03}Z"


def _facts(record: logging.LogRecord) -> dict[str, object]:
    found: dict[str, object] = record.__dict__.get("facts", {})
    return found


class Console(logging.Formatter):
    """``2026-11-25T20:00:00.123Z WARNING keystone.gateway no decision request_id=a tenant=b error="…"``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        words = [_time(record.created), record.levelname, record.name, shown(record.getMessage())]
        words += [f"{name}={_word(value)}" for name, value in _facts(record).items()]
        if record.exc_info:
            words.append(f"traceback={json.dumps(self.formatException(record.exc_info)[-TRACEBACK_CHARACTERS:])}")
        return " ".join(words)


class Json(logging.Formatter):
    """``{"time": …, "level": …, "logger": …, "message": …, "tenant": …}``, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:CHARACTERS],
        }
        for name, value in _facts(record).items():
            line[name] = value[:CHARACTERS] if isinstance(value, str) else value
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)[-TRACEBACK_CHARACTERS:]
        return json.dumps(line, default=lambda value: shown(repr(value)))


def _word(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    text = shown(str(value))
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)
