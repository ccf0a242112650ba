"""Whether a gateway may keep an answer of forward auth, told in ``Cache-Control`` and ``Vary``.

In: an answer, and of what the gateway's cache tells requests apart, as its operator wrote into the address. Out: header
lines. Refuses, with `Uncarried`, an answer with lines of its own that caches heed.

An answer that holds by anything that the cache does not tell apart must not be kept: whoever differs in it would get
another one's. Nothing is said without the option: rejects go to clients whole, whose caches know nothing of the
gateway's headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...routing.reads import HEADER

METHOD, HOST, URI, SCHEME, CLIENT, BACKENDS, BODY, HEADERS = (
    "method", "host", "uri", "scheme", "client_ip", "backends", "body", "headers",
)  # fmt: skip
KEYS: Final = (METHOD, HOST, URI, SCHEME, CLIENT, BACKENDS, HEADERS)
"""What can stand in a cache's key. The last says that it heeds ``Vary``."""

NO_STORE: Final = "Cache-Control: no-store\r\n"

_KEY_OF: Final = {
    "method": METHOD, "host": HOST, "path": URI, "raw_path": URI, "query": URI, "scheme": SCHEME, "client_ip": CLIENT,
    "backends": BACKENDS, "body": BODY,
    "headers.x-forwarded-for": CLIENT, "headers.x-real-ip": CLIENT, "headers.x-forwarded-host": HOST,
    "headers.x-original-host": HOST, "headers.x-forwarded-proto": SCHEME,
}  # fmt: skip
"""By a field that an answer holds by, what has to tell requests apart. A gateway sets these headers itself, and its
cache would look at the client's."""

_NEVER_SENT: Final = frozenset({"protocol", "attempt", "failed"})
"""Fields that forward auth does not tell scripts: they are the same in every request."""

_HEEDED: Final = ("cache-control", "expires", "vary", "pragma", "age", "x-accel-expires", "surrogate-control")


class Uncarried(Exception):
    """An answer that cannot be told in headers. The text says why."""


def cache_lines(answer: Mapping[str, Any], body: bool, keys: frozenset[str]) -> str:
    """What to say of an answer to a cache of these keys; ``body`` is whether the script was told the body."""
    for headers in (answer.get("modified_headers", {}), answer.get("reject_headers", {})):
        for name in headers:
            if name.lower() in _HEEDED:
                raise Uncarried(f"{name[:40]} cannot be carried beside the option cache")
    holds = answer.get("cache")
    if holds is None or not holds["seconds"]:
        return NO_STORE
    told = [*holds["vary"]]
    if not answer.get("reject") and ("modified_path" in answer or "modified_query" in answer):
        told.append("raw_path")  # of the client's target, what the script leaves as it is stands in ours
    varies = []
    for name in told:
        if name in _NEVER_SENT or (name == BODY and not body):
            continue
        key = _KEY_OF.get(name)
        if key is None and name.startswith(HEADER) and HEADERS in keys:
            varies.append(name[len(HEADER) :])
        elif key not in keys:
            return NO_STORE
    vary = f"Vary: {', '.join(varies)}\r\n" if varies else ""
    return f"Cache-Control: max-age={holds['seconds']}\r\n{vary}"
