"""What the gateway counts, in the text format of Prometheus (0.0.4).

In: what happened. Out: `Metrics.text`. Names of tenants and services come from the tenant file, so the number of
series is bounded; clients cannot add any.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from .config import Tenant
from .health import Services

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Seconds, upper ends."""

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts of one process."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, str, int]] = Counter()
        self._seconds: dict[str, list[float]] = {}
        self._engine_failures: Counter[str] = Counter()
        self._retries: Counter[str] = Counter()
        self._mirrored: Counter[tuple[str, str]] = Counter()
        self.websockets = 0
        """Open just now."""

    def answered(self, tenant: str, service: str, decided: str, status: int, seconds: float) -> None:
        """A request has been answered, or cut off with status 0."""
        self._requests[tenant, service, decided, status] += 1
        found = self._seconds.setdefault(tenant, [0.0] * (len(BUCKETS) + 2))
        found[bisect_left(BUCKETS, seconds)] += 1
        found[-1] += seconds

    def engine_failed(self, tenant: str) -> None:
        """No decision could be had."""
        self._engine_failures[tenant] += 1

    def retried(self, tenant: str) -> None:
        """A request goes to another service than first."""
        self._retries[tenant] += 1

    def mirrored(self, tenant: str, outcome: str) -> None:
        """A copy was ``sent``, ``failed`` or ``dropped``."""
        self._mirrored[tenant, outcome] += 1

    def text(self, tenants: Iterable[Tenant], services: Services, connections: int) -> str:
        """All of it."""
        return "\n".join([*self._lines(tenants, services, connections), ""])

    def _lines(self, tenants: Iterable[Tenant], services: Services, connections: int) -> Iterator[str]:
        name = "keystone_gateway_requests_total"
        yield from _head(name, "counter", "requests by tenant, service, who decided, and status; 0 is one cut off")
        for (tenant, service, decided, status), count in sorted(self._requests.items()):
            yield f"{name}{_labels(tenant=tenant, service=service, decided=decided, status=status)} {count}"
        name = "keystone_gateway_request_seconds"
        yield from _head(name, "histogram", "from a request's head to the end of its answer")
        for tenant, found in sorted(self._seconds.items()):
            total = 0.0
            for end, number in zip((*BUCKETS, "+Inf"), found, strict=False):
                total += number
                yield f"{name}_bucket{_labels(tenant=tenant, le=end)} {total:.0f}"
            yield f"{name}_sum{_labels(tenant=tenant)} {found[-1]!r}"
            yield f"{name}_count{_labels(tenant=tenant)} {total:.0f}"
        for name, counts, meaning in (
            ("keystone_gateway_engine_failures_total", self._engine_failures, "requests without a decision"),
            ("keystone_gateway_retries_total", self._retries, "further tries, at another service"),
        ):
            yield from _head(name, "counter", meaning)
            for tenant, times in sorted(counts.items()):
                yield f"{name}{_labels(tenant=tenant)} {times}"
        name = "keystone_gateway_mirrored_total"
        yield from _head(name, "counter", "copies: sent, failed, or dropped for want of a place")
        for (tenant, outcome), times in sorted(self._mirrored.items()):
            yield f"{name}{_labels(tenant=tenant, outcome=outcome)} {times}"
        name = "keystone_gateway_service_up"
        yield from _head(name, "gauge", "whether a service answers")
        for each in tenants:
            for service_of in each.services:
                up = int(services.is_healthy(each, service_of))
                yield f"{name}{_labels(tenant=each.name, service=service_of.name)} {up}"
        for name, value, meaning in (
            ("keystone_gateway_connections", connections, "client connections"),
            ("keystone_gateway_websockets", self.websockets, "open WebSockets"),
        ):
            yield from _head(name, "gauge", meaning)
            yield f"{name} {value}"


def _head(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"


def _labels(**labels: object) -> str:
    return "{" + ",".join(f'{name}="{_escaped(str(value))}"' for name, value in labels.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
