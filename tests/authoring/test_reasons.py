"""Why a decision is what it is: planted dependencies found, none invented, every change shown verified by running it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.authoring import reasons as module
from keystone_lua.authoring.changes import MOST_CONSTANTS, constants
from keystone_lua.authoring.reasons import moved, reasons
from keystone_lua.authoring.samples import samples
from keystone_lua.authoring.smallest import applied, distance, edits, smallest
from keystone_lua.interpreter import Limits, Program, compile_program
from keystone_lua.routing.decision import decide, decide_followed
from tests.audit.support import write_log
from tests.authoring.why_campaign import judged
from tests.server.support import run


def compiled(source: str) -> Program:
    """A script named ``t.lua``."""
    return compile_program(source.encode(), "t.lua")


LIMITS = Limits(instructions=100_000)
BACKENDS = [{"name": name, "url": "", "health": True} for name in ("a", "b")]

CONDITIONS: dict[str, tuple[str, str, str]] = {
    "method": ("request.method == 'POST'", "POST", "GET"),
    "path": ("request.path:find('^/api/v2%-beta/') ~= nil", "/api/v2-beta/x", "/x"),
    "host": ("request.host == 'shop.example.org'", "shop.example.org", "example.org"),
    "body": ("request.body:find('premium', 1, true) ~= nil", "is premium", "is not"),
    "headers.x-beta": ("request.headers['X-Beta'] == 'yes'", "yes", ""),
    "headers.x-version": ("(tonumber(request.headers['x-version']) or 0) > 7", "9", "7"),
    "headers.accept": ("(request.headers.accept or ''):lower() == 'text/html'", "Text/HTML", "*/*"),
}
"""A field, a condition on it, a value for which it holds and one for which it does not."""


def request_with(values: dict[str, str]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": "GET",
        "path": "/",
        "host": "",
        "headers": {},
        "body": "",
        "backends": BACKENDS,
    }
    for name, value in values.items():
        if name.startswith("headers."):
            request["headers"][name.removeprefix("headers.").title()] = value
        else:
            request[name] = value
    return request


@pytest.mark.parametrize("seed", range(200))
def test_planted_dependencies_are_found_and_none_is_invented(seed: int) -> None:
    chance = random.Random(seed)
    planted = chance.sample(sorted(CONDITIONS), chance.randint(1, 4))
    tests = "\n".join(
        f"  if {CONDITIONS[name][0]} then score = score + {2**place} end" for place, name in enumerate(planted)
    )
    threshold = chance.randrange(1, 2 ** len(planted) + 1)
    script = f"""function on_route_request(request, backends)
  local score = 0
{tests}
  return {{selected_backend = score >= {threshold} and "b" or "a"}}
