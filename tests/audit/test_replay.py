"""Decisions taken again: what is the same, what differs, what cannot be said; and the command."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Archive, DecisionRecord, Masks, Recorder, Replay, compressed, reading, replay_logs
from keystone_lua.audit.chain import line_hash
from keystone_lua.audit.records import MAX_MASKED, MAX_VALUES, RecordError, encode, read_record
from keystone_lua.audit.replay import CAPPED, CAPS, MAX_CAPPED, Caps
from keystone_lua.cli import main
from keystone_lua.interpreter import compile_program
from keystone_lua.routing.decision import decide, decision_of
from keystone_lua.routing.reads import shared

from .support import KEY, LIMITS, TENANTS, lines, programs, record, request, write_log


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(file, 20 * TENANTS)
    return file


def altered(log: Path, tmp_path: Path, tenant: str, caps: Caps = CAPS, **fields: Any) -> Replay:
    """Replay a log of one record, the first of a tenant's, with other fields."""
    value = next(value for value in map(json.loads, lines(log)) if value.get("tenant") == tenant)
    file = tmp_path / "altered.log"
    file.write_text(encode({**value, "number": 1, "prev": "0" * 64, **fields}) + "\n")
    return replay_logs([file], scripts=Path(f"{log}.scripts"), caps=caps)


def test_a_log_gives_the_same_again(log: Path) -> None:
    result = replay_logs([log])
    found = result.findings
    assert (result.good, result.records, found.differences, result.breaks) == (True, 20 * TENANTS, [], [])
    assert sorted(found.not_replayable) == ["no script ran", "the script read a masked header or a secret"]
    assert found.not_replayable["no script ran"] == 20
    assert found.same == 20 * TENANTS - found.not_replayable.total()
    kinds = {value["error"]["kind"] for value in map(json.loads, lines(log)) if value.get("error")}
    assert kinds == {"runtime", "instructions", "memory"}


def test_other_processes_find_the_same(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = replay_logs([log], processes=1)
    monkeypatch.setattr(reading, "SMALL", 0)
    told: list[tuple[int, int]] = []
    pieces = list(reading.pieces(log, 20_000))
    assert len(pieces) > 5
    monkeypatch.setattr("keystone_lua.audit.reading.pieces", lambda _: pieces)
    there = replay_logs([log], processes=2, progress=lambda *done: told.append(done))
    assert (there.records, there.findings.same, there.heads) == (here.records, here.findings.same, here.heads)
    assert there.good
    assert len(told) == len(pieces)
    assert told[-1] == (log.stat().st_size, log.stat().st_size)


@pytest.mark.parametrize("size", [1, 100, 5000, 1 << 20])
def test_pieces_are_whole_lines(log: Path, size: int, tmp_path: Path) -> None:
    torn = tmp_path / "torn.log"
    torn.write_bytes(log.read_bytes()[:-9])
    pieces = list(reading.pieces(torn, size))
    by_piece = [list(piece.lines()) for piece in pieces]
    found = [line for lines in by_piece for line in lines]
    assert [line.data for line in found] == torn.read_bytes().split(b"\n")
    assert [line.whole for line in found] == [True] * (len(found) - 1) + [False]
    assert all([line.number for line in lines] == list(range(1, len(lines) + 1)) for lines in by_piece)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answer", {"selected_backend": "elsewhere"}), ("answer", None), ("instructions", 1), ("bytes", 1),
        ("error", {"kind": "runtime", "message": "no", "position": ""}), ("seed", 1), ("clock", 0.0),
        ("limits", {"instructions": 10, "memory": 9999, "depth": 200, "log": 0, "seconds": None}),
    ],
)  # fmt: skip
def test_a_record_that_says_something_else_differs(log: Path, tmp_path: Path, field: str, value: Any) -> None:
    result = altered(log, tmp_path, "dice", **{field: value})
    assert (len(result.findings.differences), result.good) == (1, False)
    difference = result.findings.differences[0]
    assert (difference.line, difference.tenant, difference.id) == (1, "dice", "req-3")
    if field in difference.fields:
        assert difference.fields[field][0] == value


def test_an_error_is_compared_to_the_letter(log: Path, tmp_path: Path) -> None:
    error = {"kind": "runtime", "message": "broken.lua:2: attempt to…", "position": "broken.lua:1"}
    result = altered(log, tmp_path, "broken", error=error)
    assert list(result.findings.differences[0].fields) == ["error"]


