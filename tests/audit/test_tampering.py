"""What can be done to a log, and what replay says: by the chain and the answers alone, and with the head expected.

Whoever can write the whole log can write it anew, each line with its new hash: what the runs themselves do not contradict
is then beyond a chain, and the report says so. With a head that was noted elsewhere, or an anchor, nothing is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit import Anchorage
from keystone_lua.audit.chain import line_hash
from keystone_lua.audit.records import encode
from keystone_lua.cli import main
from tests.untrusted.test_text import ACTING

from .support import lines, write_log

Lines = list[bytes]
Tampering = Callable[[Lines, Lines], Lines]
"""Of the log's lines and another log's, the tampered ones."""


def edited(place: int, **fields: Any) -> Tampering:
    """One record with other fields, its hash left as it is."""
    return lambda log, _: [*log[:place], changed(log[place], **fields), *log[place + 1 :]]


def changed(line: bytes, **fields: Any) -> bytes:
    value = json.loads(line)
    return encode({**value, **fields}).encode()


def anew(log: Lines, start: int = 0) -> Lines:
    """The log with numbers and hashes that fit, from a line on."""
    made = list(log[:start])
    for number, line in enumerate(log[start:], start + 1):
        made.append(changed(line, number=number, prev=line_hash(made[-1]) if made else "0" * 64))
    return made


def rewritten(tampering: Tampering) -> Tampering:
    """Whoever did it also mended the chain."""
    return lambda log, other: anew(tampering(log, other))


def place_of(log: Lines, tenant: str) -> int:
    return next(i for i, line in enumerate(log) if json.loads(line).get("tenant") == tenant)


def of(whose: str, **fields: Any) -> Tampering:
    return lambda log, other: edited(place_of(log, whose), **fields)(log, other)


def without(line: bytes, key: str) -> bytes:
    value = json.loads(line)
    del value[key]
    return encode(value).encode()


ANSWER = {"selected_backend": "elsewhere"}
OTHER_PATH = {"method": "GET", "path": "/x", "host": "h", "headers": {}, "body": "", "backends": []}
TIMEOUT = {"kind": "timeout", "message": "wall-clock limit exceeded (5)", "position": ""}
BROKEN = {"seed": None, "clock": None, "answer": None, "instructions": 0, "bytes": 0}

BY_THE_CHAIN: dict[str, Tampering] = {
    "an answer": of("dice", answer=ANSWER),
    "a path": of("dice", request=OTHER_PATH),
    "a time": edited(3, time=1.0),
    "a seed": of("dice", seed=77),
    "an id": edited(3, id="x"),
    "a tenant": edited(3, tenant="x"),
    "a kind": edited(3, kind="stop"),
    "an unknown kind": edited(3, kind="decisions"),
    "an extra key": edited(3, extra=1),
    "a key less": lambda log, _: [*log[:3], without(log[3], "lane"), *log[4:]],
    "a number": edited(3, number=99),
    "a hash": edited(3, prev="f" * 64),
    "the first line gone": lambda log, _: log[1:],
    "a line gone": lambda log, _: [*log[:4], *log[5:]],
    "three lines gone": lambda log, _: [*log[:4], *log[7:]],
    "a line twice": lambda log, _: [*log[:5], log[4], *log[5:]],
    "a line copied to the end": lambda log, _: [*log, log[4]],
    "two lines swapped": lambda log, _: [*log[:4], log[5], log[4], *log[6:]],
    "all lines turned": lambda log, _: log[::-1],
    "another log's line between": lambda log, other: [*log[:4], other[4], *log[4:]],
    "another log's line instead": lambda log, other: [*log[:4], other[4], *log[5:]],
    "another log's end": lambda log, other: [*log[:6], *other[6:]],
    "another log behind it": lambda log, other: [*log, *other],
    "an empty line": lambda log, _: [*log[:4], b"", *log[4:]],
    "spaces in JSON": lambda log, _: [*log[:4], log[4].replace(b":", b": ", 1), *log[5:]],
    "a carriage return": lambda log, _: [line + b"\r" for line in log],
    "two lines as one": lambda log, _: [*log[:4], log[4] + log[5], *log[6:]],
    "a line in two": lambda log, _: [*log[:4], log[4][:50], log[4][50:], *log[5:]],
    "text that is none": lambda log, _: [*log[:4], b"\xff\xfe", *log[5:]],
    "keys in another order": lambda log, _: [
        *log[:4], encode(dict(sorted(json.loads(log[4]).items()))).encode(), *log[5:],
    ],
    "everything gone": lambda log, _: [],
}  # fmt: skip
"""Shown by hashes, numbers and the form of lines."""

BY_THE_RUNS: dict[str, Tampering] = {
    "an answer": rewritten(of("dice", answer=ANSWER)),
    "no answer": rewritten(of("dice", answer=None)),
    "an error": rewritten(of("dice", error=TIMEOUT)),
    "the seed": rewritten(of("dice", seed=77)),
    "the clock": rewritten(of("dice", clock=1.0)),
    "the request": rewritten(of("dice", request=OTHER_PATH)),
    "the instructions": rewritten(of("dice", instructions=1)),
    "the bytes": rewritten(of("dice", bytes=1)),
    "the script": rewritten(of("dice", script="0" * 64)),
    "no run, and an answer": rewritten(of("dice", seed=None, clock=None)),
    "no run and no charge, and an answer": rewritten(of("dice", seed=None, clock=None, instructions=0, bytes=0)),
    "a header that was not masked": rewritten(of("dice", read=["X-None"])),
    "a timeout beside an answer": rewritten(of("dice", error=TIMEOUT)),
    "the engine's failure beside an answer": rewritten(of("dice", error={**TIMEOUT, "kind": "engine"})),
    "nobody's tenant, and a backend": rewritten(of("dice", **{**BROKEN, "script": None, "answer": ANSWER})),
    "an extra key": rewritten(edited(3, extra=1)),
    "keys in another order": rewritten(
        lambda log, _: [*log[:4], encode(dict(sorted(json.loads(log[4]).items()))).encode(), *log[5:]]
    ),
    "an extra key of a note": rewritten(edited(0, extra=1)),
    "an extra key of the request": rewritten(of("dice", request={**OTHER_PATH, "extra": 1})),
    "limits that end it": rewritten(
        of("dice", limits={"instructions": 10, "memory": 9999, "depth": 200, "log": 0, "seconds": None})
    ),
}
"""The chain was mended, and the runs show it, or the record contradicts itself."""

BY_THE_HEAD: dict[str, Tampering] = {
    "the last line gone": lambda log, _: log[:-1],
    "the last three gone": lambda log, _: log[:-3],
    "all but the first gone": lambda log, _: log[:1],
    "a line gone": rewritten(lambda log, _: [*log[:4], *log[5:]]),
    "a line twice": rewritten(lambda log, _: [*log[:5], log[4], *log[5:]]),
    "two lines swapped": rewritten(lambda log, _: [*log[:4], log[5], log[4], *log[6:]]),
    "another log's line between": rewritten(lambda log, other: [*log[:4], other[4], *log[4:]]),
    "another log": lambda log, other: other,
    "a time": rewritten(edited(3, time=1.0)),
    "an id": rewritten(edited(3, id="x")),
    "a tenant": rewritten(edited(3, tenant="x")),
    "a timeout": rewritten(of("dice", **BROKEN, error=TIMEOUT)),
    "nobody's tenant": rewritten(
        of(
            "dice",
            **{**BROKEN, "script": None, "answer": {"selected_backend": "", "reject": True, "reject_reason": "x"}},
        )
    ),
    "a gap": rewritten(
        lambda log, _: [
            *log[:4],
            encode({"kind": "gap", "number": 5, "prev": "0" * 64, "time": 1.0, "dropped": 9, "reason": "x"}).encode(),
            *log[5:],
        ]
    ),
}
"""Beyond the log itself."""

ALL = {
    f"{kind}: {name}": (tampering, kind)
    for kind, table in (("chain", BY_THE_CHAIN), ("runs", BY_THE_RUNS), ("head", BY_THE_HEAD))
    for name, tampering in table.items()
}


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Lines, Lines]:
    folder = tmp_path_factory.mktemp("logs")
    head = write_log(folder / "decisions.log", 22, anchorage=Anchorage(folder / "anchors")).head
    write_log(folder / "other.log", 30)
    other = [changed(line, id="other") if b'"id":' in line else line for line in lines(folder / "other.log")]
    return folder, head, lines(folder / "decisions.log"), anew(other)


@pytest.mark.parametrize("name", ALL)
def test_what_a_replay_shows(
    name: str, logs: tuple[Path, str, Lines, Lines], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, head, log, other = logs
    tampering, kind = ALL[name]
    tampered = tampering(log, other)
    assert tampered != log
    file = tmp_path / "decisions.log"
    file.write_bytes(b"".join(line + b"\n" for line in tampered))
    command = ["replay", str(file), "--scripts", f"{folder}/decisions.log.scripts", "--processes", "1"]
    code = main(command)
    out = capsys.readouterr().out
    assert code == (0 if kind == "head" else 1), out
    if kind == "head":
        assert "not excluded: a cut tail, or a log written anew from some line on: no head was expected" in out
    assert main([*command, "--expect-head", head]) == 1
    out = capsys.readouterr().out
    assert "no head was expected" not in out
    assert kind != "head" or "is not expected" in out
    assert main([*command, "--anchors", f"{folder}/anchors"]) == 1
    out = capsys.readouterr().out
    assert kind != "head" or "not as anchored" in out


def test_the_log_itself_is_good(logs: tuple[Path, str, Lines, Lines], capsys: pytest.CaptureFixture[str]) -> None:
    folder, head, log, _ = logs
    assert main(["replay", f"{folder}/decisions.log", "--expect-head", head]) == 0
    assert main(["replay", f"{folder}/decisions.log", "--anchors", f"{folder}/anchors"]) == 0
    assert (
        main(["replay", f"{folder}/decisions.log", "--expect-head", head, "--strict"]) == 1
    )  # masked headers were read
    assert anew(log) == log
    capsys.readouterr()


def test_strict_is_content_with_what_was_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from keystone_lua.audit import Masks, Recorder

    from .support import KEY, programs, record, request

    file = tmp_path / "decisions.log"
    recorder = Recorder(file, Masks([], KEY))
    record(recorder, programs(), [("dice", request()), ("canary", request())])
    recorder.close()
    assert main(["replay", str(file), "--strict"]) == 0
    assert "not excluded: a cut tail" in capsys.readouterr().out


@pytest.mark.parametrize("name", ACTING)
def test_no_text_of_a_tampered_log_acts_on_the_terminal(
    name: str, logs: tuple[Path, str, Lines, Lines], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _, log, other = logs
    odd = ACTING[name][0]
    file = tmp_path / "decisions.log"
    fields = {"id": odd, "tenant": odd, "name": odd, "lane": odd, "costs": "3", "answer": {odd: odd}}
    tampered = [*anew(of("dice", **fields)(log, other)), odd.encode("utf-8", "surrogatepass")]
    file.write_bytes(b"".join(line + b"\n" for line in tampered))
    for more in ([], ["--json"]):
        assert main(["replay", str(file), "--scripts", f"{folder}/decisions.log.scripts", *more]) == 1
        assert all(c.isprintable() or c in "\n\t" for c in capsys.readouterr().out)
