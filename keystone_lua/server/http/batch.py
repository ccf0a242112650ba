"""Many requests in one call: a list in, a list of the single call's answers out, in the same order.

In: the list's values, and the function that decides one request. Out: the bytes of a JSON array; for an item that
could not be decided, its error object, with the ``status`` that it would have had by itself. A bad item does not harm
its neighbours; a bad list is refused before it comes here.

A list holds up neither the event loop nor other tenants: it lets other connections run every millisecond, a run that
outgrows its slice goes to a lane while the others go on, and at most TOGETHER runs of one list are under way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from ...routing.request import BadRequest, request_of
from ..offload.errors import Overloaded
from .json_text import json_bytes

MAX_ITEMS: Final = 1000

TOGETHER: Final = 3
"""Fewer than a tenant's places in the queue for lanes, so that a list of slow items is not refused by its own first."""

TURN_SECONDS: Final = 0.001
"""How long a list keeps the loop, if no single item takes longer."""

BATCH_SECONDS: Final = 10.0
"""After this no further item is begun. One that is under way has the time of any run."""

MAX_ANSWERS: Final = 16 << 20
"""Bytes of all answers together."""

JOINED: Final = 1 << 20
"""Bytes of answers that are put together before other connections have a turn."""

Decide = Callable[[Any, int], Awaitable[tuple[int, dict[str, Any]]]]
"""A request and its place in the list, from 0; the status and body of its answer. Raises `Overloaded`."""


async def answers(items: list[Any], decide: Decide, gone: Callable[[], bool]) -> bytearray:
    """Decide every item. ``gone`` says whether the client is: then the rest is not worth deciding."""
    made = [b""] * len(items)
    size = 0
    deadline = time.monotonic() + BATCH_SECONDS

    async def work(places: Iterator[int]) -> None:
        nonlocal size
        began = time.monotonic()
        for place in places:
            if gone():
                return
            if began > deadline:
                status, body = 503, _trouble("batch", f"the batch has had its {BATCH_SECONDS:g} s")
            elif size > MAX_ANSWERS:
                status, body = 503, _trouble("batch", f"the batch's answers are larger than {MAX_ANSWERS} bytes")
            else:
                status, body = await _one(items[place], place, decide)
            made[place] = json_bytes(body if status == 200 else {**body, "status": status})[:-1]
            size += len(made[place])
            if time.monotonic() - began > TURN_SECONDS / TOGETHER:
                await asyncio.sleep(0)
                began = time.monotonic()

    places = iter(range(len(items)))
    async with asyncio.TaskGroup() as group:
        for _ in range(min(TOGETHER, len(items))):
            group.create_task(work(places))
    return await _array(made)


async def _array(items: list[bytes]) -> bytearray:
    """The items as one array. Put together bit by bit: to join many megabytes at once would hold the loop."""
    array = bytearray(b"[")
    size = 0
    for place, item in enumerate(items):
        if place:
            array += b","
        array += item
        size += len(item)
        if size > JOINED:
            size = 0
            await asyncio.sleep(0)
    array += b"]\n"
    return array


async def _one(item: Any, place: int, decide: Decide) -> tuple[int, dict[str, Any]]:
    try:
        return await decide(request_of(item), place)
    except BadRequest as error:
        refusal = _trouble("request", str(error))
        return 400, {**refusal, "field": error.field} if error.field else refusal
    except Overloaded as error:
        if error.status == 429:
            return 429, _trouble("limited", str(error))
        return 503, _trouble("overloaded", f"overloaded: {error}")


def _trouble(kind: str, message: str) -> dict[str, Any]:
    return {"error": message, "kind": kind}
