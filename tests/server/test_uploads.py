"""``POST /versions`` with a bundle as its body: the next version, or a sentence and nothing changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.bundles import contents
from keystone_lua.bundles.contents import manifest_of, packed
from keystone_lua.bundles.placing import lock_of
from keystone_lua.bundles.signatures import sign
from keystone_lua.routing.bundle_status import read_status
from keystone_lua.routing.folder_versions import next_of
from keystone_lua.server.scripts import uploads
from keystone_lua.server.settings.config import ServerConfig
from keystone_lua.untrusted.outgoing import only_one
from tests.server.support import Answer, Client, constant, run, server_in_thread, server_process, write_scripts

SECRET = b"secret:of at least thirty-two bytes, for the tests"
OTHER = b"secret:of somebody else, as long as the one before"


def bundle(number: int, backend: str = "b", key: bytes | None = SECRET, **more: bytes) -> bytes:
    files = {"t.lua": constant(backend).encode(), **{f"{name}.lua": text for name, text in more.items()}}
    manifest = manifest_of(files, number, f"r{number}")
    return packed(files, manifest, sign(manifest, key) if key is not None else "")


def bring(client: Client, data: bytes, options: str = "", **headers: str) -> Answer:
    return client.send("POST", f"/versions{options}", data, {"Content-Type": "application/gzip", **headers})


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_scripts(tmp_path / "scripts", {"t.lua": constant("a")})


@pytest.fixture
def signed(tmp_path: Path) -> ServerConfig:
    """Settings that ask for signatures."""
    (tmp_path / "keys").write_bytes(SECRET + b"\n")
    return ServerConfig(bundle_keys=tmp_path / "keys")


def test_a_bundle_becomes_the_next_version_and_is_promoted(scripts: Path, signed: ServerConfig) -> None:
    with server_in_thread(scripts, signed) as client:
        brought = bring(client, bundle(7), "?shadow=100&who=me")
        assert brought.status == 200
        told = brought.json
        assert told["taken"] == {"revision": "r7", "number": 7, "key": ""}
        assert (told["next"]["changed"], told["next"]["errors"], told["shadow_percent"]) == (["t"], [], 100)
        assert client.route("t", {}).json["selected_backend"] == "a"
        assert "taken" not in client.send("GET", "/versions").json
        assert client.send("POST", "/promote?force=1").status == 200
        assert client.route("t", {}).json["selected_backend"] == "b"
        again = bring(client, bundle(7))
        assert (again.status, again.json["error"]) == (
            422, "the bundle has the number 7, and 7 is in force: it is not newer",
        )  # fmt: skip
        assert bring(client, bundle(8, "c"), "?share=100").json["share_percent"] == 100
        assert client.route("t", {}).json["selected_backend"] == "c"
        assert bring(client, bundle(8, "c")).status == 200, "it is there already"
        assert bring(client, bundle(9, "d")).json["share_percent"] == 0, "another version begins without a share"


REFUSED: dict[str, tuple[bytes, str]] = {
    "no bundle": (b"\x1f\x8b no gzip", "the bundle is no gzip"),
    "cut": (bundle(8)[:-9], "the bundle ends too soon"),
    "unsigned": (bundle(8, key=None), "the bundle is not signed"),
    "by another": (bundle(8, key=OTHER), "the signature is by none of the keys"),
    "older": (bundle(6), "the bundle has the number 6, and 7 is in force: it is not newer"),
    "a script in error": (bundle(8, bad=b"x ="), "a script does not load: bad.lua:1: unexpected symbol"),
    "no entry point": (bundle(8, bad=b"x = 1"), "a script does not load: bad.lua"),
}


def held(scripts: Path) -> dict[str, bytes]:
    """All that is beside the scripts, but for the lock."""
    return {
        str(path.relative_to(scripts.parent)): path.read_bytes()
        for path in sorted(scripts.parent.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    """A server that asks for signatures, with bundle number 7 as its next version."""
    folder = tmp_path_factory.mktemp("uploads")
    scripts = write_scripts(folder / "scripts", {"t.lua": constant("a")})
    (folder / "keys").write_bytes(SECRET)
    with server_in_thread(scripts, ServerConfig(bundle_keys=folder / "keys", body_seconds=5.0)) as client:
        assert bring(client, bundle(7)).status == 200
        yield client, scripts


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_bundle_that_is_not_right_changes_nothing(wrong: str, serving: tuple[Client, Path]) -> None:
    client, scripts = serving
    data, why = REFUSED[wrong]
    before, stood = held(scripts), client.send("GET", "/versions").json
    answer = bring(client, data, "?shadow=50")
    assert (answer.status, answer.json["error"][: len(why)]) == (422, why)
    assert held(scripts) == before
    assert client.send("GET", "/versions").json == stood, "the options of a refused call neither"


def test_options_are_read_before_the_bundle_is_taken(serving: tuple[Client, Path]) -> None:
    client, scripts = serving
    before = held(scripts)
    for options in ("?shadow=x", "?share=101", "?who=%07"):
        assert bring(client, bundle(8), options).status == 400
    assert held(scripts) == before


def test_bundles_are_bounded(serving: tuple[Client, Path]) -> None:
    assert uploads.MAX_UPLOAD == contents.MAX_PACKED
    client, scripts = serving
    before = held(scripts)
    assert bring(client, b" " * (uploads.MAX_UPLOAD + 1)).status == 413
    chunked = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    head = b"POST /versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answered = []

    def send() -> None:
        with client.connect() as line:
            line.sendall(head)
            try:
                for _ in range(17):
                    line.sendall(chunked)
            except OSError:
                pass  # it was refused, and the rest is not read
            answered.append(line.recv(100))

    thread = threading.Thread(target=send)
    thread.start()
    thread.join(20)
    assert answered
    assert answered[0].startswith(b"HTTP/1.1 413 ")
    assert held(scripts) == before


def test_a_second_one_meanwhile_is_told_so(serving: tuple[Client, Path]) -> None:
    client, scripts = serving
    with only_one(lock_of(next_of(scripts)), "keeps this folder"):
        answer = bring(client, bundle(8))
    assert (answer.status, "another process keeps this folder" in answer.json["error"]) == (409, True)


@pytest.mark.parametrize(("token", "status"), [("", 401), ("Bearer wrong", 401), ("Bearer hush", 200)])
def test_a_bundle_needs_the_token(token: str, status: int, scripts: Path) -> None:
    with server_in_thread(scripts, ServerConfig(admin_token="hush")) as client:
        answer = bring(client, bundle(1, key=None), **({"Authorization": token} if token else {}))
    assert answer.status == status
    assert next_of(scripts).exists() is (status == 200)


def test_a_place_that_cannot_be_written_is_named(scripts: Path, signed: ServerConfig) -> None:
    (scripts.parent / "elsewhere").mkdir()
    next_of(scripts).symlink_to("elsewhere")
    with server_in_thread(scripts, signed) as client:
        answer = bring(client, bundle(1))
    assert answer.status == 422
    assert answer.json["error"].endswith("scripts.next: is a link")


@pytest.mark.parametrize("keys", [b"", b"no keys", None])
def test_keys_that_are_gone_or_none_refuse_all(keys: bytes | None, scripts: Path, signed: ServerConfig) -> None:
    """They are read each time: a key that is replaced holds for the next bundle."""
    assert signed.bundle_keys is not None
    with server_in_thread(scripts, signed) as client:
        if keys is None:
            signed.bundle_keys.unlink()
        else:
            signed.bundle_keys.write_bytes(keys)
        answer = bring(client, bundle(1))
        assert (answer.status, "keys" in answer.json["error"]) == (422, True)
        assert not next_of(scripts).exists()
        signed.bundle_keys.write_bytes(OTHER)
        assert bring(client, bundle(1, key=OTHER)).status == 200


def test_workers_share_what_one_of_them_was_brought(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(SECRET)
    (tmp_path / "b.tgz").write_bytes(bundle(3))
    with server_process(scripts, "--workers", "2", "--bundle-keys", str(tmp_path / "keys")) as server:
        address = f"127.0.0.1:{server.client.port}"

        def versions(*words: str) -> tuple[int, str]:
            done = run("versions", *words, "--addr", address)
            return done.returncode, done.stdout + done.stderr

        code, said = versions("upload", str(tmp_path / "b.tgz"), "--shadow", "100")
        assert (code, said.partition("\n")[0]) == (0, "taken: r3, number 3")
        assert "next      " in said
        standings: list[dict[str, Any]] = [server.client.send("GET", "/versions").json for _ in range(20)]
        assert {one["next"]["version"] for one in standings} == {standings[0]["next"]["version"]}
        assert {one["shadow_percent"] for one in standings} == {100}
        (tmp_path / "b.tgz").write_bytes(bundle(4, key=None))
        assert versions("upload", str(tmp_path / "b.tgz")) == (1, "keystone-lua: the bundle is not signed\n")
        assert run("versions", "upload", tmp_path / "none", "--addr", address).returncode == 2
    status = read_status(next_of(scripts))
    assert status is not None
    assert (status.number, status.revision) == (3, "r3")


def test_keys_that_cannot_be_used_stop_the_start(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(b"no keys")
    for keys in ("keys", "none"):
        done = run("serve", "--addr", "127.0.0.1:0", "--scripts", scripts, "--bundle-keys", tmp_path / keys)
        assert (done.returncode, str(tmp_path / keys) in done.stderr) == (2, True)
