"""ip: addresses, and lists of networks that answer whether an address is in one of them.

Input: addresses and networks (CIDR) of IPv4 and IPv6 as text. Output: canonical text, booleans, matchers. An IPv4
address written as IPv6 (``::ffff:10.0.0.1``) is that IPv4 address everywhere. Networks may have host bits set. A list
with an entry that is neither is an error, which names the entry and its place: a matcher that silently lacks one
would let in or keep out the wrong people. A text that is no address is in no network; a second result says so.

A matcher keeps merged ranges of integers, sorted, and finds an address by bisection.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..costs import ENTRY, MODULES, RESULTS, STEP, STRING, VALUE, WORK, WORK_BYTES
from ..runtime.tracebacks import argument_error
from ..runtime.values import ABSENT, FALSE, TRUE, LuaValue, Native, type_name
from ..stdlib.args import check_string, check_table
from .lists import items_of

if TYPE_CHECKING:
    from ..runtime.context import RunContext

LONGEST: Final = 49
"""Bytes of the longest address with its prefix."""
_IN_CIDR: Final = MODULES["ip.in_cidr"]
_MATCH: Final = MODULES["ip.matcher:match"]
_MATCHER: Final = MODULES["ip.matcher"]
_PARSE: Final = MODULES["ip.parse"]
_SIX: Final = WORK["ip.six"]
_ENTRY: Final = WORK["ip.entry"]
_ENTRY_BYTES: Final = WORK_BYTES["ip.entry"]
_QUOTED: Final = 60
"""Bytes of an entry that an error quotes."""
_MAPPED: Final = 0xFFFF << 32


_GROUPS: Final = re.compile(r"[0-9A-Fa-f:]{2,39}")


class Address(NamedTuple):
    """An address as a number of ``bits`` bits."""

    bits: int
    number: int


class Ranges(NamedTuple):
    """Merged ranges in order: their first and last numbers."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]

    def has(self, number: int) -> bool:
        """Whether a number is in one of them."""
        place = bisect_right(self.firsts, number) - 1
        return place >= 0 and number <= self.lasts[place]


Networks = dict[int, Ranges]
"""By the number of bits of their addresses."""


def four(text: str) -> int | None:
    """The number of a dotted quad, without leading zeros: some take them for octal."""
    parts = text.split(".")
    if len(parts) != 4:
        return None
    number = 0
    for part in parts:
        if not 0 < len(part) < 4 or not part.isascii() or not part.isdigit() or (part[0] == "0" and len(part) > 1):
            return None
        byte = int(part)
        if byte > 255:
            return None
        number = number << 8 | byte
    return number


def six(text: str) -> int | None:
    """The number of an IPv6 address of hexadecimal groups alone: twice as fast as ipaddress, and equal to it."""
    if not _GROUPS.fullmatch(text):
        return None
    head, gap, tail = text.partition("::")
    groups = head.split(":") if head else []
    if gap:
        last = tail.split(":") if tail else []
        groups += ["0"] * (8 - len(groups) - len(last) or 9) + last  # a gap stands for at least one
    if len(groups) != 8 or not all(groups):
        return None
    digits = "".join([group.rjust(4, "0") for group in groups])
    return int(digits, 16) if len(digits) == 32 else None


def address_of(text: str) -> Address | None:
    """The address, IPv4 if it is one written as IPv6; None if it is none."""
    if len(text) > LONGEST:  # nothing is looked for in megabytes: the price is one for all texts
        return None
    if ":" not in text:
        number = four(text)
        return None if number is None else Address(32, number)
    if "." not in text:
        number = six(text)
        if number is None:
            return None
    elif not text.isascii() or "%" in text or "/" in text:
        return None
    else:
        try:
            number = int(IPv6Address(text))
        except AddressValueError:
            return None
    return Address(32, number & 0xFFFFFFFF) if number >> 32 == 0xFFFF else Address(128, number)


