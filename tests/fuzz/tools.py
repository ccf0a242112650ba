"""Every reader of the command line and the gateway under grammar and mutation fuzzing: ``python -m tests.fuzz tools``.

In: seeds of every kind of file (corpus.json under ``tools``), a number of inputs. Out: the inputs after which something was
wrong: a traceback, an exit code that is none, text that acts on a terminal, too much time or memory. Commands run in this
process, in a folder of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import random
import resource
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from keystone_lua.audit import replay
from keystone_lua.cli import main
from keystone_lua.gateway.engine_client import EngineFailure, read_decision
from keystone_lua.gateway.matching import TenantTable
from keystone_lua.gateway.target import BadTarget, read_target
from keystone_lua.gateway.tenant_file import parse_tenant_file
from tests.audit.support import write_log
from tests.gateway.raw import exchange, gateway, ok, peer, status

from .mutation import Mutator

CODES: Final = {0, 1, 2}
SECONDS: Final = 10.0
"""Processor time of one input; a wall clock would tell of other processes."""

MEMORY: Final = 256 << 20
"""Bytes by which one input may make the process grow."""

CAPS: Final = ["--max-instructions", "20000", "--max-memory", "1000000", "--max-seconds", "5"]
BUDGETS: Final = [*CAPS, "--max-log", "10000", "--seed", "1", "--now", "1"]

SCRIPT: Final = "function on_route_request(r, b) return {selected_backend = b[1].name, modified_path = r.path} end\n"
REQUEST: Final = {"method": "GET", "path": "/", "backends": [{"name": "a", "url": "http://a", "health": True}]}


class Wrong(Exception):
    """What an input did that none may do."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of file: where it goes, and the commands that read it."""

    file: str
    commands: tuple[tuple[str, ...], ...]
    is_log: bool = False


READERS: Final = {
    "logs": Reader(
        "x.log",
        (
            ("replay", "x.log", "--scripts", "decisions.log.scripts", *CAPS),
            ("replay", "x.log", "--scripts", "decisions.log.scripts", "--json", *CAPS),
            ("diff", "scripts", "scripts", "--requests", "x.log", *CAPS),
            ("diff", "scripts/a.lua", "b.lua", "--requests", "x.log", "--tenant", "dice", "--json", *CAPS),
        ),
        is_log=True,
    ),
    "archives": Reader("archive/HASH/dice.lua", (("replay", "dice.log", "--scripts", "ARCHIVE", *CAPS),)),
    "json cases": Reader("scripts/tests/x.json", (("test", "scripts/tests/x.json", "--junit", "out.xml"),)),
    "yaml cases": Reader("scripts/tests/x.yaml", (("test", "scripts/tests/x.yaml", "-v"),)),
    "tenant files": Reader("x.yaml", (("gateway", "--check", "--config", "x.yaml"),)),
    "scripts": Reader(
        "x.lua",
        (
            ("check", "x.lua"), ("check", "x.lua", "--json", "--sarif", "out.sarif"),
            ("run", "x.lua", "--request", "request.json", *BUDGETS), ("exec", "x.lua", "--json", *BUDGETS),
            ("profile", "x.lua", "--request", "request.json", *BUDGETS),
            ("profile", "x.lua", "--html", "out.html", *BUDGETS),
        ),
    ),
    "requests": Reader(
        "x.json",
        (
            ("run", "scripts/a.lua", "--request", "x.json", *BUDGETS),
            ("profile", "scripts/a.lua", "--request", "x.json", "--json", *BUDGETS),
        ),
    ),
    "settings": Reader("x.toml", (("config", "--config", "x.toml"), ("config", "--config", "x.toml", "--json"))),
}  # fmt: skip


def prepare(folder: Path) -> None:
    """A good one of everything that a command needs besides the file under test."""
    (folder / "scripts/tests").mkdir(parents=True)
    (folder / "scripts/a.lua").write_text(SCRIPT)
    (folder / "b.lua").write_text(SCRIPT.replace("r.path", "'/other'"))
    (folder / "request.json").write_text(json.dumps(REQUEST))
    write_log(folder / "decisions.log", 22)
    lines = (folder / "decisions.log").read_bytes().splitlines(keepends=True)
    dice = next(line for line in lines if b'"tenant":"dice"' in line)
    (folder / "dice.log").write_bytes(dice)
    (folder / "hash").write_text(json.loads(dice)["script"])


def seeds(folder: Path, kept: dict[str, list[str]]) -> dict[str, list[bytes]]:
    """What inputs are made from: the corpus, and a log and a script as they are written today."""
    found = {name: [text.encode("latin-1") for text in texts] for name, texts in kept.items()}
    found["logs"] = [
        *found.get("logs", []),
        (folder / "decisions.log").read_bytes(),
        (folder / "dice.log").read_bytes(),
    ]
    return found


