"""``/forward/``: what scripts are asked, what gateways are told, and that nothing passes by mistake."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from keystone_lua.server.http.forward import Options, address_of, asked_of, plain_head
from keystone_lua.server.http.responses import Refusal
from keystone_lua.server.settings.reader import ConfigError, read_settings
from tests.server.support import Client, server_in_thread, write_scripts

SCRIPT = """
local function show(request)
  local names = {}
  for name, value in pairs(request.headers) do names[#names + 1] = name:lower() .. "=" .. value end
  table.sort(names)
  return table.concat(names, "&")
end

function on_route_request(request, backends)
  %s
  local what = request.headers["X-What"]
  local h = request.headers
  if what == "show" then
    return {selected_backend = "b", modified_headers = {
      ["X-Seen"] = show(request), ["X-Method"] = request.method, ["X-Path"] = request.path, ["X-Host"] = request.host,
      ["X-Raw"] = request.raw_path, ["X-Query"] = tostring(request.query), ["X-Client"] = tostring(request.client_ip),
      ["X-Scheme"] = tostring(request.scheme), ["X-Body"] = request.body, ["X-Backends"] = #backends,
    }}
  elseif what == "new" then return {selected_backend = "new", modified_path = "/v2" .. request.path}
  elseif what == "query" then return {selected_backend = "new", modified_path = "/x?a=b c"}
  elseif what == "drop" then return {selected_backend = "new", modified_query = ""}
  elseif what == "parts" then
    return {selected_backend = "a b,c", modified_host = "h", modified_method = "PUT", remove_headers = {"A", "B"},
            candidates = {"x", "y"}}
  elseif what == "reject" then return {reject = true, reject_reason = "not h\\195\\164re: 100%%"}
  elseif what == "login" then
    return {reject = true, reject_status = 302, reject_reason = "r",
            reject_headers = {Location = "/login", ["Set-Cookie"] = {"a=1", "b=2"}}}
  elseif what == "later" then return {reject = true, reject_status = 429, reject_headers = {["Retry-After"] = 7}}
  elseif what == "text" then return {reject = true, reject_status = 304, reject_body = "smuggled"}
  elseif what == "body" then return {reject = true, reject_status = 401, reject_body = "who?"}
  elseif what == "error" then error("secret detail")
  elseif what == "endless" then while true do end
  elseif what == "large" then return {modified_headers = {["X-Large"] = ("x"):rep(tonumber(request.headers["X-Size"]))}}
  elseif what == "framing" then return {modified_headers = {["Content-Length"] = "5"}}
  elseif what == "own" then return {modified_headers = {["X-Keystone-Backend"] = "evil"}}
  elseif what == "rejectlarge" then return {reject = true, reject_headers = {A = ("x"):rep(5000)}}
  elseif what == "keep" then return {selected_backend = "new", cache = {seconds = 60}}
  elseif what == "keep path" then return {selected_backend = request.path, cache = {seconds = 60}}
  elseif what == "keep changed" then return {modified_path = "/x", cache = {seconds = 60}}
  elseif what == "keep client" then return {selected_backend = request.client_ip, cache = {seconds = 60}}
  elseif what == "keep told" then return {selected_backend = h["X-Forwarded-For"], cache = {seconds = 60}}
  elseif what == "keep body" then return {selected_backend = #request.body, cache = {seconds = 60}}
  elseif what == "keep all" then for _ in pairs(h) do end return {cache = {seconds = 60}}
  elseif what == "keep time" then return {selected_backend = os.time(), cache = {seconds = 60}}
  elseif what == "keep reject" then return {reject = true, cache = {seconds = 5}}
  elseif what == "keep line" then return {modified_headers = {["Cache-Control"] = "max-age=9"}, cache = {seconds = 60}}
  elseif what == "refuse line" then return {reject = true, reject_headers = {["X-Accel-Expires"] = "9"}}
  elseif what == "rejectframing" then return {reject = true, reject_headers = {["Transfer-Encoding"] = "chunked"}}
  end
  return {}
end
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = write_scripts(
        tmp_path_factory.mktemp("scripts"),
        {"shop.lua": SCRIPT % "", "lane.lua": SCRIPT % "for i = 1, 20000 do end", "bad.lua": "x ="},
    )
    with server_in_thread(folder) as client:
        yield client


def ask(client: Client, what: str, target: str = "/forward/shop", method: str = "GET", **headers: str) -> Any:
    sent = {"X-What": what, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.send(method, target, None, sent)


BOTH = pytest.mark.parametrize("tenant", ["shop", "lane"])


@BOTH
def test_headers_tell_what_is_asked(client: Client, tenant: str) -> None:
    got = ask(
        client, "show", f"/forward/{tenant}", X_Forwarded_Method="PUT", X_Forwarded_Uri="/a%20b/%C3%A4?q=%20",
        X_Forwarded_Host="shop.example", X_Forwarded_For="1.1.1.1, 192.0.2.9", X_Forwarded_Proto="https",
        X_Keystone_Backends="old=1, new=0",
    )  # fmt: skip
    assert (got.status, got.body) == (200, b"")
    told = {name: value for name, value in got.headers.items() if name.startswith("x-")}
    assert told["x-keystone-backend"] == "b"
    assert (told["x-method"], told["x-raw"], told["x-query"]) == ("PUT", "/a%20b/%C3%A4", "q=%20")
    assert told["x-path"].encode("latin-1").decode() == "/a b/ä"
    assert (told["x-host"], told["x-client"], told["x-scheme"]) == ("shop.example", "192.0.2.9", "https")
    assert told["x-backends"] == "2"
    assert "keystone" not in told["x-seen"]
    assert "x-forwarded-uri" not in told["x-seen"]
    names = set(told["x-keystone-headers"].split(", "))
    assert names == {f"X-{n}" for n in "Seen Method Path Host Raw Query Client Scheme Body Backends".split()}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "HEAD"])
def test_any_method_and_the_rest_of_the_path(client: Client, method: str) -> None:
    got = ask(client, "show", "/forward/shop/a/b?c=d", method, Host="h.example")
    assert got.status == 200
    seen = (got.headers["x-method"], got.headers["x-path"], got.headers["x-query"], got.headers["x-host"])
    assert seen == (method, "/a/b", "c=d", "h.example")


def test_original_headers_do_as_well(client: Client) -> None:
    got = ask(client, "show", X_Original_Method="PATCH", X_Original_URI="/x?y", X_Original_Host="o")
    assert (got.headers["x-method"], got.headers["x-path"], got.headers["x-query"]) == ("PATCH", "/x", "y")
    assert got.headers["x-host"] == "o"


@BOTH
def test_the_new_path_is_told_escaped(client: Client, tenant: str) -> None:
    got = ask(client, "new", f"/forward/{tenant}", X_Forwarded_Uri="/%C3%A4%20%23?q=1")
    assert got.headers["x-keystone-backend"] == "new"
    assert got.headers["x-keystone-path"] == "/v2/%C3%A4%20%23"
    assert got.headers["x-keystone-target"] == "/v2/%C3%A4%20%23?q=1"
    got = ask(client, "query", f"/forward/{tenant}", X_Forwarded_Uri="/%20?q=1")
    assert (got.headers["x-keystone-path"], got.headers["x-keystone-target"]) == ("/x", "/x?a=b%20c")
    got = ask(client, "drop", f"/forward/{tenant}", X_Forwarded_Uri="/%20?q=1")
    assert "x-keystone-path" not in got.headers
    assert got.headers["x-keystone-target"] == "/%20"


def test_a_line_break_in_a_path_is_trouble(client: Client) -> None:
    assert ask(client, "new", X_Forwarded_Uri="/%0d%0aX-Keystone-Backend:%20old").status == 503


def test_other_parts_of_an_answer(client: Client) -> None:
    got = ask(client, "parts").headers
    assert got["x-keystone-backend"] == "a%20b%2Cc"
    assert (got["x-keystone-host"], got["x-keystone-method"]) == ("h", "PUT")
    assert (got["x-keystone-remove-headers"], got["x-keystone-candidates"]) == ("A, B", "x, y")


@BOTH
def test_rejects(client: Client, tenant: str) -> None:
    got = ask(client, "reject", f"/forward/{tenant}")
    assert (got.status, got.json) == (403, {"error": "not häre: 100%"})
    assert got.headers["x-keystone-reason"] == "not h%C3%A4re: 100%25"
    got = ask(client, "login", f"/forward/{tenant}")
    assert (got.status, got.headers["location"], got.body) == (302, "/login", b"")
    got = ask(client, "later", f"/forward/{tenant}")
    assert (got.status, got.headers["retry-after"]) == (429, "7")
    got = ask(client, "body", f"/forward/{tenant}")
    assert (got.status, got.body, got.headers["content-type"]) == (401, b"who?", "text/plain; charset=utf-8")
    got = ask(client, "login", f"/forward/{tenant}?reject=403")
    assert (got.status, got.headers["x-keystone-status"], got.headers["location"]) == (403, "302", "/login")
    got = ask(client, "", "/forward/nobody")
    assert (got.status, got.json["error"]) == (403, "No script found for tenant: nobody")


TROUBLE = ("error", "endless", "large", "framing", "own")


@pytest.mark.parametrize("what", TROUBLE)
def test_trouble_does_not_pass(client: Client, what: str) -> None:
    got = ask(client, what, X_Size="5000")
    assert (got.status, got.json) == (503, {"error": "no decision"})
    assert got.headers["retry-after"] == "1"
    assert "x-keystone-backend" not in got.headers
    assert got.headers.get("x-keystone-backend") != "evil"
    got = ask(client, what, "/forward/shop?on_error=allow", X_Size="5000")
    assert (got.status, got.body) == (200, b"")
    assert "x-keystone-backend" not in got.headers
    got = ask(client, what, "/forward/shop/?on_error=allow", X_Size="5000")  # a client's query, behind the path
    assert got.status == 503


def test_a_script_that_does_not_compile_is_trouble(client: Client) -> None:
    assert ask(client, "", "/forward/bad").status == 503
    assert ask(client, "", "/forward/bad?on_error=allow").status == 200


@pytest.mark.parametrize("what", ["rejectlarge", "rejectframing"])
def test_a_reject_stays_one(client: Client, what: str) -> None:
    for target in ("/forward/shop", "/forward/shop?on_error=allow"):
        got = ask(client, what, target)
        assert (got.status, got.json) == (403, {"error": "rejected"})


def test_the_size_of_an_answer_has_two_sides(client: Client) -> None:
    fixed = len("X-Large: \r\nX-Keystone-Headers: X-Large\r\n")
    assert ask(client, "large", X_Size=str(4096 - fixed)).status == 200
    assert ask(client, "large", X_Size=str(4096 - fixed + 1)).status == 503


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/forward/", {}),
        ("/forward//x", {}),
        ("/forward/..", {}),
        ("/forward/a%2fb", {}),
        ("/forward/shop?on_error=maybe", {}),
        ("/forward/shop?" + "&".join(f"n{n}=1" for n in range(11)), {}),
        ("/forward/shop?on_eror=allow", {}),
        ("/forward/shop?on_error=deny&on_error=allow", {}),
        ("/forward/shop", {"X-Keystone-Backends": "a=2"}),
        ("/forward/shop", {"X-Keystone-Backends": "a b"}),
        ("/forward/shop", {"X-Keystone-Backends": ",".join(["a"] * 257)}),
        ("/forward/shop", {"X-Forwarded-Method": "G T"}),
    ],
)
def test_what_cannot_be_read_is_refused(client: Client, target: str, headers: dict[str, str]) -> None:
    got = client.send("GET", target, None, headers)
    assert got.status == 400
    assert got.json["error"]