BROKEN_OFF = {"seed": None, "clock": None, "answer": None, "instructions": 0, "bytes": 0}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({**BROKEN_OFF, "error": {"kind": "timeout", "message": "", "position": ""}}, "the wall clock ended the run"),
        ({**BROKEN_OFF, "error": {"kind": "engine", "message": "", "position": ""}}, "the engine failed"),
        ({"answer": None, "error": {"kind": "timeout", "message": "", "position": ""}}, "the wall clock ended the run"),
        ({**BROKEN_OFF, "script": None, "answer": {"selected_backend": "", "reject": True}}, "no script ran"),
        ({**BROKEN_OFF, "script": None, "error": {"kind": "syntax", "message": "", "position": ""}}, "no script ran"),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed(log: Path, tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    result = altered(log, tmp_path, "dice", **fields)
    assert result.findings.not_replayable == {reason: 1}
    assert (result.good, result.proved) == (True, False)


def test_a_script_that_is_said_to_have_read_a_masked_header_does_so(log: Path, tmp_path: Path) -> None:
    result = altered(log, tmp_path, "dice", read=["Cookie"])
    assert result.findings.differences[0].fields == {"read": (["Cookie"], [])}
    readers = [v for v in map(json.loads, lines(log)) if v.get("tenant") == "session" and v["read"]]
    file = tmp_path / "reader.log"
    file.write_text(encode({**readers[0], "number": 1, "prev": "0" * 64, "read": []}) + "\n")
    result = replay_logs([file], scripts=Path(f"{log}.scripts"))
    assert result.findings.differences[0].fields == {"read": ([], readers[0]["read"])}


ENGINE = {"kind": "engine", "message": "the engine failed: x", "position": ""}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"seed": None, "clock": None, "instructions": 0, "bytes": 0}, "a script is named"),
        ({"seed": None, "clock": None}, "it was charged"),
        ({"error": ENGINE}, "an answer and an error of kind 'engine'"),
        ({"error": {**ENGINE, "kind": "timeout"}}, "an answer and an error of kind 'timeout'"),
        ({"answer": None, "error": ENGINE}, "the engine failed, and yet there is a seed"),
        ({**BROKEN_OFF}, "neither an answer nor an error"),
        ({**BROKEN_OFF, "script": None, "answer": {"selected_backend": "a"}}, "a backend was selected"),
        ({**BROKEN_OFF, "script": None, "error": ENGINE}, "an error of kind 'engine' without a script"),
        ({**BROKEN_OFF, "error": ENGINE, "read": ["X"]}, "which is not masked"),
    ],
)
def test_a_record_that_contradicts_itself_is_a_finding(
    log: Path, tmp_path: Path, fields: dict[str, Any], problem: str
) -> None:
    result = altered(log, tmp_path, "dice", **fields)
    found = result.findings
    assert (result.records, found.contradictory, found.not_replayable.total(), result.good) == (1, 1, 0, False)
    assert problem in result.breaks[0].problem


def test_under_another_cost_table_counts_are_not_compared(log: Path, tmp_path: Path) -> None:
    result = altered(log, tmp_path, "dice", costs="0", instructions=1, bytes=1)
    assert (result.findings.same, result.findings.answers_only, result.good) == (1, 1, True)
    result = altered(log, tmp_path, "dice", costs="0", answer={"selected_backend": "x"})
    assert list(result.findings.differences[0].fields) == ["answer"]
    result = altered(log, tmp_path, "endless", costs="0")
    assert list(result.findings.not_replayable.values()) == [1]
    assert "another cost table" in next(iter(result.findings.not_replayable))


def test_a_log_of_cost_table_2(capsys: pytest.CaptureFixture[str]) -> None:
    """Written by the last engine with that table: answers and errors are compared, counts are not, and it is said."""
    file = Path(__file__).parent / "costs_2" / "decisions.log"
    result = replay_logs([file])
    found = result.findings
    assert (found.same, found.answers_only, found.differences) == (3, 3, [])
    assert (found.not_replayable.total(), result.breaks) == (1, [])
    assert main(["replay", str(file)]) == 0
    assert "costs: 3 records are of another cost table than 3; counts not compared" in capsys.readouterr().out
    value = next(value for value in map(json.loads, lines(file)) if value.get("tenant") == "weights")
    _, record = read_record(encode(value).encode())
    assert isinstance(record, DecisionRecord)
    assert record.script is not None
    program = Archive(Path(f"{file}.scripts")).program(record.script, record.name)
    assert decide(program, record.request, seed=record.seed, now=record.clock).instructions != record.instructions


