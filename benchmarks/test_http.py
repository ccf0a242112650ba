"""POST /route/canary over one kept-alive connection: every request different, every answer checked."""

from __future__ import annotations

import contextlib
import http.client
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from .http_load import LOOPBACK, PATH, check_answers, request, started
from .programs import ROOT

ROUNDS = 2000


@pytest.fixture(scope="module")
def connection() -> Iterator[http.client.HTTPConnection]:
    command = [sys.executable, "-m", "keystone_lua", "serve", "-scripts", str(ROOT / "scripts"), "-addr"]
    with started(command, f"{LOOPBACK}:") as engine:
        check_answers(engine)
        with contextlib.closing(http.client.HTTPConnection(LOOPBACK, engine.port)) as made:
            yield made


def test_route(benchmark: Any, connection: http.client.HTTPConnection) -> None:
    bodies = iter(json.dumps(request(number)) for number in range(ROUNDS + 200))
    answers: list[tuple[int, bytes]] = []

    def another() -> tuple[tuple[str], dict[str, Any]]:
        return (next(bodies),), {}

    def post(body: str) -> None:
        connection.request("POST", PATH, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answers.append((response.status, response.read()))

    benchmark.pedantic(post, setup=another, rounds=ROUNDS, warmup_rounds=100)
    assert all(status == http.client.OK for status, _ in answers)
    assert {json.loads(body)["selected_backend"] for _, body in answers} == {"stable", "canary"}
