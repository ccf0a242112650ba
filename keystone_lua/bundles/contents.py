"""What is in a bundle: a manifest, perhaps its signature, and the files of a scripts folder.

In: files by name. Out: a gzip'd tar (POSIX ustar), the same bytes for the same files; and back, every file checked
against the manifest. The tar's first member is ``manifest.json``:

    {"files":{"canary.lua":{"bytes":812,"sha256":"..."}, ...},"format":1,"number":7,"revision":"..."}

in canonical JSON: sorted, compact, ASCII. ``number`` goes up with each bundle, so that an old one is not put in force
again by who can only repeat it. A second member, ``signature.jwt``, signs the manifest (see signatures).

Refuses a bundle as a whole, with `BundleError`, which names the member: whatever is not as said here, does not end
where it should, or is beyond a limit. Nothing is written anywhere, and no more than the limits is held.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..untrusted.documents import misshapen
from ..untrusted.text import printable

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature.jwt"

MAX_PACKED: Final = 16 << 20
"""Bytes of a bundle: five thousand tenants' scripts take 2 MB."""
MAX_UNPACKED: Final = 64 << 20
MAX_FILES: Final = 20_000
MAX_NAME: Final = 200
"""Characters of a file's name."""
MAX_MANIFEST: Final = 4 << 20
MAX_NESTING: Final = 8
"""Objects within each other; the format needs 3."""
MAX_TOKEN: Final = 8192
MAX_REVISION: Final = 128
MAX_NUMBER: Final = 1 << 53

_PART: Final = r"[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*"
_NAME: Final = re.compile(rf"(?:{_PART}/)*{_PART}\.lua", re.ASCII)
_BLOCK: Final = 512
"""Bytes of a tar's header, which its other parts are multiples of."""
_SIZE: Final = re.compile(rb"([0-7]{1,11})[ \0]+")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_REVISION: Final = re.compile(rf"[ -~]{{1,{MAX_REVISION}}}")


class BundleError(Exception):
    """A bundle that is not used. The text is one line."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose files are those of its manifest."""

    number: int
    revision: str
    files: Mapping[str, bytes]
    manifest: bytes
    """As it was written: what a signature is over."""
    token: str
    """The signature; "" if there is none."""
    key: str
    """The name of the key that has signed it; "" for a key without one, or where nobody has looked."""


def manifest_of(files: Mapping[str, bytes], number: int, revision: str) -> bytes:
    """The manifest of ``files``. Raises `BundleError` for what no bundle can hold."""
    listed = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    manifest = _canonical({"files": listed, "format": FORMAT, "number": number, "revision": revision})
    _read_manifest(manifest)
    return manifest


def packed(files: Mapping[str, bytes], manifest: bytes, token: str = "") -> bytes:
    """The bundle of ``files``, whose manifest is ``manifest``."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        members = {MANIFEST: manifest, **({SIGNATURE: token.encode("ascii")} if token else {})}
        for name, data in [*members.items(), *sorted(files.items())]:
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            try:
                tar.addfile(member, io.BytesIO(data))
            except ValueError:
                raise BundleError(f"{name}: is too long a name for a tar") from None
    machine = zlib.compressobj(9, zlib.DEFLATED, 31)
    return machine.compress(made.getvalue()) + machine.flush()


Signed = Callable[[str, bytes], str]
"""Checks the token of a manifest, and answers the name of the key. Raises `BundleError`."""


def unpack(data: bytes, signed: Signed = lambda _token, _manifest: "") -> Bundle:
    """Read a bundle and check all of it. Raises `BundleError`.

    ``signed`` is asked before anything that the manifest says is looked at.
    """
    members = _members(_unpacked(data))
    names = list(members)
    if not names or names[0] != MANIFEST:
        raise BundleError(f"the first member is not {MANIFEST}")
    manifest = members.pop(MANIFEST)
    token = _token(members.pop(SIGNATURE)) if names[1:2] == [SIGNATURE] else ""
    key = signed(token, manifest)
    number, revision, listed = _read_manifest(manifest)
    for name, content in members.items():
        if name not in listed:
            raise BundleError(f"{printable(name)}: is not in the manifest")
        size, digest = listed[name]
        if len(content) != size:
            raise BundleError(f"{name}: has {len(content)} bytes, and {size} in the manifest")
        if hashlib.sha256(content).hexdigest() != digest:
            raise BundleError(f"{name}: has another hash than in the manifest")
    for name in listed:
        if name not in members:
            raise BundleError(f"{name}: is in the manifest and not in the bundle")
    return Bundle(number, revision, members, manifest, token, key)


def _unpacked(data: bytes) -> bytes:
    if len(data) > MAX_PACKED:
        raise BundleError(f"the bundle has more than {MAX_PACKED} bytes")
    machine = zlib.decompressobj(31)
    try:
        made = machine.decompress(data, MAX_UNPACKED + 1)
    except zlib.error as error:
        raise BundleError(f"the bundle is no gzip: {error}") from None
    if len(made) > MAX_UNPACKED:
        raise BundleError(f"the bundle unpacks to more than {MAX_UNPACKED} bytes")
    if not machine.eof:
        raise BundleError("the bundle ends too soon")
    if machine.unused_data:
        raise BundleError("something follows the bundle")
    return made


def _members(tape: bytes) -> dict[str, bytes]:
    """The tar's members in order: plain files alone, each named once."""
    _check_headers(tape)
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(tape), mode="r:", encoding="utf-8", errors="strict") as tar:
            for member in tar:
                name = member.name
                if not member.isreg() or member.issparse():
                    raise BundleError(f"{printable(name)}: is no plain file")
                if name in found:
                    raise BundleError(f"{printable(name)}: is there twice")
                if len(found) >= MAX_FILES + 2:
                    raise BundleError(f"the bundle has more than {MAX_FILES} files")
                content = tar.extractfile(member)
                found[name] = content.read() if content is not None else b""
                if len(found[name]) != member.size:
                    raise BundleError(f"{printable(name)}: ends too soon")
            end = tar.offset
    except (tarfile.TarError, UnicodeError, ValueError, OSError, EOFError) as error:
        raise BundleError(f"the bundle is no tar: {error}") from None
    if tape[end:].strip(b"\0") or len(tape) - end < 512:
        raise BundleError("the bundle does not end as a tar does")
    return found