def test_seeds_of_older_engines_are_those_of_then(tmp_path: Path) -> None:
    """Until cost table 3 a script's seed stood for the run's; now both count."""
    source = "function on_route_request() math.randomseed(9) return {tags = {n = tostring(math.random())}} end"
    program = compile_program(source.encode(), "seeded.lua", {})
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, Masks([], KEY))
    record(recorder, {"seeded": program}, [("seeded", request())] * 3)
    recorder.close()
    assert replay_logs([file]).findings.same == 3
    archived = Path(f"{file}.scripts")
    value = json.loads(lines(file)[2])
    assert value["seed"]
    then = decide(program, request(), seed=0).answer  # of the run's seed 0 the script's is left as it was
    for answer, same in ((then, 1), (value["answer"], 0)):
        older = tmp_path / "older.log"
        older.write_text(encode({**value, "number": 1, "prev": "0" * 64, "costs": "2", "answer": answer}) + "\n")
        assert replay_logs([older], scripts=archived).findings.same == same


def test_keys_of_older_engines_go_in_the_order_of_then(tmp_path: Path) -> None:
    """Until cost table 3 `pairs`, `next` and `foreach` took positions in the order in which they came."""
    walks = (
        "for k in pairs(t) do n = n .. k end",
        "local k = next(t) while k do n = n .. k k = next(t, k) end",
        "table.foreach(t, function(k) n = n .. k end)",
        "for k in next, t do n = n .. k end",
    )
    for number, walk in enumerate(walks):
        source = f"function on_route_request() local t, n = {{x = 1}}, '' t[2] = 2 t[1] = 1 {walk} return {{tags = {{n = n}}}} end"
        file = tmp_path / f"{number}.log"
        recorder = Recorder(file, Masks([], KEY))
        record(recorder, {"keys": compile_program(source.encode(), "keys.lua", {})}, [("keys", request())])
        recorder.close()
        value = next(value for value in map(json.loads, lines(file)) if "answer" in value)
        assert value["answer"]["tags"] == {"n": "12x"}
        for order, same in (("x21", 1), ("12x", 0)):
            older = tmp_path / "older.log"
            changed = {
                **value,
                "number": 1,
                "prev": "0" * 64,
                "costs": "2",
                "answer": {**value["answer"], "tags": {"n": order}},
            }
            older.write_text(encode(changed) + "\n")
            assert replay_logs([older], scripts=Path(f"{file}.scripts")).findings.same == same


def test_what_two_versions_answered_is_the_same_but_for_how_long_it_holds(tmp_path: Path) -> None:
    source = "function on_route_request() return {selected_backend = 'a', cache = {seconds = 5}} end"
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, Masks([], KEY))
    record(recorder, {"held": compile_program(source.encode(), "held.lua", {})}, [("held", request())])
    recorder.close()
    value = next(value for value in map(json.loads, lines(file)) if "answer" in value)
    assert value["answer"]["cache"] == {"seconds": 5, "vary": []}
    for cache, same in ((shared(value["answer"])["cache"], 1), ({"seconds": 0, "because": "no"}, 0)):
        other = tmp_path / "other.log"
        answer = {**value["answer"], "cache": cache}
        other.write_text(encode({**value, "number": 1, "prev": "0" * 64, "answer": answer}) + "\n")
        assert replay_logs([other], scripts=Path(f"{file}.scripts")).findings.same == same


def test_whole_numbers_of_older_engines_had_14_digits(tmp_path: Path) -> None:
    """Until cost table 3 an answer's texts had them as `tostring` has; now whole ones are told in full, as in Go."""
    source = (
        "function on_route_request() return {selected_backend = 123456789012345, tags = {n = -2^53, m = 2^53 + 2}} end"
    )
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, Masks([], KEY))
    record(recorder, {"long": compile_program(source.encode(), "long.lua", {})}, [("long", request())])
    recorder.close()
    value = next(value for value in map(json.loads, lines(file)) if "answer" in value)
    full = {"selected_backend": "123456789012345", "tags": {"n": "-9007199254740992", "m": "9.007199254741e+15"}}
    short = {"selected_backend": "1.2345678901234e+14", "tags": {"n": "-9.007199254741e+15", "m": "9.007199254741e+15"}}
    assert value["answer"] == full
    wrong = {**short, "selected_backend": "1.2345678901235e+14"}
    for costs, answer, same in (("2", short, 1), ("1", short, 1), ("2", full, 1), ("2", wrong, 0), ("3", short, 0)):
        older = tmp_path / "older.log"
        older.write_text(encode({**value, "number": 1, "prev": "0" * 64, "costs": costs, "answer": answer}) + "\n")
        assert replay_logs([older], scripts=Path(f"{file}.scripts")).findings.same == same, (costs, answer)


