"""A change of a script under 1,000 requests a second, with one worker and with two, kills included.

    python -m tests.canary [--rate 1000] [--shadow 20] [--share 60] [--switch 40] [--workers 1 2]

In three parts, of so many seconds each: a shadow of 100 % must find the requests that the change moves, those and no
others; a share of 10 %, by the user, must be 10 % +- 0.5 of the users, each of them always with one version; and the
versions change places again and again, by promotion and by rollback, while workers are killed (with one worker, the
server, which is then started again), some of them in the middle of a change. Each answer must be to its own request, by
a version that was in force between the request and its answer; what is lost are requests that a killed process had in
hand. The decision log must then be whole, have each change in its chain, and replay to the same answers.

Exit 1 if something of this is not so.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keystone_lua.audit import replay_logs
from keystone_lua.routing.folder_versions import next_of
from tests.chaos import processes
from tests.soak.http import get

from .load import Asked, Question, ask

SCRIPT = """
function on_route_request(request)
  local backend = "web"
  if request.path:find("^/api/") then
    backend = {condition} and "api-2" or "api-1"
  end
  return {{selected_backend = backend, modified_headers = {{["X-Seen"] = request.path}}}}
end
"""
OLD, NEW = (SCRIPT.format(condition=c) for c in ("false", 'request.headers["X-Plan"] == "gold"'))

SWITCH_SECONDS = 1.5
"""Between two changes of versions."""
KILL_SECONDS = 5.0
LOST_SECONDS = 1.0
"""Around a kill, in which requests may be lost."""


NOTED_SECONDS = 0.4
"""Each worker notes a change, within this time."""


class Wrong(Exception):
    """Something is not as this campaign says."""


def check(what: str, found: Any, good: bool) -> None:
    """Say what was found. Raises `Wrong`."""
    print(f"  {what}: {found}", flush=True)
    if not good:
        raise Wrong(f"{what}: {found}")


def question(number: int) -> Question:
    """Request number N: a third are to /api/, a fifth of those who ask are gold."""
    chance = random.Random(number)
    path = f"/{'api' if chance.random() < 1 / 3 else 'page'}/{number}"
    return Question(path, f"user-{chance.randrange(1_000_000)}", "gold" if chance.random() < 0.2 else "plain")


def moves(asked: Question) -> bool:
    """Whether the planned change moves it."""
    return asked.path.startswith("/api/") and asked.plan == "gold"


def backend(asked: Question, new: bool) -> str:
    """What either version says."""
    return "web" if asked.path.startswith("/page/") else "api-2" if new and moves(asked) else "api-1"


async def call(port: int, method: str, path: str) -> tuple[int, Any]:
    """One of the server's own calls."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    if not head:
        raise ConnectionResetError("no answer")
    return int(head[9:12]), json.loads(body)


def own_answers(asked: list[Asked], scripts: dict[str, bool]) -> None:
    """Each answer is to its own request, and says what the script does that it names. Raises `Wrong`."""
    answered = [one for one in asked if one.status == 200]
    others = [one for one in answered if one.echoed != one.question.path]
    check("answers to another's request", len(others), not others)
    mixed = [one for one in answered if one.backend != backend(one.question, scripts[one.script])]
    check("answers that are not their script's", len(mixed), not mixed)


async def shadow(port: int, rate: float, seconds: float) -> None:
    print(f"shadow of 100 %, {seconds:g} s")
    await call(port, "POST", "/versions?shadow=100")
    asked = await ask(port, rate, seconds, question)
    check("answered a second", f"{speed(asked):,.0f}", speed(asked) > 0.97 * rate)
    check("not answered 200", sum(one.status != 200 for one in asked), all(one.status == 200 for one in asked))
    until = time.monotonic() + 30
    while sum((found := (await call(port, "GET", "/versions"))[1])["compared"].values()) < len(asked):
        if time.monotonic() > until:
            break
        await asyncio.sleep(0.1)
    planned = sum(moves(one.question) for one in asked)
    wanted = {"same": len(asked) - planned, "moved": planned, "altered": 0, "error": 0, "dearer": 0, "skipped": 0}
    check(
        f"of {len(asked):,} compared, with {planned:,} that the change moves",
        found["compared"],
        found["compared"] == wanted,
    )
    paths = {one.question.path for one in asked if moves(one.question)}
    shown = {example["request"]["path"] for example in found["examples"]}
    check("examples of others", len(shown - paths), bool(shown) and shown <= paths)
    status, refused = await call(port, "POST", "/promote")
    check("promote with 1 % of moves allowed", refused["error"], status == 409)


