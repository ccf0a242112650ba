"""``ship``: the closed segments of a decision log, compressed and sent to a place that keeps them."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..audit.shipping import NotShipped, Receiver, Shipped, lock_of, ship
from ..untrusted.outgoing import HEADER_LINE, is_http_url, only_one
from .options import UsageError, at_least, need, read_file, seconds
from .output import complain, say, say_json

if TYPE_CHECKING:
    from .options import Commands

FIRST_DELAY = 1.0
"""Seconds before a second attempt, doubled each time, less up to a half by chance."""
LONGEST_DELAY = 300.0

MAX_HEADERS = 64


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    sends = commands.add_parser("ship", help="send a decision log's closed segments elsewhere, compressed")
    sends.add_argument("log", metavar="LOG", type=Path, help="a decision log; those of its other processes go with it")
    sends.add_argument("url", metavar="URL", type=http_url, help="where to: the files' names are added to it")
    sends.add_argument("--method", choices=("PUT", "POST"), default="PUT", help="how (default PUT)")
    sends.add_argument(
        "--compress", choices=("gzip", "zstd"), default="gzip", help="into what (default gzip; zstd takes a package)"
    )
    sends.add_argument("--headers", metavar="FILE", help="a file of header lines to send along, such as Authorization")
    sends.add_argument("--ca", metavar="FILE", type=Path, help="certificates in PEM, in place of the system's")
    sends.add_argument(
        "--keep", metavar="N", type=at_least(1), help="remove what has arrived, but for the last N (default: keep all)"
    )
    sends.add_argument(
        "--follow", metavar="SECONDS", type=seconds, help="go on, and look for closed segments every so often"
    )
    sends.add_argument("--json", action="store_true", help="one JSON object a segment")
    sends.set_defaults(command=_ship)


def http_url(text: str) -> str:
    """An argparse type: an address of HTTP without a password in it."""
    if not is_http_url(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no http:// or https:// address")
    return text


def headers_in(file: str | None) -> dict[str, str]:
    """The header lines in a file. Raises `UsageError`."""
    if file is None:
        return {}
    lines = [line for line in read_file(file).decode("latin-1").splitlines() if line.strip()]
    found = [HEADER_LINE.fullmatch(line) for line in lines]
    if None in found or len(found) > MAX_HEADERS:
        raise UsageError(f"{file}: has something else than up to {MAX_HEADERS} header lines")
    return {match[1]: match[2].strip() for match in found if match is not None}


def _ship(options: argparse.Namespace) -> int:
    suffix = {"gzip": ".gz", "zstd": ".zst"}[options.compress]
    if options.compress == "zstd" and sys.version_info < (3, 14):
        need("ship --compress zstd", "zstd", "backports.zstd")
    receiver = Receiver(options.url, options.method, headers_in(options.headers), options.ca, suffix)
    stop = threading.Event()
    if options.follow:
        signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    delay = 0.0
    try:
        with only_one(lock_of(options.log), "ships this log"):
            while True:
                wait = options.follow
                try:
                    for shipped in ship(options.log, receiver, options.keep, lambda: not stop.is_set()):
                        _tell(shipped, options.json)
                        delay = 0.0
                except NotShipped as error:
                    complain(f"keystone-lua: not shipped: {error}")
                    if not options.follow:
                        return 1
                    delay = min(LONGEST_DELAY, delay * 2 or FIRST_DELAY)
                    wait = max(error.retry_after, delay * random.uniform(0.5, 1.0))  # no secret
                if not options.follow or stop.wait(wait):
                    return 0
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None


def _tell(shipped: Shipped, as_json: bool) -> None:
    facts: dict[str, Any] = {"name": shipped.name, "records": shipped.records, "bytes": shipped.size}
    if as_json:
        say_json(facts)
    else:
        say(f"{shipped.name}: {shipped.records:,} records, {shipped.size:,} bytes")