def test_a_script_that_is_gone_or_changed_is_trouble(log: Path, tmp_path: Path) -> None:
    value = next(value for value in map(json.loads, lines(log)) if value.get("tenant") == "dice")
    result = replay_logs([log], scripts=tmp_path)
    assert not result.good
    assert f"script {value['script']} is not in {tmp_path}" in [found.problem for found in result.breaks]
    assert result.findings.not_replayable["the script is not to be had"] == len(result.breaks)


ENDLESS = {"instructions": 1 << 60, "memory": 1 << 60, "depth": 200, "log": 0, "seconds": None}


@pytest.mark.parametrize(
    ("tenant", "caps"),
    [
        ("endless", Caps(instructions=1 << 60, seconds=0.1)),
        ("endless", Caps(instructions=10_000)),
        ("greedy", Caps(memory=100_000)),
    ],
    ids=["seconds", "instructions", "memory"],
)
def test_the_auditor_says_what_a_run_may_use(log: Path, tmp_path: Path, tenant: str, caps: Caps) -> None:
    result = altered(log, tmp_path, tenant, caps=caps, limits=ENDLESS)
    assert list(result.findings.not_replayable) == [CAPPED]
    assert (result.good, result.proved) == (True, False)


def test_what_fits_into_the_caps_is_compared_whatever_the_limits_were(log: Path, tmp_path: Path) -> None:
    assert altered(log, tmp_path, "dice", limits=ENDLESS).findings.same == 1
    used = next(value for value in map(json.loads, lines(log)) if value.get("tenant") == "dice")
    exact = Caps(used["instructions"], used["bytes"])
    assert altered(log, tmp_path, "dice", caps=exact, limits=ENDLESS).findings.same == 1
    for less in (replace(exact, instructions=exact.instructions - 1), replace(exact, memory=exact.memory - 1)):
        assert list(altered(log, tmp_path, "dice", caps=less, limits=ENDLESS).findings.not_replayable) == [CAPPED]


