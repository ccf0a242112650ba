"""Scripts with planted dependencies, and whether `why` finds each, invents none and shows changes that are so.

``python -m tests.authoring.why_campaign [COUNT [FIRST]]``; the count is 200 if none is given. A script asks one to four
conditions of `PLANTS`, in one of six forms; each is asked by itself first, so that what the script must answer, and which
conditions it asks at all, is known without what `why` knows.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from keystone_lua.authoring.reasons import Flip, Reasons, reasons
from keystone_lua.authoring.smallest import applied, edits
from keystone_lua.interpreter import Limits, Program, compile_program
from keystone_lua.routing.decision import decide

LIMITS: Final = Limits(instructions=200_000)
COUNT: Final = 200

MODULE: Final = "\n--- a module ---\n"

Request = dict[str, Any]


@dataclass(frozen=True)
class Plant:
    """A condition, the field that it hangs on, and values with which it holds and does not."""

    field: str
    test: str
    holds: tuple[Any, ...]
    fails: tuple[Any, ...]
    """None for a header that is not there."""
    before: str = ""
    """What stands before the function."""


def _header(name: str, test: str, holds: tuple[Any, ...], fails: tuple[Any, ...], before: str = "") -> Plant:
    return Plant(f"headers.{name.lower()}", test.replace("@", f"request.headers['{name}']"), holds, fails, before)


PLANTS: Final = (
    Plant("method", "request.method == 'POST'", ("POST",), ("GET", "PUT")),
    Plant("method", "WRITES[request.method]", ("PATCH",), ("GET",), "local WRITES = {PATCH = true, LINK = true}"),
    Plant("path", "request.path:find('^/api/v2%-beta/') ~= nil", ("/api/v2-beta/x",), ("/x", "/")),
    Plant("path", "request.path:sub(1, 7) == '/admin/'", ("/admin/users",), ("/", "/adm")),
    Plant("path", "(tonumber(request.path:match('^/v(%d+)/')) or 0) >= 3", ("/v3/a", "/v12/"), ("/v2/a", "/")),
    Plant("path", "AREAS[request.path:match('^/([%w_]+)')] == 'slow'", ("/reports/1",), ("/shop/1", "/"),
          "local AREAS = {reports = 'slow', shop = 'fast'}"),
    Plant("path", "#request.path > 60", ("/" + "p" * 60,), ("/p",)),
    Plant("path", "request.path:match('%.(%a+)$') == 'png'", ("/a/b.png",), ("/a/b.gif", "/a")),
    Plant("host", "request.host == 'shop.example.org'", ("shop.example.org",), ("example.org", "")),
    Plant("host", "TENANTS[request.host:match('^([^.]+)%.')] ~= nil", ("acme.example.org",), ("other.example.org", ""),
          "local TENANTS = {acme = 1, initech = 2}"),
    Plant("query", "((request.args or {}).beta or '') == 'on'", ("beta=on", "a=1&beta=on"), ("beta=off", "a=1", "")),
    Plant("query", "(tonumber((request.args or {}).page) or 1) > 20", ("page=21",), ("page=3", "")),
    Plant("query", "request.query ~= nil and request.query:find('debug', 1, true) ~= nil", ("debug",), ("a=1", "")),
    Plant("body", "request.body:find('premium', 1, true) ~= nil", ("is premium",), ("is not", "")),
    Plant("body", "#request.body > 1000", ("x" * 1001,), ("short", "")),
    Plant("body", "tier(request.body) == 'gold'", ('{"user": {"tier": "gold"}}',), ('{"user": {"tier": "free"}}', "{}", ""),
          "local json = require 'cjson.safe'\nlocal function tier(text) local found = json.decode(text)\n"
          "return type(found) == 'table' and type(found.user) == 'table' and found.user.tier end"),
    Plant("body", "amount(request.body) > 500", ('{"items": 2, "amount": 900}',), ('{"items": 2, "amount": 5}', "{}"),
          "local cjson = require 'cjson.safe'\nlocal function amount(text) local found = cjson.decode(text)\n"
          "return type(found) == 'table' and tonumber(found.amount) or 0 end"),
    Plant("client_ip", "request.client_ip ~= nil and request.client_ip:find('^10%.') ~= nil", ("10.1.2.3",), ("192.0.2.1", "")),
    Plant("client_ip", "OFFICE:match(request.client_ip or '') and true or false", ("192.168.7.7",), ("192.0.2.1",),
          "local OFFICE = require('ip').matcher{'192.168.0.0/16', '2001:db8:77::/48'}"),
    Plant("scheme", "request.scheme == 'https'", ("https",), ("http", "")),
    _header("X-Beta", "@ == 'yes'", ("yes",), ("no", None)),
    _header("X-Version", "(tonumber(@) or 0) > 7", ("9", "7.5"), ("7", None)),
    _header("Accept", "(@ or ''):lower() == 'text/html'", ("Text/HTML",), ("*/*", None)),
    _header("X-Region", "(@ or 'eu') == 'eu'", ("eu", None), ("us",)),
    _header("X-Tier", "LEVELS[@ or 'free'] >= 2", ("gold",), ("silver", None),
            "local LEVELS = setmetatable({free = 0, silver = 1, gold = 2, iron = 3}, {__index = function() return 0 end})"),
    _header("Authorization", "(@ or ''):match('^Bearer%s+(%S+)$') == 't0ken'", ("Bearer t0ken",), ("Basic x", "Bearer x", None)),
    _header("Cookie", "(@ or ''):match('plan=([^;]+)') == 'gold'", ("a=b; plan=gold",), ("plan=free", "a=b", None)),
    _header("Cookie", "JAR.parse(@ or '').session == 'old'", ("session=old",), ("session=new; a=b", None),
            "local JAR = require 'cookie'"),
    _header("X-Trace", "#(@ or '') == 32", ("a" * 32,), ("abc", None)),
    _header("X-Percent", "(tonumber(@) or 10) >= 50", ("50", "99"), ("49", "x", None)),
    _header("User-Agent", "(@ or ''):find('Mobile') ~= nil and not (@ or ''):find('Tablet')", ("Mobile",), ("Tablet Mobile", "curl", None)),
    _header("X-Hops", "count(@ or '') > 2", ("a,b,c",), ("a,b", None),
            "local function count(text) local found = 0\nfor _ in text:gmatch('[^,]+') do found = found + 1 end\nreturn found end"),
    _header("X-List", "has(@ or '', 'blue')", ("red, blue",), ("red, green", None),
            "local function has(text, wanted)\nfor word in text:gmatch('[^, ]+') do if word == wanted then return true end end\nreturn false end"),
    _header("X-Day", "(@ or ''):match('^(%d%d%d%d)%-(%d%d)$') == '2026'", ("2026-07",), ("2025-07", "x", None)),
    _header("X-Flag", "@ ~= nil", ("", "x"), (None,)),
    Plant("headers", "loud(request.headers)", ({"x-any": "shout"},), ({"x-any": "calm"}, {}),
          "local function loud(all)\nfor name, value in pairs(all) do if value == 'shout' then return true end end\nreturn false end"),
    Plant("backends", "healthy(backends) >= 2", ((True, True, True),), ((True, False, False), (False, False, False)),
          "local function healthy(all) local found = 0\nfor _, each in ipairs(all) do if each.health then found = found + 1 end end\nreturn found end"),
    Plant("backends", "#backends > 3", ((True,) * 4,), ((True,) * 2,)),
    Plant("random", "math.random(100) <= 30", tuple(range(20)), tuple(range(20, 40))),
    Plant("clock", "os.time() >= 1790000000", (1_795_000_000.0,), (1_780_000_000.0,)),
    Plant("clock", "tonumber(os.date('!%H')) >= 18", (1_780_081_200.0,), (1_780_034_400.0,)),
    Plant("clock", "require('time').between('02:00', '04:00', 'UTC')", (1_780_023_600.0 + 86_400 * 3 - 3600 * 0,), (1_780_034_400.0,)),
)  # fmt: skip

NOISE: Final = (
    "local unused = #'request.headers.x-decoy'",
    "local copy = request",
    "local t = {} for i = 1, 3 do t[i] = i end",
    "local name = string.format('%s-%d', 'x', 3)",
    "local CONSTANT = ({a = 'x-decoy', b = 'cookie'}).a",
)


def _put(plants: list[Plant], values: list[Any]) -> tuple[Request, int, float]:
    request: Request = {
        "method": "GET", "path": "/", "host": "", "headers": {"X-Decoy": "1", "Accept-Language": "de"}, "body": "",
        "backends": [{"name": f"n{place}", "url": "", "health": True} for place in range(2)],
    }  # fmt: skip
    seed, now = 1, 1_780_034_400.0
    for plant, value in zip(plants, values, strict=True):
        if plant.field.startswith("headers."):
            if value is not None:
                request["headers"][plant.field.removeprefix("headers.").title()] = value
        elif plant.field == "headers":
            request["headers"] |= value
        elif plant.field == "backends":
            request["backends"] = [{"name": f"n{n}", "url": "", "health": health} for n, health in enumerate(value)]
        elif plant.field == "random":
            seed = value
        elif plant.field == "clock":
            now = value
        else:
            request[plant.field] = value
    return request, seed, now


@dataclass(frozen=True)
class Case:
    """A script, a request, and what must be said of it."""

    script: str
    request: Request
    seed: int
    now: float
    read: frozenset[str]
    turning: frozenset[str]
    """Fields of which one change alone moves the answer."""


Form = Callable[[list[bool]], tuple[str, list[int]]]
"""Which backend a form of script ends at, and which conditions it asks."""


def _score(held: list[bool], threshold: int) -> tuple[str, list[int]]:
    score = sum(2**place for place, holds in enumerate(held) if holds)
    return "b" if score >= threshold else "a", list(range(len(held)))


def _all(held: list[bool]) -> tuple[str, list[int]]:
    asked = held.index(False) + 1 if False in held else len(held)
    return "b" if all(held) else "a", list(range(asked))


def _any(held: list[bool]) -> tuple[str, list[int]]:
    asked = held.index(True) + 1 if True in held else len(held)
    return "b" if any(held) else "a", list(range(asked))


def _first(held: list[bool]) -> tuple[str, list[int]]:
    asked = held.index(True) + 1 if True in held else len(held)
    return f"n{held.index(True)}" if True in held else "rest", list(range(asked))


def _script(plants: list[Plant], form: str, threshold: int, noise: list[str]) -> str:
    tests = [plant.test for plant in plants]
    if form == "score":
        lines = ["local score = 0"]
        lines += [f"if {test} then score = score + {2**place} end" for place, test in enumerate(tests)]
        lines.append(f"return {{selected_backend = score >= {threshold} and 'b' or 'a'}}")
    elif form in ("all", "any"):
        between = " and " if form == "all" else " or "
        lines = [f"local chosen = {between.join(f'({test})' for test in tests)}"]
        lines.append("if chosen then return {selected_backend = 'b'} end")
        lines.append("return {selected_backend = 'a'}")
    elif form == "first":
        lines = [f"if {test} then return {{selected_backend = 'n{place}'}} end" for place, test in enumerate(tests)]
        lines.append("return {selected_backend = 'rest'}")
    else:
        made = [f"  function(request, backends) return {test} end," for test in tests]
        lines = ["local conditions = {", *made, "}"]
        lines.append("for place, asks in ipairs(conditions) do")
        lines.append("  if asks(request, backends) then return {selected_backend = 'n' .. (place - 1)} end")
        lines.append("end")
        lines.append("return {selected_backend = 'rest'}")
    if form == "modules":
        calls = [f"if require('m{place}')(request, backends) then return 'n{place}' end" for place in range(len(tests))]
        main = "\n  ".join((*noise, *calls, "return 'rest'"))
        entry = "return {selected_backend = chosen(...)}"
        parts = [f"{plant.before}\nreturn function(request, backends) return {plant.test} end" for plant in plants]
        script = (
            f"local function chosen(request, backends)\n  {main}\nend\nfunction on_route_request(...) {entry} end\n"
        )
        return MODULE.join((script, *parts))
    before = "\n".join(dict.fromkeys(plant.before for plant in plants if plant.before))
    body = "\n  ".join((*noise, *lines))
    return f"{before}\nfunction on_route_request(request, backends)\n  {body}\nend\n"


def compiled(source: str) -> Program:
    """A script named ``t.lua``; what stands between `MODULE` and the next is that module's."""
    main, *modules = source.split(MODULE)
    return compile_program(main.encode(), "t.lua", {f"m{place}": text.encode() for place, text in enumerate(modules)})