_archives = iter(range(1 << 60))


def examine(name: str, data: bytes) -> None:
    """One input through every command that reads it, in the current folder. Raises `Wrong`."""
    if name in DIRECT:
        _watched(lambda: DIRECT[name](data))
        return
    reader = READERS[name]
    archive = f"archive{next(_archives)}"
    place = Path(reader.file.replace("archive", archive).replace("HASH", Path("hash").read_text()))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    for command in reader.commands:
        arguments = [archive if part == "ARCHIVE" else part for part in command]
        _watched(lambda given=arguments: _command(given))
    if name == "archives":
        shutil.rmtree(archive)
        replay._archives.clear()


def _watched(work: Callable[[], None]) -> None:
    before, grown = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work()
    seconds = time.process_time() - before
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown) * 1024
    if seconds > SECONDS:
        raise Wrong(f"took {seconds:.1f} s")
    if memory > MEMORY:
        raise Wrong(f"took {memory >> 20} MiB")


def _command(arguments: list[str]) -> None:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code: Any = main(arguments)
        except SystemExit as stop:
            code = stop.code
        except BaseException:
            raise Wrong(f"{' '.join(arguments)}: {traceback.format_exc()}") from None
    said = ""
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
        said += stream.read()
    if code not in CODES:
        raise Wrong(f"{' '.join(arguments)}: exit code {code!r}")
    if "Traceback (most recent call last)" in said:
        raise Wrong(f"{' '.join(arguments)}: {said}")
    acting = {c for c in said if not (c.isprintable() or c in "\n\t")}
    if acting:
        raise Wrong(f"{' '.join(arguments)}: wrote {sorted(acting)!r}")


# the gateway's readers


def _targets(data: bytes) -> None:
    lines = data.decode("latin-1").split("\n")
    with contextlib.suppress(BadTarget):
        target = read_target(lines[0], lines[1:2])
        table = TenantTable(_TENANTS)
        table.is_doubtful(target.host, target.path, table.find(target.host, target.path))


def _decisions(data: bytes) -> None:
    with contextlib.suppress(EngineFailure):
        read_decision(data)


def _clients(data: bytes) -> None:
    async def run() -> None:
        async with peer(ok()) as service, gateway(service.url, body_seconds=0.2, stall_seconds=0.2) as port:
            _judge(await exchange(port, data, half_close=True))

    asyncio.run(run())


def _services(data: bytes) -> None:
    async def run() -> None:
        async with peer(data) as service, gateway(service.url, stall_seconds=0.2, queue_seconds=0.2) as port:
            _judge(await exchange(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))

    asyncio.run(run())


def _judge(answer: bytes) -> None:
    code = status(answer)
    if code == 500 or not (code == 0 or 100 <= code <= 999):
        raise Wrong(f"answered {answer[:200]!r}")


_TENANTS: Final = parse_tenant_file(
    b"tenants:\n- {name: a, path_prefix: /, services: [{name: s, url: 'http://s'}]}\n"
    b"- {name: b, path_prefix: /admin, services: [{name: s, url: 'http://s'}]}\n", "t",
).tenants  # fmt: skip

DIRECT: Final[dict[str, Callable[[bytes], None]]] = {
    "targets": _targets, "decisions": _decisions, "clients": _clients, "services": _services,
}  # fmt: skip

WEIGHTS: Final = {
    "logs": 48, "archives": 32, "json cases": 56, "yaml cases": 40, "tenant files": 48, "scripts": 40, "requests": 56,
    "settings": 32, "targets": 40, "decisions": 40, "clients": 1, "services": 1,
}  # fmt: skip
"""How often each is chosen: those behind sockets take fifty times as long."""


def campaign(count: int, seed: int, kept: dict[str, list[str]]) -> Iterator[tuple[str, bytes, str]]:
    """Try the corpus and then ``count`` new inputs; yield each that is wrong, with what it did."""
    chance = random.Random(seed)
    before, folder = Path.cwd(), Path(tempfile.mkdtemp(prefix="fuzz-tools-"))
    prepare(folder)
    os.chdir(folder)
    logging.disable(logging.CRITICAL)  # the gateway's lines of each request
    try:
        known = seeds(folder, kept)
        mutate = Mutator(chance, known)
        fresh = (mutate(name, is_log=name == "logs") for name in _names(chance, count))
        for name, own in known.items():
            for data in own:
                yield from _tried(name, data)
        for name, data in fresh:
            yield from _tried(name, data)
    finally:
        logging.disable(logging.NOTSET)
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)


def _names(chance: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        yield chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]


def _tried(name: str, data: bytes) -> Iterator[tuple[str, bytes, str]]:
    try:
        examine(name, data)
    except Wrong as wrong:
        yield name, data, str(wrong)
    except Exception:
        yield name, data, traceback.format_exc()
