"""``bundle``: scripts as one signed file: build, sign, verify, fetch."""

from __future__ import annotations

import argparse
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..bundles.contents import BundleError, manifest_of, packed, unpack
from ..bundles.signatures import Verifier, check, sign, verifiers
from ..routing.scripts import read_all
from ..untrusted.files import FileError, read_regular, reason
from .options import UsageError, at_least, need, read_file, seconds
from .output import complain, say
from .shipping import headers_in, http_url

if TYPE_CHECKING:
    from .options import Commands

RETRY_SECONDS = 1.0
LONGEST_RETRY = 60.0


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    bundle = commands.add_parser("bundle", help="scripts as one signed file: build, sign, verify, fetch")
    acts = bundle.add_subparsers(required=True, metavar="ACT")

    build = acts.add_parser("build", help="pack a scripts folder, but for its tests")
    build.add_argument("folder", type=Path, metavar="FOLDER")
    build.add_argument("--out", type=Path, required=True, metavar="FILE", help="the bundle to write")
    build.add_argument("--revision", required=True, metavar="TEXT", help="what people call it, such as a commit")
    build.add_argument(
        "--number", type=at_least(0), metavar="N", help="goes up with each bundle (default: the Unix time)"
    )
    build.add_argument("--key", metavar="FILE", help="sign it too: a private key in PEM, or a file of `secret:…`")
    build.add_argument("--kid", default="", metavar="NAME", help="the key's name")
    build.set_defaults(command=_build)

    signs = acts.add_parser("sign", help="sign a bundle, in place of a signature that it has")
    signs.add_argument("file", type=Path, metavar="FILE")
    signs.add_argument("--key", required=True, metavar="FILE", help="a private key in PEM, or a file of `secret:…`")
    signs.add_argument("--kid", default="", metavar="NAME", help="the key's name")
    signs.set_defaults(command=_sign)

    verify = acts.add_parser("verify", help="check a bundle as a whole, and its signature")
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--keys", metavar="FILE", help="who may have signed: a public PEM, JWKs, or `secret:…`")
    verify.set_defaults(command=_verify)

    fetch = acts.add_parser("fetch", help="keep a scripts folder as an address has it")
    fetch.add_argument("url", type=http_url, metavar="URL")
    fetch.add_argument("folder", type=Path, metavar="FOLDER", help="replaced as a whole by each bundle that is right")
    signed = fetch.add_mutually_exclusive_group(required=True)
    signed.add_argument("--keys", metavar="FILE", help="who must have signed: a public PEM, JWKs, or `secret:…`")
    signed.add_argument("--unsigned", action="store_true", help="take bundles that nobody has signed")
    fetch.add_argument("--headers", metavar="FILE", help="a file of header lines to send along, such as Authorization")
    fetch.add_argument("--ca", metavar="FILE", type=Path, help="certificates in PEM, in place of the system's")
    fetch.add_argument("--follow", metavar="SECONDS", type=seconds, help="go on, and ask every so often")
    fetch.add_argument("--wait", metavar="SECONDS", type=seconds, default=0.0, help="let the server wait for news")
    fetch.set_defaults(command=_fetch)


def _build(options: argparse.Namespace) -> int:
    number = options.number if options.number is not None else int(time.time())
    try:
        files, odd = read_all(options.folder, _is_script)
        for name, why in sorted(odd.items()):
            raise UsageError(f"{options.folder}/{name}: {why}")
        manifest = manifest_of(files, number, options.revision)
        token = sign(manifest, _private(options.key), options.kid) if options.key else ""
        data = packed(files, manifest, token)
    except OSError as error:
        raise UsageError(f"cannot read {options.folder}: {error.strerror}") from None
    except BundleError as error:
        raise UsageError(str(error)) from None
    _write(options.out, data)
    say(f"{options.out}: {len(files):,} files, {len(data):,} bytes, number {number}{', signed' if token else ''}")
    return 0


def _is_script(name: str) -> bool:
    return name.endswith(".lua") and not name.startswith("tests/")


def _sign(options: argparse.Namespace) -> int:
    try:
        found = unpack(_read(options.file))
        data = packed(found.files, found.manifest, sign(found.manifest, _private(options.key), options.kid))
    except BundleError as error:
        raise UsageError(f"{options.file}: {error}") from None
    _write(options.file, data)
    say(f"{options.file}: signed")
    return 0


def _verify(options: argparse.Namespace) -> int:
    keys = keys_in(options.keys)
    try:
        found = unpack(_read(options.file), lambda token, manifest: check(token, manifest, keys) if keys else "")
    except BundleError as error:
        complain(f"keystone-lua: {options.file}: {error}")
        return 1
    by = "unsigned" if not found.token else "signature not checked"
    if keys:
        by = f"signed by {found.key}" if found.key else "signed"
    say(f"{options.file}: {found.revision}, number {found.number}, {len(found.files):,} files, {by}")
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from ..bundles.fetching import Fetcher, Source
    from ..bundles.placing import lock_of
    from ..untrusted.outgoing import only_one

    source = Source(options.url, keys_in(options.keys), headers_in(options.headers), options.ca, options.wait)
    stop = threading.Event()
    if options.follow:
        signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    try:
        with only_one(lock_of(options.folder), "keeps this folder"):
            fetcher = Fetcher(source, options.folder)
            while True:
                before = fetcher.status.number
                status = fetcher.once()
                if status.error:
                    complain(f"keystone-lua: not taken: {status.error}")
                elif status.number != before:
                    say(f"{status.revision}: number {status.number} is in {options.folder}")
                if not options.follow:
                    return 1 if status.error else 0
                retry = min(LONGEST_RETRY, RETRY_SECONDS * 2 ** min(status.failures, 10))
                if stop.wait(max(options.follow, retry) if status.error else options.follow):
                    return 0
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None


def keys_in(file: str | None) -> list[Verifier]:
    """The keys in a file; none without one. Raises `UsageError`."""
    if file is None:
        return []
    try:
        return verifiers(read_file(file))
    except BundleError as error:
        raise UsageError(f"{file}: {error}") from None


def _private(file: str) -> bytes:
    data = read_file(file)
    if not data.startswith(b"secret:"):
        need("bundle sign", "sign", "cryptography")
    return data


def _read(file: Path) -> bytes:
    try:
        return read_regular(file)
    except (OSError, FileError) as error:
        raise UsageError(f"cannot read {file}: {reason(error)}") from None


def _write(file: Path, data: bytes) -> None:
    draft = file.with_name(f"{file.name}.new")
    try:
        draft.write_bytes(data)
        draft.rename(file)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None