def _holds(plant: Plant, request: Request, seed: int, now: float) -> bool:
    alone = compiled(_script([plant], "all", 0, []))
    answer = decide(alone, request, limits=LIMITS, seed=seed, now=now).answer
    assert answer is not None, plant
    return bool(answer["selected_backend"] == "b")


def case(number: int) -> Case:
    """The script of that number."""
    chance = random.Random(number)
    while True:
        plants = chance.sample(PLANTS, chance.randint(1, 4))
        fields = [plant.field for plant in plants]
        if len(set(fields)) == len(fields):
            break
    values = [chance.choice(plant.holds if chance.random() < 0.5 else plant.fails) for plant in plants]
    request, seed, now = _put(plants, values)
    held = [_holds(plant, request, seed, now) for plant in plants]
    threshold = chance.randrange(1, 2 ** len(plants) + 1)
    form = chance.choice(("score", "all", "any", "first", "table", "modules"))
    forms: dict[str, Form] = {"score": lambda held: _score(held, threshold), "all": _all, "any": _any}
    model = forms.get(form, _first)
    noise = [line for line in NOISE if chance.random() < 0.3]
    answer, asked = model(held)
    turning = set()
    for place in asked:
        other = [holds != (place == each) for each, holds in enumerate(held)]
        if model(other)[0] != answer:
            turning.add(fields[place])
    script = _script(plants, form, threshold, noise)
    told = decide(compiled(script), request, limits=LIMITS, seed=seed, now=now).answer
    assert told == {"selected_backend": answer}, (script, told, answer)
    return Case(script, request, seed, now, frozenset(fields[place] for place in asked), frozenset(turning))