def _check_headers(tape: bytes) -> None:
    """Refuse all but plain files of a plain size, before ``tarfile`` follows what other kinds of headers say.

    Their numbers, lists and chains make it recurse, take memory without bound, or go on for minutes.
    """
    place, count = 0, 0
    while len(head := tape[place : place + _BLOCK]) == _BLOCK and head.strip(b"\0"):
        name = printable(head[:100].rstrip(b"\0").decode("ascii", "replace"))
        if not (size := _SIZE.fullmatch(head[124:136])):
            raise BundleError(f"the bundle is no tar: {name}: has no plain size")
        if head[156:157] not in (tarfile.REGTYPE, tarfile.AREGTYPE):
            raise BundleError(f"{name}: is no plain file")
        count += 1
        if count > MAX_FILES + 2:
            raise BundleError(f"the bundle has more than {MAX_FILES} files")
        place += _BLOCK + -(-int(size[1], 8) // _BLOCK) * _BLOCK


def _token(data: bytes) -> str:
    if len(data) > MAX_TOKEN or not data.isascii():
        raise BundleError(f"{SIGNATURE}: is no token")
    return data.decode("ascii").strip()


def _read_manifest(data: bytes) -> tuple[int, str, dict[str, tuple[int, str]]]:
    """Number, revision, and of each file its size and hash."""

    def wrong(what: str) -> BundleError:
        return BundleError(f"{MANIFEST}: {what}")

    if len(data) > MAX_MANIFEST:
        raise wrong(f"has more than {MAX_MANIFEST} bytes")
    if problem := misshapen(data, MAX_NESTING, 4 * MAX_FILES):
        raise wrong(problem)
    try:
        value = json.loads(data.decode("ascii"))
        canonical = _canonical(value) == data
    except (ValueError, RecursionError):
        raise wrong("is no JSON in ASCII") from None
    if not canonical:
        raise wrong("is not in canonical form: sorted, compact, each name once")
    if not isinstance(value, dict) or value.keys() != {"files", "format", "number", "revision"}:
        raise wrong("has other fields than files, format, number, revision")
    if value["format"] != FORMAT:
        raise wrong(f"has a format other than {FORMAT}")
    number, revision, files = value["number"], value["revision"], value["files"]
    if number.__class__ is not int or not 0 <= number < MAX_NUMBER:
        raise wrong("number: is no whole number")
    if not isinstance(revision, str) or not _REVISION.fullmatch(revision):
        raise wrong(f"revision: is no text of 1 to {MAX_REVISION} printable characters")
    if not isinstance(files, dict) or not 0 < len(files) <= MAX_FILES:
        raise wrong(f"files: are not 1 to {MAX_FILES}")
    return number, revision, {name: _listed(name, entry) for name, entry in files.items()}


def _listed(name: str, entry: Any) -> tuple[int, str]:
    shown = printable(name[:MAX_NAME])
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise BundleError(f"{shown}: is no name of a script: letters, digits and _.@+- between slashes, ending in .lua")
    if not isinstance(entry, dict) or entry.keys() != {"bytes", "sha256"}:
        raise BundleError(f"{MANIFEST}: {shown}: has other fields than bytes, sha256")
    size, digest = entry["bytes"], entry["sha256"]
    if size.__class__ is not int or not 0 <= size <= MAX_UNPACKED:
        raise BundleError(f"{MANIFEST}: {shown}: bytes: is no size")
    if not isinstance(digest, str) or not _HASH.fullmatch(digest):
        raise BundleError(f"{MANIFEST}: {shown}: sha256: is none")
    return size, digest


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