@pytest.mark.parametrize("name", ["X-Keystone-Backends", "x-forwarded-uri", "X-FORWARDED-METHOD"])
def test_a_trusted_header_may_come_once(client: Client, name: str) -> None:
    request = f"GET /forward/shop HTTP/1.1\r\nHost: a\r\n{name}: /a\r\n{name}: /b\r\nConnection: close\r\n\r\n"
    assert client.raw(request.encode()).startswith(b"HTTP/1.1 400 ")
    keep = f"GET /forward/shop HTTP/1.1\r\nHost: a\r\n{name}: /a\r\n{name}: /b\r\n\r\n".encode()
    with client.connect() as connection:
        connection.sendall(keep)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_body_that_does_not_come_is_not_waited_for(client: Client) -> None:
    head = b"POST /forward/shop HTTP/1.1\r\nHost: a\r\nX-What: new\r\nContent-Length: 100000\r\n\r\n"
    started = time.monotonic()
    with client.connect() as connection:
        connection.sendall(head)
        got = connection.recv(4096)
    assert time.monotonic() - started < 5
    assert got.startswith(b"HTTP/1.1 200 OK")
    assert b"Connection: close" in got


def test_a_body_is_no_request(client: Client) -> None:
    inner = b"GET /forward/shop HTTP/1.1\r\nHost: a\r\nX-What: new\r\n\r\n"
    head = b"POST /forward/shop HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(inner)
    assert client.raw(head + inner).count(b"HTTP/1.1 200 OK") == 1
    with client.connect() as connection:
        connection.sendall(head)
        time.sleep(0.1)
        connection.sendall(inner)
        connection.settimeout(5)
        data = b""
        while piece := connection.recv(4096):
            data += piece
    assert data.count(b"HTTP/1.1 200 OK") == 1


