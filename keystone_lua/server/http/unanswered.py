"""Unanswered: what a connection keeps of a request between reading and answering it.

Handlers and bodies know no more than this of a connection; the class in protocol has it.
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
