"""Programs decided here and in a lane process: the names of those whose decisions differ in anything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from keystone_lua.interpreter import Limits, LuaSyntaxError, compile_program
from keystone_lua.routing.decision import decide
from keystone_lua.server.offload.pool import Lanes

LIMITS: Final = Limits(instructions=300_000, memory=64 << 20)
REQUEST: Final[dict[str, Any]] = {"method": "GET", "path": "/", "host": "", "headers": {}, "body": "", "backends": []}
_BEFORE: Final = b"local function program(...) "
_AFTER: Final = b"\nend\nfunction on_route_request() return { reject_reason = tostring(program()) } end\n"


async def compared(paths: Iterable[Path]) -> tuple[int, list[str]]:
    """How many programs were compared (those that are no scripts are left out), and which differ."""
    count, differing = 0, []
    lanes = Lanes(1, LIMITS)
    lanes.start()
    try:
        for path in paths:
            text = _BEFORE + path.read_bytes() + _AFTER
            try:
                program = compile_program(text, path.name)
            except LuaSyntaxError:
                continue
            here = decide(program, REQUEST, limits=LIMITS, seed=3, now=1_700_000_000.25)
            there = await lanes.run("t", program, REQUEST, 3, 1_700_000_000.25)
            count += 1
            differing += [path.name] if here != there else []
    finally:
        await lanes.stop()
    return count, differing


def differences(paths: Iterable[Path]) -> tuple[int, list[str]]:
    """The same from outside an event loop."""
    return asyncio.run(compared(paths))
