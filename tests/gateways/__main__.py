"""Real gateways, each with its example's configuration, through the same cases.

    python -m tests.gateways [NAME ...]

In: the gateways that are installed (nginx, haproxy: Debian; caddy, traefik, envoy: the wheels of
requirements/gateways.txt; gateway: our own). Out: a line for each case. Exit 1 if a case fails, or a gateway that was
named is missing.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from functools import partial

import httpx

from . import fields, kept, readmes, smuggled
from .commands import COMMANDS, command_of
from .stack import EXAMPLES, Stack, stack
from .upgrades import http2, listening, websocket

NOT = "not tried"
UNABLE: dict[str, dict[str, str]] = {
    "gateway": {
        "no backend selected: the default": "has no default: scripts select",
        "an HTTP/2 client": f"{NOT}: it speaks HTTP/1.1",
    },
    "envoy": {"who the client is": "tells its own address for clients on its own machine"},
    "traefik": {
        "a header decides": "routes by it, but cannot rewrite the path",
        "engine hung": "waits for as long as the client does; nothing passes",
    },
}
"""What a gateway cannot carry out, and why; the case is then tried without that part."""


def decided(at: Stack, gateway: str) -> None:
    got = at.ask("GET", "/a%20b/c?x=1&y=%20", {"X-Beta": "yes"})
    assert got.status == 200, got
    assert got.seen is not None
    assert got.seen["backend"] == "new"
    if "a header decides" not in UNABLE.get(gateway, {}):
        assert got.seen["path"] == "/v2/a%20b/c?x=1&y=%20", got.seen["path"]
    assert got.seen["headers"]["x-routed-by"] == "keystone"


def default(at: Stack, gateway: str) -> None:
    paths = ["/a?b=c"] if "no backend selected: the default" in UNABLE.get(gateway, {}) else ["/a?b=c", "/anywhere?b=c"]
    for path in paths:
        for host in ({}, {"Host": "shop.example"}):
            got = at.ask("GET", path, host)
            assert got.status == 200, got
            assert got.seen is not None, host
            assert (got.seen["backend"], got.seen["path"]) == ("old", path)


def with_body(at: Stack, gateway: str) -> None:
    got = at.ask("PUT", "/a", {"X-Beta": "yes"}, b"x" * 100_000)
    assert got.status == 200, got
    assert got.seen is not None
    assert (got.seen["backend"], got.seen["method"], len(got.seen["body"])) == ("new", "PUT", 100_000)


def reject(at: Stack, gateway: str) -> None:
    got = at.ask("GET", "/admin")
    assert (got.status, got.seen) == (403, None), got
    assert b"not from here" in got.body or b"not%20from%20here" in got.body or "not from here" in str(got.headers)


def status(at: Stack, gateway: str) -> None:
    got = at.ask("GET", "/busy")
    assert (got.status, got.seen) == (429, None), got
    got = at.ask("GET", "/account")
    assert (got.status, got.headers["location"].endswith("/login"), got.seen) == (302, True, None), got


def script_error(at: Stack, gateway: str) -> None:
    for path in ("/broken", "/endless"):
        got = at.ask("GET", path)
        assert got.status >= 500, got
        assert got.seen is None


def forged(at: Stack, gateway: str) -> None:
    claims = {
        "X-Keystone-Backend": "new", "X-Keystone-Backends": "new=1", "X-Keystone-Target": "/admin",
        "X-Keystone-Path": "/admin", "X-Keystone-Status": "302", "X-Routed-By": "me",
        "X-Forwarded-Uri": "/", "X-Forwarded-Method": "OPTIONS", "X-Original-URI": "/",
    }  # fmt: skip
    got = at.ask("GET", "/a", claims)
    assert got.status == 200, got
    assert got.seen is not None
    assert (got.seen["backend"], got.seen["path"]) == ("old", "/a"), got.seen
    assert not [name for name in got.seen["headers"] if name.startswith("x-keystone-")], got.seen
    assert got.seen["headers"].get("x-routed-by") != "me", got.seen
    got = at.ask("GET", "/admin?on_error=allow", claims)
    assert (got.status, got.seen) == (403, None), got
    got = at.ask("GET", "/broken?on_error=allow", claims)
    assert got.status >= 500, got
    assert got.seen is None


def client_address(at: Stack, gateway: str) -> None:
    got = at.ask("GET", "/inside", {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"}, source="127.0.0.2")
    assert (got.status, got.seen) == (403, None), got
    if "who the client is" in UNABLE.get(gateway, {}):
        return
    got = at.ask("GET", "/inside", {"X-Forwarded-For": "127.0.0.2", "Forwarded": "for=127.0.0.2"})
    assert (got.status, got.seen is not None) == (200, True), got


def long_cookie(at: Stack, gateway: str) -> None:
    got = at.ask("GET", "/account", {"Cookie": "c" * 9000, "X-Beta": "yes"})
    assert got.status == 200, got.status
    assert got.seen is not None
    assert got.seen["backend"] == "new"


def hung(at: Stack, gateway: str) -> None:
    os.kill(at.engine.pid, signal.SIGSTOP)
    try:
        reached = len(at.reached)
        if "engine hung" in UNABLE.get(gateway, {}):
            with contextlib.suppress(TimeoutError):
                assert at.ask("GET", "/a", wait=5.0).status >= 500
        else:
            assert at.ask("GET", "/a").status >= 500
        assert len(at.reached) == reached
    finally:
        os.kill(at.engine.pid, signal.SIGCONT)


def killed(at: Stack, gateway: str) -> None:
    at.engine.kill()
    at.engine.wait()
    for _ in range(20):
        for path in ("/a", "/admin"):
            got = at.ask("GET", path)
            assert got.status >= 500, got
            assert got.seen is None


CASES: dict[str, Callable[[Stack, str], None]] = {
    "a header decides": decided,
    "no backend selected: the default": default,
    "PUT with a body": with_body,
    "reject with a reason": reject,
    "reject with a status, redirect": status,
    "script error, budget": script_error,
    "a client that sends X-Keystone-*": forged,
    "odd spellings of what is rejected": smuggled.rejected,
    "odd spellings of headers": smuggled.headers,
    "who the client is": client_address,
    "a cookie of 9 kB": long_cookie,
    "a WebSocket": websocket,
    "an HTTP/2 client": http2,
    "engine hung": hung,
    "engine killed": killed,
}
"""In this order: the last ones end the engine."""


def main(names: list[str]) -> int:
    """Try the gateways ``names``, or all that are installed."""
    failed = 0
    for name in names or COMMANDS:
        command = command_of(name)
        if command is None:
            print(f"{name}: not installed")
            failed += name in names
            continue
        failed += kept.main(name, command)
        if name == "envoy-grpc":
            failed += fields.main(command)
        if (EXAMPLES / name / "README.md").exists():
            failed += readmes.main(name)
        with stack(name, command, change=partial(listening, name)) as at:
            for case, check in CASES.items():
                if UNABLE.get(name, {}).get(case, "").startswith(NOT):
                    print(f"{name}: {case}: {UNABLE[name][case]}", flush=True)
                    continue
                try:
                    check(at, name)
                    note = UNABLE.get(name, {}).get(case, "")
                    print(f"{name}: {case}: ok{f' ({note})' if note else ''}", flush=True)
                except (AssertionError, OSError, KeyError, httpx.HTTPError) as error:
                    failed += 1
                    print(f"{name}: {case}: FAILED: {type(error).__name__} {str(error)[:300]}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
