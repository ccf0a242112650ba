"""Addresses by RFC 3986: taken apart, put together, resolved.

Input and output: texts of one character a byte; None for what is no address. The caller has charged for the work.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_PARTS: Final = re.compile(r"(?:([^:/?#]++):)?(?://([^/?#]*+))?([^?#]*+)(?:\?([^#]*+))?(?:#(.*+))?", re.DOTALL)
"""RFC 3986, appendix B."""

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+\Z")
_HOST: Final = re.compile(r"(?:\[[0-9A-Fa-f:.]++\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*+)\Z")
_USER: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*+\Z")
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f\\]")
MAX_PORT: Final = 65535


class Address(NamedTuple):
    """The parts as they stand; None for those that are not there."""

    scheme: str | None
    authority: str | None
    path: str
    query: str | None
    fragment: str | None

    def text(self) -> str:
        """RFC 3986, 5.3."""
        return (
            (f"{self.scheme}:" if self.scheme is not None else "")
            + (f"//{self.authority}" if self.authority is not None else "")
            + self.path
            + (f"?{self.query}" if self.query is not None else "")
            + (f"#{self.fragment}" if self.fragment is not None else "")
        )


class Authority(NamedTuple):
    """User, host and port."""

    user: str | None
    host: str
    port: int | None


def parts(text: str) -> Address:
    """Any text taken apart."""
    found = _PARTS.match(text)
    assert found is not None  # every text matches
    return Address(*found.groups())


def mistake(address: Address) -> str | None:
    """What is wrong with an address, or None."""
    scheme, authority = address.scheme, address.authority
    if scheme is not None and not _SCHEME.match(scheme):
        return "bad scheme"
    if any(_FORBIDDEN.search(part) for part in address if part):
        return "bad character"
    if authority is not None and authority_of(authority) is None:
        return "bad authority"
    return None


def authority_of(text: str) -> Authority | None:
    """User, host and port; None if it is none."""
    user, at, rest = text.rpartition("@")
    host, colon, digits = rest.rpartition(":")
    if not colon or rest.endswith("]"):
        host, digits = rest, ""
    if not _HOST.match(host) or (at and not _USER.match(user)) or len(digits) > 5:
        return None
    if digits and not (digits.isascii() and digits.isdigit() and int(digits) <= MAX_PORT):
        return None
    return Authority(user if at else None, host.lower(), int(digits) if digits else None)


def without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1 or (kept and kept[0]):
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    if path.startswith("/") and (len(kept) < 2 or kept[0]):
        kept.insert(0, "")
    return "/".join(kept)


def joined(base: str, reference: str) -> str:
    """The address that a reference means, seen from ``base`` (RFC 3986, 5.2.2)."""
    b, r = parts(base), parts(reference)
    if r.scheme is not None:
        return r._replace(path=without_dots(r.path)).text()
    if r.authority is not None:
        return r._replace(scheme=b.scheme, path=without_dots(r.path)).text()
    if not r.path:
        return b._replace(query=b.query if r.query is None else r.query, fragment=r.fragment).text()
    if r.path.startswith("/"):
        path = r.path
    elif b.authority is not None and not b.path:
        path = f"/{r.path}"
    else:
        path = b.path[: b.path.rfind("/") + 1] + r.path
    return Address(b.scheme, b.authority, without_dots(path), r.query, r.fragment).text()