def test_a_body_is_told_where_it_is_asked_for(client: Client) -> None:
    for target, body in (("/forward/shop?body=1", "text"), ("/forward/shop", ""), ("/forward/shop/?body=1", "")):
        got = client.send("POST", target, b"text", {"X-What": "show"})
        assert got.headers["x-body"] == body


@pytest.mark.parametrize("size", [9_000, 32_000])
def test_long_cookies(client: Client, size: int) -> None:
    got = ask(client, "new", Cookie="c" * size)
    assert got.headers["x-keystone-backend"] == "new"


def test_many_requests_of_one_connection(client: Client) -> None:
    with client.connect() as connection:
        connection.settimeout(5)
        for what, status in (
            ("new", 200),
            ("reject", 403),
            ("error", 503),
            ("text", 304),
            ("login", 302),
            ("new", 200),
        ):
            connection.sendall(f"GET /forward/shop HTTP/1.1\r\nHost: a\r\nX-What: {what}\r\n\r\n".encode())
            assert read_one(connection)[0] == status, what


def read_one(connection: socket.socket) -> tuple[int, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(4096)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    assert length is not None
    while len(body) < int(length[1]):
        body += connection.recv(4096)
    assert len(body) == int(length[1])
    return int(head.split()[1]), body


def test_the_decision_can_be_asked_of_the_other_call_as_well(client: Client) -> None:
    got = client.route("shop", {"headers": {"X-What": "new"}, "path": "/a"})
    assert got.json == {"selected_backend": "new", "modified_path": "/v2/a"}


def test_heads_in_pieces_and_in_one(client: Client) -> None:
    request = b"GET /forward/shop HTTP/1.1\r\nHost: a\r\nX-What: reject\r\n\r\n"
    with client.connect() as connection:
        connection.settimeout(5)
        for place in (5, 30, len(request) - 1):
            connection.sendall(request[:place])
            time.sleep(0.02)
            connection.sendall(request[place:])
            assert read_one(connection)[0] == 403
        connection.sendall(request * 2)
        assert connection.recv(1) == b"H"


# the reader by itself


@pytest.mark.parametrize(
    "head",
    [
        b"GET /forward/a HTTP/1.0\r\nHost: a",
        b"GET /forward/a HTTP/1.1",
        b"HEAD /forward/a HTTP/1.1\r\nHost: a",
        b"GET /forward/a HTTP/1.1\r\nHost: a\r\n folded",
        b"GET /forward/a HTTP/1.1\r\nHost : a",
        b"GET /forward/a HTTP/1.1\r\nHost: a\x00b",
        b"GET /forward/a HTTP/1.1\nHost: a",
        b"GET /forward/a b HTTP/1.1\r\nHost: a",
        b"POST /forward/a HTTP/1.1\r\nContent-Length: 5",
        b"POST /forward/a HTTP/1.1\r\ncontent-length:\t00",
        b"POST /forward/a HTTP/1.1\r\nContent-Length: 0x",
        b"POST /forward/a HTTP/1.1\r\nA: b\r\nTransfer-Encoding: chunked",
        b"GET /forward/a HTTP/1.1\r\nConnection: close",
        b"GET /forward/a HTTP/1.1\r\nConnection: keep-alive, upgrade",
        b"GET /forward/a HTTP/1.1\r\nUpgrade: websocket",
        b"GET /forward/a HTTP/1.1\r\nExpect: 100-continue",
    ],
)
def test_heads_that_a_parser_must_see(head: bytes) -> None:
    assert plain_head(head) is None


def test_a_plain_head() -> None:
    head = b"PUT /forward/a/b?c HTTP/1.1\r\nHost: h\r\nEmpty:\r\nA:\t b  c \r\nContent-Length: 0\r\nConnection: keep-alive "
    assert plain_head(head) == (
        "PUT",
        "/forward/a/b?c",
        [("Host", "h"), ("Empty", ""), ("A", "b  c"), ("Content-Length", "0"), ("Connection", "keep-alive")],
    )


def test_repeated_headers() -> None:
    fields = [
        ("A", "1"),
        ("b", "x"),
        ("a", "2"),
        ("X-Forwarded-For", "1.1.1.1"),
        ("x-forwarded-for", "2.2.2.2, 3.3.3.3"),
    ]
    data = asked_of("GET", "/forward/t", fields).data
    assert data["headers"] == {"A": "1", "b": "x", "X-Forwarded-For": "1.1.1.1"}
    assert data["headers_multi"] == {"A": ["1", "2"], "X-Forwarded-For": ["1.1.1.1", "2.2.2.2, 3.3.3.3"]}
    assert data["client_ip"] == "3.3.3.3"


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        (["1.1.1.1, 10.0.0.2"], "1.1.1.1"), (["6.6.6.6, 1.1.1.1, 10.0.0.9,10.0.0.2"], "1.1.1.1"), (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (["6.6.6.6, 1.1.1.1", "10.0.0.2"], "1.1.1.1"), (["1.1.1.1:4711, 10.0.0.2:80"], "1.1.1.1"), (["[2001:db8::1]:1, ::1"], "2001:db8::1"),
        (["1.1.1.1, ::ffff:10.0.0.2"], "1.1.1.1"), (["10.0.0.1, unknown, 10.0.0.2"], "unknown"), ([" , ,"], ""), (["1.1.1.1"], "1.1.1.1"),
        (["1.1.1.1, 10.0.0.2, 192.0.2.1"], "192.0.2.1"), (["9.9.9.9" + ", 10.0.0.2" * 15], "9.9.9.9"), (["9.9.9.9" + ", 10.0.0.2" * 99], "10.0.0.2"),
    ],
)  # fmt: skip
def test_the_client_is_the_last_that_is_no_trusted_proxy(lines: list[str], client: str) -> None:
    trusted = read_settings({"trusted-proxies": "10.0.0.0/8, ::1"}, {}).config().trusted_proxies
    fields = [("X-Forwarded-For", line) for line in lines]
    assert asked_of("GET", "/forward/t", fields, trusted).data.get("client_ip", "") == client


