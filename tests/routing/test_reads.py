"""What the engine says of an answer's ``cache``: nothing that a run read is missed, and no count changes."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from keystone_lua.interpreter import SliceExhausted, compile_program
from keystone_lua.interpreter.execution.run import Run
from keystone_lua.interpreter.limits import DEFAULT
from keystone_lua.interpreter.packing import pack, unpack
from keystone_lua.interpreter.profiling.recorder import CountedRun
from keystone_lua.interpreter.stdlib.math import STREAM
from keystone_lua.routing.answer import MOST_VARY
from keystone_lua.routing.decision import Decision, decide, decision_of
from keystone_lua.routing.reads import (
    MOST_HEADERS,
    NAME_BYTES,
    TrackedBackends,
    TrackedHeaders,
    TrackedQueryRequest,
    TrackedRequest,
    field_name,
    track,
)  # fmt: skip
from keystone_lua.routing.request_fields import FIELDS, OWN
from keystone_lua.routing.watched_headers import Watch
from tests.interpreter import test_watched

REQUEST: dict[str, Any] = {
    "method": "GET", "path": "/a", "host": "h.example", "headers": {"Cookie": "session=1", "X-A": "1"}, "body": "b",
    "backends": [{"name": "old", "url": "u", "health": True}, {"name": "new", "url": "", "health": False}],
}  # fmt: skip
NEWER = {
    **REQUEST,
    "query": "q=1&r=2",
    "raw_path": "/%61",
    "client_ip": "192.0.2.1",
    "headers_multi": {"X-A": ["1", "2"]},
}


def decided(body: str, said: str = "seconds = 60", request: dict[str, Any] = REQUEST, before: str = "") -> Decision:
    """What a script decides whose entry point is ``body``; ``h`` is the request's headers."""
    source = f"{before}\nfunction on_route_request(request, backends) local h = request.headers\n{body}\n"
    source += f"return {{selected_backend = 'b', cache = {{{said}}}}} end"
    return decide(compile_program(source.encode(), "x.lua"), request, seed=3, now=1e9)


def cache(body: str, said: str = "seconds = 60", request: dict[str, Any] = REQUEST, before: str = "") -> dict[str, Any]:
    decision = decided(body, said, request, before)
    assert decision.failure is None, decision.failure
    assert decision.answer is not None
    found = decision.answer["cache"]
    assert isinstance(found, dict)
    return found


def varies(body: str, request: dict[str, Any] = REQUEST, before: str = "") -> list[str]:
    """By what the answer holds."""
    found = cache(body, request=request, before=before)
    assert found["seconds"] == 60, found
    names = found["vary"]
    assert isinstance(names, list)
    return names


FIELD_READS = {
    "local v = request.path": ["path"],
    "local v = request['pa' .. 'th']": ["path"],
    "local v = rawget(request, 'path')": ["path"],
    "local v = setmetatable({}, {__index = request}).path": ["path"],
    "local v = ('path'):gsub('%a+', request)": ["path"],
    "local v = _G.request.path": ["path"],
    "if request.path == '/' then return {} end": ["path"],
    "local v = request.query": ["query"],
    "local v = request.args": ["query"],
    "local v = request.args and request.args.q": ["query"],
    "local v = request.client_ip": ["client_ip"],
    "local v = request.attempt": ["attempt"],
    "local v = request.headers_multi": ["headers"],
    "local v = request.body_truncated": ["body"],
    "request.mine = 1 local v = request.mine": [],
    "local v = request.config, request.secrets": [],
    "local v = request == nil, type(request), tostring(request)": [],
    "local v = pcall(function() request() end)": [],
    "local v = pcall(function() backends() end)": [],
    "local v = pcall(function() h() end)": [],
    "local v = #backends": ["backends"],
    "local v = backends[1].name": ["backends"],
    "local v = request.backends[3]": ["backends"],
    "for i = 1, 9 do if not backends[i] then break end end": ["backends"],
    "for _, backend in ipairs(backends) do local v = backend.health end": ["backends"],
    "for _, backend in pairs(backends) do local v = backend.health end": ["backends"],
    "local v = next(backends)": ["backends"],
    "local v = unpack(backends)": ["backends"],
    "table.sort(backends, function(a, b) return a.name < b.name end)": ["backends"],
    "table.insert(backends, {})": ["backends"],
    "local v = table.concat(backends, ',', 3)": ["backends"],
    "local v = require('json').encode(backends)": ["backends"],
    "local v = h.missing": ["headers.missing"],
    "local v = h['X-MISSING']": ["headers.x-missing"],
    "local v = h.cookie, h.Cookie, h.COOKIE": ["headers.cookie"],
    "local v = h[1]": [],
    "local v = #h": ["headers"],
    "local v = next(h)": ["headers"],
    "local v = h['\\195\\164']": ["headers"],
    f"local v = h[('x'):rep({NAME_BYTES})]": ["headers." + "x" * NAME_BYTES],
    f"local v = h[('x'):rep({NAME_BYTES + 1})]": ["headers"],
    "for k in pairs(h) do end": ["headers"],
    "local v = require('json').encode(h)": ["headers"],
    "local v = request.path, h.Cookie, request.method": ["headers.cookie", "method", "path"],
    "local v = h.Cookie for k in pairs(h) do end": ["headers"],
    "": [],
}


