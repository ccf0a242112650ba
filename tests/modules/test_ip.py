"""ip: addresses of both kinds, networks at their borders, lists against Python's ipaddress."""

from __future__ import annotations

import random
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest

from keystone_lua.interpreter.modules import ip

from .support import lua

PARSED = {
    "1.2.3.4": "1.2.3.4 4",
    "255.255.255.255": "255.255.255.255 4",
    "::": ":: 6",
    "::1": "::1 6",
    "2001:DB8:0:0:1:0:0:1": "2001:db8::1:0:0:1 6",
    "::ffff:1.2.3.4": "1.2.3.4 4",
    "::FFFF:0102:0304": "1.2.3.4 4",
    "::1.2.3.4": "::102:304 6",
}
NO_ADDRESSES = [
    "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.-4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.\xb2",
    "1.2.3.4/8", ":", ":::", "1::2::3", "12345::", "::g", "fe80::1%eth0", "::1/128", "1:2:3:4:5:6:7:8:9", "0x1.2.3.4",
    "1.2.3.4\\0", "9" * 60, ":" * 60, "::1\\n",
]  # fmt: skip


@pytest.mark.parametrize("text", PARSED)
def test_parse(text: str) -> None:
    assert " ".join(lua(f"return require('ip').parse('{text}')")) == PARSED[text]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address(text: str) -> None:
    source = f"local ip = require 'ip' local m = ip.matcher{{'0.0.0.0/0', '::/0'}} local a = '{text}' "
    assert lua(source + "return ip.parse(a)") == ("nil", "not an IP address")
    assert lua(source + "return m:match(a)") == ("false", "not an IP address")
    assert lua(source + "return ip.in_cidr(a, '::/0')") == ("false", "not an IP address")


def test_six_is_what_ipaddress_reads() -> None:
    """Ours is faster; every text of groups, gaps and what is wrong with them is the same to both."""
    chance = random.Random(1)
    read = 0
    for _ in range(20_000):
        text = "".join(
            chance.choice(
                ["1", "abcd", ":", ":", "::", "0", "12345", "g", "F00", "_", "+1", " "][: chance.choice([5, 12])]
            )
            for _ in range(chance.randrange(1, 17))
        )
        try:
            expected = int(IPv6Address(text))
        except ValueError:
            expected = None
        assert ip.six(text) == expected, text
        read += expected is not None
    assert read > 500


NETWORKS = {
    ("10.0.0.0/8", "10.255.255.255"): True,
    ("10.0.0.0/8", "11.0.0.0"): False,
    ("10.0.0.0/8", "9.255.255.255"): False,
    ("10.1.2.3/8", "10.0.0.0"): True,
    ("1.2.3.4", "1.2.3.4"): True,
    ("1.2.3.4/32", "1.2.3.5"): False,
    ("0.0.0.0/0", "255.255.255.255"): True,
    ("0.0.0.0/0", "::"): False,
    ("::/0", "ffff::"): True,
    ("::/0", "1.2.3.4"): False,
    ("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"): True,
    ("2001:db8::/32", "2001:db9::"): False,
    ("10.0.0.0/8", "::ffff:10.1.2.3"): True,
    ("::ffff:10.0.0.0/104", "10.1.2.3"): True,
    ("::ffff:10.0.0.0/104", "11.1.2.3"): False,
    ("::ffff:1.2.3.4", "1.2.3.4"): True,
}


@pytest.mark.parametrize(("network", "address"), NETWORKS)
def test_networks(network: str, address: str) -> None:
    source = f"local ip = require 'ip' return ip.in_cidr('{address}', '{network}'), ip.matcher{{'{network}'}}:match('{address}')"
    assert lua(source) == (str(NETWORKS[network, address]).lower(),) * 2


BAD = [
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0.0/1e1",
    "10.0.0/8",
    "x",
    "::ffff:1.2.3.4/129",
]


@pytest.mark.parametrize("entry", BAD)
def test_bad_entries_are_named(entry: str) -> None:
    source = f"local ip, n = require 'ip', require 'resty.ipmatcher' local l = {{'1.2.3.4', '{entry}'}} "
    words = f"entry 2 is no address or network: '{entry}'"
    assert lua(source + "return pcall(function() ip.matcher(l) end)") == (
        "false",
        f"t:1: bad argument #1 to 'matcher' ({words})",
    )
    assert lua(source + "return n.new(l)") == ("nil", words)
    assert lua(source + "return select(2, pcall(ip.in_cidr, '::', l[2]))")[0].endswith(
        f"(no address or network: '{entry}')"
    )


def test_an_entry_of_another_type() -> None:
    assert lua("return require('resty.ipmatcher').new{'::', 5}") == (
        "nil",
        "entry 2 is a number, no address or network",
    )


def test_lists_against_ipaddress() -> None:
    chance = random.Random(4)
    fours = [IPv4Network((chance.getrandbits(32), chance.randrange(6, 33)), strict=False) for _ in range(400)]
    sixes = [IPv6Network((chance.getrandbits(128), chance.randrange(3, 129)), strict=False) for _ in range(100)]
    networks: list[IPv4Network | IPv6Network] = [*fours, *sixes]
    addresses: list[IPv4Address | IPv6Address] = [ip_address(chance.getrandbits(32)) for _ in range(200)]
    addresses += [IPv6Address(chance.getrandbits(128)) for _ in range(100)]
    for network in networks:
        addresses += [network[0], network[-1]]
        if int(network[-1]) + 1 < 1 << network.max_prefixlen:
            addresses.append(network[-1] + 1)
    addresses = [address for address in addresses if int(address) >> 32 != 0xFFFF or address.version == 4]
    entries = ", ".join(f"'{network}'" for network in networks)
    calls = ", ".join(f"'{address}'" for address in addresses)
    source = f"local m = require('ip').matcher{{{entries}}} local r = {{}} for i, a in ipairs{{{calls}}} do r[i] = m:match(a) and 1 or 0 end "
    found = lua(source + "return table.concat(r)")[0]
    assert found == "".join(str(int(any(address in network for network in networks))) for address in addresses)
    assert ip_network("10.0.0.0/8").version == 4


def test_an_object_is_a_userdata_that_nobody_changes() -> None:
    source = "local m = require('ip').matcher{} "
    assert lua(source + "return type(m), m:match('1.2.3.4'), m.other, #tostring(m)") == (
        "userdata",
        "false",
        "nil",
        "20",
    )
    for use in (
        "m.x = 1",
        "return m + 1",
        "return m .. 'x'",
        "return #m",
        "return m < m",
        "m()",
        "for k in pairs(m) do end",
        "rawset(m, 1, 1)",
        "setmetatable(m, {})",
    ):
        assert lua(source + f"return pcall(function() {use} end)")[0] == "false"
    assert lua(source + "return m == m, m ~= require('ip').matcher{}, ({[m] = 5})[m]") == ("true", "true", "5")
    assert lua(source + "return pcall(m.match, {}, 'x')") == (
        "false",
        "bad argument #1 to '?' (matcher expected, got table)",
    )
    ring = "local r = require('bucket').ring{'a'} return pcall(r.find, require('ip').matcher{}, 'x')"
    assert lua(ring) == ("false", "bad argument #1 to '?' (ring expected, got userdata)")
