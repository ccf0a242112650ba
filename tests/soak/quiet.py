"""The quiet tenant: requests at a constant rate, each answer checked."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field

from .http import Connection, request

THREADS = 6


@dataclass
class Measured:
    """Latencies from when each request was due, and what went wrong."""

    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(port: int, rate: float, seconds: float) -> Measured:
    """Send ``rate`` requests a second for ``seconds``, spread over a few connections."""
    measured = Measured()
    start = time.perf_counter() + 0.1
    threads = [
        threading.Thread(target=_ask, args=(port, start + number / rate, THREADS / rate, start + seconds, measured))
        for number in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return measured


def _ask(port: int, due: float, interval: float, end: float, measured: Measured) -> None:
    connection: Connection | None = None
    number = 0
    while due < end:
        time.sleep(max(0.0, due - time.perf_counter()))
        number += 1
        backends = [{"name": name, "url": f"http://{name}", "health": True} for name in ("api-stable", "api-canary")]
        wanted = "api-canary" if number % 2 else "api-stable"
        body = {
            "method": "GET", "path": f"/items/{number}", "host": "shop.example.com", "body": "", "backends": backends,
            "headers": {"X-Canary": "true" if number % 2 else "false", "X-Request": str(number)},
        }  # fmt: skip
        try:
            if connection is None:
                connection = Connection(port)
            status, answer = connection.ask(request("/route/canary", json.dumps(body).encode()))
            if status != 200 or json.loads(answer)["selected_backend"] != wanted:
                measured.failures.append(f"{status} {answer[:200]!r}")
        except (OSError, ValueError, KeyError) as error:
            measured.failures.append(repr(error))
            connection = None
        measured.milliseconds.append((time.perf_counter() - due) * 1000)
        due += interval
    if connection is not None:
        connection.close()
