"""Nobody is let in but the page itself, in the browser of who started it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keystone_lua.playground.guard import KEY_HEADER, NAMES, Guard

from .support import Client, playground

ORIGIN = "http://127.0.0.1:{}"


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with playground() as client:
        yield client


def test_the_page_and_its_calls_are_answered(client: Client) -> None:
    for name in NAMES:
        status, headers, body = client.ask("GET", "/", {"Host": f"{name}:{client.port}"})
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert b"<main>" in body
    assert client.call("start", Origin=ORIGIN.format(client.port))[0] == 200
    same = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    assert client.call("start", Origin=ORIGIN.format(client.port), **same)[0] == 200


REBOUND = ("evil.example", "127.0.0.1.evil.example:{port}", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}", "[::1]:{port}", "127.0.0.1:{port}@evil.example", "127.1:{port}", "2130706433:{port}", "", None)  # fmt: skip


@pytest.mark.parametrize("host", REBOUND)
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(host: str | None, client: Client) -> None:
    """A page of evil.example whose name now points here is of one origin with what it asks: Host alone tells."""
    named = host.format(port=client.port) if host is not None else None
    paths = ["/", "/main.js", "/page.css", "/vendor/codemirror.js", "/nothing"]
    for path in paths:
        status, _, body = client.ask("GET", path, {"Host": named})
        assert status in (400, 403)
        assert b"<main>" not in body
    own: dict[str, str | None] = {"Content-Type": "application/json", "X-Playground-Key": client.key, "Host": named}
    status, _, body = client.ask("POST", "/api/start", {**own, "Origin": f"http://{named}"}, b"{}")
    assert status in (400, 403)
    assert b"starter" not in body


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://127.0.0.1:{other}"},
        {"Origin": "http://localhost:{port}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": None},
        {KEY_HEADER: "wrong"},
        {KEY_HEADER: ""},
        {KEY_HEADER: None},
        {KEY_HEADER: "é"},
    ],
    ids=str,
)
def test_no_other_page_can_have_anything_run(headers: dict[str, str | None], client: Client) -> None:
    given = {
        name: value.format(port=client.port, other=client.port + 1) if value is not None else None
        for name, value in headers.items()
    }
    status, answer = client.call("start", **given)
    assert status == 403
    assert answer["error"].startswith("refused: ")


def test_no_other_page_is_told_yes_when_it_asks_first(client: Client) -> None:
    asks: dict[str, str | None] = {
        "Origin": "http://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": KEY_HEADER,
    }
    for path in ("/api/run", "/"):
        status, headers, _ = client.ask("OPTIONS", path, asks)
        assert status == 403
        assert not [name for name in headers if name.startswith("access-control-")]


def test_a_link_to_the_page_may_be_followed_and_nothing_else_embedded(client: Client) -> None:
    link: dict[str, str | None] = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert client.ask("GET", "/", link)[0] == 200
    assert client.ask("GET", "/", {**link, "Sec-Fetch-Dest": "iframe"})[0] == 403
    assert client.ask("GET", "/main.js", {**link, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"})[0] == 403
    assert client.ask("GET", "/api/start", link)[0] == 403


@pytest.mark.parametrize("path", ["/", "/main.js", "/page.css", "/icon.svg", "/nothing", "/api/run"])
def test_every_answer_forbids_what_the_page_needs_not(path: str, client: Client) -> None:
    _, headers, _ = client.ask("GET", path)
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_the_pages_nonce_is_new_each_time_and_in_its_policy(client: Client) -> None:
    seen = set()
    for _ in range(3):
        _, headers, body = client.ask("GET", "/")
        nonce = body.partition(b'nonce="')[2].partition(b'"')[0].decode()
        assert f"'nonce-{nonce}'" in headers["content-security-policy"]
        seen.add(nonce)
    assert len(seen) == 3


@pytest.mark.parametrize(
    "path", ["/../guard.py", "/%2e%2e/guard.py", "/vendor/../../app.py", "/vendor/entry.js", "/vendor/", "/index.html", "//etc/passwd"]
)  # fmt: skip
def test_nothing_but_the_pages_files_is_there(path: str, client: Client) -> None:
    assert client.ask("GET", path)[0] == 404


def test_port_80_has_no_number() -> None:
    guard = Guard(80)
    assert guard.refusal("GET", "/", {"Host": "localhost"}) == ""
    assert guard.refusal("GET", "/", {"Host": "localhost:80"}) == ""
    assert guard.refusal("GET", "/", {"Host": "example.com"})


def test_keys_differ_and_are_long() -> None:
    keys = {Guard(1).key for _ in range(100)}
    assert len(keys) == 100
    assert min(map(len, keys)) >= 32
