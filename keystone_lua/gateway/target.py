"""Where a request wants to go: its request target and Host, parsed once for all who need them.

In: what the client sent. Out: a frozen `Target`. Refuses, with `BadTarget`: targets that a backend might
read in another way than the gateway and the script do (dot segments, backslashes, control characters,
also when escaped; escapes that are no UTF-8), and a Host that is missing or doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

_TARGET = re.compile(r"(?:https?://([^/?#]*))?(/[^?#]*)?(\?[^#]*)?", re.ASCII | re.IGNORECASE)
_PLAIN = re.compile(r"[!-~]+", re.ASCII)
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?", re.ASCII)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TRICKS = re.compile(r"[\x00-\x1f\x7f\\]|/\.{1,2}(?:[/;]|\Z)")
"""Control characters; backslashes, which some servers take for slashes; dot segments, some with a ``;parameter``."""

_SAFE = "/:@!$&'()*+,;=~-._"
"""What stays as it is in a path (RFC 3986, 3.3)."""


class BadTarget(Exception):
    """A request target or Host that is refused with 400."""


@dataclass(frozen=True, slots=True)
class Target:
    """One request's target."""

    host: str
    """The host's name in lower case, without port and without a dot at its end."""

    authority: str
    """Host and port as the client gave them."""

    path: str
    """The path, unescaped: what tenants are matched by and scripts see."""

    raw_path: str
    """The path as the client sent it: what a backend gets unless the script changed it."""

    query: str
    """From the question mark on, as sent; or empty."""


def read_target(target: str, hosts: list[str]) -> Target:
    """Return the parts of ``target`` and of the only one of ``hosts``, the Host fields. Raises `BadTarget`."""
    if len(hosts) != 1:
        raise BadTarget("a request must have exactly one Host")
    match = _TARGET.fullmatch(target)
    if not _PLAIN.fullmatch(target) or match is None:
        raise BadTarget("the request target must be a path, or a URL, without spaces, control characters or '#'")
    # An authority in the target wins (RFC 9112, 3.2.2), and the field must be the same, so that nobody is misled.
    if match[1] is not None and match[1].lower() != hosts[0].lower():
        raise BadTarget("the request target names another host than Host does")
    if match[1] is None and match[2] is None:
        raise BadTarget("the request target must begin with a slash")
    host = _HOST.fullmatch(hosts[0])
    if host is None or int(host[2] or 0) > 65535:
        raise BadTarget("Host is no host name")
    raw_path = match[2] or "/"
    path = unescape(raw_path)
    if has_tricks(path):
        raise BadTarget("the path must have no '.' or '..' segments, backslashes or control characters")
    return Target(host[1].lower().removesuffix("."), hosts[0], path, raw_path, match[3] or "")


def unescape(path: str) -> str:
    """Return ``path`` without percent-escapes. Raises `BadTarget` for those that are malformed or no UTF-8."""
    if "%" not in path:
        return path
    if _BAD_ESCAPE.search(path):
        raise BadTarget("the path has a malformed percent-escape")
    try:
        return unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise BadTarget("the path's percent-escapes are not UTF-8") from None


def escape(path: str) -> str:
    """Return an unescaped ``path`` as it stands in a request; `unescape` gives it back."""
    return quote(path, safe=_SAFE, errors="replace")


def has_tricks(path: str) -> bool:
    """Say whether an unescaped path has parts that servers read in different ways."""
    return _TRICKS.search(path) is not None
