"""What the page asks for: each call's data, looked at before anything is done with it.

Input: an object of the page's, hostile for all that is known. Output: an object for it. What a script could do is done
in another process, as a job. Refuses, with `BadCall`, what the page would not have sent; raises `folder.FolderError`,
`processes.Busy`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ..interpreter import COST_VERSION, ENGINE_VERSION, Limits
from . import folder, starter
from .processes import Processes

MOST_TEXT: Final = 1 << 20
"""Characters of one text."""

MOST_MODULES: Final = 1000

SECONDS: Final = {
    "check": 6.0, "run": 12.0, "tests": 30.0, "python": 10.0, "example": 3.0, "records": 10.0, "record": 15.0
}  # fmt: skip
"""That a job may take, by kind."""

_NAME: Final = re.compile(r"[^\x00-\x1f/\\]{1,100}")


class BadCall(Exception):
    """What the page would not have sent. One line."""


@dataclass(frozen=True, slots=True)
class Playground:
    """What the command line says. ``limits`` are those of a run, and the most that the page can ask for."""

    scripts: Path | None
    log: Path | None
    limits: Limits


@dataclass(frozen=True, slots=True)
class Room:
    """What calls work with."""

    given: Playground
    processes: Processes


Call = Callable[[Room, Mapping[str, Any]], Awaitable[dict[str, Any]]]


async def _start(room: Room, _: Mapping[str, Any]) -> dict[str, Any]:
    given = room.given
    scripts = await asyncio.to_thread(folder.read, given.scripts)
    return {
        "folder": str(given.scripts) if given.scripts is not None else "",
        "tenants": list(scripts.tenants),
        "log": str(given.log) if given.log is not None else "",
        "limits": asdict(given.limits),
        "engine": ENGINE_VERSION,
        "costs": COST_VERSION,
        "starter": starter.STATE,
    }


async def _open(room: Room, data: Mapping[str, Any]) -> dict[str, Any]:
    """A tenant's script with its tests and, if a case has one, a request."""
    name = _text(data, "name", 100)
    scripts = await asyncio.to_thread(folder.read, room.given.scripts)
    if name not in scripts.tenants:
        raise BadCall(f"there is no script {name!r}")
    tests, cases = scripts.tests_of(name), scripts.cases_of(name)
    request = None
    if cases:
        job = {"script": name, "name": cases, "source": scripts.tests[cases]}
        request = next((part["request"] for part in await _job(room, "example", job) if "request" in part), None)
    return {
        "name": name,
        "script": scripts.tenants[name],
        "test_file": tests or f"tests/{name}_test.lua",
        "test": scripts.tests.get(tests, ""),
        "request": request,
    }


async def _check(room: Room, data: Mapping[str, Any]) -> dict[str, Any]:
    parts = await _job(room, "check", {**await _sources(room, data), "tests": bool(data.get("tests"))})
    return {"findings": [part["finding"] for part in parts if "finding" in part], **_end(parts)}


