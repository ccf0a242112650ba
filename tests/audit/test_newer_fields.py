"""Records of requests and answers with the newer fields of the wire format."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Masks, Recorder, read_record, replay_logs
from keystone_lua.audit.records import RecordError, encode
from keystone_lua.audit.vault import Vault, read_vaults
from keystone_lua.hidden import Hidden
from keystone_lua.interpreter import compile_program
from keystone_lua.routing.request import read_request

from .support import KEY, lines, record

NEWER: dict[str, Any] = {
    "query": "a=1&token=query-secret",
    "raw_path": "/a%20b?token=path-secret",
    "scheme": "https",
    "protocol": "HTTP/2",
    "client_ip": "192.0.2.7",
    "headers_multi": {"Cookie": ["cookie-secret-1", "cookie-secret-2"], "X-Tag": ["a", "ä"]},
    "body_base64": base64.b64encode(b'\xff{"password":"body-secret"}').decode(),
    "body_truncated": True,
    "attempt": 2,
    "failed": ["a"],
    "backends": [
        {"name": "b", "url": "u", "health": True, "weight": 3, "priority": 0, "labels": {"x": "é"}, "zone": "z"}
    ],
}
SECRETS = (b"query-secret", b"path-secret", b"cookie-secret", b"body-secret", NEWER["body_base64"].encode())

SCRIPTS = {
    "all": """function on_route_request(request, backends)
        return {
            selected_backend = backends[1].name, reject_status = 429, reject_headers = {["Set-Cookie"] = {"a", "b"}},
            candidates = request.failed, mirror_percent = 0.5, tags = {zone = backends[1].zone, a = request.args.a},
            retries = request.attempt, modified_query = request.scheme .. request.client_ip .. request.headers_multi["x-tag"][2],
        }
    end""",
    "leak": """function on_route_request(request)
        return {response_headers = {A = {request.args.token, "x"}}, tags = {c = request.headers_multi.Cookie[1]}}
    end""",
}


def write(file: Path, hidden: Hidden, vault: Vault | None = None) -> None:
    recorder = Recorder(file, Masks(hidden, KEY, vault))
    programs = {name: compile_program(source.encode(), f"{name}.lua", {}) for name, source in SCRIPTS.items()}
    asked = read_request(json.dumps({"path": "/a b", **NEWER}).encode())
    record(recorder, programs, [(name, dict(asked)) for name in SCRIPTS])
    recorder.close()


HIDDEN = Hidden(frozenset({"cookie"}), frozenset({"token"}), frozenset({"password"}))
NOTHING = Hidden(frozenset())


def test_a_record_has_all_that_was_asked_and_answered(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    write(file, NOTHING)
    first = json.loads(lines(file)[1])
    assert first["request"] == json.loads(json.dumps(read_request(json.dumps({"path": "/a b", **NEWER}).encode())))
    assert first["answer"]["reject_headers"] == {"Set-Cookie": ["a", "b"]}
    result = replay_logs([file])
    assert (result.good, result.findings.same, result.findings.differences) == (True, 2, [])


def test_no_secret_of_theirs_is_in_the_log(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    write(file, HIDDEN)
    data = file.read_bytes()
    assert [secret for secret in SECRETS if secret in data] == []
    assert json.loads(lines(file)[2])["answer"]["response_headers"] == {"A": ["[masked]", "x"]}
    _, read = read_record(lines(file)[1])
    assert read.request["query"] == "a=1&token=************"  # type: ignore[union-attr]
    assert read.masked == {"cookie"}  # type: ignore[union-attr]
    result = replay_logs([file])
    assert result.good
    assert result.findings.not_replayable.total() == 2  # a cookie that came twice counts as read


def test_a_vault_makes_them_replayable(tmp_path: Path) -> None:
    file, vault = tmp_path / "decisions.log", tmp_path / "vault"
    write(file, HIDDEN, Vault(vault))
    result = replay_logs([file], vaults=[vault])
    assert (result.good, result.findings.same, result.findings.differences) == (True, 2, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": 1}, {"attempt": -1}, {"attempt": 1.5}, {"failed": [1]}, {"headers_multi": {"a": "b"}},
        {"headers_multi": []}, {"body_base64": "a"}, {"backends": [{"name": "", "url": "", "health": True, "weight": "1"}]},
    ],
)  # fmt: skip
def test_what_a_server_refuses_is_no_record(tmp_path: Path, wrong: dict[str, Any]) -> None:
    file = tmp_path / "decisions.log"
    write(file, NOTHING)
    value = json.loads(lines(file)[1])
    altered = {**value, "request": {**value["request"], **wrong}}
    with pytest.raises(RecordError):
        read_record(encode(altered).encode())


def test_a_vault_that_cannot_be_written_takes_no_more_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("keystone_lua.audit.vault.MOST_WAITING", 10_000)
    kept = Vault(tmp_path / "vault")
    kept.file.chmod(0o644)
    asked = 0
    for number in range(1_000):
        kept.keep(f"{number:064x}", "x" * 100)
        asked += kept.ask()
    assert asked == 1
    with pytest.raises(OSError, match="0600"):
        kept.write()
    assert kept.ask()
    assert [record.message for record in caplog.records] == [
        f"vault: {kept.file}: no room for what waits; masked values are not kept"
    ]
    kept.file.chmod(0o600)
    kept.write()
    first = len(read_vaults([kept.file]))
    assert 10 < first < 100
    kept.keep(f"{999:064x}", "x" * 100)  # is known no more than before, and there is room again
    kept.write()
    assert not kept.ask()
    assert len(read_vaults([kept.file])) == first + 1
