"""More of what lies: tokens of other keys and algorithms, links, bombs, and servers that never come to an end.

Each is refused with one sentence, and the old bundle stays in force. docs/security.md counts them.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import tarfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.bundles import fetching
from keystone_lua.bundles.contents import MANIFEST, SIGNATURE, BundleError
from keystone_lua.bundles.fetching import Fetcher, Source
from keystone_lua.bundles.signatures import Verifier, check, sign, verifiers
from keystone_lua.interpreter.modules.base64 import decoded_url, encoded_url
from keystone_lua.routing.bundle_status import status_file

from .support import FILES, SECRET, good, members, ok, parts, server, special, tape, zipped
from .test_bundles import KEYS, LIES, MANY, fetched, in_force, raw

PUBLIC = b"""-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
-----END PUBLIC KEY-----
"""
"""RFC 7515's example would do; this is jwt.io's. Nobody here has its private half."""


def token(header: dict[str, Any] | bytes, payload: dict[str, Any] | None = None, signature: bytes = b"") -> str:
    """A token of any header over the manifest of FILES."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    claims = {"manifest": claimed()} if payload is None else payload
    return ".".join(map(encoded_url, (text, json.dumps(claims).encode(), signature)))


def claimed() -> str:
    """The hash that a right token names."""
    data = decoded_url(parts()[1].split(".")[1])
    assert data is not None
    return str(json.loads(data)["manifest"])


def right() -> list[str]:
    """The three parts of the right token."""
    return parts()[1].split(".")


ES256 = {"alg": "ES256", "typ": "JWT"}
TOKENS: dict[str, tuple[Callable[[], str], list[Verifier], str]] = {
    "a public key's text as the secret": (lambda: sign(parts()[0], b"secret:" + PUBLIC), verifiers(PUBLIC), "none of the keys"),
    "the same without its last line": (lambda: sign(parts()[0], b"secret:" + PUBLIC.strip()), verifiers(PUBLIC), "none of the keys"),
    "an algorithm of elliptic curves for a secret": (lambda: token(ES256, None, b"x" * 64), KEYS, "none of the keys"),
    "of RSA for an elliptic curve": (lambda: token({"alg": "RS256"}, None, b"x" * 256), verifiers(PUBLIC), "none of the keys"),
    "a signature of nothing but zeros": (lambda: token(ES256, None, b"\0" * 64), verifiers(PUBLIC), "none of the keys"),
    "of the curve's order": (lambda: token(ES256, None, (0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551).to_bytes(32) * 2), verifiers(PUBLIC), "none of the keys"),
    "of ones": (lambda: token(ES256, None, (b"\0" * 31 + b"\1") * 2), verifiers(PUBLIC), "none of the keys"),
    "an empty signature": (lambda: token(ES256), verifiers(PUBLIC), "none of the keys"),
    "a long signature": (lambda: token(ES256, None, b"\1" * 4000), verifiers(PUBLIC), "none of the keys"),
    "alg None": (lambda: token({"alg": "None"}), KEYS, "no known algorithm"),
    "alg in small letters": (lambda: token({"alg": "hs256"}), KEYS, "no known algorithm"),
    "no alg": (lambda: token({"typ": "JWT"}), KEYS, "no known algorithm"),
    "alg twice": (lambda: token(b'{"alg":"none","alg":"HS256"}'), KEYS, "none of the keys|no JSON object"),
    "a key of its own": (lambda: token({**ES256, "jwk": {"kty": "oct", "k": "eA"}}, None, b"x" * 64), verifiers(PUBLIC), "none of the keys"),
    "a key elsewhere": (lambda: token({**ES256, "jku": "http://127.0.0.1:1/keys"}, None, b"x" * 64), verifiers(PUBLIC), "none of the keys"),
    "a name of another key": (lambda: sign(parts()[0], SECRET, "b"), [Verifier(KEYS[0].key, "a")], "none of the keys"),
    "a key for another algorithm": (lambda: parts()[1], [Verifier(KEYS[0].key, "", "HS512")], "none of the keys"),
    "an unencoded payload": (lambda: token({"alg": "HS256", "b64": False, "crit": ["b64"]}), KEYS, "critical headers"),
    "four parts": (lambda: f"{parts()[1]}.eA", KEYS, "no JWT"),
    "padding": (lambda: parts()[1] + "=", KEYS, "no JWT"),
    "spaces within": (lambda: parts()[1].replace(".", ". "), KEYS, "no JSON object|known algorithm"),
    "the signature of another": (lambda: ".".join([*right()[:2], sign(parts(3)[0], SECRET).split(".")[2]]), KEYS, "none of the keys"),
    "a payload that was changed": (lambda: ".".join([right()[0], encoded_url(b'{"manifest":"x"}'), right()[2]]), KEYS, "none of the keys"),
    "no claim": (lambda: signed({}), KEYS, "another manifest"),
    "a claim that is no text": (lambda: signed({"manifest": ["x"]}), KEYS, "another manifest"),
    "a claim in capitals": (lambda: signed({"manifest": claimed().upper()}), KEYS, "another manifest"),
}  # fmt: skip


