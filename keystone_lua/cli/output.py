"""What a command prints: every line of every command goes through here.

In: text, JSON, bytes. Out: lines on standard output or standard error in which nothing acts on a terminal. Refuses,
with `CannotWrite`, a stream that is closed, a disk that is full, a reader that has gone.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import IO, Any, Final

from ..untrusted.files import reason
from ..untrusted.text import json_printable, printable


class CannotWrite(Exception):
    """Output that did not get out. The text says why; the exit code is one of its own."""


COLOURS: Final = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}


def say(text: str = "", *, end: str = "\n", flush: bool = False, colour: str = "") -> None:
    """One line on standard output; a ``colour`` is for terminals alone."""
    shown = printable(text, "\t")
    if colour and _is_coloured():
        shown = f"\x1b[{COLOURS[colour]}m{shown}\x1b[0m"
    _write(sys.stdout, "standard output", shown + end, flush)


def _is_coloured() -> bool:
    """Whether standard output is a terminal, and nobody has said that it shall have no colours (no-color.org)."""
    if sys.stdout is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def complain(text: str) -> None:
    """One line on standard error."""
    _write(sys.stderr, "standard error", printable(text, "\t") + "\n", flush=True)


def say_lines(text: str, colour: str = "") -> None:
    """Text of several lines; what ends a line inside must be the caller's own. The first has the ``colour``."""
    for line in text.removesuffix("\n").split("\n"):
        say(line, colour=colour)
        colour = ""


def say_json(value: Any, indent: int | None = None) -> None:
    """JSON, on one line unless ``indent`` says otherwise."""
    text = json_printable(json.dumps(value, ensure_ascii=False, indent=indent))
    _write(sys.stdout, "standard output", text + "\n", flush=False)


def say_bytes(data: bytes) -> None:
    """What a plain script printed, as it is: the output of ``exec`` is the script's own."""
    if sys.stdout is None:
        raise CannotWrite("standard output is closed")
    with told("standard output"):
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def columns() -> int | None:
    """Columns of the terminal, at least 80; None where standard output is none, and lines may be of any length."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size  # here, since a pipe does not need it

    return max(80, get_terminal_size().columns)


def counted(count: int, one: str, several: str = "") -> str:
    """``1 test``, ``2 tests``."""
    return f"{count} {one if count == 1 else several or one + 's'}"


def draw(text: str) -> None:
    """A part of a progress bar, on standard error: text of our own, with a return to the line's begin."""
    _write(sys.stderr, "standard error", text, flush=True)


def prepare() -> None:
    """Let any text be written, also characters that the terminal's encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def finish() -> None:
    """Write what is still waiting. Raises `CannotWrite`."""
    if sys.stdout is not None:
        with told("standard output"):
            sys.stdout.flush()


def abandon() -> None:
    """Drop what is still waiting: written when Python ends, it would fail once more, with a traceback."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def _write(stream: IO[str] | None, name: str, text: str, flush: bool) -> None:
    if stream is None:
        if name == "standard error":
            return  # nobody is there to be told
        raise CannotWrite(f"{name} is closed")
    with told(name):
        stream.write(text)
        if flush:
            stream.flush()


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Make `CannotWrite` of what the system refuses; ``name`` says what was written to."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a closed file
        raise CannotWrite(f"{name}: {reason(error)}") from None
