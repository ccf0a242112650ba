"""WebSockets and HTTP/2 through each gateway: decided as any other request, and as closed when nobody decides.

In: a running stack. Out: nothing; a failed assertion says what came. Without TLS: HTTP/2 clients know it before they begin.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import httpx

from .stack import WAIT, Stack
from .websocket import talk


def websocket(at: Stack, gateway: str) -> None:
    """The header decides, the path is rewritten, texts go both ways; a reject opens nothing."""
    before = len(at.reached)
    got = talk(at.ports["gateway"], "/a", {"X-Beta": "yes"}, ["one", "two"])
    assert (got.status, got.said) == (101, ["new: one", "new: two"]), got
    seen = at.reached[-1]
    if gateway != "traefik":  # it cannot rewrite
        assert seen["path"] == "/v2/a", seen
    assert seen["headers"]["x-routed-by"] == "keystone", seen
    got = talk(at.ports["gateway"], "/a?b=c", {"X-Keystone-Backend": "new"}, ["three"])
    assert (got.status, got.said) == (101, ["old: three"]), got
    assert at.reached[-1]["path"] == "/a?b=c"
    for path, least in (("/admin", 403), ("/busy", 429), ("/broken", 500)):
        got = talk(at.ports["gateway"], path, {}, [])
        assert got.status >= least, (path, got)
    assert len(at.reached) == before + 2


@contextlib.contextmanager
def _client(at: Stack, port: str) -> Iterator[httpx.Client]:
    address = f"http://127.0.0.1:{at.ports[port]}"
    with httpx.Client(http1=False, http2=True, base_url=address, timeout=WAIT, trust_env=False) as client:
        yield client


def listening(gateway: str, text: str) -> str:
    """The configuration, with another address for HTTP/2 where one cannot speak both; only nginx's older versions."""
    plain = "listen 127.0.0.1:8080;"
    return text.replace(plain, f"{plain}\n    listen 127.0.0.1:8443 http2;") if gateway == "nginx" else text


def http2(at: Stack, gateway: str) -> None:
    """Decisions, a body, rejects and forged headers from a client that speaks HTTP/2."""
    with _client(at, "http2" if gateway == "nginx" else "gateway") as client:
        got = client.get("/a%20b?x=1", headers={"x-beta": "yes"})
        assert (got.http_version, got.status_code) == ("HTTP/2", 200), got
        seen = at.reached[-1]
        assert (seen["backend"], seen["headers"]["x-routed-by"]) == ("new", "keystone"), seen
        if gateway != "traefik":
            assert seen["path"] == "/v2/a%20b?x=1", seen
        got = client.put("/a", headers={"x-beta": "yes"}, content=b"x" * 100_000)
        assert (got.status_code, len(at.reached[-1]["body"]), at.reached[-1]["method"]) == (200, 100_000, "PUT"), got
        got = client.get(
            "/a?b=c", headers={"x-keystone-backend": "new", "x-routed-by": "me", "x-forwarded-uri": "/admin"}
        )
        seen = at.reached[-1]
        assert (got.status_code, seen["backend"], seen["path"]) == (200, "old", "/a?b=c"), seen
        assert not [name for name in seen["headers"] if name.startswith("x-keystone-")], seen
        assert seen["headers"].get("x-routed-by") != "me", seen
        before = len(at.reached)
        for path, status in (("/admin", 403), ("/busy", 429), ("/account", 302)):
            assert client.get(path).status_code == status, path
        for path in ("/broken", "/endless"):
            assert client.get(path).status_code >= 500, path
        assert len(at.reached) == before
