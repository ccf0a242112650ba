"""Decisions of a log are listed and opened, and are what they were when they are run as they stand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.playground import recorded
from tests.audit.support import write_log

from .support import Client, playground


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(file, 44)
    return file


@pytest.fixture(scope="module")
def client(log: Path) -> Iterator[Client]:
    with playground("--log", log) as client:
        yield client


def run(client: Client, decision: dict[str, Any], **more: Any) -> Any:
    """What becomes of a decision here."""
    given = {name: decision[name] for name in ("modules", "seed", "now", "asked")}
    name = decision["name"].removesuffix(".lua")
    return client.run(decision["script"], decision["request"], name=name, **{**given, **more})["outcome"]


def test_every_decision_is_the_same_when_it_is_run_as_it_stands(client: Client) -> None:
    listed = client.call("records")[1]["records"]
    assert len(listed) == 40  # of 44 requests four are nobody's
    assert [one["time"] for one in listed] == sorted((one["time"] for one in listed), reverse=True)
    kinds = set()
    for one in listed:
        decision = client.call("record", {"file": one["file"], "number": one["number"]})[1]["decision"]
        outcome = run(client, decision)
        kinds.add(one["came"].partition(":")[0])
        if "cookie" in decision["masked"] and one["tenant"] == "session":
            continue  # it answers with what is masked
        assert outcome["answer"] == decision["answer"]
        assert (outcome["error"] or {}).get("kind") == (decision["error"] or {}).get("kind")
        used = [budget["used"] for budget in outcome["budgets"]]
        assert used[:2] == [decision["instructions"], decision["bytes"]]
    assert {"failed", "rejected"} < kinds


def test_one_field_changed_is_another_decision(client: Client) -> None:
    one = next(one for one in client.call("records")[1]["records"] if one["tenant"] == "canary")
    decision = client.call("record", {"file": one["file"], "number": one["number"]})[1]["decision"]
    routed = []
    for wanted in ("true", "false"):
        decision["request"]["headers"]["X-Canary"] = wanted
        routed.append(run(client, decision)["answer"]["selected_backend"])
    assert routed == ["api-canary", "api-stable"]


def test_a_masked_header_is_told(client: Client) -> None:
    listed = client.call("records")[1]["records"]
    found = [client.call("record", {"file": one["file"], "number": one["number"]})[1]["decision"] for one in listed]
    masked = [decision for decision in found if "Cookie" in decision["request"]["headers"]]
    assert masked
    for decision in masked:
        assert decision["masked"] == ["cookie"]
        assert set(decision["request"]["headers"]["Cookie"]) == {"*"}
    assert "s3cr3t" not in json.dumps(found)


def test_files_of_further_processes_are_listed_and_opened(tmp_path: Path, log: Path) -> None:
    shutil.copytree(log.parent, tmp_path / "log")
    shutil.copy(log, tmp_path / "log" / "decisions.log.w1")
    with playground("--log", tmp_path / "log" / "decisions.log") as client:
        listed = client.call("records")[1]["records"]
        assert {one["file"] for one in listed} == {0, 1}
        assert [one["time"] for one in listed] == sorted((one["time"] for one in listed), reverse=True)
        assert "decision" in client.call("record", {"file": 1, "number": listed[0]["number"]})[1]


def test_only_the_newest_are_listed(monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    monkeypatch.setattr(recorded, "MOST", 3)
    assert [part["record"]["id"] for part in recorded.listed({"log": str(log)})] == ["req-42", "req-41", "req-40"]
    monkeypatch.setattr(recorded, "MOST", 200)
    monkeypatch.setattr(recorded, "TAIL", 6000)
    assert 0 < len(list(recorded.listed({"log": str(log)}))) < 10


HOSTILE = [
    b"", b"\n\n", b"{}\n", b"\xff" * 100 + b"\n", b"[" * 1_000_000 + b"\n", b'{"kind":"decision","number":1}\n',
    b"\0" * (5 << 20),
]  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: f"{data[:8]!r} {len(data)}")
def test_a_hostile_log_is_an_empty_list(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(data)
    assert list(recorded.listed({"log": str(tmp_path / "x.log")})) == []


def test_an_archive_that_was_changed_is_not_used(tmp_path: Path, log: Path) -> None:
    shutil.copytree(log.parent, tmp_path / "log")
    file = tmp_path / "log" / "decisions.log"
    for script in (tmp_path / "log" / "decisions.log.scripts").rglob("*.lua"):
        script.chmod(0o600)
        script.write_bytes(script.read_bytes() + b"-- changed")
    one = next(iter(recorded.listed({"log": str(file)})))["record"]
    (part,) = recorded.opened({"log": str(file), "file": 0, "number": one["number"]})
    assert "was changed: its files now hash to" in part["error"]


@pytest.mark.parametrize("asked", [{}, {"file": 9, "number": 1}, {"file": 0, "number": 10**6}, {"file": "x", "number": 1}, {"file": -1, "number": 1}], ids=str)  # fmt: skip
def test_what_is_not_there_is_an_answer(asked: dict[str, Any], client: Client) -> None:
    status, answer = client.call("record", asked)
    assert (status == 400 and answer["error"].startswith("refused: ")) or (status == 200 and answer["error"])


def test_without_a_log_there_is_none() -> None:
    with playground() as client:
        assert client.call("start")[1]["log"] == ""
        assert client.call("records")[0] == 400