def signed(payload: dict[str, Any]) -> str:
    """A token with another payload, signed with the right secret."""
    import hashlib
    import hmac

    text = ".".join(map(encoded_url, (b'{"alg":"HS256"}', json.dumps(payload).encode())))
    return f"{text}.{encoded_url(hmac.digest(SECRET.removeprefix(b'secret:'), text.encode(), hashlib.sha256))}"


@pytest.mark.parametrize("lie", TOKENS)
def test_a_token_that_is_not_right_signs_nothing(lie: str) -> None:
    make, keys, said = TOKENS[lie]
    with pytest.raises(BundleError, match=said) as caught:
        check(make(), parts()[0], keys)
    assert "\n" not in str(caught.value)
    check(parts()[1], parts()[0], KEYS)


def gzip_with(flags: int, extra: bytes, body: bytes) -> bytes:
    """A gzip with a head of one's own."""
    packed = zlib.compress(body, 6)[2:-4]
    trailer = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08" + bytes([flags]) + b"\0" * 6 + extra + packed + trailer


def through(link: str) -> bytes:
    """A link out of the folder, and a file through it."""
    made = [*members(), (special("lib", tarfile.SYMTYPE, link), b""), ("lib/x.lua", b"x = 1")]
    return tape(made)


BUNDLES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a link out, and a file through it": (lambda: through("/etc"), "plain file"),
    "a link up, and a file through it": (lambda: through("../.."), "plain file"),
    "a link to itself": (lambda: tape([*members(), (special("b.lua", tarfile.SYMTYPE, "b.lua"), b"")]), "plain file"),
    "a hard link out": (lambda: tape([*members(), (special("b.lua", tarfile.LNKTYPE, "/etc/passwd"), b"")]), "plain file"),
    "a sparse file": (lambda: tape([*members(), (special("b.lua", tarfile.GNUTYPE_SPARSE), b"")]), "plain file"),
    "a name with a zero": (lambda: tape([*members(), ("b\0.lua", b"")]), "not in the manifest"),
    "a bomb of a thousand": (lambda: zipped(b"\0" * (65 << 20)), "unpacks to more"),
    "a bomb in a bomb": (lambda: zipped(zipped(b"\0" * (200 << 20))), "no tar"),
    "a bomb of names": (lambda: tape([*members(), *((f"x{n}.lua", b"") for n in range(20_001))]), "more than|manifest"),
    "a bomb behind the tar's end": (lambda: zipped(zlib.decompress(good(2), 31) + b"\0" * (64 << 20)), "unpacks to more"),
    "a gzip with a long name": (lambda: gzip_with(8, b"n" * (1 << 20) + b"\0", b"x"), "no tar"),
    "a gzip with a long extra field": (lambda: gzip_with(4, b"\xff\xff" + b"x" * 65535, b"x"), "no tar"),
    "a gzip with a wrong sum": (lambda: good(2)[:-8] + b"\0\0\0\0" + good(2)[-4:], "no gzip"),
    "a gzip with a wrong length": (lambda: good(2)[:-4] + b"\0\0\0\1", "no gzip"),
    "zlib instead of gzip": (lambda: zlib.compress(zlib.decompress(good(2), 31)), "no gzip"),
    "a size of spaces": (lambda: raw(b"b.lua".ljust(124, b"\0") + b" " * 12 + b"\0" * 376), "no plain size"),
    "a member longer than the tar": (lambda: zipped(zlib.decompress(good(2), 31)[:1500]), "no tar|end as a tar|too soon"),
    "the manifest as a link": (lambda: tape([(special(MANIFEST, tarfile.SYMTYPE, "a.lua"), b""), *members()[1:]]), "plain file"),
    "the signature as a folder": (lambda: tape([members()[0], (special(SIGNATURE, tarfile.DIRTYPE), b""), *members()[2:]]), "plain file"),
    "a manifest of another bundle": (lambda: tape(members(**{MANIFEST: parts(3)[0]})), "another manifest"),
}  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first good bundle in it, for all."""
    folder = tmp_path_factory.mktemp("kept") / "scripts"
    with server() as told:
        told.answers = [ok(good(1), 'ETag: "one"')]
        assert fetched(told, folder).status.error == ""
    return folder


def refused(folder: Path, answer: Callable[[socket.socket], None], said: str) -> None:
    """One attempt comes to a sentence, and all is as it was."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    number = json.loads(status_file(folder).read_text())["number"]
    with server() as told:
        told.answers = [answer]
        status = Fetcher(Source(told.url, KEYS), folder).once()
    assert re.search(said, status.error), status.error
    assert "\n" not in status.error
    assert status.number == number
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["scripts", "scripts.bundle.json"]


