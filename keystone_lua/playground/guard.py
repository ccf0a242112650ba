"""Which requests the playground takes: those of its own page in the user's own browser.

Input: a request's head. Output: why it is refused, or nothing. Other pages in the same browser, and names that others
let point here (DNS rebinding), must come to nothing: so Host is one of the loopback names, what acts has the page's own
Origin and the key that was printed, and no answer may be read, framed or embedded elsewhere.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

KEY_HEADER: Final = "X-Playground-Key"
"""No page of another origin can send it without asking first (CORS), and nobody here answers yes."""

NAMES: Final = ("127.0.0.1", "localhost")

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer, with POLICY."""


@dataclass(frozen=True, slots=True)
class Guard:
    """For a server on ``port``."""

    port: int
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def hosts(self) -> tuple[str, ...]:
        """What Host may be."""
        named = tuple(f"{name}:{self.port}" for name in NAMES)
        return (*named, *NAMES) if self.port == 80 else named

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> str:
        """Why a request is refused; "" if it is not. ``headers`` are found in any case."""
        host = headers.get("Host", "").lower()
        if host not in self.hosts:
            return f"Host is none of {', '.join(self.hosts)}"
        origin = headers.get("Origin")
        if origin is not None and origin != f"http://{host}":
            return "from a page of another origin"
        site = headers.get("Sec-Fetch-Site", "none")
        if site not in ("none", "same-origin") and not _is_a_link(method, path, headers):
            return "from a page of another site"
        if method == "GET":
            return "" if not path.startswith("/api/") else "only POST"
        if method != "POST":
            return "only GET and POST"
        if headers.get("Content-Type") != "application/json":
            return "not application/json"
        given = headers.get(KEY_HEADER, "").encode("utf-8", "replace")
        return "" if hmac.compare_digest(given, self.key.encode()) else "without the key of this playground"


def _is_a_link(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Whether a user followed a link to the page: that shows it, and runs nothing."""
    ways = headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")
    return method == "GET" and path == "/" and ways == ("navigate", "document")
