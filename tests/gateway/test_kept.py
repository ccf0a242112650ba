"""Answers that hold for a while are given again without asking; to whom, for how long, how many."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from keystone_lua.gateway.decision import Holds, Route, read_decision
from keystone_lua.gateway.kept import MOST_BYTES, MOST_CHARACTERS, MOST_WAYS, KeptDecisions, values_of
from tests.gateway.raw import WAIT, decision, exchange, gateway, ok, peer, request, status

SCRIPT = ("http://e", "x")
QUESTION: dict[str, Any] = {
    "method": "GET", "path": "/a", "host": "h", "headers": {"X-A": "1"}, "backends": [{"name": "s", "health": True}],
    "query": "", "raw_path": "/a", "scheme": "http", "protocol": "HTTP/1.1", "client_ip": "192.0.2.1", "body": "",
}  # fmt: skip


def route(seconds: int = 60, *vary: str) -> Route:
    return Route("s", holds=Holds(seconds, vary))


def found(kept: KeptDecisions, now: float = 1.0, **changed: Any) -> bool:
    return kept.find(SCRIPT, {**QUESTION, **changed}, now) is not None


OTHER: dict[str, dict[str, Any]] = {
    "method": {"method": "PUT"}, "path": {"path": "/b"}, "host": {"host": "i"}, "headers.x-a": {"headers": {"x-a": "2"}},
    "headers.x-b": {"headers": {"X-A": "1", "X-B": ""}}, "headers": {"headers": {"X-A": "1", "X-B": ""}},
    "backends": {"backends": [{"name": "s", "health": False}]}, "query": {"query": "a"}, "raw_path": {"raw_path": "/%61"},
    "scheme": {"scheme": "https"}, "protocol": {"protocol": "HTTP/1.0"}, "client_ip": {"client_ip": "192.0.2.2"},
    "body": {"body": "x"}, "attempt": {"attempt": 1}, "failed": {"failed": ["s"]},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHER)
def test_another_value_of_what_an_answer_holds_by_is_asked_about(name: str) -> None:
    kept = KeptDecisions()
    kept.keep(SCRIPT, QUESTION, route(60, name), 100, 10, 0.0)
    assert found(kept)
    assert not found(kept, **OTHER[name])
    others = {
        key: value for other, changed in OTHER.items() if not other.startswith(name) for key, value in changed.items()
    }
    if name.startswith("headers."):
        del others["headers"]
    assert found(kept, **others), "nothing else counts"
    assert kept.find(("http://e", "y"), QUESTION, 1.0) is None


def test_bodies_that_are_no_text_or_only_begun_are_others() -> None:
    kept = KeptDecisions()
    kept.keep(SCRIPT, QUESTION, route(60, "body"), 100, 10, 0.0)
    assert not found(kept, body_truncated=True)
    assert (
        kept.find(SCRIPT, {name: QUESTION[name] for name in QUESTION if name != "body"} | {"body_base64": ""}, 1.0)
        is None
    )


def test_names_of_headers_in_any_case_are_one() -> None:
    kept = KeptDecisions()
    kept.keep(SCRIPT, QUESTION, route(60, "headers.x-a"), 100, 10, 0.0)
    assert found(kept, headers={"x-A": "1", "Other": "2"})


def test_an_answer_ends_with_its_seconds() -> None:
    kept = KeptDecisions()
    kept.keep(SCRIPT, QUESTION, route(60), 100, 10, 100.0)
    assert found(kept, 159.9)
    assert not found(kept, 160.0)


def test_bounds_on_both_sides() -> None:
    kept = KeptDecisions()
    for number in range(12):
        kept.keep(SCRIPT, {**QUESTION, "path": str(number)}, route(60, "path"), 100, 10, 0.0)
        found(kept, path="0")  # used, and so the last to go
    assert [number for number in range(12) if found(kept, path=str(number))] == [0, *range(3, 12)]
    kept.keep(SCRIPT, {**QUESTION, "query": "a"}, route(60, "query"), MOST_BYTES + 1, 10, 0.0)
    assert not found(kept, query="a", path="?")
    kept.keep(SCRIPT, {**QUESTION, "query": "a"}, route(60, "query"), MOST_BYTES, 10, 0.0)
    assert found(kept, query="a", path="?")
    size = len(values_of({**QUESTION, "query": ""}, ("query",)) or "")
    for length, is_kept in ((MOST_CHARACTERS - size + 1, False), (MOST_CHARACTERS - size, True)):
        kept.keep(SCRIPT, {**QUESTION, "query": "b" * length}, route(60, "query"), 100, 10, 0.0)
        assert found(kept, query="b" * length, path="?") is is_kept
    for number in range(MOST_WAYS + 5):
        kept.keep(SCRIPT, QUESTION, route(60, "host", f"headers.a{number}"), 100, 99, 0.0)
    assert len(kept._ways[SCRIPT]) == MOST_WAYS


@pytest.mark.parametrize(
    "cache",
    [None, 1, [], {}, {"seconds": 0, "vary": []}, {"seconds": 86_401, "vary": []}, {"seconds": "1", "vary": []}, {"seconds": 1},
     {"seconds": 1, "vary": ["path", 1]}, {"seconds": 1, "vary": ["path"] * 65}, {"seconds": 0, "because": "the clock"}],
)  # fmt: skip
def test_what_is_not_said_clearly_holds_for_nobody_else(cache: Any) -> None:
    answer = read_decision(json.dumps({"selected_backend": "s", "cache": cache}).encode())
    assert (answer.backend, answer.holds) == ("s", None)


def test_an_unknown_field_holds_for_nobody_else() -> None:
    kept = KeptDecisions()
    kept.keep(SCRIPT, QUESTION, route(60, "path", "phase_of_the_moon"), 100, 10, 0.0)
    assert not found(kept)


@pytest.mark.parametrize(
    "answer",
    [{"cache": {"seconds": 60, "vary": ["path"]}}, {"cache": {"seconds": 60, "vary": ["path"]}, "reject": True}],
)
@pytest.mark.parametrize("keep", [0, 10])
def test_the_engine_is_asked_once(answer: dict[str, Any], keep: int) -> None:
    async def run() -> tuple[list[int], int]:
        async with (
            peer(ok()) as service,
            peer(decision(**answer)) as engine,
            gateway(service.url, engine.url, keep=keep) as port,
            asyncio.timeout(WAIT),
        ):
            told = [status(await exchange(port, request(f"GET {path} HTTP/1.1"))) for path in ("/a", "/a", "/b", "/a")]
            return told, len(engine.heard)

    assert asyncio.run(run()) == ([403 if "reject" in answer else 200] * 4, 2 if keep else 4)
