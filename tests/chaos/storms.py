"""Storms of reloads under load: every answer is that of a version that was in force.

In: seconds. Out: what was sent and lost, the reloads, the first wrong answers. Scripts change, vanish and come back; some
of their decisions are inline and some outgrow their slice; each reload is asked for while requests are under way.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from . import processes
from .load import Clients, Sent, ask, post

CLIENTS = 12
OTHERS = 40
"""Scripts that change beside those that are asked for."""

_SCRIPT = """
local revision, names = "{revision}", {{}}
for i = 1, 50 do names[i] = "b" .. i end
local Kind = {{}} Kind.__index = Kind
function Kind.new(name) return setmetatable({{name = name}}, Kind) end
function Kind:text() return self.name .. "-" .. revision end
function on_route_request(request, backends)
  local n = 0
  for i = 1, {rounds} do n = n + i % 7 end
  return {{selected_backend = Kind.new("steady"):text(), modified_path = names[1 + n % 50]}}
end
"""


def _write(scripts: Path, revision: int) -> None:
    for name, rounds in (("a", 10), ("heavy", 30_000), *((f"o{number}", 5) for number in range(OTHERS))):
        made = scripts / f".{name}"
        made.write_text(_SCRIPT.format(revision=revision, rounds=rounds))
        made.rename(scripts / f"{name}.lua")


async def storm(folder: Path, seconds: float, *options: str) -> tuple[Sent, int]:
    """Returns what was sent, of all clients, and the number of reloads."""
    scripts = folder / "scripts"
    scripts.mkdir()
    _write(scripts, 0)
    reloads = 0
    with processes.server(folder, scripts, "--log-level", "error", *options) as server:
        light = Clients(server.port, CLIENTS, expected=b"steady-")
        heavy = Clients(server.port, 2, request=post("/route/heavy", b"{}"), expected=b"steady-")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await asyncio.to_thread(_write, scripts, reloads)
            await ask(server.port, post("/reload", b"", b"Connection: close\r\n"))
            reloads += 1
        total = await light.stop()
        total.add(await heavy.stop())
    return total, reloads
