"""The routing library: microseconds and instructions a call, beside lua5.1 where it can do the same.

    python -m benchmarks.library [--write docs/performance.md]

A file of library_jobs is a job: its name, the expression that is the job, what prepares it, and, behind ``-- peer:``,
what prepares lua5.1 for the same: lua-cjson (Debian's package), or what people write by hand. Each is done many times,
in turns, the loop without the job taken off; the best of ROUNDS rounds in processor time counts, and only where both
answer the same.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keystone_lua.interpreter import Limits, compile_program, execute

from .http_load import put_section
from .programs import ROOT

JOBS: Final = ROOT / "benchmarks" / "library_jobs"
TOKENS: Final = ROOT / "tests" / "modules" / "tokens.json"
ROUNDS: Final = 5
COUNT: Final = 2000
"""Calls of a job that says no other number; lua5.1, whose clock is coarser, makes ten times as many."""
PEER_ROUNDS: Final = 10
ROOMY: Final = Limits(instructions=1 << 40, memory=1 << 40)
NOW: Final = 1.7e9
LUA: Final = "lua5.1"

_FILE: Final = re.compile(r"-- (.+)\n-- call: (.+)\n(?:-- count: (\d+)\n)?([^\0]*)")
_PEER: Final = re.compile(r"^-- peer: (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Job:
    """``how`` says what lua5.1 does it with; "" if it is not asked."""

    name: str
    call: str
    count: int
    before: str
    peer: str
    how: str

    def source(self, before: str, count: int) -> bytes:
        """A script that does the job so often, and says what it came to."""
        return f"{before}local x\nfor _ = 1, {count} do x = {self.call} end\nprint(tostring(x))".encode()


def literal(text: str) -> str:
    """The text as Lua writes it."""
    return '"' + "".join([f"\\{code:03}" for code in text.encode()]) + '"'


def body(size: int) -> str:
    """An order as JSON, of about so many bytes."""
    item = {"sku": "A-1001", "name": "Widget", "count": 2, "price": 9.99, "tags": ["new", "blue"]}
    customer = {"name": "Ada", "tier": "gold", "email": "ada@example.com", "note": "ring twice, please"}
    items = [item] * round((size - 180) / (len(json.dumps(item)) + 2))
    return json.dumps({"id": 4711, "customer": customer, "paid": True, "items": items, "target": {"region": "eu"}})


def hs256() -> str:
    """A token, signed with the secret of its job."""
    parts = [{"alg": "HS256"}, {"sub": "alice", "iss": "login", "exp": 1700000300, "tier": "gold"}]
    signed = b".".join([base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts])
    digest = hmac.digest(b"a secret of at least thirty-two bytes", signed, hashlib.sha256)
    return (signed + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()


def texts() -> Mapping[str, str]:
    """What stands for ``@NAME@`` in a job."""
    known = json.loads(TOKENS.read_text())
    return {
        "hs256": hs256(),
        "rs256": known["tokens"]["RS256"],
        "rsa": known["pem"]["rsa"],
        "small": body(620),
        "large": body(900_000),
    }


def jobs() -> list[Job]:
    """All of them, in the order of their files."""
    given = texts()
    found = []
    for path in sorted(JOBS.glob("*.lua")):
        text = re.sub(r"@(\w+)@", lambda name: literal(given[name[1]]), path.read_text())
        head = _FILE.fullmatch(text)
        assert head is not None, path
        before, *peer = _PEER.split(head[4])
        found.append(Job(head[1], head[2], int(head[3] or COUNT), before, *(reversed(peer) if peer else ("", ""))))
    return found


def ours(job: Job) -> tuple[float, float, str]:
    """Microseconds and instructions a call, and the answer."""
    programs = [compile_program(job.source(job.before, count), "job", limit=16 << 20) for count in (0, job.count)]
    best, used, answer = [float("inf")] * 2, [0, 0], ""
    for _ in range(ROUNDS):
        for which, program in enumerate(programs):
            start = time.process_time()
            result = execute(program, ROOMY, now=NOW)
            best[which] = min(best[which], time.process_time() - start)
            assert result.failure is None, result.failure
            used[which], answer = result.instructions, result.log[0].text
    return (best[1] - best[0]) / job.count * 1e6, (used[1] - used[0]) / job.count, answer


def theirs(job: Job) -> tuple[float, str]:
    """lua5.1's microseconds a call, and its answer."""
    counts = 0, job.count * PEER_ROUNDS
    best, answer = [float("inf")] * 2, ""
    for _ in range(ROUNDS):
        for which, count in enumerate(counts):
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            done = subprocess.run(
                [LUA, "-"], input=job.source(job.peer, count), capture_output=True, timeout=60, check=True
            )
            best[which] = min(best[which], resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
            answer = done.stdout.decode().strip()
    return (best[1] - best[0]) / counts[1] * 1e6, answer


def rows() -> Iterator[str]:
    """The table's lines."""
    yield "| job | instructions | µs | lua5.1, µs | with |"
    yield "|---|---|---|---|---|"
    for job in jobs():
        microseconds, instructions, answer = ours(job)
        beside = " | "
        if job.peer and shutil.which(LUA) is not None:
            peer, other = theirs(job)
            assert other == answer, (job.name, answer, other)
            beside = f"{peer:.1f} | {job.how}"
        yield f"| {job.name} | {instructions:,.0f} | {microseconds:.1f} | {beside} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.library", description="The routing library, a call.")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into this file")
    options = parser.parse_args(arguments)
    text = "\n".join(rows()) + "\n"
    print(text)
    if options.write:
        put_section(options.write, "library", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