def test_runs_that_end_at_a_cap_are_not_tried_for_ever(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    monkeypatch.setattr(
        "keystone_lua.audit.replay.decision_of", lambda *a, **k: tried.append(1) or decision_of(*a, **k)
    )
    value = next(value for value in map(json.loads, lines(log)) if value.get("tenant") == "endless")
    file = tmp_path / "many.log"
    text = "".join(encode({**value, "number": n, "prev": "0" * 64, "limits": ENDLESS}) + "\n" for n in range(1, 41))
    file.write_text(text)
    result = replay_logs([file], scripts=Path(f"{log}.scripts"), caps=Caps(instructions=1000))
    assert result.findings.not_replayable == {CAPPED: 40}
    assert len(tried) == MAX_CAPPED


def test_a_bug_of_ours_is_a_difference(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from keystone_lua.interpreter import EngineError

    def fail(*_: Any, **__: Any) -> None:
        raise EngineError("oops")

    monkeypatch.setattr("keystone_lua.audit.replay.decision_of", fail)
    result = altered(log, tmp_path, "dice")
    assert result.findings.differences[0].fields["error"][1]["kind"] == "engine"


def test_a_log_on_which_nothing_happened(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    Recorder(file, Masks([], KEY)).close()
    result = replay_logs([file])
    assert (result.good, result.records, result.heads[0].lines) == (True, 0, 2)


# the command


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, list[str], str]:
    """The exit code, the lines of standard output, and standard error."""
    try:
        code = main(["replay", *map(str, arguments)])
    except SystemExit as stop:
        code = int(str(stop.code))
    out, err = capsys.readouterr()
    return code, out.splitlines(), err


def test_the_command_on_a_good_log(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = replay_logs([log])
    head = result.heads[0].hash
    masked = result.findings.not_replayable["the script read a masked header or a secret"]
    assert run(capsys, log, "--expect-head", head) == (0, [
        "not replayable: 20, no script ran",
        f"not replayable: {masked}, the script read a masked header or a secret",
        f"not excluded: other answers where a record is not replayable ({20 + masked})",
        f"head {head} {log} ({20 * TENANTS + 2} lines)",
        f"{20 * TENANTS} records: {20 * (TENANTS - 1) - masked} same, 0 different, {20 + masked} not replayable, chain ok",
    ], "")  # fmt: skip


def test_the_command_on_a_bad_log(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = lines(log)
    value = next(value for value in map(json.loads, changed) if value.get("tenant") == "silent")
    place = value["number"] - 1
    value["answer"]["reject_reason"] = "x" * 1000
    changed[place] = encode(value).encode()
    file = tmp_path / "decisions.log"
    file.write_bytes(b"\n".join([*changed, b""]))
    code, out, err = run(capsys, file, "--scripts", f"{log}.scripts", "--expect-head", "0" * 64)
    assert (code, err) == (1, "")
    assert out[0].startswith(f'{file}:{place + 1}: {value["id"]}: answer was {{"selected_backend": "", "reject": true')
    assert len(out[0]) < 700
    assert out[1].startswith(f"{file}:{place + 1}: this line was changed")
    assert out[2] == f"no chain ends at {'0' * 64}"
    assert out[-1].startswith(f"{20 * TENANTS} records: ")
    assert out[-1].endswith("not replayable, chain broken at 1 place, head not as expected")


def test_the_command_in_json(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, log, "--json", "--processes", "1")
    facts = json.loads("".join(out))
    assert (code, facts["good"], facts["records"], facts["differences"], facts["breaks"]) == (
        0,
        True,
        20 * TENANTS,
        [],
        [],
    )
    assert facts["heads"] == [{"file": str(log), "lines": 20 * TENANTS + 2, "hash": replay_logs([log]).heads[0].hash}]
    assert facts["same"] + sum(facts["not_replayable"].values()) == 20 * TENANTS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.log"], "cannot read nowhere.log: No such file or directory"),
        (["."], "Is a directory"),
        (["x.log", "--expect-head", "abc"], "no SHA-256"),
        ([], "required"),
        (["x.log", "--processes", "0"], "whole number from 1"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, [])
    assert message in err


def test_scripts_that_were_reloaded_meanwhile_are_each_in_the_archive(tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    recorder = Recorder(file, Masks([], KEY))
    for version in "abc":
        source = f'function on_route_request() return {{selected_backend = "{version}"}} end'
        program = compile_program(source.encode(), "t.lua")
        made = decide(program, request(), limits=LIMITS)
        recorder.record("t", request(), program, made, made.answer, None, limits=LIMITS)
    recorder.close()
    assert len(list(Path(f"{file}.scripts").iterdir())) == 3
    assert replay_logs([file]).findings.same == 3
    assert programs()["canary"].sources.keys() == {"backends"}


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_that_is_too_long_is_one_finding(
    packed: bool, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = lines(log)
    limit = max(map(len, data))
    monkeypatch.setattr(reading, "MAX_LINE", limit)
    monkeypatch.setattr(compressed, "BLOCK", 500)
    for size, problems in ((limit, ["no record: not JSON in ASCII"]), (limit + 1, ["no record: a line of more than"])):
        long = b"x" * size
        for place in (0, 5, len(data)):
            file = tmp_path / ("long.log.000001.gz" if packed else "long.log")
            text = b"\n".join([*data[:place], long, *data[place:], b""])
            file.write_bytes(gzip.compress(text) if packed else text)
            for pieces in (reading.PIECE, 5000):
                monkeypatch.setattr(reading, "PIECE", pieces)
                held = [line for piece in reading.pieces(file, pieces) for line in piece.lines()]
                assert [line.long for line in held if line.long] == ([line_hash(long)] if size > limit else [])
                assert max(len(line.data) for line in held) == limit
                result = replay_logs([file], scripts=Path(f"{log}.scripts"))
                own = [b for b in result.breaks if b.problem.startswith(problems[0])]
                assert [b.line for b in own] == [place + 1]
                assert result.records == 20 * TENANTS
                assert result.heads[0].lines == len(data) + 1


def test_masked_values_of_a_record_do_not_add_up(log: Path, tmp_path: Path) -> None:
    for size, found in ((MAX_MASKED // 8, 1), (MAX_MASKED // 8 + 1, 0)):
        headers = {f"X-{number}": {"hmac": "0" * 64, "bytes": size} for number in range(8)}
        result = altered(log, tmp_path, "dice", request=request(headers=headers))
        assert (result.records, len(result.breaks)) == (found, 1 - found)


def test_a_record_of_too_many_values_is_no_record() -> None:
    for commas, problem in ((MAX_VALUES, "is missing"), (MAX_VALUES + 1, "more than")):
        with pytest.raises(RecordError, match=problem):
            read_record(encode({"x": [0] * (commas + 1)}).encode())


def test_a_file_that_becomes_shorter_is_trouble(log: Path, tmp_path: Path) -> None:
    file = tmp_path / "short.log"
    file.write_bytes(log.read_bytes())
    piece = next(reading.pieces(file))
    file.write_bytes(b"")
    with pytest.raises(OSError, match="became shorter"):
        list(piece.lines())


def test_a_bug_of_ours_ends_no_report(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("keystone_lua.audit.replay.decision_of", fail)
    found = replay_logs([log]).findings
    assert len(found.differences) + found.not_replayable.total() == 20 * TENANTS
    assert found.same == 0