def network_of(text: str) -> tuple[int, int, int] | None:
    """Bits, first and last number of an address or network; None if it is none."""
    base, slash, length = text.partition("/")
    address = address_of(base)
    if address is None:
        return None
    bits, number = address
    if not slash:
        return bits, number, number
    if not 0 < len(length) < 4 or not length.isascii() or not length.isdigit():
        return None
    prefix = int(length)
    if bits == 32 and ":" in base:
        if prefix < 96:  # of an IPv4 address in IPv6: a network of IPv6
            bits, number = 128, number | _MAPPED
        else:
            prefix -= 96
    if prefix > bits:
        return None
    size = 1 << bits - prefix
    first = number & ~(size - 1)
    return bits, first, first + size - 1


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges in order, those that touch made one."""
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in sorted(ranges):
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return Ranges(tuple(firsts), tuple(lasts))


def networks_of(run: RunContext, values: list[LuaValue]) -> Networks | str:
    """What a matcher keeps; the words of an error if an entry is neither address nor network."""
    found: dict[int, list[tuple[int, int]]] = {32: [], 128: []}
    depth = len(values).bit_length()
    for place, value in enumerate(values, 1):
        if value.__class__ is not str:
            return f"entry {place} is a {type_name(value)}, no address or network"
        run.charge(_ENTRY + depth + (_SIX if ":" in value[:LONGEST] else 0), _ENTRY_BYTES)
        network = network_of(value) if len(value) <= LONGEST else None
        if network is None:
            return f"entry {place} is no address or network: '{value[:_QUOTED]}'"
        bits, first, last = network
        found[bits].append((first, last))
    return {bits: merged(ranges) for bits, ranges in found.items()}


def canonical(address: Address) -> str:
    """The address as RFC 5952 writes it."""
    if address.bits == 128:
        return str(IPv6Address(address.number))
    return ".".join([str(address.number >> shift & 255) for shift in (24, 16, 8, 0)])


def read(run: RunContext, value: LuaValue, index: int) -> Address | None:
    """An argument as an address, paid for."""
    text = value if value.__class__ is str else check_string(value, index)
    if ":" in text[:LONGEST]:
        run.charge(_SIX)
    return address_of(text)


_NO_ADDRESS: Final = "not an IP address"
_NONE: Final = (None, _NO_ADDRESS)
_NOT_IN: Final = (FALSE, _NO_ADDRESS)


def parse_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def parse(d: int, text: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_PARSE, RESULTS + 2 * VALUE + 2 * STRING + LONGEST)
        address = read(run, text, 1)
        return _NONE if address is None else (canonical(address), 4.0 if address.bits == 32 else 6.0)

    return parse


def in_cidr_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def in_cidr(d: int, text: LuaValue = ABSENT, network: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_IN_CIDR, RESULTS + 2 * VALUE)
        address = read(run, text, 1)
        cidr = check_string(network, 2)
        if ":" in cidr[:LONGEST]:
            run.charge(_SIX)
        found = network_of(cidr) if len(cidr) <= LONGEST else None
        if found is None:
            raise argument_error(2, f"no address or network: '{cidr[:_QUOTED]}'")
        if address is None:
            return _NOT_IN
        bits, first, last = found
        return TRUE if address.bits == bits and first <= address.number <= last else FALSE

    return in_cidr


def matcher_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def matcher(d: int, entries: LuaValue = ABSENT, *_: LuaValue) -> Native:
        run.charge(_MATCHER, 4 * ENTRY)
        networks = networks_of(run, items_of(run, check_table(entries, 1)))
        if isinstance(networks, str):
            raise argument_error(1, networks)
        return Native("ip", "matcher", networks)

    return matcher


def new_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def new(d: int, entries: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        run.charge(_MATCHER, 4 * ENTRY)
        networks = networks_of(run, items_of(run, check_table(entries, 1)))
        return (None, networks) if isinstance(networks, str) else Native("ip", "matcher", networks)

    return new


def match_for(run: RunContext, fuel: int, alloc: int) -> Callable[..., Any]:
    def match(d: int, matcher: LuaValue = ABSENT, text: LuaValue = ABSENT, *_: LuaValue) -> LuaValue:
        if matcher.__class__ is not Native or matcher.module != "ip":
            raise argument_error(1, f"matcher expected, got {type_name(matcher)}")
        networks: Networks = matcher.data
        run.charge(_MATCH)
        address = read(run, text, 2)
        if address is None:
            return _NOT_IN
        ranges = networks[address.bits]
        run.charge(len(ranges.firsts).bit_length() * STEP)
        return TRUE if ranges.has(address.number) else FALSE

    return match


def library(run: RunContext, fuel: int, alloc: int) -> dict[str, Any]:
    """The functions of ``ip``; those with a colon are methods."""
    return {
        "matcher:match": match_for(run, fuel, alloc),
        "in_cidr": in_cidr_for(run, fuel, alloc),
        "matcher": matcher_for(run, fuel, alloc),
        "new": new_for(run, fuel, alloc),
        "parse": parse_for(run, fuel, alloc),
    }
