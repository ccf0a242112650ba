"""Costly work that many may ask for at once: done one after another, and shared."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


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