def test_an_untold_proxy_is_believed_of_nobody() -> None:
    fields = [("X-Forwarded-For", "1.1.1.1, 10.0.0.2")]
    assert asked_of("GET", "/forward/t", fields).data["client_ip"] == "10.0.0.2"
    with pytest.raises(ConfigError, match=r"10\.0\.0/8"):
        read_settings({"trusted-proxies": "10.0.0/8"}, {})


def test_options_are_the_operators_alone() -> None:
    def options(target: str, uri: str = "/x") -> Options:
        return asked_of("GET", target, [("X-Forwarded-Uri", uri)]).options

    every = "/forward/t?on_error=allow&body=1&reject=401"
    assert options(every) == Options(True, True, 401)
    assert options("/forward/t/?on_error=allow") == Options()
    assert options("/forward/t?on_error=allow", "/x?on_error=allow") == Options()  # as Caddy sends a client's query on
    assert options("/forward/t?a/b", "/x?a/b") == Options()
    with pytest.raises(Refusal):
        options("/forward/t?on_error=")
    assert address_of("/forward/t?a/b") == ("", "t", "a/b")
    assert address_of("/forward/t/a?b/c") == ("/a?b/c", "t", "")


def test_json_is_nothing_here(client: Client) -> None:
    got = client.send("POST", "/forward/shop", json.dumps({"path": "/evil"}).encode(), {"X-What": "show"})
    assert got.headers["x-path"] == "/"


