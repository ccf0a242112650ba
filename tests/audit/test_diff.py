"""What a change of scripts would do to recorded requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Script, diff_logs, reading
from keystone_lua.cli import main
from keystone_lua.interpreter import compile_program
from keystone_lua.routing.decision import decide

from .support import LIMITS, NOW, ROOT, TENANTS, lines, mixed_requests, programs, request, write_log

CANARY = (ROOT / "scripts" / "canary.lua").read_bytes()
WIDER = CANARY.replace(b"DEFAULT_PERCENT = 10", b"DEFAULT_PERCENT = 40")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(file, 40 * TENANTS)
    return file


def script(source: bytes) -> Script:
    return Script.of(compile_program(source, "canary.lua", programs()["canary"].sources))


def test_exactly_the_moved_requests(log: Path) -> None:
    """Against every request decided here by both versions."""
    old, new = programs()["canary"], compile_program(WIDER, "canary.lua", programs()["canary"].sources)
    moved = []
    for number, (tenant, asked) in enumerate(mixed_requests(40 * TENANTS)):
        if tenant == "canary":
            answers = [decide(p, asked, limits=LIMITS, seed=number, now=NOW + number).answer for p in (old, new)]
            if answers[0] != answers[1]:
                moved.append(f"req-{number}")
    assert len(moved) > 2
    found = diff_logs({"canary": script(CANARY)}, {"canary": script(WIDER)}, [log], tenant="canary")
    assert dict(found.moved) == {("backend api-stable", "backend api-canary"): len(moved)}
    assert (found.same, found.altered.total(), found.unknown) == (40 - len(moved), 0, 0)
    assert [example.id for examples in found.examples.values() for example in examples] == moved[:3]
    for example in found.examples["backend api-stable", "backend api-canary"]:
        assert json.loads(lines(log)[int(example.place.rpartition(":")[2]) - 1])["id"] == example.id


def test_other_processes_find_the_same(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"canary": script(CANARY)}, {"canary": script(WIDER)}
    here = diff_logs(*versions, [log], processes=1)
    monkeypatch.setattr(reading, "SMALL", 0)
    pieces = list(reading.pieces(log, 50_000))
    monkeypatch.setattr("keystone_lua.audit.reading.pieces", lambda _: pieces)
    assert diff_logs(*versions, [log], processes=2) == here


def diff(old: Any, new: Any, log: Path) -> Any:
    return diff_logs(old, new, [log])


def test_all_sorts_of_change(log: Path) -> None:
    old: dict[str, Script | str] = {name: Script.of(program) for name, program in programs().items()}
    new = {
        **old,
        "silent": script(b'function on_route_request() return {selected_backend = "loud"} end'),
        "blue-green": script(b"function on_route_request() return nil end"),
        "dice": script(b"error('no luck')"),
        "ab-testing": "ab-testing.lua:1: unexpected symbol near '?'",
        "canary": script(CANARY.replace(b'"X-Backend-Type"', b'"X-Kind"')),
    }
    del new["order"]
    found = diff(old, new, log)
    assert found.altered.keys() == {"backend api-canary", "backend api-stable"}
    assert {(change.was.split(" ")[0], change.now) for change in found.moved} == {
        ("reject", "backend loud"), ("backend", "reject"), ("backend", "error runtime"), ("backend", "error syntax"),
        ("reject", "error syntax"), ("backend", "reject (no script)"),
    }  # fmt: skip
    assert found.become("error") == 80
    order = [value for value in map(json.loads, lines(log)) if value.get("tenant") == "order"]
    assert found.become("reject") == 40 + sum(value["read"] == [] for value in order)
    assert found.same + found.different + found.unknown == 40 * TENANTS


def test_a_masked_value_that_either_version_reads_is_unknown(log: Path) -> None:
    reads = script(b"function on_route_request(r) return {selected_backend = r.headers.cookie or 'none'} end")
    plain = script(b"function on_route_request(r) return {selected_backend = 'none'} end")
    asked = [value["request"] for value in map(json.loads, lines(log)) if value.get("tenant") == "canary"]
    cookies = sum("Cookie" in value["headers"] for value in asked)
    assert 5 < cookies < 35
    for versions in ((reads, plain), (plain, reads)):
        found = diff_logs({"canary": versions[0]}, {"canary": versions[1]}, [log], tenant="canary")
        assert (found.unknown, found.same, found.different) == (cookies, 40 - cookies, 0)


def test_costs(log: Path) -> None:
    new = script(
        WIDER.replace(b"return math.random", b"local s = 0 for i = 1, 100 do s = s + i end return math.random")
    )
    found = diff_logs({"canary": script(CANARY)}, {"canary": new}, [log], tenant="canary")
    assert found.ran == 40
    assert found.instructions.dearer > 20
    assert found.instructions.now - found.instructions.was > 100 * found.instructions.dearer
    assert found.instructions.most > found.instructions.now / found.ran


def test_lines_that_are_no_records_are_left_out_and_counted(log: Path, tmp_path: Path) -> None:
    file = tmp_path / "decisions.log"
    file.write_bytes(b"garbage\n" + log.read_bytes()[:-10])
    assert diff({}, {}, file).unread == 2


# the command


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    """The exit code, standard output and standard error."""
    try:
        code = main(["diff", *map(str, arguments)])
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, *capsys.readouterr()


def test_two_scripts(log: Path, bundled_scripts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = bundled_scripts / "canary-2.lua"
    new.write_bytes(WIDER)
    code, out, err = run(capsys, ROOT / "scripts" / "canary.lua", new, "--requests", log)
    assert (code, err) == (0, "")
    shown = out.splitlines()
    assert shown[0].split() == ["was", "is", "requests"]
    assert shown[1].startswith("backend api-stable  backend api-canary")
    moved = int(shown[1].split()[-1])
    assert shown[-1] == f"40 requests: {40 - moved} same, {moved} moved, 0 altered ({moved * 2.5:.2f} % differ)"
    for limit, expected in ((moved * 2.5, 0), (moved * 2.5 - 0.1, 1), (100, 0), (0, 1)):
        assert run(capsys, ROOT / "scripts/canary.lua", new, "--requests", log, "--fail-over", limit)[0] == expected


def test_two_folders(log: Path, bundled_scripts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, ROOT / "scripts", bundled_scripts, "--requests", log)[1].endswith("0 altered (0.00 % differ)\n")
    (bundled_scripts / "canary.lua").unlink()
    (bundled_scripts / "blue-green.lua").write_text("?")
    code, out, _ = run(capsys, ROOT / "scripts", bundled_scripts, "--requests", log, "--json")
    facts = json.loads(out)
    assert (code, facts["requests"], facts["become_errors"], facts["become_rejects"]) == (0, 40 * TENANTS, 40, 40)
    assert {change["is"] for change in facts["moved"]} == {"error syntax", "reject (no script)"}
    only = json.loads(
        run(capsys, ROOT / "scripts", bundled_scripts, "--requests", log, "--tenant", "canary", "--json")[1]
    )
    assert (only["requests"], only["become_rejects"]) == (40, 40)


def test_a_folder_of_requests(bundled_scripts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    requests = tmp_path / "requests"
    (requests / "canary").mkdir(parents=True)
    (requests / "canary" / "forced.json").write_text(json.dumps(request(headers={"X-Canary": "true"})))
    (requests / "canary" / "kept.json").write_text(json.dumps(request(headers={"X-Canary": "false"})))
    (bundled_scripts / "canary.lua").write_bytes(CANARY.replace(b'forced == "true"', b'forced ~= "true"'))
    facts = json.loads(run(capsys, ROOT / "scripts", bundled_scripts, "--requests", requests, "--json")[1])
    assert [(change["was"], change["is"]) for change in facts["moved"]] == [
        ("backend api-canary", "backend api-stable"), ("backend api-stable", "backend api-canary"),
    ]  # fmt: skip
    assert [example["id"] for example in facts["examples"]] == ["forced", "kept"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{s}", "{s}/canary.lua", "--requests", "{l}"], "two scripts or two folders"),
        (["{s}/no.lua", "{s}/canary.lua", "--requests", "{l}"], "cannot read"),
        (["{s}/canary.lua", "{s}/canary.lua", "--requests", "nowhere"], "cannot read nowhere: No such file"),
        (["{s}/canary.lua", "{s}/canary.lua"], "--requests"),
        (["{s}/canary.lua", "{s}/canary.lua", "--requests", "{s}/lib"], "no *.json in"),
        (["{s}/lib/backends.lua", "{s}/canary.lua", "--requests", "{l}"], "no request of tenant 'backends'; --tenant"),
        (["{s}", "{s}", "--requests", "{l}", "--fail-over", "101"], "--fail-over"),
    ],
)
def test_wrong_usage(log: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *(text.format(s=ROOT / "scripts", l=log) for text in arguments))
    assert (code, out) == (2, "")
    assert message in err


def test_a_request_whose_tenant_nobody_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text("{}")
    code, _, err = run(capsys, ROOT / "scripts", ROOT / "scripts", "--requests", tmp_path)
    assert (code, "whose request is this?" in err) == (2, True)