end"""
    program = compiled(script)
    holds = {name: chance.random() < 0.5 for name in planted}
    request = request_with({name: CONDITIONS[name][1 if holds[name] else 2] for name in planted})
    found = reasons(program, request, limits=LIMITS, seed=1, now=0.0)
    assert list(found.read) == sorted(planted)
    assert found.decision == decide(program, request, limits=LIMITS, seed=1, now=0.0)
    score = sum(2**place for place, name in enumerate(planted) if holds[name])
    for place, name in enumerate(planted):
        other = score - 2**place if holds[name] else score + 2**place
        turns = (score >= threshold) != (other >= threshold)
        flips = [flip for flip in found.flips if flip.field == name]
        assert bool(flips) == turns, name
        for flip in flips:
            changed = request_with(
                {n: CONDITIONS[n][1 if holds[n] else 2] for n in planted} | {name: flip.becomes or ""}
            )
            if flip.becomes is None:
                del changed["headers"][name.removeprefix("headers.").title()]
            assert decide(program, changed, limits=LIMITS, seed=1, now=0.0).answer == flip.answer
            assert flip.moved
    assert 2 in found.lines["t.lua"]


@pytest.mark.parametrize("number", range(0, 400, 20))
def test_a_sample_of_the_campaign(number: int) -> None:
    asked, made, wrong = judged(number)
    assert not wrong, (asked, made)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("^/v(%d+)/", "/v1/"),
        ("^[a-f]%x%x%s$", "aaa "),
        ("(%a)-%1", "1"),
        ("%b()", "()"),
        ("^a?b*c-$", "abc"),
        ("^(%d%d%d%d)%-(%d%d)$", "1111-11"),
    ],
)
def test_what_a_pattern_matches(pattern: str, found: str) -> None:
    tried = list(samples(pattern))
    assert tried
    program = compiled(
        f"function on_route_request(r) return {{selected_backend = r.path:find('{pattern}') and 'b' or 'a'}} end"
    )
    for text in tried:
        answer = decide(program, request_with({"path": text}), limits=LIMITS).answer
        assert answer == {"selected_backend": "b"}, text
    assert pattern == "(%a)-%1" or found in tried
    assert not list(samples("plain"))
    assert not list(samples("[a"))


def test_the_smallest_part_of_a_change() -> None:
    assert smallest("", "has premium here", lambda text: "premium" in text) == "premium"
    assert smallest("GET", "POST", lambda text: text == "POST") == "POST"
    assert distance("GET", "POST") == 3
    assert distance("abc", "xabc") == 1
    for was, becomes in (("", "a"), ("kitten", "sitting"), ("/a/b", "/b"), ("abcabc", "bcab")):
        assert applied(was, edits(was, becomes)) == becomes


def test_following_changes_neither_answer_nor_counts_nor_the_next_run() -> None:
    program = compiled("function on_route_request(r) return {selected_backend = r.headers.x or r.path} end")
    request = request_with({"path": "/p"})
    before = decide(program, request, limits=LIMITS)
    followed, seen = decide_followed(program, request, limits=LIMITS)
    assert followed == before == decide(program, request, limits=LIMITS)
    assert seen == {"path", "headers.x"}


def test_an_answer_holds_for_as_long_as_the_server_says() -> None:
    for name in ("'cache'", "'ca' .. 'che'"):
        program = compiled(
            f"function on_route_request() return {{selected_backend = 'a', [{name}] = {{seconds = 5}}}} end"
        )
        followed, _ = decide_followed(program, request_with({}), limits=LIMITS)
        assert followed == decide(program, request_with({}), limits=LIMITS)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("return {selected_backend = 'a'}", []),
        ("return {selected_backend = backends[math.random(2)].name}", ["backends", "random"]),
        ("return {selected_backend = os.time() > 5 and 'a' or 'b'}", ["clock"]),
        (
            "for k in pairs(request) do end return {selected_backend = 'a'}",
            ["body", "host", "method", "path", "request"],
        ),
        ("for k in pairs(request.headers) do end return {selected_backend = 'a'}", ["headers"]),
    ],
)
def test_what_is_no_field(body: str, read: list[str]) -> None:
    program = compiled(f"function on_route_request(request, backends) {body} end")
    found = reasons(program, request_with({}), limits=LIMITS, seed=3, now=4.0)
    assert list(found.read) == read
    assert any(flip.field in ("random", "clock") for flip in found.flips) == bool({"random", "clock"} & set(read))


def test_a_script_that_fails_and_one_that_would() -> None:
    program = compiled(
        "function on_route_request(r) if r.path == '/x' then error('no') end return {selected_backend = 'a'} end"
    )
    found = reasons(program, request_with({}), limits=LIMITS, seed=0, now=0.0)
    assert [(flip.becomes, flip.answer) for flip in found.flips] == [("/x", None)]
    failed = reasons(program, request_with({"path": "/x"}), limits=LIMITS, seed=0, now=0.0)
    assert failed.decision.failure is not None
    assert failed.flips[0].answer == {"selected_backend": "a"}


def test_the_effort_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = " ".join(f"x = request.path == 't{number}'" for number in range(500))
    program = compiled(f"function on_route_request(request) local x {texts} return {{selected_backend = 'a'}} end")
    assert len(constants(program)) <= 5 * MOST_CONSTANTS
    monkeypatch.setattr(module, "MOST_RUNS", 100)
    found = reasons(program, request_with({}), limits=LIMITS, seed=0, now=0.0)
    assert (found.runs, found.exhausted, found.flips) == (100, True, ())
    endless = compiled("function on_route_request(r) local x = r.path while true do end end")
    monkeypatch.setattr(module, "MOST_INSTRUCTIONS", 5 * LIMITS.instructions)
    found = reasons(endless, request_with({}), limits=LIMITS, seed=0, now=0.0)
    assert (found.runs, found.exhausted) == (5, True)


def test_what_is_a_move() -> None:
    assert moved({"selected_backend": "a"}, {"selected_backend": "b"})
    assert moved({"selected_backend": "a"}, {"selected_backend": "a", "reject": True})
    assert moved(None, {"selected_backend": "a"})
    assert not moved({"selected_backend": "a"}, {"selected_backend": "a", "modified_path": "/x"})
    assert not moved(None, None)


def test_the_command(tmp_path: Path, bundled_scripts: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"headers": {"X-Canary": "true"}, "backends": [
        {"name": "api-stable", "health": True}, {"name": "api-canary", "health": True}]}))  # fmt: skip
    told = run("why", bundled_scripts / "canary.lua", "--request", request, "--seed", "1").stdout
    assert told.startswith("canary.lua: -> api-canary ")
    assert '\n  headers.x-canary = "true"\n' in told
    assert '\n  headers.x-canary "true" -> "TRUE": -> api-stable ' in told
    assert "\n  canary.lua: 7, 9, 11-14, " in told
    facts = json.loads(run("why", bundled_scripts / "canary.lua", "--request", request, "--json").stdout)
    assert facts["read"] == ["backends", "headers.x-canary"]
    log = tmp_path / "decisions.log"
    write_log(log, 33)
    told = run("why", "--log", log, "--id", "req-2").stdout
    assert told.startswith("canary.lua: -> ")
    assert "\n  random" in told
    contrast = run("why", "--log", log, "--id", "req-2", "--contrast", "req-13").stdout
    assert "\n  random: 2 and 13\n" in contrast
    for bad in ([], ["x.lua"], ["--log", log], ["--log", log, "--id", "none"], ["--log", log, "--id", "req-10"]):
        assert run("why", *bad).returncode == 2