WHOLE_KEY = "method,host,uri,scheme,client_ip,backends,headers"
NO_STORE = ("no-store", None)
KEPT = [
    ("keep", "headers", ("max-age=60", "x-what")), ("keep", "host,uri", NO_STORE),
    ("keep path", "headers", NO_STORE), ("keep path", "headers,uri", ("max-age=60", "x-what")),
    ("keep changed", "headers", NO_STORE), ("keep changed", "headers,uri", ("max-age=60", "x-what")),
    ("keep client", "headers,uri,host", NO_STORE), ("keep client", "headers,client_ip", ("max-age=60", "x-what")),
    ("keep told", "headers,uri,host", NO_STORE), ("keep told", "headers,client_ip", ("max-age=60", "x-what")),
    ("keep body", "headers", ("max-age=60", "x-what")), ("keep body", WHOLE_KEY + "&body=1", NO_STORE),
    ("keep all", WHOLE_KEY, NO_STORE), ("keep time", WHOLE_KEY, NO_STORE), ("default", WHOLE_KEY, NO_STORE),
    ("keep reject", "headers", ("max-age=5", "x-what")), ("keep reject", "headers&reject=403", ("max-age=5", "x-what")),
    ("error", WHOLE_KEY, NO_STORE), ("error", WHOLE_KEY + "&on_error=allow", NO_STORE), ("endless", WHOLE_KEY, NO_STORE),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("what", "keys", "said"), KEPT)
