"""Questions to a log, answered from its records: filters, sums, orders, records as they come, a Parquet file."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import compressed, questions, segments
from keystone_lua.audit.questions import Amounts, Filter, Summary, find, outcome_of, read_line, summary, top
from tests.server.support import WAIT, command, run

from .support import lines, write_log


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of several segments, one of them compressed."""
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    for _ in range(3):
        write_log(file, 44, rotate_bytes=1000)
    compressed.compress(segments.segments(file)[0])
    write_log(file, 11)
    return file


@pytest.fixture(scope="module")
def records(log: Path) -> list[dict[str, Any]]:
    """All decisions of it, read by other means."""
    import gzip

    texts = [gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in segments.chains(log)[0]]
    found = [json.loads(line) for text in texts for line in text.splitlines()]
    return [record for record in found if record["kind"] == "decision"]


FILTERS: dict[str, Any] = {
    "all": (Filter(), lambda r: True),
    "tenant": (Filter(tenant="dice"), lambda r: r["tenant"] == "dice"),
    "backend": (Filter(backend="green"), lambda r: (r["answer"] or {}).get("selected_backend") == "green"),
    "routed": (Filter(outcome="routed"), lambda r: r["answer"] is not None and not r["answer"].get("reject")),
    "rejected": (Filter(outcome="rejected"), lambda r: r["answer"] is not None and bool(r["answer"].get("reject"))),
    "error": (Filter(outcome="error"), lambda r: r["error"] is not None),
    "kind": (Filter(kind="memory"), lambda r: (r["error"] or {}).get("kind") == "memory"),
    "id": (Filter(id="req-1"), lambda r: r["id"].startswith("req-1")),
    "least": (Filter(least=500), lambda r: r["instructions"] >= 500),
    "both": (Filter(tenant="dice", least=366), lambda r: r["tenant"] == "dice" and r["instructions"] >= 366),
    "costs": (Filter(costs="0"), lambda r: False),
}


@pytest.mark.parametrize("name", FILTERS)
def test_what_a_filter_takes(name: str, log: Path, records: list[dict[str, Any]]) -> None:
    wanted, takes = FILTERS[name]
    expected = [record for record in records if takes(record)]
    assert [json.loads(line) for line in find([log], wanted, 0)] == expected
    assert [json.loads(line) for line in find([log], wanted, 3)] == expected[:3]
    assert bool(expected) == (name != "costs")


