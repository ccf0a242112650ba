"""The dearest request: planted slow paths are found within a bound of effort."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keystone_lua.authoring.worst import HEADER_BYTES, MOST_BACKENDS, worst
from keystone_lua.interpreter import Limits, compile_program
from keystone_lua.routing.decision import decide
from tests.authoring.worst_campaign import PART, tried
from tests.server.support import run

LIMITS = Limits(instructions=1_000_000)

PATHS = {
    "body byte by byte": "for i = 1, #request.body do local x = request.body:byte(i) end",
    "path pieces": "for piece in request.path:gmatch('[^/]+') do local x = piece:upper() end",
    "a number in a header": "for i = 1, tonumber(request.headers['X-Times']) or 0 do end",
    "behind a path": "if request.path == '/admin' then for i = 1, #request.body do end end",
    "behind a method": "if request.method == 'PURGE' then for i = 1, #request.path do end end",
    "behind two": "if request.path:find('^/debug') and request.headers.token == 'open' then for i = 1, #request.body do end end",
    "behind three": "if request.method == 'PUT' then if request.host == 'h.example' then if request.headers.mode == 'slow' then "
    "for i = 1, #request.body do end end end end",
    "quadratic": "local s = request.body for i = 1, #s do if s:sub(i, i) == ',' then local x = s:find(';', i, true) end end",
    "cookies": "for k, v in (request.headers.cookie or ''):gmatch('(%w+)=(%w+)') do local x = k .. v end",
    "all headers": "for k, v in pairs(request.headers) do for i = 1, #v do end end",
    "backends": "for i, a in ipairs(backends) do for j, b in ipairs(backends) do for k = 1, 20 do end end end",
    "backends that are down": "for i, b in ipairs(backends) do if not b.health then for k = 1, 5000 do end end end",
    "doubling": "local s = request.path while #s < 400000 and s:find('x', 1, true) do s = s .. s end",
    "recursion": "local function f(s) if #s > 1 then f(s:sub(2)) end end f(request.host)",
    "a list": "local t = {} for word in request.body:gmatch('%a+') do t[#t + 1] = word end table.sort(t)",
    "a query": "for k, v in (request.query or request.path):gmatch('([^&=]+)=([^&=]*)') do local x = k:rep(3) end",
    "digits": "local n = tonumber(request.body) or 0 while n > 1 do n = n / 1.001 end",
    "nested": "if request.body:sub(1, 1) == '{' then local d = 0 for c in request.body:gmatch('.') do d = d + 1 end end",
    "a prefix and a length": "if request.path:sub(1, 8) == '/upload/' and #request.path > 1000 then for i = 1, 300000 do end end",
    "a module's name": "local m = request.headers['X-Module'] if m == 'heavy' or m == 'heavier' then for i = 1, 200000 do end end",
}
ENOUGH = 0.08
"""Of a million instructions: what each of them takes at some length, and none without its condition."""


@pytest.mark.parametrize("name", PATHS)
def test_a_planted_slow_path_is_found(name: str) -> None:
    source = f"function on_route_request(request, backends)\n{PATHS[name]}\nreturn {{selected_backend = 'a'}}\nend"
    program = compile_program(source.encode(), "t.lua")
    found = worst(program, limits=LIMITS, size=65536, seconds=30.0, seed=5, enough=ENOUGH)
    assert found.part >= ENOUGH, (found.part, found.runs)
    again = decide(program, found.request, limits=LIMITS, seed=1, now=1_700_000_000.0)
    assert (again.instructions, again.allocated_bytes) == (found.decision.instructions, found.decision.allocated_bytes)


@pytest.mark.parametrize(
    "name",
    ["a pattern that goes back", "a long list in JSON", "behind two headers", "a cookie's number", "behind a network"],
)
def test_a_sample_of_the_campaign(name: str) -> None:
    part, runs, seconds = tried(name, 7)
    assert part >= PART, (runs, seconds)


def test_requests_stay_within_their_bounds() -> None:
    program = compile_program(
        b"function on_route_request(r, b) for k, v in pairs(r.headers) do end for k in pairs(r) do end return nil end",
        "t.lua",
    )
    found = worst(program, limits=Limits(), size=1000, seconds=0.5)
    request = found.request
    assert all(len(request[name]) <= 1000 for name in ("method", "path", "host", "body"))
    assert all(len(value) <= min(1000, HEADER_BYTES) for value in request["headers"].values())
    assert len(request["backends"]) <= MOST_BACKENDS
    assert len(request.get("client_ip", "")) <= 64
    assert found.runs > 10


def test_the_command(tmp_path: Path) -> None:
    script, saved = tmp_path / "t.lua", tmp_path / "worst.json"
    script.write_text("function on_route_request(r) for i = 1, #r.body do end return {selected_backend = 'a'} end")
    options = ("--seconds", "0.3", "--size", "1000", "--max-instructions", "100000")
    told = run("worst", script, *options, "--save", saved)
    assert told.returncode == 0
    assert told.stdout.startswith(f"{script}: ")
    assert "% of the budget of instructions, " in told.stdout
    assert len(json.loads(saved.read_text())["body"]) == 1000
    facts = json.loads(run("worst", script, *options, "--json").stdout)
    assert 1.0 < facts["percent"] < 20.0
    assert run("worst", script, *options, "--fail-over", "50").returncode == 0
    assert run("worst", script, *options, "--fail-over", "0.5").returncode == 1
    script.write_text("x =")
    assert run("worst", script).returncode == 1