async def _run(room: Room, data: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome, and the heat as far as it is known."""
    asked = data.get("asked") or {}
    if not isinstance(asked, dict) or not all(_is_whole(value) for value in asked.values()):
        raise BadCall("asked: expected whole numbers")
    now = data.get("now")
    if isinstance(now, bool) or not isinstance(now, (int, float)) or not abs(now) < 1e15:
        raise BadCall("now: expected seconds since 1970")
    job = {
        **await _sources(room, data),
        "request": _text(data, "request"),
        "seed": _seed(data),
        "now": float(now),
        "asked": asked,
    }
    parts = await _job(room, "run", job)
    made: dict[str, Any] = {name: part[name] for part in parts for name in ("outcome", "heat") if name in part}
    return {**made, **_end(parts)}


async def _tests(room: Room, data: Mapping[str, Any]) -> dict[str, Any]:
    """The page's test file, and the folder's others."""
    scripts = await asyncio.to_thread(folder.read, room.given.scripts)
    sources = await _sources(room, data, scripts)
    name = _text(data, "name", 100)
    file, text = _text(data, "test_file", 300), _text(data, "test")
    files = {
        **({file: text} if text.strip() else {}),
        **{other: of for other, of in scripts.tests.items() if other != file},
    }
    job = {**sources, "scripts": {**scripts.tenants, name: sources["source"]}, "files": files}
    parts = await _job(room, "tests", job)
    begun = [part["begin"] for part in parts if "begin" in part]
    return {
        "tests": [part["test"] for part in parts if "test" in part],
        "bad_files": [part["bad_file"] for part in parts if "bad_file" in part],
        "warnings": [part["warning"] for part in parts if "warning" in part],
        "last": begun[-1] if begun else "",
        **_end(parts),
    }


async def _python(room: Room, data: Mapping[str, Any]) -> dict[str, Any]:
    return _flat(await _job(room, "python", await _sources(room, data)))


async def _records(room: Room, _: Mapping[str, Any]) -> dict[str, Any]:
    parts = await _job(room, "records", {"log": _log(room)})
    error = next((part["error"] for part in parts if "error" in part), "")
    return {
        "records": [part["record"] for part in parts if "record" in part],
        **_end(parts),
        **({"error": error} if error else {}),
    }


async def _record(room: Room, data: Mapping[str, Any]) -> dict[str, Any]:
    file, number = data.get("file"), data.get("number")
    if not _is_whole(file) or not _is_whole(number):
        raise BadCall("file and number: expected whole numbers")
    return _flat(await _job(room, "record", {"log": _log(room), "file": file, "number": number}))


CALLS: Final[Mapping[str, Call]] = {
    "start": _start, "open": _open, "check": _check, "run": _run, "tests": _tests, "python": _python,
    "records": _records, "record": _record,
}  # fmt: skip


async def _job(room: Room, kind: str, job: Mapping[str, Any]) -> list[dict[str, Any]]:
    limits = asdict(room.given.limits)
    return await room.processes.parts({**job, "kind": kind, "limits": limits}, SECONDS[kind])


def _end(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """How a job ended: nothing is as it should be."""
    last = parts[-1] if parts else {}
    if "done" in last:
        return {}
    return {"error": last.get("trouble") or "it took too long, or too much memory: its process was ended"}


def _flat(parts: list[dict[str, Any]]) -> dict[str, Any]:
    ended = _end(parts)
    return ended or {name: value for part in parts for name, value in part.items() if name != "done"}


async def _sources(room: Room, data: Mapping[str, Any], scripts: folder.Scripts | None = None) -> dict[str, Any]:
    """The script as the page has it, with its own modules or the folder's."""
    modules = data.get("modules")
    if modules is None:
        if scripts is None:
            scripts = await asyncio.to_thread(folder.read, room.given.scripts)
        modules = dict(scripts.modules)
    elif (
        not isinstance(modules, dict)
        or len(modules) > MOST_MODULES
        or not all(isinstance(text, str) and len(text) <= MOST_TEXT for text in modules.values())
    ):
        raise BadCall("modules: expected texts by name")
    name = _text(data, "name", 100)
    if not _NAME.fullmatch(name):
        raise BadCall("name: expected up to 100 characters without slashes")
    file = _text(data, "test_file", 300) if data.get("tests") else f"{name}.lua"
    return {"name": file, "source": _text(data, "script"), "modules": dict(modules)}


def _log(room: Room) -> str:
    log = room.given.log
    if log is None:
        raise BadCall("there is no decision log: --log FILE names one")
    return str(log)


def _text(data: Mapping[str, Any], name: str, most: int = MOST_TEXT) -> str:
    value = data.get(name)
    if not isinstance(value, str) or len(value) > most:
        raise BadCall(f"{name}: expected a text of at most {most} characters")
    return value


def _seed(data: Mapping[str, Any]) -> int:
    """A whole number in digits: JavaScript's are too short for some."""
    text = _text(data, "seed", 20)
    if not re.fullmatch("[0-9]+", text):
        raise BadCall("seed: expected a whole number")
    return int(text)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 64