# judging


def _changed(flip: Flip, asked: Case) -> tuple[Request, int, float]:
    changed = dict(flip.changed)
    seed, now = changed.pop("random", asked.seed), changed.pop("clock", asked.now)
    return {**asked.request, **changed}, seed, now


def _is_of_its_field(flip: Flip) -> bool:
    name = flip.field.split(".")[0]
    return set(flip.changed) <= {name, "body_truncated" if name == "body" else name}


def _smaller(flip: Flip, asked: Case, program: Program, answer: Mapping[str, Any] | None) -> str | None:
    """A text with one difference fewer that moves the answer as well."""
    if not isinstance(flip.becomes, str) or not flip.becomes:
        return None
    was = flip.was or ""
    made = edits(was, flip.becomes)
    if len(made) < 2 or len(made) > 64 or flip.becomes.lower() == was.lower():
        return None
    for place in range(len(made)):
        text = applied(was, made[:place] + made[place + 1 :])
        request, seed, now = _changed(flip, asked)
        if flip.field.startswith("headers."):
            wanted = flip.field.removeprefix("headers.")
            request["headers"] = {k: text if k.lower() == wanted else v for k, v in request["headers"].items()}
        elif flip.field in ("headers", "backends"):
            return None
        else:
            request[flip.field] = text
        other = decide(program, request, limits=LIMITS, seed=seed, now=now).answer
        if other != answer and other is not None:
            return text
    return None


