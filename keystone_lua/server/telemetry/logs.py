"""Log lines: their form, and how they reach standard error without blocking the server.

In: records of the standard library's ``logging``; ``extra=facts(tenant=…, script=…)`` gives one named facts. Out: a
line a record, as text for people or as JSON (an object a line). Control characters become escapes, long text is cut,
and lines for which standard error has no room are dropped and counted once more than QUEUE wait.
"""

from __future__ import annotations

import collections
import contextlib
import json
import logging
import os
import select
import sys
import threading
import time
from types import TracebackType
from typing import Any

from ...hidden import Secrets
from .tracing import CURRENT, Trace

STDERR = 2

QUEUE = 10_000
"""Lines that wait for standard error."""
BATCH = 500
"""Lines of one write."""
CHARACTERS = 1000
"""Of one fact or message, before escaping."""
TRACEBACK_CHARACTERS = 20_000
FLUSH_SECONDS = 1.0
"""How long the end of the process waits for lines to be taken."""

PIPE_BUFFER = 4096
"""What a pipe that select calls writable takes without blocking (PIPE_BUF of Linux)."""


PLAIN = ("tenant", "script", "kind", "lane")
"""Facts that no request's values get into."""


def facts(**named: object) -> dict[str, Any]:
    """The ``extra`` of a log call: facts by name. None and the empty text are left out."""
    return {"facts": {name: value for name, value in named.items() if value is not None and value != ""}}


def escape(text: str, limit: int = CHARACTERS) -> str:
    """Return ``text`` fit for one log line: bounded, and whatever a terminal could act on written as an escape."""
    shown = text[:limit]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)
    return shown + _rest(text, limit)


class _Traced(logging.Formatter):
    """Knows a record's facts, and the request that it was made for."""

    def facts(self, record: logging.LogRecord) -> dict[str, object]:
        """The facts by name, the request's names last."""
        found = dict(record.__dict__.get("facts", ()))
        hide: Secrets | None = record.__dict__.get("hide")
        trace: Trace | None = record.__dict__.get("trace")
        if trace is not None:
            found["request_id"] = trace.request_id
            if trace.parent:
                found["traceparent"] = trace.parent
        if hide is not None:
            for name, value in found.items():
                if name not in PLAIN and isinstance(value, str):
                    found[name] = hide.without(value)
        return found

    def message(self, record: logging.LogRecord) -> str:
        """The record's message."""
        hide: Secrets | None = record.__dict__.get("hide")
        return record.getMessage() if hide is None else hide.without(record.getMessage())

    def traceback(self, record: logging.LogRecord) -> str:
        """The exception of a record that has one."""
        assert record.exc_info is not None
        text, hide = self.formatException(record.exc_info), record.__dict__.get("hide")
        return text if hide is None else str(hide.without(text))


class Console(_Traced):
    """``2026-11-25T20:00:00.123Z WARNING keystone.decision script failed tenant=a script=a.lua:2 error="…"``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Raises nothing: what cannot be shown is shown by its type."""
        words = [_time(record.created), record.levelname, record.name, escape(self.message(record))]
        words += [f"{name}={_word(value)}" for name, value in self.facts(record).items()]
        if record.exc_info:
            words.append(f"traceback={_quoted(self.traceback(record), TRACEBACK_CHARACTERS)}")
        return " ".join(words)


class Json(_Traced):
    """``{"time": …, "level": …, "logger": …, "message": …, "tenant": …}``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: ASCII, so that nothing in it can act on a terminal."""
        line = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _cut(self.message(record)),
        }
        for name, value in self.facts(record).items():
            line[name] = _cut(value) if isinstance(value, str) else value  # type: ignore[assignment]
        if record.exc_info:
            line["traceback"] = _cut(self.traceback(record), TRACEBACK_CHARACTERS)
        return json.dumps(line, default=lambda value: escape(repr(value)))


FORMATTERS = {"console": Console, "json": Json}


