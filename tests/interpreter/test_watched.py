"""Headers that are watched: every way to a value is noted, no other step is, and no count changes."""

from __future__ import annotations

import pytest

from keystone_lua.interpreter import compile_program
from keystone_lua.routing import watched_headers
from keystone_lua.routing.decision import Decision, decide
from keystone_lua.routing.watched_headers import MEMORABLE_LISTS, MEMORABLE_NAMES, watched_names

HEADERS = {"Accept": "text/html", "Cookie": "session=1", "X-Ünicode": "é"}
WATCHED = frozenset({"cookie", "x-ünicode"})


def run(body: str, watched: frozenset[str] = WATCHED, headers: dict[str, str] = HEADERS) -> Decision:
    """Decide with a script whose entry point is ``body``; ``h`` is the request's headers."""
    source = f"function on_route_request(request, backends) local h = request.headers\n{body}\nend"
    request = {"method": "GET", "path": "/", "host": "", "headers": headers, "body": "", "backends": []}
    return decide(compile_program(source.encode(), "x.lua"), request, watched=watched)


READS = {
    "constant name": 'local v = h.Cookie return {selected_backend = v}',
    "name in another case": 'local v = h["COOKIE"]',
    "computed name": 'local name = "Coo" .. "kie" local v = h[name]',
    "a test alone": "if h.Cookie then return {} end",
    "a comparison": 'return {reject = h.Cookie == nil}',
    "rawget": 'rawget(h, "Cookie")',
    "pairs": "for name, value in pairs(h) do end",
    "pairs, not recognised": "local f, s, v = pairs(h) repeat v = f(s, v) until v == nil",
    "next": "local name, value = next(h, 'Accept')",
    "for in next": "for name, value in next, h do end",
    "table.foreach": "table.foreach(h, function() end)",
    "a method's name": "pcall(function() h:Cookie() end)",
    "gsub's replacements": 'local s = ("Cookie"):gsub("%a+", h)',
    "an __index": 'local v = setmetatable({}, {__index = h}).Cookie',
    "an __index in a chain": 'local v = setmetatable({}, {__index = setmetatable({}, {__index = h})}).Cookie',
    "the global": "local v = _G.request.headers.Cookie",
    "string.format of a read": 'local v = ("%s"):format(h.Cookie)',
    "handed back": "return {modified_headers = h}",
    "written to, then read": 'h.Other = "1" local v = h.Cookie',
    "after it was scattered": "for i = 1, 100 do h[i * 1000] = i end local v = h.Cookie",
    "after it was scattered, by another name": "for i = 1, 100 do h[i * 1000] = i end local v = h[50000], h.COOKIE",
    "before an error": "local v = h.Cookie error('x')",
}  # fmt: skip

OTHER_STEPS = {
    "nothing": "",
    "another header": "local v = h.Accept",
    "another header in another case": "local v = h.ACCEPT",
    "an absent header": "local a, b = h.Absent, h[1]",
    "the length": "local n = #h",
    "the table itself": "local t = h == request.headers, tostring(h), type(h)",
    "the metatable": "local m = getmetatable(h) pcall(setmetatable, h, {})",
    "a first key": "local name = next(h)",
    "table functions on number keys": "table.insert(h, 'a') table.concat(h) table.sort(h) table.remove(h) unpack(h)",
    "a write": 'h.Cookie = "mine"',
}  # fmt: skip


@pytest.mark.parametrize("way", READS)
def test_a_read_is_noted(way: str) -> None:
    assert "Cookie" in run(READS[way]).read


@pytest.mark.parametrize("way", OTHER_STEPS)
def test_other_steps_are_not(way: str) -> None:
    assert run(OTHER_STEPS[way]).read == ()


@pytest.mark.parametrize("body", [*READS.values(), *OTHER_STEPS.values()])
def test_watching_changes_nothing_else(body: str) -> None:
    plain, watching = run(body, frozenset()), run(body)
    assert plain.read == ()
    assert (plain.answer, plain.failure) == (watching.answer, watching.failure)
    assert (plain.instructions, plain.allocated_bytes) == (watching.instructions, watching.allocated_bytes)


def test_names_are_the_requests_own_and_only_those_that_it_has() -> None:
    assert run("for name, value in pairs(h) do end").read == ("Cookie", "X-Ünicode")
    assert run("for name, value in pairs(h) do end", headers={"a": "b"}).read == ()
    assert run("local v = h.Cookie or h.COOKIE", headers={"COOKIE": "b"}).read == ("COOKIE",)


def test_what_is_remembered_of_names_holds_for_what_is_watched() -> None:
    headers = {"Host": "", "Cookie": "", "X-A": ""}
    for _ in range(2):
        assert watched_names(headers, frozenset({"authorization"})) == []
        assert watched_names(headers, frozenset({"x-a", "cookie"})) == ["Cookie", "X-A"]
        assert watched_names({**headers, "aUTHORIZATION": ""}, frozenset({"authorization"})) == ["aUTHORIZATION"]


@pytest.mark.parametrize(("size", "remembered"), [(MEMORABLE_NAMES - 1, 1), (MEMORABLE_NAMES, 0)])
def test_no_more_of_them_is_remembered_than_may_be(size: int, remembered: int) -> None:
    watched_headers._UNWATCHED.clear()
    assert watched_names({"x" * size: ""}, frozenset({"cookie"})) == []
    assert len(watched_headers._UNWATCHED) == remembered
    for number in range(MEMORABLE_LISTS + 5):
        watched_names({f"X-{number}": ""}, frozenset({"cookie"}))
        assert len(watched_headers._UNWATCHED) <= MEMORABLE_LISTS


class Name(str):
    """As an HTTP library has header names (aiohttp's ``istr``), with a text form of its own."""

    def __str__(self) -> str:
        return "another"


def test_texts_of_other_classes_are_plain_texts_to_a_script() -> None:
    """Any-case reads did not find such names, silently; ``pairs`` handed them out as values of no Lua type."""
    source = """
    function on_route_request(request, backends)
      local h, found = request.headers, {}
      for name, value in pairs(h) do found[#found + 1] = type(name) .. name .. tostring(value) end
      return {
        selected_backend = tostring(h["X-User"]) .. tostring(h["x-user"]) .. backends[1].name,
        modified_path = tostring(request.path) .. table.concat(found),
      }
    end"""
    program = compile_program(source.encode(), "x.lua")
    answers = []
    for kind in (str, Name):
        backend = {"name": kind("b"), "url": kind(""), "health": True}
        request = {"method": kind("GET"), "path": kind("/"), "host": kind(""), "body": kind(""), "backends": [backend]}
        request["headers"] = {kind("X-User"): kind("u")}
        answers.append(decide(program, request, watched=WATCHED))
    assert answers[0] == answers[1]
    assert answers[0].answer == {"selected_backend": "uub", "modified_path": "/stringX-Useru"}
