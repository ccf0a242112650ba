"""Bundles: what is built is read back, and each of many ways to be wrong is refused with a sentence."""

from __future__ import annotations

import json
import re
import socket
import tarfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.bundles import contents, fetching
from keystone_lua.bundles.contents import MANIFEST, SIGNATURE, BundleError, manifest_of, packed, unpack
from keystone_lua.bundles.fetching import Fetcher, Source
from keystone_lua.bundles.placing import put_in_place
from keystone_lua.bundles.signatures import sign, verifiers
from keystone_lua.interpreter.modules.base64 import encoded_url
from keystone_lua.routing.bundle_status import Status, read_status, status_file
from tests.server.support import run

from .support import FILES, SECRET, Server, altered, good, members, ok, parts, server, special, tape, zipped

KEYS = verifiers(SECRET)


def token(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"x") -> bytes:
    pieces = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(map(encoded_url, pieces)).encode()


def set_in(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        for name in path[:-1]:
            manifest = manifest[name]
        manifest[path[-1]] = value

    return change


def renamed(name: str) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        manifest["files"][name] = manifest["files"].pop("a.lua")

    return change


def with_header(pax: dict[str, str]) -> tarfile.TarInfo:
    member = tarfile.TarInfo("a.lua")
    member.pax_headers = pax
    return member


def headed(name: str, data: bytes, kind: bytes) -> bytes:
    """A member of any kind, as it stands in a tar."""
    member = special(name, kind)
    member.size = len(data)
    return member.tobuf(tarfile.USTAR_FORMAT) + data + b"\0" * (-len(data) % 512)


def sized(size: bytes) -> bytes:
    """The header of ``a.lua`` with another size."""
    head = bytearray(headed("a.lua", b"", tarfile.REGTYPE))
    head[124:136], head[148:156] = size, b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def with_manifest(manifest: bytes) -> bytes:
    """A bundle with any manifest, signed all the same."""
    return tape(members(**{MANIFEST: manifest, SIGNATURE: sign(manifest, SECRET).encode()}))


def raw(more: bytes) -> bytes:
    """A bundle with ``more`` behind its manifest."""
    tar = zlib.decompress(good(2), 31)
    end = 512 + -(-len(parts()[0]) // 512) * 512
    return zipped(tar[:end] + more + tar[end:])


MANY: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "ends too soon"),
    "a page": (lambda: b"<html>not here</html>", "no gzip"),
    "cut gzip": (lambda: good(2)[:-10], "ends too soon"),
    "more behind": (lambda: good(2) + b"more", "something follows"),
    "two in one": (lambda: good(2) + good(2), "something follows"),
    "damaged": (lambda: good(2)[:40] + b"\0\0\0\0" + good(2)[44:], "no gzip"),
    "a bomb": (lambda: zipped(b"\0" * (80 << 20)), "unpacks to more"),
    "no tar": (lambda: zipped(b"x" * 2000), "no tar"),
    "cut tar": (lambda: zipped(zlib.decompress(good(2), 31)[:2000]), "no tar|end as a tar"),
    "no end": (lambda: zipped(zlib.decompress(tape(members()), 31).rstrip(b"\0") + b"\0" * 100), "no tar|end as a tar"),
    "hidden behind": (lambda: zipped(zlib.decompress(good(2), 31) + b"x" * 512), "end as a tar"),
    "no manifest": (lambda: tape(members(**{MANIFEST: None})), "first member"),
    "manifest late": (lambda: tape(members()[::-1]), "first member"),
    "manifest no JSON": (lambda: with_manifest(b"{"), "no JSON"),
    "manifest a list": (lambda: with_manifest(b"[]"), "other fields"),
    "manifest deep": (lambda: with_manifest(b"[" * 50_000), "nested deeper"),
    "a name twice": (lambda: with_manifest(b'{"format":1,' + parts()[0][1:]), "canonical"),
    "spaces": (lambda: with_manifest(parts()[0] + b" "), "canonical"),
    "another format": (lambda: altered(set_in("format", value=2)), "format other than"),
    "more fields": (lambda: altered(set_in("more", value=1)), "other fields"),
    "number true": (lambda: altered(set_in("number", value=True)), "number: "),
    "number negative": (lambda: altered(set_in("number", value=-1)), "number: "),
    "revision of lines": (lambda: altered(set_in("revision", value="a\nb")), "revision: "),
    "no files": (lambda: altered(set_in("files", value={})), "files: "),
    "no hash": (lambda: altered(set_in("files", "a.lua", "sha256", value="0")), "sha256"),
    "another hash": (lambda: altered(set_in("files", "a.lua", "sha256", value="0" * 64)), "another hash"),
    "another size": (lambda: altered(set_in("files", "a.lua", "bytes", value=3)), "in the manifest"),
    "size text": (lambda: altered(set_in("files", "a.lua", "bytes", value="3")), "bytes: "),
    "changed file": (lambda: tape(members(**{"a.lua": FILES["a.lua"].replace(b"m", b"n")})), "another hash"),
    "missing file": (lambda: tape(members(**{"lib/m.lua": None})), "not in the bundle"),
    "unlisted file": (lambda: tape([*members(), ("b.lua", b"")]), "not in the manifest"),
    "file twice": (lambda: tape([*members(), ("a.lua", FILES["a.lua"])]), "there twice"),
    "signature twice": (lambda: tape([*members(), (SIGNATURE, b"x")]), "there twice"),
    "up": (lambda: altered(renamed("../a.lua")), "no name of a script"),
    "absolute": (lambda: altered(renamed("/etc/a.lua")), "no name of a script"),
    "up within": (lambda: altered(renamed("lib/../../a.lua")), "no name of a script"),
    "backslash": (lambda: altered(renamed("lib\\a.lua")), "no name of a script"),
    "hidden": (lambda: altered(renamed(".a.lua")), "no name of a script"),
    "no script": (lambda: altered(renamed("run.sh")), "no name of a script"),
    "control": (lambda: altered(renamed("a\x1b.lua")), "no name of a script"),
    "not ASCII": (lambda: altered(renamed("é.lua")), "no name of a script"),
    "a newline at the end": (lambda: altered(renamed("a.lua\n")), "no name of a script"),
    "long name": (lambda: altered(renamed("a" * 300 + ".lua")), "no name of a script"),
    "up in the tar alone": (lambda: tape([*members(), ("../../b.lua", b"")]), "not in the manifest"),
    "link": (lambda: tape([*members(**{"a.lua": None}), (special("a.lua", tarfile.SYMTYPE, "/etc/passwd"), b"")]), "plain file"),
    "hard link": (lambda: tape([*members(**{"a.lua": None}), (special("a.lua", tarfile.LNKTYPE, "lib/m.lua"), b"")]), "plain file"),
    "pipe": (lambda: tape([*members(), (special("b.lua", tarfile.FIFOTYPE), b"")]), "plain file"),
    "device": (lambda: tape([*members(), (special("b.lua", tarfile.CHRTYPE), b"")]), "plain file"),
    "folder": (lambda: tape([*members(), (special("lib", tarfile.DIRTYPE), b"")]), "plain file"),
    "extended name": (lambda: tape([*members(**{"a.lua": None}), (with_header({"path": "../a.lua"}), FILES["a.lua"])]), "plain file"),
    "headers upon headers": (lambda: raw(headed("x", b"n\0", tarfile.GNUTYPE_LONGNAME) * 2000), "plain file"),
    "extended headers upon them": (lambda: raw(headed("x", b"7 a=b\n", tarfile.XHDTYPE) * 2000), "plain file"),
    "extended header of digits": (lambda: raw(headed("x", b"0" * (1 << 20), tarfile.XHDTYPE)), "plain file"),
    "size beyond numbers": (lambda: raw(sized(b"\x80" + b"\x7f" * 11)), "no plain size"),
    "size below nothing": (lambda: raw(sized(b"\xff" * 11 + b"\0")), "no plain size"),
    "unsigned": (lambda: tape(members(**{SIGNATURE: None})), "not signed"),
    "no token": (lambda: tape(members(**{SIGNATURE: b"x.y"})), "no JWT"),
    "long token": (lambda: tape(members(**{SIGNATURE: b"x" * 9000})), "no token"),
    "token of bytes": (lambda: tape(members(**{SIGNATURE: b"\xff"})), "no token"),
    "header no object": (lambda: tape(members(**{SIGNATURE: b"MQ.e30.eA"})), "no JSON object"),
    "alg none": (lambda: tape(members(**{SIGNATURE: token({"alg": "none"}, {}, b"")})), "no known algorithm"),
    "alg a list": (lambda: tape(members(**{SIGNATURE: token({"alg": ["HS256"]}, {})})), "no known algorithm"),
    "critical": (lambda: tape(members(**{SIGNATURE: token({"alg": "HS256", "crit": ["x"]}, {})})), "critical"),
    "another key": (lambda: good(2, key=b"secret:" + b"t" * 40), "none of the keys"),
    "another alg": (lambda: tape(members(**{SIGNATURE: token({"alg": "ES256"}, {})})), "none of the keys"),
    "another manifest": (lambda: tape(members(2, **{SIGNATURE: parts(3)[1].encode()})), "another manifest"),
    "an older one": (lambda: good(0), "not newer"),
    "the same number": (lambda: good(1, "other"), "not newer"),
    "does not compile": (lambda: broken(b"x ="), "does not load: a.lua:1: "),
    "no entry point": (lambda: broken(b"local x = 1\n"), "on_route_request is not defined"),
    "not UTF-8": (lambda: broken(b"-- \xff\n"), "is not UTF-8"),
}  # fmt: skip


