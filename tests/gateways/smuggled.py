"""Requests as clients in good faith do not spell them, written to the socket byte by byte, through each gateway.

In: a running stack. Out: nothing; a failed assertion names the request. A gateway may refuse what it likes. What it passes on is to be what the
script decided about: no service sees a path that the script rejects, and no client's header stands for the script's. And afterwards a plain request
arrives, since a gateway that answers nothing lets nothing through.
"""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import unquote

from .stack import Stack

HOST = "Host: shop.example\r\n"
ROUTED = "x-routed-by"
SPELLINGS = (
    "X_Routed_By",
    "X_Routed-By",
    "x-ROUTED-by",
    "X-Routed_By",
    "X-Routed-By ",
    " X-Routed-By",
    "X-Routed-By\t",
)
CLAIMS = (
    "X_Keystone_Backend",
    "x-KEYSTONE-backend",
    "X-Keystone_Backend",
    "X-Keystone-Backend ",
    "X_Keystone_Backends",
)
HOPS = (
    "X-Routed-By",
    "X-Keystone-Backend",
    "X-Keystone-Target",
    "X-Keystone-Backends",
    "X-Forwarded-Uri",
    "X-Beta",
    "close, X-Routed-By, X-Keystone-Backend",
)
"""What clients name in ``Connection``, so that a proxy takes it off."""
TARGETS = (
    "/admin", "//admin", "/./admin", "/x/../admin", "/x/%2e%2e/admin", "/%61dmin", "/%2fadmin", "/admin?", "/admin?x=/a", "/admin#x",
    "/admin;x", "/;/admin", "/x/..;/admin", "\\admin", "/\\admin", "/x\\..\\admin", "/admin%3fx", "/admin%23", "/admin%00", "/%2561dmin",
    "http://shop.example/admin", "http://other.example/admin?x=1", "HTTP://shop.example/admin", "http://shop.example//admin", "admin", "*",
)  # fmt: skip
REJECTED = "/admin"


def raw(at: Stack, data: str, wait: float = 5.0) -> int:
    """Send text as it is; the status of the answer, 0 for none."""
    opened = socket.create_connection(("127.0.0.1", at.ports["gateway"]), timeout=wait)
    with contextlib.closing(opened), contextlib.suppress(OSError):
        opened.sendall(data.encode("latin-1"))
        line = opened.makefile("rb").readline().split()
        return int(line[1]) if len(line) > 1 and line[0].startswith(b"HTTP/") else 0
    return 0


def _name(header: str) -> str:
    """As CGI and what follows it read a header's name: underscores and dashes are one."""
    return header.strip().lower().replace("_", "-")


def _requests() -> dict[str, str]:
    """Requests that the script rejects, by what is odd about them."""
    end = "Connection: close\r\n\r\n"
    found = {f"target {target}": f"GET {target} HTTP/1.1\r\n{HOST}{end}" for target in TARGETS}
    found["HTTP/1.0"] = "GET /admin HTTP/1.0\r\n\r\n"
    found["HTTP/1.0 with a host"] = f"GET /admin HTTP/1.0\r\n{HOST}\r\n"
    found["HTTP/0.9"] = "GET /admin\r\n"
    found["trailers"] = (
        f"POST /admin HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\nTrailer: X-Keystone-Backend\r\n{end}"
        "1\r\nx\r\n0\r\nX-Keystone-Backend: new\r\nX-Forwarded-Uri: /a\r\n\r\n"
    )
    found["two lengths"] = (
        f"POST /admin HTTP/1.1\r\n{HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n{end}0\r\n\r\n"
    )
    found["large headers"] = f"GET /admin HTTP/1.1\r\n{HOST}" + f"X-Large: {'x' * 8000}\r\n" * 7 + end
    found["many headers"] = f"GET /admin HTTP/1.1\r\n{HOST}" + "".join(f"X-{n}: y\r\n" for n in range(1500)) + end
    overrides = (
        "X-HTTP-Method-Override",
        "X-Forwarded-Method",
        "X-Original-Method",
        "X-Forwarded-Uri",
        "X-Original-Uri",
        "X-Rewrite-Url",
    )
    for name in overrides:
        for spelled in (name, name.replace("-", "_"), f"{name} "):
            found[f"header {spelled}"] = f"GET /admin HTTP/1.1\r\n{HOST}{spelled}: /a\r\n{end}"
    for hop in HOPS:
        found[f"Connection: {hop}"] = f"GET /admin HTTP/1.1\r\n{HOST}Connection: {hop}\r\n\r\n"
    for method in ("OPTIONS", "TRACE", "get", "CONNECT", "PROPFIND", "HEAD"):
        found[f"method {method}"] = f"{method} /admin HTTP/1.1\r\n{HOST}{end}"
    return found


def _arrives(at: Stack) -> bool:
    """Whether a plain request reaches a service."""
    before = len(at.reached)
    return raw(at, f"GET /a HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n") == 200 and len(at.reached) > before


def rejected(at: Stack, gateway: str) -> None:
    """However it is spelled, a service does not get what the script rejects."""
    wrong = []
    for what, data in _requests().items():
        before = len(at.reached)
        raw(at, data)
        for seen in at.reached[before:]:
            path = seen["path"].partition("?")[0]
            if REJECTED in (path, unquote(path)) or path.endswith("://shop.example/admin"):
                wrong.append((what, seen["path"]))
    assert not wrong, wrong
    assert _arrives(at), "a plain request"


def headers(at: Stack, gateway: str) -> None:
    """What a client calls by a name of the script's, in any spelling, is not taken for the script's."""
    wrong = []
    for name in (*SPELLINGS, *CLAIMS):
        before = len(at.reached)
        raw(at, f"GET /a HTTP/1.1\r\n{HOST}{name}: new\r\nConnection: close\r\n\r\n")
        for seen in at.reached[before:]:
            claimed = [
                key
                for key, value in seen["headers"].items()
                if value == "new" and (_name(key) == ROUTED or key.startswith("x-keystone-"))
            ]
            if claimed or seen["backend"] != "old":
                wrong.append((name, seen["backend"], claimed))
    for hop in HOPS:
        before = len(at.reached)
        raw(at, f"GET /a HTTP/1.1\r\n{HOST}X-Beta: yes\r\nConnection: {hop}\r\n\r\n")
        for seen in at.reached[before:]:
            if seen["backend"] == "new" and seen["headers"].get(ROUTED) != "keystone":
                wrong.append((f"Connection: {hop}", seen["backend"], "the script's header is gone"))
            elif seen["backend"] == "old" and "X-Beta" not in hop:
                wrong.append((f"Connection: {hop}", seen["backend"], "another decision"))
    assert not wrong, wrong
    assert _arrives(at), "a plain request"
