"""The newer fields over HTTP: called singly, in lists, by lanes; the first version's clients see what they saw."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from keystone_lua.routing import answer, request_fields
from tests.server.support import Client, server_in_thread, write_scripts

ECHO = """
function on_route_request(request, backends)
  %s
  if not request.scheme then return {selected_backend = "old", modified_path = "/x?y"} end
  return {
    selected_backend = backends[1].labels.name, reject = true, reject_status = 302,
    reject_headers = {Location = "/login?" .. request.query}, tags = {ip = request.client_ip, who = request.args.who},
  }
end
"""
SENT = {
    "scheme": "https", "query": "who=me", "client_ip": "192.0.2.1", "backends": [{"labels": {"name": "b"}}],
}  # fmt: skip
ANSWER = {
    "selected_backend": "b", "reject": True, "reject_status": 302, "reject_headers": {"Location": "/login?who=me"},
    "tags": {"ip": "192.0.2.1", "who": "me"},
}  # fmt: skip
FIRST = b'{"selected_backend":"old","modified_path":"/x?y"}\n'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = write_scripts(
        tmp_path_factory.mktemp("scripts"),
        {"echo.lua": ECHO % "", "lane.lua": ECHO % "for i = 1, 20000 do end"},
    )
    with server_in_thread(folder) as client:
        yield client


@pytest.mark.parametrize("tenant", ["echo", "lane"])
def test_singly(client: Client, tenant: str) -> None:
    got = client.send("POST", f"/route/{tenant}", json.dumps(SENT).encode())
    assert (got.status, got.json) == (200, ANSWER)
    got = client.send("POST", f"/route/{tenant}", b'{"path":"/"}')
    assert (got.status, got.body) == (200, FIRST)


def test_in_a_list(client: Client) -> None:
    items: list[Any] = [SENT, {}, {"attempt": -1}]
    got = client.send("POST", "/route/echo/batch", json.dumps(items).encode())
    assert got.status == 200
    assert got.json[:2] == [ANSWER, json.loads(FIRST)]
    assert (got.json[2]["status"], got.json[2]["field"]) == (400, "attempt")


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"query": 1}, "query"), ({"backends": [{"labels": []}]}, "backends[0].labels"), ({"failed": [0]}, "failed[0]")],
)
def test_a_wrong_type_names_the_field(client: Client, sent: dict[str, Any], field: str) -> None:
    got = client.send("POST", "/route/echo", json.dumps(sent).encode())
    assert (got.status, got.json["field"]) == (400, field)


def test_health_lists_what_is_known(client: Client) -> None:
    wire = client.send("GET", "/health").json["wire"]
    assert {field.name for field in (*answer.FIELDS, *request_fields.FIELDS)} <= set(wire)
    assert "backends[].weight" in wire
    assert {field.name for field in request_fields.OWN}.isdisjoint(wire)  # no gateway can send them
    assert len(wire) == len(set(wire))