def broken(source: bytes) -> bytes:
    files = {**FILES, "a.lua": source}
    manifest = manifest_of(files, 2, "r2")
    return packed(files, manifest, sign(manifest, SECRET))


def in_force(folder: Path) -> str:
    return (folder / "lib" / "m.lua").read_text()


def fetched(told: Server, folder: Path, **more: Any) -> Fetcher:
    """One attempt."""
    fetcher = Fetcher(Source(told.url, KEYS, **more), folder)
    fetcher.once()
    return fetcher


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the first good bundle in it."""
    with server() as told:
        told.answers = [ok(good(1), 'ETag: "one"')]
        assert fetched(told, tmp_path / "scripts").status.error == ""
    return tmp_path / "scripts"


@pytest.mark.parametrize("wrong", MANY)
def test_a_wrong_bundle_is_refused_whole_and_the_old_one_stays(wrong: str, folder: Path) -> None:
    make, said = MANY[wrong]
    before = sorted(path.name for path in folder.parent.iterdir())
    with server() as told:
        told.answers = [ok(make())]
        fetcher = Fetcher(Source(told.url, KEYS), folder)
        status = fetcher.once()
    assert status.failures == 1
    assert re.search(said, status.error), status.error
    assert "\n" not in status.error
    assert (status.number, status.revision) == (1, "r1")
    assert in_force(folder) == 'return {name = "one"}\n'
    assert sorted(path.name for path in folder.parent.iterdir()) == before
    assert read_status(folder) == status


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def stalls(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")
    time.sleep(1)


def drips(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.02)


def drips_its_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(600):
        connection.sendall(b"X-%d: x\r\n" % number)
        time.sleep(0.05)


def says_nothing(connection: socket.socket) -> None:
    time.sleep(1)


def chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n" + b"x" * 100)


LIES: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "not found": (ok(b"no", status="404 Not Found"), "404 Not Found"),
    "broken": (ok(b"no", status="500 Oh no"), "500 Oh no"),
    "elsewhere": (ok(b"", "Location: http://127.0.0.1:1/", status="302 Found"), "302 Found"),
    "to itself": (ok(b"", "Location: /bundle.tgz", status="301 Moved"), "301 Moved"),
    "cut": (ok(good(2)[:100], length=5000), "ends after|IncompleteRead|fetched"),
    "too long": (ok(b"x" * 100, length=10), "gzip|soon"),
    "no HTTP": (lambda connection: connection.sendall(b"hello\r\n\r\n"), "cannot be fetched"),
    "hangs up": (lambda connection: connection.close(), "cannot be fetched"),
    "says nothing": (says_nothing, "cannot be fetched"),
    "stalls": (stalls, "cannot be fetched"),
    "drips its head": (drips_its_head, "cannot be fetched|too soon"),
    "drips": (drips, "did not arrive within|timed out"),
    "endless": (endless, "more than"),
    "chunks": (chunks, "cannot be fetched"),
    "long head": (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"), "cannot be fetched"),
    "many lines": (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 9000 + b"\r\n"), "cannot be fetched"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_server_is_refused_and_the_old_bundle_stays(
    lie: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 0.5)
    monkeypatch.setattr(fetching, "MAX_PACKED", 1 << 20)
    answer, said = LIES[lie]
    with server() as told:
        told.answers = [answer]
        status = fetched(told, folder).status
    assert re.search(said, status.error), status.error
    assert (status.number, status.failures) == (1, 1)
    assert in_force(folder) == 'return {name = "one"}\n'


def test_a_server_that_says_304_to_who_has_nothing(tmp_path: Path) -> None:
    with server() as told:
        told.answers = [ok(b"", status="304 Not Modified")]
        status = fetched(told, tmp_path / "scripts").status
    assert "304" in status.error
    assert not (tmp_path / "scripts").exists()


def test_what_is_in_force_is_not_sent_again(folder: Path) -> None:
    with server() as told:
        told.answers = [ok(b"", status="304 Not Modified")]
        url = told.url
        state = json.loads(status_file(folder).read_text())
        status_file(folder).write_text(json.dumps({**state, "url": url}))
        status = fetched(told, folder, wait=5.0, headers={"Authorization": "Bearer hush"}).status
        (asked,) = told.asked
    assert (status.error, status.number, status.failures) == ("", 1, 0)
    head = asked.decode()
    assert head.startswith("GET /bundle.tgz?x=1 HTTP/1.1\r\n")
    for line in ('If-None-Match: "one"', "Prefer: wait=5", "Authorization: Bearer hush"):
        assert f"\r\n{line}\r\n" in head


def test_a_newer_bundle_takes_the_place_of_the_old_one_as_a_whole(folder: Path) -> None:
    (folder / "mine.lua").write_text("an operator's own file")
    with server() as told:
        told.answers = [ok(good(5, "five"), 'ETag: "five"')]
        status = fetched(told, folder).status
    assert (status.number, status.revision, status.etag, status.error) == (5, "r5", '"five"', "")
    assert in_force(folder) == 'return {name = "five"}\n'
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.lua")) == sorted(FILES)


def test_a_folder_that_is_a_link_is_left_alone(folder: Path) -> None:
    (folder / "old.lua").write_text("-- an operator's own")
    real = folder.rename(folder.with_name("real"))
    folder.symlink_to(real)
    before = {path: path.read_bytes() for path in real.rglob("*.lua")}
    for number in (2, 3):
        with server() as told:
            told.answers = [ok(good(number, f"n{number}"))]
            assert "is a link" in fetched(told, folder).status.error
    assert folder.is_symlink()
    assert {path: path.read_bytes() for path in real.rglob("*.lua")} == before


def test_a_folder_that_is_gone_is_fetched_again(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)
    with server() as told:
        told.answers = [ok(good(1))]
        assert fetched(told, folder).status.error == ""
        assert b"If-None-Match" not in told.asked[0]
    assert in_force(folder) == 'return {name = "one"}\n'


@pytest.mark.parametrize(
    "text", [b"", b"{}", b'{"keys": []}', b'{"kty": "EC"}', b'{"kty": "EC", "d": "x"}', b"secret:short", b"\xff", b"[]"]
)
def test_what_is_no_key(text: bytes) -> None:
    with pytest.raises(BundleError, match="the keys: "):
        verifiers(text)


def test_the_same_files_make_the_same_bundle() -> None:
    assert good(3) == good(3)
    found = unpack(good(3))
    assert found.files == FILES
    assert (found.number, found.revision) == (3, "r3")


@pytest.mark.parametrize("limit", ["MAX_FILES", "MAX_NAME", "MAX_PACKED", "MAX_MANIFEST", "MAX_UNPACKED"])
def test_limits_on_both_sides(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, manifest = good(2), parts()[0]
    at = {
        "MAX_FILES": len(FILES), "MAX_NAME": len("lib/m.lua"), "MAX_PACKED": len(data), "MAX_MANIFEST": len(manifest),
        "MAX_UNPACKED": len(zlib.decompress(data, 31)),
    }[limit]  # fmt: skip
    monkeypatch.setattr(contents, limit, at)
    unpack(data)
    monkeypatch.setattr(contents, limit, at - 1)
    with pytest.raises(BundleError):
        unpack(data)


def with_a_wrong_hash() -> bytes:
    """A bundle whose manifest was changed: neither its signature nor a file's hash is right."""
    manifest, token = parts()
    listed = json.loads(manifest)
    listed["files"]["a.lua"]["sha256"] = "0" * 64
    changed = json.dumps(listed, sort_keys=True, separators=(",", ":")).encode()
    return packed(FILES, changed, token)


def test_the_signature_is_looked_at_before_what_the_manifest_says(tmp_path: Path) -> None:
    for keys, said in ((KEYS, "the signature is over another manifest"), ([], "another hash")):
        with pytest.raises(BundleError, match=said):
            put_in_place(with_a_wrong_hash(), keys, tmp_path / "scripts", 1 << 20, Status(), 0)
        assert not (tmp_path / "scripts").exists()


def test_verify_looks_at_the_signature_before_what_the_manifest_says(tmp_path: Path) -> None:
    bundle, keys = tmp_path / "bundle.tgz", tmp_path / "keys"
    bundle.write_bytes(with_a_wrong_hash())
    keys.write_bytes(SECRET)
    for arguments, said in (([], "another hash"), (["--keys", str(keys)], "the signature is over another manifest")):
        done = run("bundle", "verify", str(bundle), *arguments)
        assert (done.returncode, said in done.stderr) == (1, True), done