@pytest.mark.parametrize("body", FIELD_READS)
def test_what_is_read_is_what_the_answer_holds_by(body: str) -> None:
    for request in (REQUEST, NEWER):
        assert varies(body, request) == FIELD_READS[body]


@pytest.mark.parametrize("way", test_watched.READS)
def test_every_way_to_a_header_is_seen(way: str) -> None:
    body = f"local function entry() {test_watched.READS[way]} end pcall(entry)"
    names = varies(body, request={**REQUEST, "headers": test_watched.HEADERS})
    if way == "handed back":  # by what is not the answer
        assert names == []
    elif way in ("a test alone", "a comparison"):
        assert names == ["headers.cookie"]
    else:
        assert "headers" in names or "headers.cookie" in names


def test_what_is_handed_back_is_read() -> None:
    source = "function on_route_request(r) return {modified_headers = r.headers, cache = {seconds = 5}} end"
    answer = decide(compile_program(source.encode(), "x.lua"), REQUEST).answer
    assert answer is not None
    assert answer["cache"] == {"seconds": 5, "vary": ["headers"]}


NEVER = {
    "local v = os.time()": "the clock",
    "local v = os.date()": "the clock",
    "local v = os.clock()": "the clock",
    "local v = require('time').now()": "the clock",
    "local v = math.random()": "random numbers",
    "math.randomseed(1)": "random numbers",
    "local v = request.sequence": "the request's number",
    "local v = h['X-Request-ID']": "the request's id",
    "local v = h.traceparent": "the request's id",
    "for k, v in pairs(request) do end": "all of the request",
    "local k = next(request)": "all of the request",
    "setmetatable(request, {}) local v = request.path": "all of the request",
    "for i = 1, 99 do request[i * 1000] = i end local v = request.path": "all of the request",
    "local v = require('json').encode(request)": "all of the request",
    "local v = os.time() + math.random()": "the clock and random numbers",
}


@pytest.mark.parametrize("body", NEVER)
def test_what_is_another_with_each_request_holds_for_none(body: str) -> None:
    for said in (
        "seconds = 60",
        "seconds = 60, vary = {'path', 'headers', 'query', 'backends', 'headers.x-request-id'}",
    ):
        if "setmetatable" in body:
            assert cache(body, said) == {"seconds": 0, "because": "the script read all of the request"}
        else:
            assert cache(body, said, NEWER if "setmeta" not in body else REQUEST) == {
                "seconds": 0, "because": f"the script read {NEVER[body]}"
            }  # fmt: skip


def test_start_up_and_modules_are_followed() -> None:
    assert cache("", before="local v = os.time()")["because"] == "the script read the clock"
    assert varies("", before="local v = request and request.host") == ["host"]
    program = compile_program(
        b"local m = require('m') function on_route_request(r) return m.answer(r) end", "x.lua",
        {"m": b"return {answer = function(r) return {selected_backend = r.host, cache = {seconds = 1}} end}"},
    )  # fmt: skip
    for again in (program, unpack(pack(program), program.source, program.sources)):
        answer = decide(again, REQUEST).answer
        assert answer is not None
        assert answer["cache"] == {"seconds": 1, "vary": ["host"]}


def test_the_next_run_begins_anew() -> None:
    source = b"function on_route_request(r) local v = r.path == '/a' and r.host return {cache = {seconds = 1}} end"
    program = compile_program(source, "x.lua")
    for path, names in (("/a", ["host", "path"]), ("/b", ["path"]), ("/a", ["host", "path"])):
        answer = decide(program, {**REQUEST, "path": path}).answer
        assert answer is not None
        assert answer["cache"]["vary"] == names


