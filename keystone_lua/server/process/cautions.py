"""Likely mistakes in how the server was started, though it can serve: one line each, for its log.

In: settings, the loaded tenants. Out: texts. They warn of: a budget for a tenant that has no script, a certificate
that is not valid today, a limit of open files below what the settings allow.
"""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..http.connection_limits import RESERVED_DESCRIPTORS
from ..settings.config import ServerConfig

if TYPE_CHECKING:
    from datetime import datetime

ROOM: Final = 0.9
"""The share of the connections that must be possible: an ``ulimit -n`` of 1,024, the usual one, leaves 960 of 1,000."""

_VALIDITY: Final = re.compile(
    rb"\x30[\x1e-\x22](?:\x17\x0d(\d{12}Z)|\x18\x0f(\d{14}Z))(?:\x17\x0d(\d{12}Z)|\x18\x0f(\d{14}Z))", re.DOTALL
)
"""A certificate's Validity in DER: two times (RFC 5280, 4.1.2.5). The standard library shows those of peers alone."""


def cautions(config: ServerConfig, tenants: Collection[str]) -> Iterator[str]:
    """Yield what is worth a warning."""
    for tenant in {**config.tenant_limits, **config.tenants}:
        if tenant not in tenants:
            import difflib

            near = difflib.get_close_matches(tenant, tenants, 1)
            guess = f"; {near[0]} is one" if near else ""
            yield f"the settings name tenant {tenant}, which has no script{guess}"
    if config.tls is not None:
        yield from _of_certificate(config.tls.certificate)
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors != resource.RLIM_INFINITY and descriptors - RESERVED_DESCRIPTORS < ROOM * config.max_connections:
        room = max(1, descriptors - RESERVED_DESCRIPTORS)
        yield f"ulimit -n is {descriptors}: room for {room} connections of {config.max_connections} a worker"


def _of_certificate(path: Path) -> Iterator[str]:
    import ssl

    text = path.read_text("ascii", "replace")
    first = re.search("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", text, re.DOTALL)
    found = _VALIDITY.search(ssl.PEM_cert_to_DER_cert(first[0])) if first else None
    if found is None:
        return  # OpenSSL has read it, we have not
    begins, ends = _time(found[1] or found[2]), _time(found[3] or found[4])
    now = time.time()
    if now >= ends.timestamp():
        yield f"certificate {path} has expired at {ends:%Y-%m-%dT%H:%M:%SZ}"
    elif now < begins.timestamp():
        yield f"certificate {path} is not valid before {begins:%Y-%m-%dT%H:%M:%SZ}"


def _time(text: bytes) -> datetime:
    """UTCTime (two digits of the year, 1950 to 2049) or GeneralizedTime."""
    from datetime import UTC, datetime

    if len(text) < len("YYYYMMDDHHMMSSZ"):
        text = (b"19" if text[:2] >= b"50" else b"20") + text
    return datetime.strptime(text.decode(), "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
