"""Decisions that a gateway keeps, as its example says how: right ones while the engine is dead, none that nobody may have.

In: nginx, or the reference gateway. Out: a line for each case.
"""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from .stack import Got, Stack, stack

SCRIPT = """
function on_route_request(request, backends)
  local h, path = request.headers, request.path
  if path == "/admin" then return { reject = true, reject_reason = "no", cache = { seconds = 600 } } end
  if path == "/once" then return { selected_backend = "new" } end
  if path == "/clock" then return { selected_backend = os.time() > 0 and "new", cache = { seconds = 600 } } end
  if path == "/client" then
    return { selected_backend = request.client_ip == "127.0.0.2" and "new" or "old", cache = { seconds = 600 } }
  end
  if path == "/host" then return { selected_backend = h.Host and "old" or request.host, cache = { seconds = 600 } } end
  if path == "/cookie" then return { selected_backend = h.Cookie == "v=2" and "new" or "old", cache = { seconds = 600 } } end
  if path == "/method" then return { selected_backend = request.method == "PUT" and "new" or "old", cache = { seconds = 600 } } end
  if path == "/query" then return { selected_backend = request.args.v == "2" and "new" or "old", cache = { seconds = 600 } } end
  if path == "/brief" then return { selected_backend = "%(brief)s", cache = { seconds = 1 } } end
  if path == "/many" then
    for n = 10, 30 do local _ = h["X-Header-" .. n] end
    return { selected_backend = "new", cache = { seconds = 600 } }
  end
  if path == "/broken" then error("a mistake") end
  return { selected_backend = h["X-Beta"] == "yes" and "new" or "old", cache = { seconds = 600 } }
end
"""


def uncommented(text: str) -> str:
    """The configuration that keeps decisions."""
    return text.replace("#cache ", "")


def routed(got: Got) -> str:
    """Where a request went: the name of a service, or the status."""
    return str(got.seen["backend"]) if got.seen is not None else str(got.status)


def expected(method: str, path: str, headers: dict[str, str], source: str) -> str:
    """Where the script sends a request."""
    if path == "/admin":
        return "403"
    chosen = {
        "/client": source == "127.0.0.2", "/cookie": headers.get("Cookie") == "v=2", "/method": method == "PUT",
        "/query?v=1": False, "/query?v=2": True, "/any": headers.get("X-Beta") == "yes",
    }  # fmt: skip
    return "new" if chosen[path] else "old"


Request = tuple[str, str, dict[str, str], str]


def requests(count: int, seed: int) -> list[Request]:
    """Requests whose answers may be kept."""
    chance = random.Random(seed)
    made: list[Request] = []
    for _ in range(count):
        path = chance.choice(["/client", "/cookie", "/method", "/query?v=1", "/query?v=2", "/any", "/admin"])
        headers = {"X-Beta": chance.choice(["yes", "no"])} if chance.random() < 0.5 else {}
        if chance.random() < 0.5:
            headers["Cookie"] = chance.choice(["v=1", "v=2"])
        made.append((chance.choice(["GET", "PUT", "POST"]), path, headers, chance.choice(["127.0.0.1", "127.0.0.2"])))
    return made


def sent(at: Stack, request: Request) -> str:
    method, path, headers, source = request
    return routed(at.ask(method, path, headers, b"x" if method != "GET" else None, source=source))


def reload(at: Stack) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", at.ports["engine"], timeout=20)
    connection.request("POST", "/reload")
    assert connection.getresponse().status == 200
    connection.close()


def short_lived(at: Stack, scripts: Path) -> None:
    """A kept answer outlives a reload by its seconds, or until the cache is emptied."""
    assert sent(at, ("GET", "/brief", {}, "127.0.0.1")) == "old"
    assert sent(at, ("GET", "/any", {}, "127.0.0.1")) == "old"
    (scripts / "shop.lua").write_text(
        (SCRIPT % {"brief": "new"}).replace('"yes" and "new" or "old"', '"yes" and "old" or "new"')
    )
    reload(at)
    end = time.monotonic() + 2.5
    while sent(at, ("GET", "/brief", {}, "127.0.0.1")) == "old":
        assert time.monotonic() < end, "it outlives its second"
        time.sleep(0.1)
    assert sent(at, ("GET", "/any", {}, "127.0.0.1")) == "old"  # for ten minutes
    for kept in (at.folder / "decisions").iterdir():
        kept.unlink()
    assert sent(at, ("GET", "/any", {}, "127.0.0.1")) == "new"
    (scripts / "shop.lua").write_text(SCRIPT % {"brief": "old"})
    reload(at)
    for kept in (at.folder / "decisions").iterdir():
        kept.unlink()