class StderrHandler(logging.Handler):
    """Formats records and writes their lines to a descriptor. By itself it writes at once, or drops the line.

    That is for a process that has no thread, because it forks. `start_thread` moves formatting and writing away
    from the caller.
    """

    def __init__(self, descriptor: int = STDERR) -> None:
        super().__init__()
        self.dropped = 0
        """Lines that were not taken, since the start."""
        self._descriptor = descriptor
        self._waiting: collections.deque[logging.LogRecord] = collections.deque()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._told = 0

    def createLock(self) -> None:  # noqa: N802  # logging's name
        """Have none: a deque takes from all threads, and a lock would hold the loop up behind a formatting thread."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Take a record, from any thread, without blocking."""
        record.__dict__["trace"] = CURRENT.get()  # here, because the thread that formats it has another context
        if self._thread is None:
            self._write_now(self._line(record))
        elif len(self._waiting) < QUEUE:
            self._waiting.append(record)
            if not self._wake.is_set():
                self._wake.set()
        else:
            self.dropped += 1
        return True

    def start_thread(self) -> None:
        """Write from a thread of its own from now on."""
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, within FLUSH_SECONDS, and end the thread."""
        thread, self._stopping = self._thread, True
        if thread is not None:
            self._wake.set()
            thread.join(FLUSH_SECONDS)
            self._thread = None
        super().close()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while self._waiting:
                lines = [self._line(self._waiting.popleft()) for _ in range(min(BATCH, len(self._waiting)))]
                if self.dropped > self._told:
                    lines.append(self._line(self._dropped_record()))
                _write(self._descriptor, "".join(lines).encode("utf-8", "backslashreplace"))
            if self._stopping:
                return

    def _dropped_record(self) -> logging.LogRecord:
        count, self._told = self.dropped - self._told, self.dropped
        record = logging.LogRecord("keystone.log", logging.WARNING, "", 0, "log lines dropped", (), None)
        record.__dict__ |= facts(count=count)
        return record

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record) + "\n"
        except Exception as error:  # a record that cannot be shown must not end the thread that shows the others
            return f"{record.levelname} {record.name} a log line failed: {type(error).__name__}\n"

    def _write_now(self, line: str) -> None:
        data = line.encode("utf-8", "backslashreplace")[:PIPE_BUFFER]
        if select.select((), (self._descriptor,), (), 0)[1]:
            _write(self._descriptor, data)
        else:
            self.dropped += 1


def start(level: str, form: str) -> StderrHandler:
    """Send all log lines of this process to standard error. Writes at once until ``start_thread``."""
    handler = StderrHandler()
    handler.setFormatter(FORMATTERS[form]())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # What no line of ours shows need not be found out for each record.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # the documented way not to look for the caller
    logging.raiseExceptions = False
    return handler


def catch_all() -> None:
    """Have what Python itself would write to standard error be log lines: warnings, exceptions that nobody caught."""
    logger = logging.getLogger("keystone.server")
    logging.captureWarnings(capture=True)

    def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        logger.critical("the server ends by an exception", exc_info=(kind, error, trace))

    def in_thread(caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            logger.error("a thread ends by an exception", exc_info=caught.exc_value)

    def unraisable(caught: sys.UnraisableHookArgs) -> None:
        logger.error("unexpected exception", exc_info=caught.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = crashed, in_thread, unraisable


def _write(descriptor: int, data: bytes) -> None:
    with contextlib.suppress(OSError):  # nobody is left to tell
        while data:
            data = data[os.write(descriptor, data) :]


def _time(created: float) -> str:
    second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(created))
    return f"{second}.{int(created % 1 * 1000):03d}Z"


def _word(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    if text.isprintable() and len(text) <= CHARACTERS and not _NEEDS_QUOTES.intersection(text):
        return text
    return _quoted(text)


def _quoted(text: str, limit: int = CHARACTERS) -> str:
    r"""``text`` between quotes that only its end can close: a quote becomes ``\"``, a backslash ``\\``."""
    shown = text[:limit].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escape(shown, len(shown))}{_rest(text, limit)}"'


_NEEDS_QUOTES = frozenset(' "=\\')


def _cut(text: str, limit: int = CHARACTERS) -> str:
    return text[:limit] + _rest(text, limit)


def _rest(text: str, limit: int) -> str:
    return "" if len(text) <= limit else f"… ({len(text)} characters)"
