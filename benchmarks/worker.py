"""One program, run inside this Python: prints its answer, and what it took as the last line of standard error.

    python benchmarks/worker.py keystone|keystone-warm|lupa|abstra FILE.lua

A program of its own, so that each peer runs in a fresh process and may live in another environment. Compiling (parsing,
for abstra) is timed apart from running. Each time is given by the wall and by the processor.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Clock = tuple[float, float]
Timing = tuple[str, Clock, Clock]
"""Output; seconds of compiling and of running, each by the wall and by the processor."""


def now() -> Clock:
    """Both clocks."""
    return time.perf_counter(), time.process_time()


def since(start: Clock, end: Clock) -> Clock:
    """Seconds between two readings."""
    return end[0] - start[0], end[1] - start[1]


WARM_RUNS = 3


def keystone_warm(source: bytes, name: str) -> Timing:
    """Our engine, the last of several runs: what a JIT compiles has been compiled."""
    return keystone(source, name, WARM_RUNS)


def keystone(source: bytes, name: str, runs: int = 1) -> Timing:
    """Our engine, with budgets that count but do not end the run."""
    from keystone_lua.interpreter import MAX_DEPTH, Limits, compile_program, execute

    limits = Limits(instructions=10**11, memory=10**12, log=1 << 26, depth=MAX_DEPTH)
    start = now()
    program = compile_program(source, name)
    compiled = now()
    for _ in range(runs):
        begun = now()
        result = execute(program, limits)
    end = now()
    if result.failure is not None:
        raise SystemExit(result.failure.message)
    output = "".join(line.text + "\n" for line in result.log)
    return output, since(start, compiled), since(begun, end)


def lupa(source: bytes, name: str) -> Timing:
    """PUC Lua 5.1 inside the process, as lupa ships it; printing is the only Python that it calls."""
    from lupa.lua51 import LuaRuntime  # type: ignore[import-untyped]

    lines: list[str] = []
    runtime = LuaRuntime(unpack_returned_tuples=True)
    text = runtime.eval("tostring")
    runtime.globals()["print"] = lambda *values: lines.append("\t".join(str(text(value)) for value in values))
    start = now()
    run = runtime.compile(source)
    compiled = now()
    run()
    end = now()
    return "".join(line + "\n" for line in lines), since(start, compiled), since(compiled, end)


def abstra(source: bytes, name: str) -> Timing:
    """abstra-lua: the only other sandboxed pure-Python Lua on PyPI. A Lua 5.5, so it is given ``unpack``."""
    from abstra_lua import LuaSession  # type: ignore[import-not-found]
    from abstra_lua.parser import Parser  # type: ignore[import-not-found]

    session = LuaSession(max_instructions=10**12, max_call_depth=1000, max_output_bytes=1 << 26)
    session.execute("unpack = table.unpack")
    start = now()
    block = Parser(source.decode()).parse()
    compiled = now()
    session.interpreter.execute(block)
    end = now()
    output = "".join(line + "\n" for line in session.interpreter.output)
    return output, since(start, compiled), since(compiled, end)


ENGINES: dict[str, Callable[[bytes, str], Timing]] = {
    "keystone": keystone,
    "keystone-warm": keystone_warm,
    "lupa": lupa,
    "abstra": abstra,
}


def main() -> None:
    """See the module's docstring."""
    engine, path = sys.argv[1:]
    if engine == "abstra":
        sys.setrecursionlimit(100_000)
    source, name = Path(path).read_bytes(), Path(path).name
    if engine.startswith("keystone"):
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        from keystone_lua.implementation import below_large_frame  # as all our commands run

        output, compiling, running = below_large_frame(lambda: ENGINES[engine](source, name))
    else:
        output, compiling, running = ENGINES[engine](source, name)
    sys.stdout.write(output)
    print(json.dumps({"compile": compiling, "run": running}), file=sys.stderr)


if __name__ == "__main__":
    main()