async def share(port: int, rate: float, seconds: float) -> None:
    print(f"share of 10 %, by the user, {seconds:g} s")
    await call(port, "POST", "/versions?shadow=0&share=10")
    asked = await ask(port, rate, seconds, question)
    check("answered a second", f"{speed(asked):,.0f}", speed(asked) > 0.97 * rate)
    check("not answered 200", sum(one.status != 200 for one in asked), all(one.status == 200 for one in asked))
    found = {one.script: one.backend == "api-2" for one in asked if moves(one.question)}
    check(
        "versions that answered",
        len({one.script for one in asked}),
        len(found) == 2 and set(found.values()) == {True, False},
    )
    own_answers(asked, found)
    of_user: dict[str, set[str]] = {}
    for one in asked:
        of_user.setdefault(one.question.user, set()).add(one.script)
    check(
        "users with two versions",
        sum(len(each) > 1 for each in of_user.values()),
        all(len(e) == 1 for e in of_user.values()),
    )
    new = sum(found[one.script] for one in asked) / len(asked)
    users = sum(found[next(iter(each))] for each in of_user.values()) / len(of_user)
    check(f"of {len(of_user):,} users", f"{users:.2%}, and {new:.2%} of the requests", abs(new - 0.1) <= 0.005)
    await call(port, "POST", "/versions?share=0")


def speed(asked: list[Asked]) -> float:
    """Answers a second, from the first request to the last answer."""
    return sum(one.status == 200 for one in asked) / (max(one.answered for one in asked) - asked[0].sent)


@dataclass
class Force:
    """Which version is in force: intervals in which it may be one or the other, and what holds after each."""

    changes: list[tuple[float, float, bool]] = field(default_factory=list)
    """From when to when a change was under way; whether the new version was in force after it."""
    kills: list[float] = field(default_factory=list)
    answered: int = 0
    """Changes whose answer came."""
    unanswered: int = 0

    def allowed(self, one: Asked) -> set[bool]:
        """The versions that may have answered."""
        found = {False} if not self.changes or one.sent < self.changes[0][1] else set()
        for place, (begun, _, new) in enumerate(self.changes):
            after = self.changes[place + 1][1] if place + 1 < len(self.changes) else float("inf")
            if begun <= one.answered and one.sent < after:
                found.add(new)
        return found


async def switch(server: processes.Server, options: argparse.Namespace, workers: int) -> Force:
    seconds = options.switch
    print(f"promotions and rollbacks, {seconds:g} s")
    force = Force()
    stop = asyncio.Event()
    switching = asyncio.create_task(change(server, workers, force, stop))
    asked = await ask(server.port, options.rate, seconds, question)
    stop.set()
    await switching
    answered = [one for one in asked if one.status == 200]
    least = 0.9 if workers > 1 else 0.5  # a server that is killed does not serve until it has started again
    check("answered a second", f"{len(answered) / seconds:,.0f}", len(answered) / seconds > least * options.rate)
    check("changes", f"{force.answered} answered, {force.unanswered} cut off by a kill", force.answered >= seconds / 4)
    check("kills", len(force.kills), len(force.kills) >= seconds / KILL_SECONDS - 2)
    scripts = {one.script: one.backend == "api-2" for one in answered if moves(one.question)}
    check("versions that answered", len(scripts), set(scripts.values()) == {True, False} and len(scripts) == 2)
    own_answers(asked, scripts)
    stale = [one for one in answered if scripts[one.script] not in force.allowed(one)]
    check("answers by a version that was not in force", len(stale), not stale)
    lost = [one for one in asked if one.status == 0]
    far = [one for one in lost if not any(-LOST_SECONDS < k - one.sent < LOST_SECONDS for k in force.kills)]
    check("lost", f"{len(lost)}, of which not at a kill {len(far)}", not far)
    refused = sum(one.status == -1 for one in asked)
    check("no connection taken", refused, workers == 1 or refused == 0)
    others = {one.status for one in asked} - {200, 0, -1, 503}
    loading = sum(one.status == 503 for one in asked)
    check("503 while scripts are loaded after a start", loading, not others and (workers == 1 or not loading))
    return force