def test_times_and_scripts(log: Path, records: list[dict[str, Any]]) -> None:
    middle = records[len(records) // 2]["time"]
    early, late = (len(list(find([log], Filter(**{side: middle}), 0))) for side in ("until", "since"))
    assert early == sum(record["time"] < middle for record in records)
    assert early + late == len(records)
    some = next(record["script"] for record in records if record["script"])
    assert {json.loads(line)["script"] for line in find([log], Filter(script=some[:12]), 0)} == {some}


def test_a_summary_adds_up(log: Path, records: list[dict[str, Any]]) -> None:
    found = summary([log], Filter())
    assert (found.first, found.last) == (min(r["time"] for r in records), max(r["time"] for r in records))
    for name, tenant in found.tenants.items():
        own = [record for record in records if record["tenant"] == name]
        assert tenant.outcomes == Counter(map(outcome_of, own))
        assert tenant.instructions.total == sum(record["instructions"] for record in own)
        assert tenant.bytes.most == max(record["bytes"] for record in own)
        assert tenant.kinds == Counter(record["error"]["kind"] for record in own if record["error"])
    assert sum(tenant.outcomes.total() for tenant in found.tenants.values()) == len(records)
    assert found.notes == {"start": 4, "stop": 4}
    assert found.unreadable == 0


def test_the_dearest(log: Path, records: list[dict[str, Any]]) -> None:
    for by in ("instructions", "bytes"):
        best = [json.loads(line)[by] for line in top([log], Filter(), by, 20)]
        assert best == sorted((record[by] for record in records), reverse=True)[:20]


def test_percentiles() -> None:
    amounts = Amounts()
    for amount in range(1, 1001):
        amounts.add(amount)
    assert [amounts.percentile(percent) for percent in (0.1, 50, 99, 100)] == [1, 500, 990, 1000]
    assert Amounts().percentile(50) == 0
    many = Amounts()
    many.add(123_456)
    assert (many.percentile(50), many.most, many.total) == (123_000, 123_456, 123_456)


def test_names_without_end_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST_NAMES", 3)
    base = {"id": "", "script": None, "lane": "inline", "error": None, "instructions": 1, "bytes": 1, "time": 1.0}
    whole = Summary()
    for number in range(10):
        whole.of(str(number)).add({**base, "answer": {"selected_backend": str(number)}})
        whole.of("0").add({**base, "answer": {"selected_backend": str(number)}})
    assert list(whole.tenants) == ["0", "1", "2", questions.OTHERS]
    assert whole.tenants["0"].backends == {"0": 2, "1": 1, "2": 1, questions.OTHERS: 7}
    assert whole.tenants[questions.OTHERS].outcomes.total() == 7


DECISION = (
    b'{"kind":"decision","time":1,"instructions":1,"bytes":1,"tenant":"","id":"","costs":"","answer":null,"error":null,'
    b'"lane":"","script":null}'
)


def test_what_is_just_a_record() -> None:
    assert read_line(DECISION) is not None


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{", b"[]", b"1", b"null", b'"x"', b"{}", b'{"kind":"decision"}', b'{"kind":1,"time":1}', b"[" * 5000, b"\xff",
        b'{"kind":"decision","time":1,"instructions":"1","bytes":1}', b'{"kind":"stop","time":"now"}',
        DECISION.replace(b'"tenant":""', b'"tenant":[]'), DECISION.replace(b'"answer":null', b'"answer":[]'),
        DECISION.replace(b'"lane":"",', b""), DECISION.replace(b'"script":null', b'"script":1'),
    ],
)  # fmt: skip
def test_what_is_no_record_is_counted_and_no_more(line: bytes, tmp_path: Path) -> None:
    assert read_line(line) is None
    (tmp_path / "log").write_bytes(line + b"\n" if line else b"\n")
    assert summary([tmp_path / "log"], Filter()).unreadable == 1
    assert list(find([tmp_path / "log"], Filter(), 0)) == []
    assert top([tmp_path / "log"], Filter(), "bytes", 5) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("time", "1e999"), ("time", "NaN"), ("time", "-1e18"), ("time", "1" + "0" * 30), ("instructions", "9" * 4000),
     ("bytes", "9" * 4000), ("bytes", "-1")],
)  # fmt: skip
def test_numbers_that_nobody_can_show_are_no_records(name: str, value: str, records: list[dict[str, Any]]) -> None:
    line = json.dumps({**records[0], name: 0})
    assert read_line(line.encode()) is not None
    assert read_line(line.replace(f'"{name}": 0', f'"{name}": {value}', 1).encode()) is None


def test_the_commands(log: Path, records: list[dict[str, Any]], tmp_path: Path) -> None:
    asked = run("log", "query", log, "--tenant", "dice", "--limit", "0")
    assert [json.loads(line) for line in asked.stdout.splitlines()] == [r for r in records if r["tenant"] == "dice"]
    assert run("log", "query", log, "--tenant", "none").returncode == 1
    short = run("log", "query", log, "--kind", "instructions", "--short", "--limit", "1").stdout
    assert " endless req-" in short
    assert "instructions: instruction budget exceeded" in short
    told = json.loads(run("log", "summary", log, "--json").stdout)
    assert sum(sum(of["outcomes"].values()) for of in told["tenants"].values()) == len(records)
    assert "dice: " in run("log", "summary", log).stdout
    assert run("log", "top", log, "--by", "bytes", "--limit", "2").stdout.count("\n") == 2
    for bad in (["--since", "soon"], ["--outcome", "good"], ["--limit", "-1"]):
        assert run("log", "query", log, *bad).returncode == 2
    assert run("log", "summary", tmp_path / "nothing").returncode == 2


def test_records_as_they_come_and_over_rotation(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    write_log(file, 5)
    with subprocess.Popen(command("log", "tail", file, "--tenant", "dice", "--json"), stdout=subprocess.PIPE) as tail:
        assert tail.stdout is not None
        time.sleep(1.5)
        write_log(file, 22)
        first = tail.stdout.readline()
        file.rename(tmp_path / "decisions.log.000001")
        write_log(file, 11)
        ids = [json.loads(first)["id"], *(json.loads(tail.stdout.readline())["id"] for _ in range(2))]
        tail.terminate()
        tail.wait(WAIT)
    dice = [json.loads(line)["id"] for line in lines(tmp_path / "decisions.log.000001") if b'"tenant":"dice"' in line]
    assert ids[:2] == dice[-2:]
    assert ids[2] == dice[0]