def test_fields_that_are_named_are_checked() -> None:
    assert cache("local v = request.path", "seconds = 9, vary = {'path', 'host'}") == {
        "seconds": 9, "vary": ["host", "path"]
    }  # fmt: skip
    assert cache("local v = h.Cookie", "seconds = 9, vary = {'headers.COOKIE', 'headers.cookie'}")["vary"] == [
        "headers.cookie"
    ]
    assert cache("local v = h.Cookie, h.Other", "seconds = 9, vary = {'headers'}")["vary"] == ["headers"]
    assert cache("local v = request.path, h.Cookie", "seconds = 9, vary = {'path'}") == {
        "seconds": 0, "because": "the script read headers.cookie, which its vary does not name"
    }  # fmt: skip
    assert cache("for k in pairs(h) do end", "seconds = 9, vary = {'headers.cookie'}")["seconds"] == 0
    assert cache("", "seconds = 9, vary = {}") == {"seconds": 9, "vary": []}


def test_a_name_that_is_put_together_is_not_followed_and_so_holds_for_nothing() -> None:
    source = b"function on_route_request(r) return {['ca' .. ('che'):lower()] = {seconds = 5}} end"
    answer = decide(compile_program(source, "x.lua"), REQUEST).answer
    assert answer is not None
    assert answer["cache"]["seconds"] == 0


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("", "cache.seconds must be a number, got nil"), ("seconds = '1'", "cache.seconds must be a number"),
        ("seconds = -1", "cache.seconds must be a whole number from 0 to 86400"),
        ("seconds = 86401", "cache.seconds must be a whole number"), ("seconds = 1, vary = 'path'", "cache.vary must be"),
        ("seconds = 1, vary = {'pth'}", "cache.vary[1] is no field; there are method, path, host, headers"),
        ("seconds = 1, vary = {path = 1}", "cache.vary must be a list"),
        ("seconds = 1, vary = {'headers.'}", "cache.vary[1] is no field"),
        ("seconds = 1, second = 2", "cache.second: no such field"), ("seconds = 1, [1] = 2", "cache: no such field"),
        (f"seconds = 1, vary = many({MOST_VARY + 1})", f"cache.vary has more than {MOST_VARY} entries"),
    ],
)  # fmt: skip
def test_what_is_no_cache_is_refused(said: str, message: str) -> None:
    many = "function many(n) local made = {} for i = 1, n do made[i] = 'headers.a' .. i end return made end"
    failure = decided("", said, before=many).failure
    assert failure is not None
    assert failure.kind == "result"
    assert failure.message.startswith(message)
    assert len(cache("", f"seconds = 1, vary = many({MOST_VARY})", before=many)["vary"]) == MOST_VARY


def test_names_of_headers_are_bounded() -> None:
    few = f"for i = 1, {MOST_HEADERS} do local v = h['a' .. i] end"
    assert len(varies(few)) == MOST_HEADERS
    assert varies(few + " local v = h.another") == ["headers"]


def test_every_field_of_a_request_is_known() -> None:
    """A field that is added is one that answers hold by: its reads are seen, and it can be named."""
    for field in FIELDS:
        names = varies(f"local v = request.{field.name}", NEWER)
        assert names == [] if field.name in ("headers", "backends") else len(names) == 1
        assert all(field_name(name) == name for name in names)
    assert {field.name for field in OWN} == {"config", "secrets", "sequence"}


@pytest.mark.parametrize(
    "body", [*FIELD_READS, *NEVER, *test_watched.READS.values(), *test_watched.OTHER_STEPS.values()]
)
def test_following_changes_nothing_else(body: str) -> None:
    source = "function on_route_request(request, backends) local h = request.headers\n%s\nend local %s = 'x'"
    for request in (REQUEST, NEWER):
        ends = []
        for name in ("cache", "catch"):
            text = source % (body, name) + f" local t = '{name}'"
            ends.append(decide(compile_program(text.encode(), "x.lua"), request, watched=test_watched.WATCHED))
        plain, followed = ends
        assert plain[:4] == followed[:4]
        assert plain.read == followed.read


def test_profiled_runs_and_slices_are_followed_too() -> None:
    source = (
        b"function on_route_request(r) return {selected_backend = r.host, cache = {seconds = 1 + 0 * os.time()}} end"
    )
    program = compile_program(source, "x.lua", accounted=True)
    answer = decision_of(CountedRun(program, DEFAULT, 1, 2.0), REQUEST).answer
    assert answer is not None
    assert answer["cache"]["because"] == "the script read the clock"
    long = compile_program(
        b"function on_route_request(r) for i = 1, 9e4 do end return {cache = {seconds = 1}} end", "x.lua"
    )
    with pytest.raises(SliceExhausted):
        decide(long, REQUEST, slice=1000)
    assert decide(long, REQUEST).answer == {"selected_backend": "", "cache": {"seconds": 1, "vary": []}}


