"""Kinds of settings' values: their texts, checked and read.

In: a value's text. Out: the value. Raises `ValueError` for another, with what stands behind the text in the message.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

from ...untrusted.outgoing import HEADER_LINE, is_http_url
from .config import Address, Network
from .values import Kind


def whole(minimum: int = 1, maximum: int = 1 << 62, metavar: str = "N") -> Kind:
    """A whole number within bounds."""
    bound = f"from {minimum}" + (f" to {maximum}" if maximum < 1 << 62 else "")

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,19}", text, re.ASCII) or not minimum <= int(text) <= maximum:
            raise ValueError(f"is no whole number {bound}")
        return int(text)

    return Kind(metavar, read, (int, str))


def seconds(minimum: float, maximum: float = 86400) -> Kind:
    """A number of seconds."""

    def read(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text, re.ASCII) or not minimum <= float(text) <= maximum:
            raise ValueError(f"is no number of seconds from {minimum:g} to {maximum:g}")
        return float(text)

    return Kind("SECONDS", read, (int, float, str))


def rate(maximum: int) -> Kind:
    """A number from 0 to ``maximum``."""

    def read(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?", text, re.ASCII) or float(text) > maximum:
            raise ValueError(f"is no number from 0 to {maximum}")
        return float(text)

    return Kind("N", read, (int, float, str))


def command(text: str) -> str:
    """A command as words that a shell would read so; "" for none."""
    shlex.split(text)  # raises ValueError
    return text


def percent(text: str) -> float:
    """A part of a hundred."""
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", text, re.ASCII) or float(text) > 100.0:
        raise ValueError("is no percentage from 0 to 100")
    return float(text)


def choice(names: tuple[str, ...], metavar: str) -> Kind:
    """One of ``names``."""

    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"is none of {', '.join(names)}")
        return text

    return Kind(metavar, read)


def switch(text: str) -> bool:
    """True or false."""
    if text not in _SWITCH:
        raise ValueError("is neither true nor false")
    return _SWITCH[text]


def path(text: str) -> Path:
    """A path."""
    if not text or "\0" in text:
        raise ValueError("is no path")
    return Path(text)


def token(text: str) -> str:
    """A bearer token (RFC 6750)."""
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", text, re.ASCII):
        raise ValueError("is no bearer token (letters, digits and -._~+/, RFC 6750)")
    return text


def tcp_address(text: str) -> Address:
    """Read ``:8081``, ``127.0.0.1:8081``, ``localhost:8081`` or ``[::1]:8081``. Raises `ValueError`."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+(?:%\w+)?)\]|([^:\[\]\s/]*)):([0-9]{1,5})", text, re.ASCII)
    if match is None or int(match[3]) > 65535:
        raise ValueError("is no address; use :8081, 127.0.0.1:8081 or [::1]:8081")
    return Address(match[1] or match[2] or "", int(match[3]))


def mode(text: str) -> int:
    """A file's mode, in octal."""
    if not re.fullmatch(r"0?[0-7]{3}", text, re.ASCII):
        raise ValueError("is no mode of a file; use 0660")
    return int(text, 8)


def group(text: str) -> str:
    """A group of the system."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}", text, re.ASCII):
        raise ValueError("is no name or number of a group")
    return text


def header_names(text: str) -> tuple[str, ...]:
    """Header names separated by commas, in lower case."""
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-z-]+", name, re.ASCII):
            raise ValueError(f"has {name!r}, which is no header name")
    return names


def one_name(text: str) -> str:
    """One header name, or none."""
    names = header_names(text)
    if len(names) > 1:
        raise ValueError("has more than one header name")
    return names[0] if names else ""


def networks(text: str) -> tuple[Network, ...]:
    made = []
    for name in filter(None, (item.strip() for item in text.split(","))):
        try:
            made.append(ip_network(name))
        except ValueError:
            raise ValueError(f"has {name!r}, which is no network such as 10.0.0.0/8") from None
    return tuple(made)


def any_names(text: str) -> tuple[str, ...]:
    """Names separated by commas, in lower case."""
    return tuple(name.strip().lower() for name in text.split(",") if name.strip())


def read_address(text: str) -> Address:
    """An address of TCP, of a Unix socket, or a socket that a service manager has opened."""
    if text.startswith("unix:") and "\0" not in text and len(text.encode()) <= _MAX_SOCKET_PATH + 5 and text[5:]:
        return Address("", 0, text[5:])
    if re.fullmatch(r"systemd:[A-Za-z0-9_.-]{1,64}", text, re.ASCII):
        return Address("", 0, passed=text.removeprefix("systemd:"))
    try:
        return tcp_address(text)
    except ValueError:
        raise ValueError("is no address; use :8081, 127.0.0.1:8081, [::1]:8081 or unix:/run/keystone.sock") from None


def http_url(text: str) -> str:
    """An address of HTTP."""
    if not is_http_url(text):
        raise ValueError("is no http:// or https:// address without a password")
    return text


def header_line(text: str) -> tuple[str, str]:
    """A header line that does not say how a message is to be read."""
    line = HEADER_LINE.fullmatch(text)
    if line is None or re.fullmatch(
        "host|connection|te|trailer|upgrade|expect|content-.*|transfer-.*", line[1].lower()
    ):
        raise ValueError("is no header line such as 'Authorization: Bearer …'")
    return line[1], line[2].strip()


def name(text: str) -> str:
    """What something is called."""
    if not re.fullmatch(r"[A-Za-z0-9_.:/-]{1,64}", text, re.ASCII):
        raise ValueError("is no name of 1 to 64 letters, digits and _.:/-")
    return text


def or_none(kind: Kind) -> Kind:
    """``kind``, or nothing at all for the empty text."""
    return replace(kind, read=lambda text: kind.read(text) if text else None)


_SWITCH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_MAX_SOCKET_PATH = 107  # sockaddr_un of Linux

ADDRESS = Kind("[HOST]:PORT", read_address)
FOLDER = Kind("FOLDER", path)
FILE = or_none(Kind("FILE", path))
COMMAND = Kind("COMMAND", command)
PERCENT = Kind("PERCENT", percent, (int, float, str))
SWITCH = Kind("true|false", switch, (bool, str))