@pytest.mark.parametrize("lie", BUNDLES)
def test_a_bundle_that_lies_is_refused_and_the_old_one_stays(lie: str, kept: Path) -> None:
    make, said = BUNDLES[lie]
    refused(kept, ok(make()), said)


def says(text: bytes, *, then: bytes = b"", times: int = 0, pause: float = 0.0) -> Callable[[socket.socket], None]:
    """An answer of these bytes, and others again and again."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(text)
        for _ in range(times):
            connection.sendall(then)
            time.sleep(pause)

    return answer


OK = b"HTTP/1.1 200 OK\r\n"
SERVERS: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "301 to itself": (ok(b"", "Location: /bundle.tgz?x=1", status="301 Moved"), "301 Moved"),
    "303 to itself": (ok(b"", "Location: /bundle.tgz?x=1", status="303 See Other"), "303 See Other"),
    "307 in a circle": (ok(good(2), "Location: /other", status="307 Temporary"), "307 Temporary"),
    "308 to a file": (ok(good(2), "Location: file:///etc/passwd", status="308 Permanent"), "308 Permanent"),
    "a refresh": (ok(b"", "Refresh: 0; url=/bundle.tgz", status="200 OK"), "too soon"),
    "206 of a whole": (ok(good(2), "Content-Range: bytes 0-9/10", status="206 Partial Content"), "206 Partial"),
    "204": (says(b"HTTP/1.1 204 Nothing\r\n\r\n"), "204 Nothing"),
    "a status of letters": (says(b"HTTP/1.1 OK OK\r\n\r\n"), "cannot be fetched"),
    "a status of four digits": (says(b"HTTP/1.1 2000 OK\r\n\r\n"), "cannot be fetched"),
    "another protocol": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "cannot be fetched"),
    "a length below nothing": (says(OK + b"Content-Length: -5\r\n\r\n" + good(2)[:50]), "too soon|ends after"),
    "a length of letters": (says(OK + b"Content-Length: many\r\n\r\n" + good(2)[:50]), "too soon"),
    "a length beyond all": (says(OK + b"Content-Length: 99999999999999999999\r\n\r\n" + good(2)), "ends after|cannot be fetched"),
    "two lengths": (says(OK + b"Content-Length: 10\r\nContent-Length: 4000\r\n\r\n" + good(2)), "too soon"),
    "zipped twice": (ok(zipped(good(2)), "Content-Encoding: gzip"), "no tar"),
    "chunks that are cut": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n100\r\nxx"), "cannot be fetched"),
    "chunks below nothing": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nxx"), "cannot be fetched"),
    "chunks of one byte": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n", then=b"1\r\nx\r\n", times=100, pause=0.02), "within|timed out"),
    "a chunk's line without an end": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 200_000), "cannot be fetched"),
    "trailers without an end": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", then=b"X: y\r\n", times=60, pause=0.02), "cannot be fetched|too soon"),
    "go on, without an end": (says(b"", then=b"HTTP/1.1 100 Continue\r\n\r\n", times=100, pause=0.02), "cannot be fetched"),
    "hints, and nothing": (says(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), "103 Early"),
    "a head of one byte at a time": (says(b"HTTP/1.1 200 OK\r\nX: ", then=b"x", times=100, pause=0.02), "cannot be fetched|too soon"),
    "a head that is folded": (says(OK + b"X: a\r\n" + b" b\r\n" * 9000 + b"\r\n"), "cannot be fetched|too soon"),
    "a page for a bundle": (ok(b"<html>sign in</html>", "Content-Type: text/html"), "no gzip"),
}  # fmt: skip


@pytest.mark.parametrize("lie", SERVERS)
def test_a_server_that_lies_is_left_and_the_old_bundle_stays(
    lie: str, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 0.3)
    answer, said = SERVERS[lie]
    begun = time.monotonic()
    refused(kept, answer, said)
    assert time.monotonic() - begun < 20


ETAGS = {
    "another bundle under the old name": ('"one"', good(1, "other"), "not newer"),
    "an older one under a new name": ('"two"', good(0, "older"), "not newer"),
    "a wrong one under a new name": ('"two"', good(2)[:-9], "too soon"),
}


@pytest.mark.parametrize("lie", ETAGS)
def test_a_name_of_a_bundle_proves_nothing(lie: str, kept: Path) -> None:
    etag, data, said = ETAGS[lie]
    refused(kept, ok(data, f"ETag: {etag}"), said)


@pytest.mark.parametrize(
    "etag", ["x" * 300, "é", "a\tb", '"a"\r\n X-Injected: yes', "a\x0bb"], ids=["long", "é", "tab", "folded", "control"]
)
def test_a_name_that_is_none_is_not_said_again(etag: str, tmp_path: Path) -> None:
    folder = tmp_path / "scripts"
    with server() as told:
        head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nETag: {etag}\r\n\r\n".encode("latin-1")
        told.answers = [says(head + good(1)), ok(good(2, "two"))]
        fetcher = Fetcher(Source(told.url, KEYS), folder)
        assert fetcher.once().error == ""
        assert fetcher.once().error == ""
        assert b"If-None-Match" not in told.asked[1]
        assert b"Injected" not in told.asked[1]
    assert in_force(folder) == 'return {name = "two"}\n'


def test_a_304_that_brings_a_bundle_changes_nothing(kept: Path) -> None:
    with server() as told:
        told.answers = [ok(good(9, "nine"), 'ETag: "nine"', status="304 Not Modified")]
        state = json.loads(status_file(kept).read_text())
        status_file(kept).write_text(json.dumps({**state, "url": told.url, "etag": '"one"'}))
        status = Fetcher(Source(told.url, KEYS), kept).once()
    assert (status.error, status.number, status.etag) == ("", 1, '"one"')
    assert in_force(kept) == FILES["lib/m.lua"].decode()


def test_the_documents_count_is_right() -> None:
    ways = len(MANY) + len(LIES) + len(TOKENS) + len(BUNDLES) + len(SERVERS) + len(ETAGS)
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text()
    assert f"{ways} ways" in text