def test_a_cache_is_told_what_it_may_keep(client: Client, tenant: str, what: str, keys: str, said: Any) -> None:
    if tenant == "lane" and what == "endless":
        tenant = "shop"
    got = ask(client, what, f"/forward/{tenant}?cache={keys}", X_Forwarded_Uri="/a?b", X_Forwarded_For="192.0.2.9")
    assert (got.headers["cache-control"], got.headers.get("vary")) == said


@pytest.mark.parametrize("what", ["keep", "keep reject", "default", "error"])
def test_nothing_is_said_to_caches_that_nobody_told_of(client: Client, what: str) -> None:
    got = ask(client, what)
    assert "cache-control" not in got.headers
    assert "vary" not in got.headers


def test_lines_that_caches_heed_are_not_carried_beside_ours(client: Client) -> None:
    assert ask(client, "keep line").headers["cache-control"] == "max-age=9"
    got = ask(client, "keep line", "/forward/shop?cache=headers")
    assert (got.status, got.headers["cache-control"]) == (503, "no-store")
    got = ask(client, "refuse line", "/forward/shop?cache=headers")
    assert (got.status, got.headers["cache-control"], "x-accel-expires" in got.headers) == (403, "no-store", False)
    assert ask(client, "keep", "/forward/shop?cache=cookies").status == 400
    assert ask(client, "keep", "/forward/shop?cache=").status == 400
