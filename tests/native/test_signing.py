"""Bundles signed by RSA and elliptic curves, by the package ``cryptography``; the engine's own code checks them."""

from __future__ import annotations

import functools
import json
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from keystone_lua.bundles.contents import BundleError, unpack
from keystone_lua.bundles.signatures import check, sign, verifiers
from keystone_lua.interpreter.modules.base64 import encoded_url
from keystone_lua.routing.scripts import ScriptStore
from tests.bundles.support import FILES, good, ok, parts, server
from tests.server.support import WAIT, run, server_process


@functools.cache
def key_pair(kind: str) -> tuple[bytes, bytes]:
    """A private and a public key in PEM: "rsa" or "ec"."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_signatures_by_keys_of_each_kind(kind: str) -> None:
    private, public = key_pair(kind)
    manifest, _ = parts()
    made = sign(manifest, private, "k1")
    assert check(made, manifest, verifiers(public)) == ""
    assert json.loads(unpack(good(2, key=private)).manifest)["number"] == 2
    other = verifiers(key_pair("ec" if kind == "rsa" else "rsa")[1])
    with pytest.raises(BundleError, match="none of the keys"):
        check(made, manifest, other)
    # The public key's text as a secret: an old way to be taken in.
    forged = sign(manifest, b"secret:" + public)
    with pytest.raises(BundleError, match="none of the keys"):
        check(forged, manifest, verifiers(public))


def test_keys_by_name() -> None:
    jwks = []
    for name in ("old", "new"):
        key = (
            load_pem_public_key(key_pair("ec")[1])
            if name == "new"
            else ec.generate_private_key(ec.SECP256R1()).public_key()
        )
        assert isinstance(key, ec.EllipticCurvePublicKey)
        numbers = key.public_numbers()
        point = {"x": encoded_url(numbers.x.to_bytes(32)), "y": encoded_url(numbers.y.to_bytes(32))}
        jwks.append({"kty": "EC", "crv": "P-256", "kid": name, "alg": "ES256", **point})
    keys = verifiers(json.dumps({"keys": jwks}).encode())
    manifest, _ = parts()
    assert check(sign(manifest, key_pair("ec")[0], "new"), manifest, keys) == "new"
    with pytest.raises(BundleError, match="none of the keys"):
        check(sign(manifest, key_pair("ec")[0], "old"), manifest, keys)


def test_the_commands_and_a_server_that_watches(tmp_path: Path) -> None:
    private, public = (tmp_path / name for name in ("private.pem", "public.pem"))
    for path, text in zip((private, public), key_pair("ec"), strict=True):
        path.write_bytes(text)
    source = tmp_path / "source"
    for name, content in {**FILES, "tests/a_test.lua": b"x"}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    bundle = tmp_path / "bundle.tgz"
    built = run("bundle", "build", source, "--out", bundle, "--revision", "v1", "--number", "7")
    assert built.stdout.startswith(f"{bundle}: 2 files, ")
    assert "unsigned" in run("bundle", "verify", bundle).stdout
    assert run("bundle", "verify", bundle, "--keys", public).stderr.endswith("the bundle is not signed\n")
    assert run("bundle", "sign", bundle, "--key", private, "--kid", "ops").returncode == 0
    assert run("bundle", "verify", bundle, "--keys", public).stdout == f"{bundle}: v1, number 7, 2 files, signed\n"
    assert run("bundle", "sign", bundle, "--key", public).returncode == 2
    folder = tmp_path / "scripts"
    with server() as told:
        told.answers = [ok(b"", status="503 Busy"), ok(bundle.read_bytes())]
        first = run("bundle", "fetch", told.url, folder, "--keys", public)
        assert (first.returncode, first.stderr) == (1, "keystone-lua: not taken: the server says 503 Busy\n")
        assert run("bundle", "fetch", told.url, folder, "--keys", public).stdout == f"v1: number 7 is in {folder}\n"
        assert run("bundle", "fetch", told.url, folder).returncode == 2
        with server_process(folder, "--watch") as serving:
            health = serving.client.send("GET", "/health").json["bundle"]
            assert (health["revision"], health["number"], health["error"]) == ("v1", 7, "")
            assert serving.client.route("a", {}).json["selected_backend"] == "one"
            told.answers = [ok(good(8, "two", key_pair("ec")[0]))]
            assert run("bundle", "fetch", told.url, folder, "--keys", public).returncode == 0
            until = time.monotonic() + WAIT
            while serving.client.route("a", {}).json["selected_backend"] != "two":
                assert time.monotonic() < until
                time.sleep(0.05)
            told.answers = [ok(b"lies")]
            assert run("bundle", "fetch", told.url, folder, "--keys", public).returncode == 1
            assert "no gzip" in serving.client.send("GET", "/health").json["bundle"]["error"]
            scraped = serving.client.send("GET", "/metrics").body.decode()
            assert 'keystone_bundle_info{revision="r8"} 1.0' in scraped
            assert "keystone_bundle_failures 1.0" in scraped
            assert "keystone_bundle_timestamp_seconds 1" in scraped
            assert serving.client.route("a", {}).json["selected_backend"] == "two"
    assert ScriptStore(folder).reload().errors == ()
