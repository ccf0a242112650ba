"""Unanswered: what a connection keeps of a request between reading it and answering it.

Handlers and bodies know a connection by this alone; the protocol's class is one.
"""

from __future__ import annotations

from typing import Protocol

from aiohttp import StreamReader

from ...routing.request import RequestData
from ..outcome import Unfinished


class Keeper(Protocol):
    """A connection, as handlers see it."""

    body: StreamReader | None
    """A body under way."""
    unanswered: tuple[RequestData, Unfinished] | None
    """A request that has been read and needs a lane, and its run."""

    def take_unanswered(self) -> tuple[RequestData, Unfinished] | None:
        """The request, if there is one. To be taken once."""