def judged(number: int) -> tuple[Case, Reasons, list[str]]:
    """What is wrong with what `why` says of a script."""
    asked = case(number)
    program = compiled(asked.script)
    made = reasons(program, asked.request, limits=LIMITS, seed=asked.seed, now=asked.now)
    wrong = [f"missed: read of {name}" for name in asked.read - set(made.read)]
    all_headers = "headers" in asked.read  # whoever walks through them reads each
    also = {f"headers.{name.lower()}" for name in asked.request["headers"]} if all_headers else set()
    wrong += [f"invented: read of {name}" for name in set(made.read) - asked.read - also]
    turning = asked.turning | {"headers"} | also if all_headers else asked.turning
    wrong += [f"missed: a change of {name}" for name in asked.turning - {flip.field for flip in made.flips}]
    answer = made.decision.answer
    for flip in made.flips:
        request, seed, now = _changed(flip, asked)
        again = decide(program, request, limits=LIMITS, seed=seed, now=now).answer
        if again != flip.answer or again == answer:
            wrong.append(f"not so: {flip}")
        if flip.field not in turning and flip.answer is not None:
            wrong.append(f"invented: a change of {flip.field}: {flip}")
        if not _is_of_its_field(flip):
            wrong.append(f"more than its field: {flip}")
        if (smaller := _smaller(flip, asked, program, answer)) is not None:
            wrong.append(f"not the smallest: {flip}, but {smaller!r}")
    return asked, made, wrong


def main(arguments: list[str]) -> Iterator[str]:
    """Judge scripts; the lines that say what came of it."""
    count = int(arguments[0]) if arguments else COUNT
    first = int(arguments[1]) if len(arguments) > 1 else 0
    bad = flips = runs = 0
    begin, slowest = time.process_time(), 0.0
    for number in range(first, first + count):
        before = time.process_time()
        asked, made, wrong = judged(number)
        slowest = max(slowest, time.process_time() - before)
        flips += len(made.flips)
        runs += made.runs
        if wrong:
            bad += 1
            yield f"{number}:\n{asked.script}{json.dumps(asked.request)[:600]}\n" + "\n".join(wrong)
    spent = time.process_time() - begin
    yield f"{count} scripts, {bad} wrong; {flips} changes shown, all tried again; {runs:,} runs, {spent:.0f} s, at most {slowest:.1f} s"


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        print(line, flush=True)
