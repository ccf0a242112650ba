"""One request on its way through the gateway, and the ways in which it may end early."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from aiohttp import web

from .config import Service, Tenant
from .decision import Fields
from .target import Target

SERVER = "keystone-lua-gateway"


class Refusal(Exception):
    """An answer of the gateway's own. ``close`` ends the connection, whose further bytes make no sense.

    ``fields`` and ``body`` are a script's, for a client that it rejects.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        close: bool = False,
        retry_after: int = 0,
        fields: Fields = (),
        body: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.close = close
        self.fields = (("Retry-After", str(retry_after)), *fields) if retry_after else fields
        self.body = body


class BrokenOff(Exception):
    """The answer had begun and cannot be finished: the connection is cut, so that nobody takes it for whole."""


@dataclass(slots=True)
class Passage:
    """One request on its way through; what the log says of it in the end."""

    request: web.BaseRequest
    id: str
    target: Target | None = None
    tenant: Tenant | None = None
    service: Service | None = None
    decided: str = "-"
    """By what: ``script``, ``turn`` (round robin), ``fallback`` (round robin for want of a decision)."""
    status: int = 0
    level: int = logging.INFO
    tries: int = 0
    """Services that the request has been sent to, or that could not be reached."""
    tags: Fields = ()
    client: str = ""
    """The address that the gateway vouches for."""