async def change(server: processes.Server, workers: int, force: Force, stop: asyncio.Event) -> None:
    """Change versions until told to stop, and kill now and then, every other time in the middle of a change."""
    chance = random.Random(workers)
    new, turn, next_kill = False, 0, time.monotonic() + KILL_SECONDS
    while not stop.is_set():
        await asyncio.sleep(SWITCH_SECONDS * chance.uniform(0.6, 1.4))
        promotes = turn == 0 or chance.random() < 0.5
        if promotes:
            waiting = next_of(server.scripts)
            shutil.rmtree(waiting, ignore_errors=True)
            waiting.mkdir()
            (waiting / "t.lua").write_text(OLD if new else NEW)
            await call(server.port, "POST", "/reload")
        kill = time.monotonic() > next_kill
        begun = time.monotonic()
        order = asyncio.create_task(
            call(server.port, "POST", "/promote?force=1&who=me" if promotes else "/rollback?who=me")
        )
        if kill:
            next_kill += KILL_SECONDS
            turn += 1
            if turn % 2:
                await asyncio.sleep(chance.uniform(0.0, 0.03))
            else:
                with contextlib.suppress(OSError):
                    await asyncio.shield(order)
            await strike(server, workers, force, chance)
        turn += 1
        try:
            status, said = await order
            if status != 200:
                raise Wrong(f"a change was refused: {said}")
            new = not new
            force.answered += 1
        except (OSError, ValueError):
            force.unanswered += 1
            new = await asked_again(server, new)
        force.changes.append((begun, time.monotonic(), new))


async def strike(server: processes.Server, workers: int, force: Force, chance: random.Random) -> None:
    """Kill a worker, or the server if it has only one, which is started again."""
    force.kills.append(time.monotonic())
    if workers == 1:
        server.signal(signal.SIGKILL)
        await asyncio.to_thread(server.wait)
        await asyncio.to_thread(server.start)
        force.kills.append(time.monotonic())
    else:
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(workers_of(server)), signal.SIGKILL)


def workers_of(server: processes.Server) -> list[int]:
    """The supervisor's children that have lanes or a zygote of their own: the workers."""
    return [child for child in server.children() if processes.children_of(child)]


async def asked_again(server: processes.Server, new: bool) -> bool:
    """Which version is in force, of all workers alike. Raises `Wrong`."""
    await asyncio.sleep(0.5)
    gold = Question("/api/x", "u", "gold")
    told = await ask(server.port, 200, 0.3, lambda _: gold)
    found = {one.backend == "api-2" for one in told if one.status == 200}
    if len(found) != 1:
        raise Wrong(f"after a change that was cut off, versions in force: {found}")
    return found.pop()


def look_at(log: Path, force: Force) -> None:
    """Replay the decision log. Raises `Wrong`."""
    result = replay_logs([log])
    found = result.findings
    told = f"{found.same:,} same, {len(found.differences)} different"
    check("records replayed", told, found.same > 0 and not found.differences)
    gaps = f"{found.gaps} gaps with {found.dropped} records that are known to be missing"
    check("breaks of the chains", f"{len(result.breaks)}, {gaps}", not result.breaks)
    files = [path for path in log.parent.glob("decisions.log*") if path.is_file()]
    noted = [
        float(at) for path in files for at in re.findall(rb'"kind":"version",.*?"time":([0-9.]+)', path.read_bytes())
    ]
    changes = sum(1 for before, at in itertools.pairwise([0.0, *sorted(noted)]) if at - before > NOTED_SECONDS)
    wanted = range(force.answered, len(force.changes) + 1)
    check(f"changes in the chains, of {len(force.changes)}", changes, changes in wanted)


@contextlib.contextmanager
def running(folder: Path, workers: int) -> Iterator[processes.Server]:
    scripts = folder / "scripts"
    scripts.mkdir()
    next_of(scripts).mkdir()
    (scripts / "t.lua").write_text(OLD)
    (next_of(scripts) / "t.lua").write_text(NEW)
    options = ["--workers", str(workers), "--shadow-seconds", "1", "--share-header", "X-User", "--log-level", "error"]
    options += ["--decision-log", str(folder / "log" / "decisions.log")]
    (folder / "log").mkdir()
    with processes.server(folder, scripts, *options) as server:
        get(server.port, "/health", wait=10)
        yield server


async def campaign(options: argparse.Namespace, workers: int) -> None:
    print(f"{workers} worker{'s' if workers > 1 else ''}, {options.rate:g} requests a second")
    with tempfile.TemporaryDirectory() as name:
        log, force = Path(name) / "log" / "decisions.log", Force()
        with running(Path(name), workers) as server:
            if options.shadow:
                await shadow(server.port, options.rate, options.shadow)
            if options.share:
                await share(server.port, options.rate, options.share)
            if options.switch:
                force = await switch(server, options, workers)
        if options.switch:
            look_at(log, force)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=1000.0, help="requests a second")
    for part, seconds in (("shadow", 20.0), ("share", 60.0), ("switch", 40.0)):
        parser.add_argument(f"--{part}", type=float, default=seconds, help=f"seconds (default {seconds:g})")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    try:
        for workers in options.workers:
            asyncio.run(campaign(options, workers))
    except Wrong as error:
        print(f"wrong: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
