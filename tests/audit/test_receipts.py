"""Receipts: two runs of one record are told apart at the first line that differs, and cost nothing else."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from keystone_lua.audit import DecisionRecord
from keystone_lua.audit.receipts import Missed, Receipt, parting, read_receipt, receipt_of, receipts
from keystone_lua.audit.records import read_record
from keystone_lua.audit.replay import CAPS, outcome_of
from keystone_lua.interpreter import Program, compile_program
from tests.server.support import run

from .support import lines, write_log

SCRIPT = """local function pick(request)
  local n = 0
  for i = 1, 3000 do
    if i == FIRST then
      n = n + 1
    else
      n = n + 2
    end
  end
  return n
end
function on_route_request(request)
  return {selected_backend = pick(request) > 0 and "a" or "b"}
end
"""


def script(first: int, change: tuple[str, str] = ("", "")) -> Program:
    text = SCRIPT.replace("FIRST", str(first))
    return compile_program((text.replace(*change) if change[0] else text).encode(), "t.lua")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(file, 33)
    return file


@pytest.fixture(scope="module")
def record(log: Path) -> DecisionRecord:
    for line in lines(log):
        _, found = read_record(line)
        if isinstance(found, DecisionRecord) and found.ran and found.error is None:
            return found
    raise AssertionError("no decision")


def receipt(program: Program, record: DecisionRecord) -> Receipt:
    return receipt_of(program, record, "one")


def test_equal_runs_have_equal_receipts(record: DecisionRecord) -> None:
    one, other = receipt(script(2900), record), receipt(script(2900), record)
    assert one == other
    assert parting(one, other) is None
    assert one.steps == len(list(one.lines())) > 6000
    assert len(one.packed) < 1000
    assert read_receipt(one.to_json().encode()) == one
    outcome = outcome_of(script(2900), record, CAPS)
    sums = tuple(sum(paid[unit] for paid in one.spent.values()) for unit in (0, 1))
    assert sums == (outcome["instructions"], outcome["bytes"])


def test_the_first_other_line_is_named(record: DecisionRecord) -> None:
    before, after = receipt(script(2900), record), receipt(script(2950), record)
    where = parting(before, after)
    assert where is not None
    assert where == "step 5805 after t.lua:4: was t.lua:5 and is t.lua:7"
    step = int(where.removeprefix("step ").split()[0])
    assert list(before.lines())[step - 1] == "t.lua:5"
    assert list(before.lines())[: step - 1] == list(after.lines())[: step - 1]


def test_a_line_that_pays_something_else_is_named(record: DecisionRecord) -> None:
    before, after = receipt(script(1), record), receipt(script(1, ("n + 2", "n + 2 + 0 * n")), record)
    where = parting(before, after)
    assert where is not None
    assert where.startswith("t.lua:7: paid ")
    longer = replace(before, spent={**before.spent, "": (before.spent[""][0] + 1, 0)})
    assert "no line" in (parting(longer, before) or "")


def test_a_shorter_run_ends_first(record: DecisionRecord) -> None:
    before = receipt(script(1), record)
    after = receipt(script(1, ("1, 3000", "1, 2000")), record)
    where = parting(before, after)
    assert where is not None
    assert "was t.lua:4 and is t.lua:10" in where


@pytest.mark.parametrize(
    "change",
    [
        {"packed": base64.b64encode(b"no zlib").decode()},
        {"packed": base64.b64encode(zlib.compress(b"\xff\xff\xff\x7f")).decode()},
    ],
)
def test_a_receipt_that_is_none(record: DecisionRecord, change: dict[str, str]) -> None:
    known = receipt(script(1), record)
    with pytest.raises(ValueError, match="no receipt"):
        parting(read_receipt(json.dumps({**json.loads(known.to_json()), **change}).encode()), known)
    for text in (b"{}", b"[", b'{"record": "", "steps": 1, "places": 5, "spent": {}, "packed": ""}'):
        with pytest.raises(ValueError, match="no receipt"):
            read_receipt(text)


def test_a_bomb_is_not_unpacked(record: DecisionRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keystone_lua.audit.receipts.MOST_STEPS", 1 << 20)
    known = receipt(script(1), record)
    most = replace(known, packed=zlib.compress(bytes(1 << 20)))
    assert sum(1 for _ in most.lines()) == 1 << 18
    bomb = replace(known, packed=zlib.compress(bytes(64 << 20)))
    begun = bomb.lines()
    assert sum(1 for _ in islice(begun, 1 << 18)) == 1 << 18
    with pytest.raises(ValueError, match="no receipt: more than 262144 steps"):
        next(begun)


def test_a_record_without_a_receipt_is_named(log: Path, tmp_path: Path) -> None:
    count = len(list(receipts(log)))
    where = tmp_path / "scripts"
    where.mkdir()
    found = list(receipts(log, scripts=where))
    assert len(found) == count
    assert all(isinstance(each, Missed) and each.why for each in found)
    written = run("replay", log, "--receipts", tmp_path / "receipts", "--scripts", where)
    assert (written.returncode, len(written.stdout.splitlines())) == (1, count + 1)
    assert ": no receipt: " in written.stdout.splitlines()[0]
    assert written.stdout.splitlines()[-1].startswith("0 receipts in ")
    good = tmp_path / "good"
    assert run("replay", log, "--receipts", good).returncode == 0
    other = run("replay", log, "--bisect", good, "--scripts", where)
    assert (other.returncode, other.stdout.splitlines()[-1]) == (
        1, f"0 same, 0 different, {count} that only one side has",
    )  # fmt: skip


@pytest.mark.parametrize("option", [["--json"], ["--strict"], ["--processes", "2"], ["--vault", "v"]])
def test_options_that_receipts_do_not_know_are_refused(option: list[str], log: Path, tmp_path: Path) -> None:
    done = run("replay", log, "--receipts", tmp_path / "receipts", *option)
    assert (done.returncode, done.stderr) == (2, f"keystone-lua: {option[0]} is not for --receipts or --bisect\n")
    assert not (tmp_path / "receipts").exists()


def test_the_command(log: Path, tmp_path: Path) -> None:
    file = tmp_path / "receipts"
    written = run("replay", log, "--receipts", file)
    count = len(list(receipts(log)))
    ran = [value for value in map(json.loads, lines(log)) if value["kind"] == "decision" and value["script"]]
    assert count == len(ran) > 20  # those with modules that are longer than the script among them
    assert written.stdout == f"{count} receipts in {file}\n"
    same = run("replay", log, "--bisect", file)
    assert (same.returncode, same.stdout) == (0, f"{count} same, 0 different, 0 that only one side has\n")
    first, *rest = file.read_text().splitlines()
    value = json.loads(first)
    value["places"] = [f"{place}0" for place in value["places"]]
    file.write_text("\n".join((json.dumps(value), *rest[1:])) + "\n")
    other = run("replay", log, "--bisect", file)
    assert other.returncode == 1
    assert other.stdout.splitlines()[0].startswith(f"{value['record']}: step 1: was ")
    assert other.stdout.splitlines()[-1] == f"{count - 2} same, 1 different, 1 that only one side has"
    assert run("replay", log, "--bisect", log).returncode == 2
    assert run("replay", log, "--bisect", tmp_path / "none").returncode == 2
