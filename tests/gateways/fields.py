"""Every field of an answer through Envoy over gRPC, which lists none of them: what the service and the client get.

In: how to start the gateway. Out: a line, and how many cases failed.
"""

from __future__ import annotations

import http.client
import tempfile
from pathlib import Path

from .stack import Stack, stack

SCRIPT = """
function on_route_request(request)
  local status = request.path:match("^/status/(%d+)$")
  if status then
    return {
      reject = true, reject_status = tonumber(status), reject_body = "no",
      reject_headers = {["Set-Cookie"] = {"a=1", "b=2"}, ["X-Why"] = "so"},
    }
  end
  if request.path == "/slow" then return {selected_backend = "old", timeout_ms = 50} end
  return {
    selected_backend = "new", modified_path = "/v2/\\195\\164", modified_query = "x=1", modified_method = "POST",
    modified_host = "other.example", modified_headers = {["X-A"] = "new"}, remove_headers = {"X-Gone", "X-Anew"},
    append_headers = {["X-Anew"] = "1", ["X-B"] = {"2", "3"}, Cookie = "c=1"},
    response_headers = {["X-R"] = {"1", "2"}}, append_response_headers = {["Set-Cookie"] = {"a=1", "b=2"}},
  }
end
"""
STATUSES = (300, 302, 401, 404, 418, 429, 450, 499, 500, 503, 599)


def asked(at: Stack, path: str) -> tuple[int, bytes, http.client.HTTPMessage]:
    """An answer with all lines of its headers."""
    connection = http.client.HTTPConnection("127.0.0.1", at.ports["gateway"], timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def to_the_service(at: Stack) -> None:
    """What is changed of the request."""
    sent = {"X-A": "old", "X-Gone": "1", "X-Anew": "old", "X-B": "1", "Cookie": "b=1"}
    seen = at.ask("GET", "/a?y=2", sent).seen
    assert seen is not None
    assert (seen["backend"], seen["method"], seen["path"]) == ("new", "POST", "/v2/%C3%A4?x=1"), seen
    headers = {name: seen["headers"].get(name) for name in ("host", "x-a", "x-gone", "x-anew", "x-b", "cookie")}
    assert headers == {
        "host": "other.example", "x-a": "new", "x-gone": None, "x-anew": "1", "x-b": "1,2,3", "cookie": "b=1; c=1",
    }, headers  # fmt: skip
    seen = at.ask("GET", "/slow").seen
    assert seen is not None
    assert seen["headers"]["x-envoy-expected-rq-timeout-ms"] == "50", seen


def to_the_client(at: Stack) -> None:
    """What is changed of the response."""
    _, _, headers = asked(at, "/a")
    assert (headers.get_all("x-r"), headers.get_all("set-cookie")) == (["1, 2"], ["a=1", "b=2"]), headers.items()


def rejects(at: Stack) -> None:
    """Statuses that have a name and those that have none."""
    before = len(at.reached)
    for status in STATUSES:
        got, body, headers = asked(at, f"/status/{status}")
        told = (got, body, headers.get_all("set-cookie"), headers["x-why"])
        assert told == (status, b"no", ["a=1", "b=2"], "so"), told
    assert len(at.reached) == before


def main(command: list[str]) -> int:
    """Try them; say how it went."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "shop.lua").write_text(SCRIPT)
        with stack("envoy-grpc", command, scripts=Path(folder)) as at:
            for check in (to_the_service, to_the_client, rejects):
                name = check.__name__.replace("_", " ")
                try:
                    check(at)
                    print(f"envoy-grpc: every field, {name}: ok", flush=True)
                except (AssertionError, OSError, KeyError) as error:
                    failed += 1
                    print(f"envoy-grpc: every field, {name}: FAILED: {str(error)[:300]}", flush=True)
    return failed
