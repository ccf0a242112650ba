"""What ``check`` does grows with a script's length and no faster: a server checks what a dry run would bring.

Counted are the lines of the checker that run: four times the script may take six times as many, where work by pairs takes
sixteen.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from keystone_lua.authoring.checker import check_source

ENTRY = "function on_route_request(request) {} return {{}} end"
GROWING = {
    "counts of a global": ("x = 0 " + ENTRY, "x = x + 1 "),
    "counts of a local": ("local x = 0 " + ENTRY, "x = x + 1 "),
    "counts of a field": ("local t = {{}} " + ENTRY, "t.a = t.a + 1 "),
    "writes of the request": (ENTRY, "request.path = 'a' "),
    "writes that are read": (ENTRY, "request.path = request.path "),
    "texts of texts": (ENTRY, "do local a = request.path local b = a or a or a b:trim() end "),
    "results": ("local json = require 'json' " + ENTRY, "do local b = json.get(x, '/a') log(b.x) end "),
    "verified tokens": ("local jwt = require 'jwt' " + ENTRY, "do local b = jwt.verify(x, y) log(b.payload) end "),
    "computed requires": (ENTRY, "require(x) "),
    "patterns": ("local s = 'x' " + ENTRY, "s:match('a(b') s:match('[[a|b') s:find('a.com') "),
    "errors": (ENTRY, "if x then error('a') end "),
    "dropped results": (ENTRY, "request.path:lower() "),
    "entry points": ("{}", "function on_route_request(r) return 'a' end "),
}


def lines_run(source: str) -> int:
    count = 0

    def local(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return local

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        return local if "checker" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        check_source(source.encode(), "x.lua")
    finally:
        sys.settrace(before)
    return count


def test_a_set_that_nobody_closes_is_looked_at_once() -> None:
    """Each of these brackets was looked from to the end: 16,000 took 13 s."""
    source = f"function on_route_request(request) return {{{{selected_backend = request.path:match('{'[' * 500_000}')}}}} end"
    found = check_source(source.replace("{{", "{").replace("}}", "}").encode(), "x.lua")
    assert [finding.rule for finding in found] == ["bad-pattern"]


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_with_the_length(name: str) -> None:
    form, repeated = GROWING[name]
    few, many = (lines_run(form.format(repeated * count)) for count in (50, 200))
    assert few > 500
    assert many < 6 * few
