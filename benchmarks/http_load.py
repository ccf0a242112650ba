"""POST /route/canary against a bare aiohttp echo, side by side.

    python benchmarks/http_load.py [--seconds 4] [--rounds 3] [--connections 16]

Starts both servers on loopback ports, checks the engine's answers, then lets ``wrk`` load them in turn, echo and
engine within each round, so that a change of the machine's mood hits both. Every request differs; half carry
no X-Canary, so that the script draws a random number. Prints requests a second, p99 and the share; exits
1 if an answer is wrong or the rate is below ``--at-least``, 2 if ``wrk`` is not installed, unless the figures were
only to be written: then what is written stays.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOOPBACK = "127.0.0.1"
PATH = "/route/canary"
BODIES = 1000
START_SECONDS = 20

ECHO = """
import sys
from aiohttp import web

async def echo(request):
    return web.Response(body=await request.read(), content_type="application/json")

app = web.Application()
app.router.add_post("/route/{tenant}", echo)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
"""

WRK_SCRIPT = """
local bodies, count = {}, 0
for line in io.lines("%s") do bodies[#bodies + 1] = line end
function request()
  count = count %% #bodies + 1
  return wrk.format("POST", "%s", {["Content-Type"] = "application/json"}, bodies[count])
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %%d %%d %%d %%d\\n", summary.requests, summary.duration,
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What one run of ``wrk`` saw."""

    rate: float
    """Requests a second."""
    p99: float
    """Milliseconds."""
    errors: int
    cpu: float
    """Microseconds of the server's processor time a request: steadier than the rate on a busy machine."""


def request(number: int) -> dict[str, Any]:
    """Return the ``number``-th request of the load."""
    headers = {"Host": "shop.example.com", "User-Agent": f"client/{number}", "X-Request": str(number)}
    if number % 2:
        headers["X-Canary"] = "true" if number % 4 == 1 else "false"
    return {
        "method": "GET",
        "path": f"/api/items/{number}",
        "host": "shop.example.com",
        "headers": headers,
        "body": "",
        "backends": [
            {"name": "stable", "url": "http://127.0.0.1:9001", "health": True},
            {"name": "canary", "url": "http://127.0.0.1:9002", "health": True},
        ],
    }


def main() -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=4, help="of each run (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each server (default %(default)s)")
    parser.add_argument("--connections", type=int, default=16, help="kept alive (default %(default)s)")
    parser.add_argument("--scripts", type=Path, default=ROOT / "scripts", help="scripts folder (default %(default)s)")
    parser.add_argument(
        "--at-least", type=int, default=0, metavar="RATE", help="fail below this many requests a second"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the figures into this Markdown")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("benchmarks/http_load.py: skipped wrk: not installed (apt-get install wrk)", file=sys.stderr)
        return 0 if options.write and not options.at_least else 2
    with tempfile.TemporaryDirectory() as folder:
        script = write_load(Path(folder))
        engine_command = [sys.executable, "-m", "keystone_lua", "serve", "-scripts", str(options.scripts)]
        with (
            started([sys.executable, "-c", ECHO]) as echo,
            started([*engine_command, "-addr"], f"{LOOPBACK}:") as engine,
        ):
            print(f"first correct answer {check_answers(engine):.0f} ms after the process began")
            echoes, engines = [], []
            for _ in range(options.rounds):
                echoes.append(load(echo, script, options.seconds, options.connections))
                engines.append(load(engine, script, options.seconds, options.connections))
    lines = [report("bare aiohttp echo", echoes), report(f"POST {PATH}", engines)]
    shares = [engine.rate / echo.rate for engine, echo in zip(engines, echoes, strict=True)]
    cpu_share = statistics.median(load.cpu for load in echoes) / statistics.median(load.cpu for load in engines)
    lines.append(f"share by processor time {cpu_share:.0%}")
    rounds = ", ".join(f"{share:.0%}" for share in shares)
    lines.append(f"share by rate {statistics.median(shares):.0%} (of each round: {rounds})")
    print("\n".join(lines))
    if options.write:
        write(options.write, lines, options)
    best = max(load.rate for load in engines)  # the machine's other work can only slow a run down
    if best < options.at_least:
        print(f"less than {options.at_least} requests a second")
    return 1 if best < options.at_least or any(load.errors for load in echoes + engines) else 0


@dataclass(frozen=True)
class Started:
    """A server process."""

    port: int
    pid: int
    since: float

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def started(command: list[str], prefix: str = "") -> Iterator[Started]:
    """Run ``command`` with a free port, ``prefix`` before it, as last argument."""
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    since = time.monotonic()
    process = subprocess.Popen([*command, f"{prefix}{port}"], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield Started(port, process.pid, since)
    finally:
        process.terminate()
        process.wait()


def write_load(folder: Path) -> Path:
    """Write the bodies and the script that makes ``wrk`` send them; return the script."""
    bodies = folder / "bodies"
    bodies.write_text("".join(json.dumps(request(number)) + "\n" for number in range(BODIES)))
    script = folder / "load.lua"
    script.write_text(WRK_SCRIPT % (bodies, PATH))
    return script


def check_answers(engine: Started) -> float:
    """Compare answers with what the canary script must say. Returns milliseconds from start to the first."""
    first = answer(engine, 1)
    elapsed = (time.monotonic() - engine.since) * 1000
    chosen = set()
    for number in range(BODIES):
        status, body = answer(engine, number) if number != 1 else first
        backend = body.get("selected_backend")
        expected = {1: {"canary"}, 3: {"stable"}}.get(number % 4, {"stable", "canary"})
        if status != http.client.OK or backend not in expected:
            raise SystemExit(f"wrong answer to request {number}: {status} {body}")
        chosen.add(backend)
    if chosen != {"stable", "canary"}:
        raise SystemExit(f"only {chosen} was ever chosen")
    return elapsed


def answer(engine: Started, number: int) -> tuple[int, dict[str, Any]]:
    """Ask for a decision, waiting for the server to come up and to have loaded its scripts."""
    while True:
        connection = http.client.HTTPConnection(LOOPBACK, engine.port)
        with contextlib.closing(connection):
            try:
                connection.request("POST", PATH, json.dumps(request(number)))
                response = connection.getresponse()
                if response.status != http.client.SERVICE_UNAVAILABLE:
                    return response.status, json.loads(response.read())
            except ConnectionError:
                pass
            if time.monotonic() - engine.since > START_SECONDS:
                raise SystemExit("the server did not start")
            time.sleep(0.005)


def load(server: Started, script: Path, seconds: int, connections: int) -> Load:
    """Run ``wrk`` once."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "-s", str(script), f"http://{LOOPBACK}:{server.port}"]
    before = server.cpu_seconds()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    match = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", output)
    if match is None:
        raise SystemExit(f"wrk said:\n{output}")
    requests, microseconds, p99, errors = map(int, match.groups())
    cpu = (server.cpu_seconds() - before) / requests * 1e6
    return Load(requests / microseconds * 1e6, p99 / 1000, errors, cpu)


def report(name: str, loads: list[Load]) -> str:
    """The medians of ``loads`` in a line."""
    rate = statistics.median(load.rate for load in loads)
    p99 = statistics.median(load.p99 for load in loads)
    cpu = statistics.median(load.cpu for load in loads)
    errors = sum(load.errors for load in loads)
    return f"{name:20} {rate:8,.0f} requests/s   p99 {p99:5.1f} ms   {cpu:5.0f} µs CPU a request   {errors} errors"


def write(path: Path, lines: list[str], options: argparse.Namespace) -> None:
    """Put the figures into a document."""
    text = (
        f"`wrk` over {options.connections} kept-alive connections, {options.rounds} rounds of {options.seconds} s, "
        "echo and engine in turn, one process each; medians. Every request differs.\n\n```\n"
        + "\n".join(lines)
        + "\n```\n"
    )
    put_section(path, "http", f"## HTTP\n\n{text}")


def put_section(path: Path, name: str, text: str) -> None:
    """Replace the part of a Markdown file between the markers of ``name``, or append it."""
    begin, end = f"<!-- {name}: written by make bench-peers -->", f"<!-- end of {name} -->"
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.read_text() if path.exists() else "# Performance\n"
    part = f"{begin}\n{text}{end}\n"
    if begin in old and end in old:
        before, rest = old.split(begin, 1)
        after = rest.split(end, 1)[1].removeprefix("\n")
        path.write_text(before + part + after)
    else:
        path.write_text(old.rstrip("\n") + "\n\n" + part)


if __name__ == "__main__":
    sys.exit(main())