def all_right(at: Stack, scripts: Path) -> None:
    """Every answer is the script's, kept or not."""
    for request in requests(1500, 1):
        assert sent(at, request) == expected(*request), request
    for path in ("/once", "/clock", "/many"):
        assert sent(at, ("GET", path, {}, "127.0.0.1")) == "new"
    assert sent(at, ("GET", "/broken", {}, "127.0.0.1")) == "503"


def engine_dead(at: Stack, scripts: Path) -> None:
    """What has been asked is answered, and right; what has not is refused. What may not be kept was not."""
    known = {str(request) for request in requests(1500, 1)}
    at.engine.kill()
    at.engine.wait()
    kept = 0
    for request in requests(1500, 2):
        got = sent(at, request)
        if str(request) in known:
            kept += 1
            assert got == expected(*request), (got, request)
        else:
            assert got in (expected(*request), "503"), request  # another one with the same key has been asked
    assert kept > 1000
    for path in ("/once", "/clock", "/broken", "/never"):
        assert sent(at, ("GET", path, {}, "127.0.0.1")) == "503", path
    assert sent(at, ("GET", "/any", {"X-Beta": "never"}, "127.0.0.1")) == "503"


def another_client(at: Stack, scripts: Path) -> None:
    """Who the client is stands in nginx's key."""
    assert sent(at, ("GET", "/any", {}, "127.0.0.3")) == "503"


def too_many_headers(at: Stack, scripts: Path) -> None:
    """nginx takes no Vary of more than 128 bytes: what holds by more it does not keep."""
    assert sent(at, ("GET", "/many", {}, "127.0.0.1")) == "503"


def between_clients(at: Stack, scripts: Path) -> None:
    """Without the client in the key, and in the address: what holds by the client is not kept, all else for everybody."""
    assert sent(at, ("GET", "/any", {}, "127.0.0.1")) == "old"
    for source, service in (("127.0.0.1", "old"), ("127.0.0.2", "new"), ("127.0.0.1", "old")):
        assert sent(at, ("GET", "/client", {}, source)) == service
    at.engine.kill()
    at.engine.wait()
    assert sent(at, ("GET", "/any", {}, "127.0.0.3")) == "old"
    assert sent(at, ("GET", "/client", {}, "127.0.0.1")) == "503"


def answers_of_others(at: Stack, scripts: Path) -> None:
    """The reference gateway goes by what the answer holds by, and by nothing else."""
    assert sent(at, ("GET", "/any", {"X-Beta": "yes"}, "127.0.0.3")) == "new"
    assert sent(at, ("DELETE", "/client", {}, "127.0.0.3")) == "503"


def together(text: str) -> str:
    """nginx's configuration that keeps decisions, without the client among what it tells requests apart by."""
    return uncommented(text).replace(",client_ip", "").replace(' $proxy_add_x_forwarded_for";', '";')


def keeping(text: str) -> str:
    """The reference gateway's tenant file, with room for answers."""
    return text.replace("  timeout: 2s", "  timeout: 2s\n  keep: 1000")


Case = Callable[[Stack, Path], None]
RIGHT: dict[str, Case] = {
    "1,500 requests, each as the script says": all_right,
    "1,500 more with the engine dead": engine_dead,
}
KEEPERS: dict[str, tuple[Callable[[str], str], dict[str, Case]]] = {
    "nginx": (
        uncommented,
        {"seconds, reload": short_lived, **RIGHT, "another client": another_client, "a long Vary": too_many_headers},
    ),
    "nginx, clients together": (together, {"between clients": between_clients}),
    "gateway": (keeping, {**RIGHT, "answers of others": answers_of_others}),
}
"""How each is told to keep decisions, and what is tried."""


def main(gateway: str, command: list[str]) -> int:
    """Try them; how many failed."""
    return sum(_tried(name, command) for name in KEEPERS if name.partition(",")[0] == gateway)


def _tried(name: str, command: list[str]) -> int:
    change, cases = KEEPERS[name]
    gateway = name.partition(",")[0]
    failed = 0
    with TemporaryDirectory() as made:
        scripts = Path(made)
        (scripts / "shop.lua").write_text(SCRIPT % {"brief": "old"})
        with stack(gateway, command, scripts, change) as at:
            for case, check in cases.items():
                try:
                    check(at, scripts)
                    print(f"{name}, keeps decisions: {case}: ok", flush=True)
                except (AssertionError, OSError) as error:
                    failed += 1
                    print(f"{name}, keeps decisions: {case}: FAILED: {error}", flush=True)
    return failed
