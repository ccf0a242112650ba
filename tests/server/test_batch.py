"""A list of requests in one call: each answer is the single call's, in order, and no item is another's trouble."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.server.http import batch
from keystone_lua.server.offload.errors import Overloaded

from .support import ECHO, Client, server_in_thread, write_scripts

SCRIPTS: dict[str, str | bytes] = {
    "echo.lua": ECHO,
    "picky.lua": """function on_route_request(request)
        if request.path == "error" then error("no " .. request.body) end
        if request.path == "slow" then for i = 1, 300000 do local x = i % 7 end end
        return {selected_backend = request.path}
    end""",
    "batch.lua": 'function on_route_request() return {selected_backend = "a tenant called batch"} end',
    "broken.lua": "?",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with server_in_thread(write_scripts(tmp_path_factory.mktemp("scripts"), SCRIPTS)) as client:
        yield client


def ask(client: Client, tenant: str, items: Any) -> Any:
    """The answers to a batch."""
    answer = client.send("POST", f"/route/{tenant}/batch", json.dumps(items))
    assert answer.status == 200
    return answer.json


def test_answers_are_the_single_calls_in_order(client: Client) -> None:
    items = [{"path": f"/{number}", "method": "GET", "backends": [{"name": f"b{number}"}]} for number in range(50)]
    assert ask(client, "echo", items) == [client.route("echo", item).json for item in items]


def test_an_item_in_trouble_is_its_error_object(client: Client) -> None:
    items = [
        {"path": "a"}, {"path": "error", "body": "3"}, {"path": 4}, {"headers": {"x": 1}}, "text", None, {"path": "b"},
    ]  # fmt: skip
    singles = [client.route("picky", item) for item in items]
    assert [single.status for single in singles] == [200, 500, 400, 400, 400, 200, 200]
    made = ask(client, "picky", items)
    for single, answer in zip(singles, made, strict=True):
        if single.status == 200:
            assert answer == single.json
        else:
            assert answer == {"kind": "request", **single.json, "status": single.status}


def test_a_slow_item_goes_to_a_lane_and_the_others_go_on(client: Client) -> None:
    items = [{"path": "slow" if number % 4 == 0 else f"{number}"} for number in range(16)]
    assert [answer["selected_backend"] for answer in ask(client, "picky", items)] == [item["path"] for item in items]


def test_tenants_without_a_script(client: Client) -> None:
    assert ask(client, "nobody", [{}, {}]) == [client.route("nobody", {}).json] * 2
    assert {answer["kind"] for answer in ask(client, "broken", [{}, {}])} == {"syntax"}


@pytest.mark.parametrize("path", ["/route/echo/batch", "/route/echo/batch/", "/route/echo/batch?x=1"])
def test_an_empty_list(client: Client, path: str) -> None:
    answer = client.send("POST", path, "[]")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"[]\n", "application/json")


def test_a_tenant_may_be_called_batch(client: Client) -> None:
    named = {"selected_backend": "a tenant called batch"}
    assert client.send("POST", "/route/batch", "{}").json == named
    assert client.send("POST", "/route/batch/batch", "[{}]").json == [named]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("{}", "request body: expected an array, got object"),
        ("null", "request body: expected an array, got null"),
        ("[", "request body is not JSON: Expecting value (line 1, column 2)"),
        ("[" * 65 + "]" * 65, "request body is nested deeper than 64 levels"),
        (f"[{'[],' * 30000}[]]", "request body has more than 60000 values"),
        (f"[{'{},' * 1000}{{}}]", "request body: 1001 requests are more than the 1000 of one batch"),
    ],
)
def test_a_body_that_is_no_batch(client: Client, body: str, error: str) -> None:
    answer = client.send("POST", "/route/echo/batch", body)
    assert (answer.status, answer.json) == (400, {"error": error})


def test_a_thousand_whole_requests(client: Client) -> None:
    """More values than a single body may have."""
    headers = {"Host": "example.org", "Accept": "*/*", "User-Agent": "curl"}
    backends = [{"name": name, "url": f"http://{name}", "health": True} for name in "ab"]
    item = {"method": "GET", "path": "/", "host": "example.org", "headers": headers, "body": "", "backends": backends}
    assert ask(client, "echo", [item] * 1000) == [client.route("echo", item).json] * 1000


def test_other_methods_and_paths(client: Client) -> None:
    assert client.send("GET", "/route/echo/batch").status == 405
    for path in ("/route//batch", "/route/a/b/batch", "/route/echo/batch/x", "/route/echo//batch"):
        assert client.send("POST", path, "[]").status == 400


# without a server

Made = tuple[int, dict[str, Any]]


def answers(items: list[Any], decide: Any, gone: Any = lambda: False) -> list[Any]:
    """The answers to ``items``, with ``decide`` in place of scripts."""
    return list(json.loads(asyncio.run(batch.answers(items, decide, gone))))


def test_an_item_that_waits_does_not_hold_up_the_others() -> None:
    last = asyncio.Event()

    async def decide(_: Any, place: int) -> Made:
        if place == 0:
            await last.wait()
        if place == 99:
            last.set()
        return 200, {"place": place}

    assert answers([{}] * 100, decide) == [{"place": place} for place in range(100)]


def test_at_most_three_are_under_way() -> None:
    under_way = 0
    most = 0

    async def decide(_: Any, place: int) -> Made:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return 200, {}

    answers([{}] * 20, decide)
    assert most == batch.TOGETHER == 3


def test_the_loop_has_its_turn() -> None:
    """Every item takes longer than a turn, so that something else runs after each round of three."""
    turns = 0

    async def decide(_: Any, place: int) -> Made:
        end = time.monotonic() + batch.TURN_SECONDS
        while time.monotonic() < end:
            pass
        return 200, {}

    async def both() -> None:
        nonlocal turns

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        await batch.answers([{}] * 30, decide, lambda: False)
        task.cancel()

    asyncio.run(both())
    assert turns >= 10


def test_want_of_a_lane_is_the_items_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async def decide(_: Any, place: int) -> Made:
        if place == 1:
            raise Overloaded("too many runs are waiting")
        return 200, {}

    assert answers([{}] * 3, decide) == [
        {}, {"error": "overloaded: too many runs are waiting", "kind": "overloaded", "status": 503}, {},
    ]  # fmt: skip


def test_a_batch_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "BATCH_SECONDS", 0.0)

    async def decide(_: Any, place: int) -> Made:
        await asyncio.sleep(0.002)
        return 200, {}

    made = answers([{}] * 5, decide)
    assert made[-1] == {"error": "the batch has had its 0 s", "kind": "batch", "status": 503}


def test_a_batchs_answers_have_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MAX_ANSWERS", 250)

    async def decide(_: Any, place: int) -> Made:
        return 200, {"x": "y" * 100}

    made = answers([{}] * 5, decide)
    assert [answer.get("kind") for answer in made] == [None, None, None, "batch", "batch"]
    assert "larger than 250 bytes" in made[-1]["error"]


def test_nothing_is_decided_for_a_client_that_has_gone() -> None:
    decided = []

    async def decide(_: Any, place: int) -> Made:
        decided.append(place)
        return 200, {}

    asyncio.run(batch.answers([{}] * 10, decide, lambda: len(decided) >= 4))
    assert decided == [0, 1, 2, 3]


def test_a_bug_of_ours_is_not_hidden(tmp_path: Path) -> None:
    async def decide(_: Any, place: int) -> Made:
        raise KeyError("oops")

    with pytest.raises(ExceptionGroup):
        answers([{}], decide)
