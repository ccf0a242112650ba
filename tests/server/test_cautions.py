"""What is worth a warning at the start, and that it is a log line, and one."""

from __future__ import annotations

import json
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.server.http.connection_limits import RESERVED_DESCRIPTORS
from keystone_lua.server.process.cautions import cautions
from keystone_lua.server.process.listening import CannotListen, listen
from keystone_lua.server.settings.config import Address, ServerConfig, SocketAccess, Tls
from keystone_lua.server.settings.reader import ConfigError
from tests.server.support import constant, server_process, write_scripts
from tests.server.test_settings import configured


def test_a_budget_of_a_tenant_that_is_not_there() -> None:
    config = ServerConfig(tenant_limits={"canry": Limits(), "canary": Limits(), "other": Limits()})
    assert list(cautions(config, {"canary", "blue-green"})) == [
        "the settings name tenant canry, which has no script; canary is one",
        "the settings name tenant other, which has no script",
    ]


def certificate(folder: Path, name: str, begins: str, ends: str) -> Path:
    """A certificate and its key, in one file, that is valid between two times as OpenSSL has them."""
    key, request, made = (folder / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
    (folder / "ca.conf").write_text(
        f"[ca]\ndefault_ca = own\n[own]\ndatabase = {folder}/index\nnew_certs_dir = {folder}\nrand_serial = yes\n"
        "default_md = sha256\npolicy = any\nunique_subject = no\n[any]\ncommonName = supplied\n"
    )
    (folder / "index").touch()
    for arguments in (
        f"req -newkey rsa:2048 -nodes -keyout {key} -out {request} -subj /CN=localhost",
        (
            f"ca -batch -selfsign -config {folder}/ca.conf -in {request} -keyfile {key} -out {made} -notext"
            f" -startdate {begins} -enddate {ends}"
        ),
    ):
        subprocess.run(["openssl", *arguments.split()], check=True, capture_output=True)
    made.write_text(key.read_text() + made.read_text())
    return made


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("20200101000000Z", "20210203040506Z", "has expired at 2021-02-03T04:05:06Z"),
        ("20510101000000Z", "20520101000000Z", "is not valid before 2051-01-01T00:00:00Z"),
        ("20200101000000Z", "20510101000000Z", ""),
    ],
)
def test_a_certificate_that_is_not_valid_today(tmp_path: Path, begins: str, ends: str, said: str) -> None:
    made = certificate(tmp_path, "server", begins, ends)
    found = list(cautions(ServerConfig(tls=Tls(made, made)), ()))
    assert found == ([f"certificate {made} {said}"] if said else [])


@pytest.mark.parametrize(("descriptors", "room"), [(128, 64), (20, 1), (963, 899), (964, None), (1024, None)])
def test_few_open_files(descriptors: int, room: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert RESERVED_DESCRIPTORS == 64
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))
    said = f"ulimit -n is {descriptors}: room for {room} connections of 1000 a worker"
    assert list(cautions(ServerConfig(), ())) == ([] if room is None else [said])


def test_each_is_one_line_of_the_log_and_nothing_else_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = write_scripts(tmp_path / "scripts", {"canary.lua": constant("b")})
    (tmp_path / "k.toml").write_text("[tenants.canry]\nmax-instructions = 5\n")
    monkeypatch.setenv("KEYSTONE_LUA_NOTHING", "1")
    with server_process(scripts, "--config", tmp_path / "k.toml", "--workers", "2", "--log-format", "json") as server:
        assert server.terminate() == 0
    lines = [json.loads(line) for line in server.logged()]
    assert [line["message"] for line in lines if line["level"] == "warning"] == [
        "KEYSTONE_LUA_NOTHING: no such setting, ignored",
        "the settings name tenant canry, which has no script; canary is one",
    ]


def test_what_python_would_say_is_a_log_line(tmp_path: Path) -> None:
    program = (
        "import threading, warnings\nfrom keystone_lua.server.telemetry import logs\nlogs.start('info', 'json'); logs.catch_all()\n"
        "warnings.warn('a warning')\nclass Bad:\n    def __del__(self): raise ValueError('in del')\nBad()\n"
        "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()\nraise KeyError('at the end')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["level"] for line in said] == ["warning", "error", "error", "critical"]
    assert done.returncode == 1


# Unix sockets


def test_a_sockets_mode_and_group(tmp_path: Path) -> None:
    group = os.getgid()
    for access, mode in ((SocketAccess(0o660, str(group)), 0o660), (SocketAccess(0o600), 0o600)):
        path = tmp_path / f"{mode}"
        with listen(Address("", 0, str(path)), access):
            found = path.stat()
            assert (stat.S_IMODE(found.st_mode), found.st_gid) == (mode, group)


def test_the_umask_is_as_before_and_goes_on_to_say(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with listen(Address("", 0, str(tmp_path / "s")), SocketAccess(None, str(os.getgid()))):
            assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o750
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)


def test_no_such_group(tmp_path: Path) -> None:
    with pytest.raises(CannotListen, match="there is no such group"):
        listen(Address("", 0, str(tmp_path / "s")), SocketAccess(None, "nobody-has-this"))
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--socket-mode", "660"], "--socket-mode: socket-mode needs a Unix socket"),
        (["--socket-group", "x", "--addr", ":1"], "--socket-group: socket-group needs a Unix socket"),
        (["--socket-mode", "888", "--addr", "unix:/s"], "--socket-mode: '888' is no mode of a file"),
        (["--socket-mode", "04755", "--addr", "unix:/s"], "--socket-mode: '04755' is no mode of a file"),
        (["--socket-group", "a b", "--addr", "unix:/s"], "--socket-group: 'a b' is no name or number of a group"),
    ],
)
def test_socket_settings_that_cannot_be_used(arguments: Sequence[str], said: str) -> None:
    with pytest.raises(ConfigError, match=f"^{said}"):
        configured(*arguments)


def test_socket_settings() -> None:
    found = configured("--addr", "unix:/s", "--socket-mode", "0660", "--socket-group", "www-data")
    assert found.socket_access == SocketAccess(0o660, "www-data")
    assert configured("--admin-addr", "unix:/s", "--socket-mode", "640").socket_access == SocketAccess(0o640)
