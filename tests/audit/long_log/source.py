"""A long log, made of a short one: its decisions again and again, each with its own number and hash of the line before.

In: how many records. Out: closed segments that appear one after another, as those of a server with two processes do:
two chains, under their final names as a whole. The heads that the chains come to.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from keystone_lua.audit import Masks, Recorder, segments
from keystone_lua.audit.chain import GENESIS, line_hash

from ..support import KEY, programs, record, request

TENANTS = ("canary", "ab-testing", "blue-green")
DIFFERENT = 1000
"""Decisions that are repeated."""

_LINK = re.compile(rb'(\{"kind":"decision","number":)\d+(,"prev":")[0-9a-f]{64}(".*)\Z', re.DOTALL)


def decisions(folder: Path) -> list[tuple[bytes, bytes, bytes]]:
    """Record decisions in ``folder``: each line in three parts, between which number and hash go."""
    folder.mkdir()
    file = folder / "short.log"
    recorder = Recorder(file, Masks(["Authorization", "Cookie"], KEY))
    chance = random.Random(1)
    compiled = {name: program for name, program in programs().items() if name in TENANTS}
    asked = [
        (
            TENANTS[number % len(TENANTS)],
            request(
                path=f"/api/v1/orders/{number}",
                host="shop.example.org",
                headers={
                    "Accept": "application/json",
                    "Authorization": f"Bearer {chance.getrandbits(128):032x}",
                    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                    "X-Canary": chance.choice(["true", "false"]),
                    "X-User-ID": f"user-{chance.randrange(10**6)}",
                },
            ),
        )
        for number in range(DIFFERENT)
    ]
    record(recorder, compiled, asked)
    recorder.close()
    found = [_LINK.match(line) for line in file.read_bytes().splitlines()]
    return [match.groups() for match in found if match is not None]


class Chains:
    """Two chains that grow by whole segments, in turn."""

    def __init__(self, folder: Path, parts: list[tuple[bytes, bytes, bytes]], short: Path) -> None:
        self.file = folder / "decisions.log"
        self._parts = parts
        self.files = [self.file, segments.worker_file(self.file, 1)]
        self.heads = [GENESIS, GENESIS]
        self.records = [0, 0]
        self.segments = [0, 0]
        self.bytes = 0
        shutil.copytree(segments.archive_folder(short), segments.archive_folder(self.file))
        for file in self.files:
            file.touch()

    def close_one(self, count: int) -> None:
        """Write another segment of ``count`` records, of the chain that has fewer."""
        which = int(self.segments[1] < self.segments[0])
        self.segments[which] += 1
        target = segments.segment(self.files[which], self.segments[which])
        draft = target.with_name(f"{target.name}.draft")
        draft.write_bytes(b"".join(self._lines(which, count)))
        self.bytes += draft.stat().st_size
        draft.rename(target)

    def _lines(self, which: int, count: int) -> Iterator[bytes]:
        number, head, parts = self.records[which], self.heads[which], self._parts
        for _ in range(count):
            begin, middle, end = parts[(number + which) % len(parts)]
            number += 1
            line = b"%b%d%b%b%b" % (begin, number, middle, head.encode(), end)
            head = line_hash(line)
            yield line + b"\n"
        self.records[which], self.heads[which] = number, head

    def waiting(self) -> int:
        """Closed segments that have not been shipped, as far as names tell."""
        return sum(max(0, len(segments.segments(file)) - 1) for file in self.files)
