"""``python -m tests.gateway``: large bodies, many clients, and processes that die under them.

Prints what was seen and ends with exit code 1 if anything was lost, mixed up, or kept in memory.
"""

from __future__ import annotations

import contextlib
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from keystone_lua.gateway import demo
from keystone_lua.gateway.stack import LOOPBACK, Stack, running
from tests.gateway.traffic import BACKENDS, crowd, download, install_scripts, tenants, upload

MB = 1_000_000
BODY = 100 * MB
PARALLEL = 4
MAX_GROWTH = 32 * MB
"""Of the gateway's memory while PARALLEL bodies of BODY bytes stream through it, each way."""


def memory(stack: Stack) -> int:
    """Return the gateway's largest resident size so far, in bytes."""
    for line in Path(f"/proc/{stack.processes['gateway'].pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise LookupError("VmHWM")


def stream(stack: Stack) -> None:
    """Stream large bodies in both directions at once."""
    upload(stack, MB)
    before, started = memory(stack), time.monotonic()
    with ThreadPoolExecutor(2 * PARALLEL) as pool:
        calls = [pool.submit(call, stack, BODY) for call in (upload, download) for _ in range(PARALLEL)]
        for call in calls:
            call.result()
    grown, seconds = memory(stack) - before, time.monotonic() - started
    print(
        f"{PARALLEL} bodies of {BODY // MB} MB up and {PARALLEL} down, whole: {2 * PARALLEL * BODY / MB / seconds:.0f} MB/s, "
        f"the gateway grew by {grown / MB:.1f} MB to {memory(stack) / MB:.1f}"
    )
    assert grown <= MAX_GROWTH


def die(stack: Stack, name: str, done: threading.Event) -> None:
    """Kill a process and start it again, over and over."""
    while not done.wait(1.0):
        stack.kill(name)
        time.sleep(0.5)
        stack.start(name)
        stack.wait_for(name)


def under(stack: Stack, name: str, traffic: Callable[[], object]) -> object:
    """Run ``traffic`` while the process ``name`` dies again and again."""
    done = threading.Event()
    killer = threading.Thread(target=die, args=(stack, name, done))
    killer.start()
    try:
        return traffic()
    finally:
        done.set()
        killer.join()


def recovered(stack: Stack) -> None:
    """Wait until every tenant's requests are decided again: an engine that failed is asked once a second at first."""
    end = time.monotonic() + 30
    for tenant in demo.BACKENDS:
        while b"x-routed-by" not in asked(stack, tenant):
            assert time.monotonic() < end, tenant
            time.sleep(0.2)


def asked(stack: Stack, tenant: str) -> bytes:
    """What a backend of ``tenant`` heard of one request, in lower case; the refusal if none did."""
    connection = http.client.HTTPConnection(LOOPBACK, stack.port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/", headers={"Host": f"{tenant}.example.com", "X-User-ID": "1"})
        return connection.getresponse().read().lower()


def main() -> int:
    """Run everything. Returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="keystone-e2e-") as name:
        folder = Path(name)
        scripts = install_scripts(Path("scripts"), folder / "scripts")
        with running(folder, tenants(), BACKENDS, scripts, alone=["api-canary"]) as stack:
            stream(stack)
            started = time.monotonic()
            seen = crowd(stack, clients=500, requests=20)
            print(
                f"500 clients, 20 requests each: {dict(seen)}, {seen.total() / (time.monotonic() - started):.0f} a second"
            )
            seen = under(stack, "engine", lambda: crowd(stack, clients=100, requests=100, engine=False))
            print(f"100 clients, 100 requests each, while the engine dies: {dict(seen)}")
            stack.healthy(len(BACKENDS) + 4)
            recovered(stack)
            seen = under(stack, "api-canary", lambda: crowd(stack, clients=100, requests=100, mortal="canary"))
            print(f"100 clients, 100 requests each, while a backend dies: {dict(seen)}")
            assert stack.stop("gateway") == 0
            errors = [line for line in stack.log("gateway").splitlines() if "ERROR" in line or "Traceback" in line]
            assert errors == [], errors[:5]
    print("nothing lost, nothing mixed up")
    return 0


if __name__ == "__main__":
    sys.exit(main())
