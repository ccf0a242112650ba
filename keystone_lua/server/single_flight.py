"""Costly work that many may ask for at once: done once and shared, in threads that let the loop run."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")

SWITCH_SECONDS: Final = 0.0005
"""How long the loop waits for a working thread to let go, as far as Python has a say: a tenth
of the usual. docs/performance.md has what it saves."""

_USUAL: Final = sys.getswitchinterval()
_lock = threading.Lock()
_within: list[None] = []
"""One for each that is in `quick_switching`."""


@contextlib.contextmanager
def quick_switching() -> Iterator[None]:
    """While anybody is in here, a working thread lets go after SWITCH_SECONDS."""
    with _lock:
        _within.append(None)
        sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        with _lock:
            _within.pop()
            if not _within:
                sys.setswitchinterval(_USUAL)


class Shared(Generic[T]):
    """Does one thing at a time; those who ask while something is done share the next.

    What is answered has thus begun after the question, and any number of callers costs two turns at most for each of
    the things that can be asked for.
    """

    def __init__(self, do: Callable[[str], Awaitable[T]]) -> None:
        self._do = do
        self._turn = asyncio.Lock()
        self._next: dict[str, asyncio.Task[T]] = {}

    async def ask(self, what: str) -> T:
        """Have ``what`` done. Raises what doing it raises. Cancelled, it goes on for the others."""
        task = self._next.get(what)
        if task is None:
            task = self._next[what] = asyncio.create_task(self._one(what))
        return await asyncio.shield(task)

    async def _one(self, what: str) -> T:
        async with self._turn:
            del self._next[what]
            return await self._do(what)
