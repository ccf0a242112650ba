"""Two checkouts of this engine side by side: what became faster or slower, program by program.

    python -m benchmarks.compare OTHER [--programs fib,sort] [--rounds 9] [--full] [--lua FOLDER] [--python PATH]

OTHER is the root of another checkout (``git worktree add --detach ../before main``). Each checkout runs in a process of
its own that compiles a program once and then runs it when told, so the two take turns and a busy machine slows both.
Processor time; the figure is the median over the rounds of this checkout's time by the other's. Answers must be the
same, and counts too: a program whose instructions or bytes differ is named. Exit 1 if answers or counts differ.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SLOWER = 1.05
"""Ratios from here on are named."""


def serve(root: str) -> None:
    """Compile or run what each line of standard input asks for; one line of JSON for each."""
    sys.path.insert(0, root)
    from keystone_lua.interpreter import Limits, compile_program, execute

    limits = Limits(instructions=10**11, memory=10**12, log=1 << 26, depth=16_000)
    program: Any = None
    for line in sys.stdin:
        request = json.loads(line)
        start = time.process_time()
        if "source" in request:
            program = compile_program(request["source"].encode("latin-1"), request["name"])
            answer: dict[str, Any] = {}
        else:
            result = execute(program, limits)
            log = "".join(line.text + "\n" for line in result.log)
            answer = {
                "log": log,
                "counts": [result.instructions, result.allocated_bytes],
                "failure": str(result.failure),
            }
        print(json.dumps({"seconds": time.process_time() - start, **answer}), flush=True)


class Side:
    """One checkout's process."""

    def __init__(self, root: Path, python: str) -> None:
        command = [python, str(Path(__file__).resolve()), "--serve", str(root)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)

    def ask(self, **request: str) -> dict[str, Any]:
        """Send a request, wait for the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(map(str, self.process.args))} ended")  # type: ignore[arg-type]
        answer: dict[str, Any] = json.loads(line)
        return answer


def compare(sides: tuple[Side, Side], source: str, name: str, rounds: int) -> tuple[float, float, float, str]:
    """This checkout's time by the other's, its milliseconds, the ratio of compile times, what differs."""
    compiled = [side.ask(source=source, name=f"{name}.lua")["seconds"] for side in sides]
    ratios, times = [], []
    trouble = ""
    for number in range(rounds):
        order = (0, 1) if number % 2 else (1, 0)
        answers: dict[int, dict[str, Any]] = {place: sides[place].ask() for place in order}
        ratios.append(answers[0]["seconds"] / answers[1]["seconds"])
        times.append(answers[0]["seconds"])
        for what in ("log", "counts", "failure"):
            if answers[0][what] != answers[1][what]:
                trouble = f"{what} differ: {str(answers[0][what])[:60]!r}, before {str(answers[1][what])[:60]!r}"
    return statistics.median(ratios), statistics.median(times) * 1000, compiled[0] / compiled[1], trouble


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's docstring."""
    from .programs import LUA, ROOT, load

    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path, metavar="OTHER", help="the root of the checkout to compare with")
    parser.add_argument("--programs", metavar="A,B", help="only these programs")
    parser.add_argument("--rounds", type=int, default=9, metavar="N", help="runs of each program by each (default 9)")
    parser.add_argument("--full", action="store_true", help="at the size for peers, not the small one")
    parser.add_argument("--lua", type=Path, default=LUA, metavar="FOLDER", help="other programs than the suite's")
    parser.add_argument("--python", default=sys.executable, metavar="PATH", help="the interpreter for both")
    options = parser.parse_args(arguments)
    programs = load(options.lua)
    names = options.programs.split(",") if options.programs else list(programs)
    sides = Side(ROOT, options.python), Side(options.other.resolve(), options.python)
    found: dict[str, float] = {}
    compiling = []
    troubles = []
    for name in names:
        entry = programs[name]
        source = entry.source(entry.full if options.full else entry.small).decode("latin-1")
        ratio, milliseconds, compiled, trouble = compare(sides, source, name, options.rounds)
        found[name] = ratio
        compiling.append(compiled)
        print(f"{name:18} {ratio:6.2f}  {milliseconds:8.1f} ms  {trouble}", flush=True)
        if trouble:
            troubles.append(name)
    mean = math.exp(statistics.fmean(map(math.log, found.values())))
    print(f"geometric mean {mean:.3f}; compile time {statistics.median(compiling):.2f}")
    slower = [
        f"{name} {ratio:.2f}" for name, ratio in sorted(found.items(), key=lambda item: -item[1]) if ratio >= SLOWER
    ]
    print(f"slower: {', '.join(slower) or 'none'}")
    return 1 if troubles else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        sys.exit(main())
