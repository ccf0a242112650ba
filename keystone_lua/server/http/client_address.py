"""Who asks, of ``X-Forwarded-For``: each proxy has added the address that it was asked from.

In: the header's lines, and the networks of proxies that are believed. Out: the last address that is none of theirs.
Whoever stands before it in the list may have written what he liked.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from ..settings.config import Network

ADDRESS_CHARACTERS: Final = 64
MOST_PROXIES: Final = 16
"""Proxies one behind the other; an address behind more is theirs."""

_WITH_PORT: Final = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
"""As some balancers write it."""


def client_of(lines: Sequence[str], proxies: tuple[Network, ...]) -> str:
    """The client's address, empty if there is none."""
    client = ""
    for line in reversed(lines):
        for item in line.rsplit(",", MOST_PROXIES)[: -MOST_PROXIES - 1 : -1]:
            text = item.strip()[:ADDRESS_CHARACTERS]
            if text:
                client = _bare(text)
                if not proxies or not _is_one(client, proxies):
                    return client
        if line.count(",") >= MOST_PROXIES:
            return client
    return client


def _bare(text: str) -> str:
    found = _WITH_PORT.fullmatch(text)
    return text if found is None else found[1] or found[2]


@lru_cache(1024)
def _is_one(text: str, proxies: tuple[Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in proxies)
