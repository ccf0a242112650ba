"""Scripts with a planted slow path, and whether `worst` finds it: ``python -m tests.authoring.worst_campaign [NAME ...]``.

Each script is cheap but for one way through it. What that way costs, a request made by hand says; `worst` has 30 s of
processor time to find one that costs at least half as much, three times with another seed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from keystone_lua.authoring.worst import worst
from keystone_lua.interpreter import Limits, compile_program
from keystone_lua.routing.decision import decide

SECONDS: Final = 30.0
SEEDS: Final = (0, 1, 2)
LIMITS: Final = Limits(instructions=4_000_000)
SIZE: Final = 65536
PART: Final = 0.5
"""Of what the request made by hand costs."""


@dataclass(frozen=True)
class Slow:
    """A script's body, and a request by which it is slow."""

    body: str
    request: dict[str, Any]
    before: str = ""


def _backends(count: int, health: bool = True) -> list[dict[str, Any]]:
    return [{"name": f"b{number}", "url": f"http://{number}", "health": health} for number in range(count)]


_WORK: Final = "for i = 1, 400000 do end"

SLOW: Final = {
    "a quadratic loop over a header": Slow(
        "local s = request.headers['X-Tags'] or '' local n = 0\n"
        "for i = 1, #s do if s:sub(i, i) == ',' then for j = i, #s do n = n + 1 end end end",
        {"headers": {"X-Tags": "," * 8192}}),
    "concatenation piece by piece": Slow(
        "local out = '' for word in (request.headers['X-List'] or ''):gmatch('[^;]+') do out = out .. '/' .. word end",
        {"headers": {"X-List": "a;" * 4096}}),
    "a pattern that goes back": Slow(
        "local x = request.path:match('^(.-)=(.-)&(.-)=(.-)#$')", {"path": "=&" * 32768}),
    "a pattern that begins anew": Slow(
        "local x = request.body:find('%s*$')  local y = request.body:find('%s+x')", {"body": " " * 65536}),
    "backends by backends": Slow(
        "for _, a in ipairs(backends) do for _, b in ipairs(backends) do if a.name == b.name then n = (n or 0) + 1 end end end",
        {"backends": _backends(100)}),
    "backends that are down, one after the other": Slow(
        "for _, b in ipairs(backends) do if b.health then break end for i = 1, 1000 do end end",
        {"backends": _backends(100, health=False)}),
    "a table that is deep in JSON": Slow(
        "local function walk(v, d) if type(v) == 'table' then for i = 1, d do end for _, w in pairs(v) do walk(w, d + 100) end end end\n"
        "local found = json.decode(request.body) walk(found, 1)",
        {"body": "[" * 60 + "]" * 60}, "local json = require 'cjson.safe'"),
    "a long list in JSON": Slow(
        "local found = json.decode(request.body)\nif type(found) == 'table' and type(found.items) == 'table' then\n"
        "for _, item in ipairs(found.items) do for i = 1, 250 do end end end",
        {"body": json.dumps({"items": [1] * 5000})}, "local json = require 'cjson.safe'"),
    "a number in JSON": Slow(
        "local found = json.decode(request.body)\nif type(found) == 'table' and type(found.page) == 'number' then\n"
        "for i = 1, math.min(found.page, 1500000) do end end",
        {"body": json.dumps({"page": 1500000})}, "local json = require 'cjson.safe'"),
    "behind a prefix": Slow(f"if request.path:sub(1, 13) == '/internal/v2/' then {_WORK} end", {"path": "/internal/v2/"}),
    "behind a pattern": Slow(
        f"if request.path:match('^/users/%d+/orders/%x+$') then {_WORK} end", {"path": "/users/1/orders/a"}),
    "behind two headers": Slow(
        f"if request.headers['X-Mode'] == 'debug' and request.headers['X-Level'] == 'trace' then {_WORK} end",
        {"headers": {"X-Mode": "debug", "X-Level": "trace"}}),
    "behind a prefix, growing with a header": Slow(
        "if request.path:find('^/export/') then local s = request.headers['X-Columns'] or ''\n"
        "for i = 1, #s do local x = s:byte(i) end end",
        {"path": "/export/", "headers": {"X-Columns": "a" * 8192}}),
    "behind three fields, none of which says it is near": Slow(
        f"if request.method == 'REPORT' and request.host == 'dav.example.org' and request.headers.depth == 'infinity' then {_WORK} end",
        {"method": "REPORT", "host": "dav.example.org", "headers": {"Depth": "infinity"}}),
    "a cookie's number": Slow(
        "local times = tonumber((request.headers.Cookie or ''):match('repeat=(%d+)') or '') or 0\n"
        "for i = 1, math.min(times, 1000000) do end",
        {"headers": {"Cookie": "repeat=1000000"}}),
    "a parameter's number": Slow(
        "local args = request.args or {} for i = 1, math.min(tonumber(args.limit) or 0, 1000000) do end",
        {"query": "limit=1000000"}),
    "a length that must be exact": Slow(f"if #(request.headers['X-Key'] or '') == 40 then {_WORK} end", {"headers": {"X-Key": "k" * 40}}),
    "one header of a name that it knows": Slow(
        f"for name, value in pairs(request.headers) do if name:lower() == 'x-replay' and value == 'all' then {_WORK} end end",
        {"headers": {"x-replay": "all"}}),
    "an area in a table": Slow(
        "local work = COSTS[request.path:match('^/([%a-]+)') or ''] or 1 for i = 1, work * 10000 do end",
        {"path": "/bulk-load"}, "local COSTS = {home = 1, search = 3, ['bulk-load'] = 90, shop = 2}"),
    "doubling with each separator": Slow(
        "local n = 1 for c in (request.headers['X-Path'] or ''):gmatch('>') do n = n * 2 if n > 60000 then break end end\nfor i = 1, n do end",
        {"headers": {"X-Path": ">" * 20}}),
    "behind a network": Slow(
        f"if OFFICE:match(request.client_ip or '') and request.path == '/metrics' then {_WORK} end",
        {"client_ip": "10.20.0.1", "path": "/metrics"}, "local OFFICE = require('ip').matcher{'10.20.0.0/16'}"),
    "words that are sorted": Slow(
        "local words = {} for word in request.body:gmatch('%w+') do words[#words + 1] = word end\n"
        "table.sort(words, function(a, b) return #a < #b end)",
        {"body": "a bb " * 13000}),
}  # fmt: skip
_BASE: Final = {"method": "GET", "path": "/", "host": "", "headers": {}, "body": "", "backends": _backends(2)}


