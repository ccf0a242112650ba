"""What a decision for HAProxy takes: the processor time of the server, over its own protocol.

    python -m benchmarks.spoe_load [--seconds 3] [--rounds 3] [--together 16]

The same requests as `http_load`, over one connection, so many at a time under way. Answers are checked. Prints the
median of the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from urllib.parse import urlsplit

from tests.server.spoe import HAProxy, notify, text
from tests.waiting import free_port

from .http_load import BODIES, LOOPBACK, check_answers, request, started
from .serving import cpu_seconds, engine


def arguments(number: int) -> dict[str, object]:
    """What HAProxy would ask about the ``number``-th request."""
    asked = request(number)
    headers = {"Host": asked["host"], **asked["headers"]}
    return {
        "tenant": "canary",
        "method": asked["method"],
        "path": urlsplit(asked["path"]).path,
        "hdrs": b"".join(text(name.lower()) + text(value) for name, value in headers.items()) + b"\0\0",
        "src": (127, 0, 0, 1),
        "version": "1.1",
        "be_stable": 1,
        "be_canary": 1,
    }


def main() -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spoe_load", description="Decisions for HAProxy.")
    parser.add_argument("--seconds", type=float, default=3, help="of each round (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="(default %(default)s)")
    parser.add_argument("--together", type=int, default=16, help="requests under way (default %(default)s)")
    options = parser.parse_args()
    port = free_port()
    asked = [notify(arguments(number), number + 1, 1) for number in range(BODIES)]
    batches = [
        b"".join(asked[at : at + options.together]) for at in range(0, BODIES - options.together + 1, options.together)
    ]
    taken = []
    with started(engine("--spoe-addr", f"{LOOPBACK}:{port}"), f"{LOOPBACK}:") as server:
        check_answers(server)
        with HAProxy(port) as haproxy:
            for _ in range(options.rounds):
                before, count, until = cpu_seconds(server.pid), 0, time.monotonic() + options.seconds
                while time.monotonic() < until:
                    for batch in batches:
                        haproxy.send(batch)
                        for _ in range(options.together):
                            if haproxy.hear().said.get("backend") not in ("stable", "canary"):
                                raise SystemExit("a wrong answer")
                            count += 1
                taken.append((cpu_seconds(server.pid) - before) / count * 1e6)
    print(f"SPOE {statistics.median(taken):.0f} µs CPU a decision ({', '.join(f'{each:.0f}' for each in taken)})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
