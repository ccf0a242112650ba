"""Header fields: which are passed on, which are not, and which the gateway adds.

In and out: aiohttp's multidicts of names and values. Raises `BadField` for names and values that a script must not
set.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping

from multidict import CIMultiDict, CIMultiDictProxy

from .config import GatewayConfig
from .target import Target

HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding "
    "upgrade".split()
)
"""Not passed on (RFC 9110, 7.6.1), besides those that Connection names."""

_ENGINES = "x-keystone-"
"""How the names begin of what gateways and the engine tell each other: no client has a say in it."""

_FRAME = HOP_BY_HOP | {"content-length", "date", "via", "x-request-id"}
"""What a script may not set in an answer."""

FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip")
"""Who the client was: believed from trusted proxies, else dropped."""

_OURS = HOP_BY_HOP | {"host", "content-length", "expect", "via", "x-request-id", *FORWARDED}
"""What a script may not set: the message's frame, and what the gateway vouches for."""

MAX_SET = 64
"""Fields that a script may set."""
MAX_VALUE = 8192
"""Characters of one of them."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}", re.ASCII)
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")
_NOT_UTF8 = re.compile("[\ud800-\udfff]")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._~+/=:@-]{1,128}", re.ASCII)


class BadField(Exception):
    """A header field that a script must not set."""


def end_to_end(fields: Mapping[str, str], *dropped: str) -> CIMultiDict[str]:
    """Return the fields that are meant for the other end, in order, without ``dropped`` (lower case).

    Bytes that are no UTF-8 become U+FFFD each: aiohttp could not write them.
    """
    out = HOP_BY_HOP.union(dropped, connection_names(fields))
    return CIMultiDict(
        (name, _NOT_UTF8.sub("\ufffd", value))
        for name, value in fields.items()
        if name.lower() not in out and not ("_" in name and read_as(name) in _OURS)
    )


def read_as(name: str) -> str:
    """A name as servers take it that make variables of fields (RFC 3875, 4.1.18): dashes and underscores are one."""
    return name.lower().replace("_", "-")


def check_answer(fields: CIMultiDictProxy[str]) -> None:
    """Raise `BadField` for an answer that cannot be passed on: its frame is not understood, or others would read more
    fields in it."""
    codings = fields.getall("Transfer-Encoding", ())
    if codings and ",".join(codings).strip().lower() != "chunked":
        raise BadField("a transfer coding that is not understood")
    for name, value in fields.items():
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(_NOT_UTF8.sub("", value)):
            raise BadField("control characters in a header")


def connection_names(fields: Mapping[str, str]) -> set[str]:
    """Return the names that Connection lists, in lower case."""
    listed = (value for name, value in fields.items() if name.lower() == "connection")
    return {name.strip().lower() for value in listed for name in value.split(",")}


def as_text(fields: CIMultiDict[str]) -> dict[str, str]:
    """Return the fields as scripts see them: repeated ones joined as RFC 9110, 5.3 says, cookies by semicolons."""
    joined: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in fields.items():
        first = names.setdefault(name.lower(), name)
        separator = "; " if first.lower() == "cookie" else ", "
        joined[first] = f"{joined[first]}{separator}{value}" if first in joined else value
    return joined


def check_settable(fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return what a script sets, if it may. Raises `BadField`."""
    checked = tuple((name, value.strip(" \t")) for name, value in fields)
    if len(checked) > MAX_SET:
        raise BadField(f"more than {MAX_SET} headers")
    for name, value in checked:
        if not _TOKEN.fullmatch(name):
            raise BadField(f"{name[:100]!r} is no header's name")
        if read_as(name) in _OURS:
            raise BadField(f"header {name} is not a script's to set")
        if not _VALUE.fullmatch(value) or len(value) > MAX_VALUE:
            raise BadField(f"header {name} has a value that cannot be sent")
    return checked


def check_told(fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The same of what a script sets in the client's answer. Raises `BadField`."""
    checked = tuple((name, value.strip(" \t")) for name, value in fields)
    for name, _ in checked:
        if name.lower() in _FRAME:
            raise BadField(f"header {name} is not a script's to set")
    allowed = [(f"x-{name}" if name.lower() in _OURS else name, value) for name, value in checked]
    check_settable(allowed)  # its other rules: names, values, how many
    return checked


def repeated(fields: CIMultiDict[str]) -> dict[str, list[str]]:
    """The values of names that come more than once, by the first spelling of each."""
    found: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for name, value in fields.items():
        found.setdefault(names.setdefault(name.lower(), name), []).append(value)
    return {name: values for name, values in found.items() if len(values) > 1}


class Forwarding:
    """Adds what a gateway says of itself and of its client."""

    def __init__(self, config: GatewayConfig, instance: str) -> None:
        """``instance`` is this process's name in Via (RFC 9110, 7.6.3): a token that no other has."""
        self._trusted = config.trusted_proxies
        self._instance = instance

    def is_loop(self, fields: CIMultiDict[str]) -> bool:
        """Say whether this process has forwarded the request before."""
        return any(self._instance in value for value in fields.getall("Via", ()))

    def apply(self, fields: CIMultiDict[str], target: Target, peer: str, scheme: str, version: str) -> None:
        """Set X-Forwarded-For, -Host and -Proto, and continue Via."""
        earlier = {}
        if self._is_trusted(peer):
            earlier = {name: ", ".join(fields.getall(name)) for name in FORWARDED[:3] if name in fields}
        else:
            for name in FORWARDED:
                fields.popall(name, None)
        for name in [name for name in fields if read_as(name).startswith(_ENGINES)]:
            fields.popall(name, None)
        before = earlier.get("x-forwarded-for")
        fields["X-Forwarded-For"] = f"{before}, {peer}" if before else peer
        fields["X-Forwarded-Host"] = earlier.get("x-forwarded-host", target.authority)
        fields["X-Forwarded-Proto"] = earlier.get("x-forwarded-proto", scheme)
        fields["Via"] = ", ".join([*fields.getall("Via", ()), f"{version} {self._instance}"])

    def client_of(self, fields: CIMultiDict[str]) -> str:
        """The client's address, of fields that `apply` has been through: the last that no trusted proxy has."""
        chain = [address.strip() for address in fields["X-Forwarded-For"].split(",")]
        return next((address for address in reversed(chain) if not self._is_trusted(address)), chain[0])[:64]

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._trusted)


def request_id(sent: str | None, fresh: str) -> str:
    """Return the client's X-Request-Id if it is a sane token, else ``fresh``."""
    return sent if sent is not None and _REQUEST_ID.fullmatch(sent) else fresh
