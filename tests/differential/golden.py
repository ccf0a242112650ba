"""Recorded programs and real Lua's answers to them: what the suite compares with where lua5.1 is not installed.

One line of JSON a program: source, whether LuaJIT answered, status, output, error.
"""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator
from pathlib import Path

from .compare import Answer, reference_answer
from .generator import generate
from .reference import Reference

FILE = Path(__file__).resolve().parent / "golden.jsonl.xz"
PROGRAMS = 300
SEED = 5101


def record() -> int:
    """Draw programs, ask real Lua, write the file. Returns the number of programs."""
    rows: list[str] = []
    number = 0
    with Reference("lua5.1") as lua, Reference("luajit") as jit:
        while len(rows) < PROGRAMS:
            jumps = number % 10 == 0
            source = generate(random.Random(f"{SEED}/{number}"), jumps=jumps).text()
            number += 1
            answer = reference_answer(source.encode("latin-1"), jit if jumps else lua)
            if answer is None or answer.status == "syntax" or (jumps and answer.status != "ok"):
                continue
            rows.append(json.dumps([source, jumps, answer.status, answer.output, answer.error]))
    FILE.write_bytes(lzma.compress("\n".join(rows).encode(), preset=9))
    return len(rows)


def programs() -> Iterator[tuple[str, bool, Answer]]:
    """The recorded programs, whether names of operands are left out, and the answers."""
    for row in lzma.decompress(FILE.read_bytes()).decode().split("\n"):
        source, loose, status, output, error = json.loads(row)
        yield source, loose, Answer(status, output, error)