STEPS = [
    "if request.path == '/a' then n = n + 1 end", "if h['x-a'] then n = n + #h['x-a'] end", "n = n + #request.host",
    "for k, v in pairs(h) do n = n + #v end", "for _, b in ipairs(backends) do n = n * 2 + (b.health and 1 or 0) end",
    "if n % 2 == 0 then n = n + #(request.query or '') end", "if n % 3 == 1 then return nil end",
    "n = n + (h.cookie and 5 or 0)", "if n > 20 then n = n - #request.body end", "n = n + #(request.args.q or '')",
]  # fmt: skip
VALUES: dict[str, list[Any]] = {
    "path": ["/a", "/b"], "host": ["", "h", "hh"], "body": ["", "x"], "query": ["q=1", "q=22", "r=1"],
    "headers": [{}, {"X-A": "1"}, {"x-a": "12"}, {"Cookie": "c"}, {"X-A": "1", "Cookie": ""}],
    "backends": [[], REQUEST["backends"], REQUEST["backends"][:1]],
}  # fmt: skip


def _value(request: dict[str, Any], name: str) -> Any:
    if name.startswith("headers."):
        return {key.lower(): value for key, value in request["headers"].items()}.get(name[8:])
    return request[name]


@pytest.mark.parametrize("seed", range(60))
def test_equal_values_of_what_was_read_mean_equal_answers(seed: int) -> None:
    chance = random.Random(seed)
    body = "\n".join(chance.choices(STEPS, k=chance.randint(1, 5)))
    source = f"function on_route_request(request, backends) local h, n = request.headers, 0\n{body}\n"
    program = compile_program(f"{source}return {{selected_backend = n, cache = {{seconds = 1}}}} end".encode(), "x.lua")
    request = {"method": "GET", **{name: chance.choice(values) for name, values in VALUES.items()}}
    answer = decide(program, request).answer
    assert answer is not None
    if "cache" not in answer:
        return
    held = answer["cache"]["vary"]
    for values in itertools.product(*VALUES.values()):
        other = {"method": "GET", **dict(zip(VALUES, values, strict=True))}
        if all(_value(other, name) == _value(request, name) for name in held):
            assert decide(program, other).answer == answer


def test_scripts_that_do_not_name_it_are_not_followed() -> None:
    program = compile_program(
        b"local cache = {} function on_route_request(r) return {selected_backend = r.host} end", "x.lua"
    )
    decide(program, REQUEST)
    assert type(program.idle_runs[0]) is Run


def test_every_way_of_pythons_to_a_table_is_noted() -> None:
    """Whatever generated code and the library may do with a table, now or later."""
    ways: list[Any] = [len, list, dict, dict.fromkeys, lambda t: "k" in t, lambda t: t["k"], lambda t: t.get("k")]
    ways += [lambda t: t.keys(), lambda t: t.values(), lambda t: t.items(), lambda t: {**t}, lambda t: [*t], bool]
    for kind in (TrackedHeaders, TrackedBackends, TrackedRequest, TrackedQueryRequest):
        for way in ways:
            run = Run(compile_program(b"return 'cache'", "x.lua"), DEFAULT)
            reads = track(run)
            assert reads is not None
            table = kind()
            table.run, table.meta = run, Watch()
            table.meta.names, table.meta.read = {}, set()
            dict.__setitem__(table, "k", "v")
            way(table)
            if kind in (TrackedHeaders, TrackedBackends):
                assert reads.names & {"headers", "headers.k", "backends"}, way
            elif way not in ways[4:7]:  # k is no field
                assert reads.names == {"request"}, way


def test_seed_clock_and_counts_are_noted_whoever_asks() -> None:
    run = Run(compile_program(b"return 'cache'", "x.lua"), DEFAULT, 7, 8.0)
    reads = track(run)
    assert reads is not None
    assert (run.seed, reads.names) == (7, {"random"})
    assert (run.now, reads.names) == (8.0, {"random", "clock"})
    reads.names.clear()
    run.instructions_used()
    assert reads.names == {"clock"}


def test_numbers_that_a_test_draws_are_random_too() -> None:
    program = compile_program(
        b"function on_route_request() return {cache = {seconds = math.random()*0 + 1}} end", "x.lua"
    )
    run = Run(program, DEFAULT)
    run.library_state[STREAM] = lambda: 0.5
    answer = decision_of(run, REQUEST).answer
    assert answer is not None
    assert answer["cache"]["because"] == "the script read random numbers"