def tried(name: str, seed: int) -> tuple[float, int, float]:
    """What was found as a part of what was planted, how many requests were tried, and the seconds that it took."""
    slow = SLOW[name]
    script = f"{slow.before}\nfunction on_route_request(request, backends)\n{slow.body}\nreturn {{selected_backend = 'a'}}\nend"
    program = compile_program(script.encode(), "t.lua")
    planted = decide(program, {**_BASE, **slow.request}, limits=LIMITS, seed=1, now=1_700_000_000.0)
    enough = PART * max(planted.instructions / LIMITS.instructions, planted.allocated_bytes / LIMITS.memory)
    plain = decide(program, _BASE, limits=LIMITS, seed=1, now=1_700_000_000.0)
    assert planted.instructions > 4 * plain.instructions or planted.failure is not None, name
    begin = time.process_time()
    found = worst(program, limits=LIMITS, size=SIZE, seconds=SECONDS, seed=seed, enough=min(1.0, enough))
    return found.part / enough * PART, found.runs, time.process_time() - begin


def main(names: list[str]) -> Iterator[str]:
    """Try them; the lines that say what came of it."""
    bad = 0
    for name in names or SLOW:
        for seed in SEEDS:
            part, runs, seconds = tried(name, seed)
            bad += part < PART
            what = "found" if part >= PART else "MISSED"
            yield f"{what} {name} (seed {seed}): {100 * part:.0f} % of what was planted, {runs:,} requests, {seconds:.1f} s"
    yield f"{bad} of {len(names or SLOW) * len(SEEDS)} missed"


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        print(line, flush=True)
