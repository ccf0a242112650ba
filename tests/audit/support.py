"""What the audit's tests share: programs, requests, a log of mixed decisions."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from keystone_lua.audit import Masks, Recorder
from keystone_lua.interpreter import Limits, Program, compile_program
from keystone_lua.routing.decision import decide
from keystone_lua.routing.scripts_folder import shared_modules

ROOT = Path(__file__).parents[2]
KEY = b"a key for the tests, 32 bytes..."
NOW = 1_790_000_000.25

LIMITS = Limits(instructions=100_000, memory=200_000, log=1000)

SCRIPTS = {
    "dice": """function on_route_request(request, backends)
        return {selected_backend = backends[math.random(#backends)].name, modified_headers = {["X-Day"] = os.date("%F")}}
    end""",
    "broken": "function on_route_request(request) return request.nothing.at_all end",
    "endless": "function on_route_request() while true do end end",
    "greedy": "function on_route_request(r) local s = r.path while true do s = s .. s end end",
    "silent": "function on_route_request() end",
    "order": """function on_route_request(request)
        local names = {} for name in pairs(request.headers) do names[#names + 1] = name end
        return {selected_backend = table.concat(names, " ")}
    end""",
    "session": """function on_route_request(request)
        local cookie = request.headers.Cookie
        if not cookie then return {selected_backend = "new"} end
        return {selected_backend = cookie, modified_headers = {["X-Session"] = cookie:match("session=(%w+)")}}
    end""",
}


def programs() -> dict[str, Program]:
    """Three bundled scripts and SCRIPTS, by tenant: the records that tests count are theirs, in turn."""
    modules = shared_modules(ROOT / "scripts")
    sources = {name: (ROOT / "scripts" / f"{name}.lua").read_bytes() for name in ("ab-testing", "blue-green", "canary")}
    sources |= {name: source.encode() for name, source in SCRIPTS.items()}
    return {name: compile_program(source, f"{name}.lua", modules) for name, source in sources.items()}


TENANTS = len(programs()) + 1
"""Those of `mixed_requests`, which asks them in turn: a multiple of so many requests asks each as often."""


def request(**fields: Any) -> dict[str, Any]:
    """A request as the server reads it."""
    plain = {"method": "GET", "path": "/api/users", "host": "example.org", "headers": {}, "body": ""}
    backends = ["api-stable", "api-canary", "blue", "green", "version-a", "version-b"]
    return {**plain, "backends": [{"name": n, "url": f"http://{n}", "health": True} for n in backends], **fields}


def mixed_requests(count: int, seed: int = 0) -> Iterable[tuple[str, dict[str, Any]]]:
    """``count`` tenants and requests of all kinds, an unknown tenant among them."""
    chance = random.Random(seed)
    tenants = [*programs(), "nobody"]
    for number in range(count):
        headers = {
            "X-User-ID": str(number),
            "X-Canary-Percent": chance.choice(["0", "50", "100", "many"]),
            "Ä-Header": "ü",
            "Accept": "*/*",
        }
        names = chance.sample(sorted(headers), chance.randint(0, len(headers)))
        chosen = {name: headers[name] for name in names}
        if chance.random() < 0.5:
            chosen["Cookie"] = f"theme=dark; session=s3cr3ts3cr3t{number}"
        yield (
            tenants[number % len(tenants)],
            request(headers=chosen, path=f"/p/{number}", body="é" * chance.randint(0, 9)),
        )


def record(
    recorder: Recorder, compiled: dict[str, Program], asked: Iterable[tuple[str, dict[str, Any]]], now: float = NOW
) -> None:
    """Decide and record, as a server does."""
    for number, (tenant, data) in enumerate(asked):
        program = compiled.get(tenant)
        name = f"req-{number}"
        if program is None:
            recorder.record(
                tenant, data, None, None, {"selected_backend": "", "reject": True}, None, limits=LIMITS, request_id=name
            )
            continue
        made = decide(program, data, limits=LIMITS, seed=number, now=now + number, watched=recorder.masks.names)
        recorder.record(tenant, data, program, made, made.answer, made.failure, limits=LIMITS, request_id=name)


def write_log(file: Path, count: int = 60, **options: Any) -> Recorder:
    """A whole log of mixed decisions; the recorder has been closed."""
    recorder = Recorder(file, Masks(["Authorization", "Cookie"], KEY), **options)
    record(recorder, programs(), mixed_requests(count))
    recorder.close()
    return recorder


def lines(file: Path) -> list[bytes]:
    """A file's lines, without newlines."""
    return file.read_bytes().splitlines()
