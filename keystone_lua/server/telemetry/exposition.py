"""``GET /metrics``: the `Counts` of all workers, in the format that the scraper asks for.

In: counts, the scripts in force. Out: the text and its content type. prometheus_client writes the formats; it is
imported at the first scrape, so that it does not slow the start.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...interpreter import COST_VERSION, ENGINE_VERSION
from ...routing.bundle_status import read_status
from ...routing.scripts import ScriptStore
from ..single_flight import Shared, quick_switching
from . import metrics
from .histograms import requests_text
from .metrics import STATUSES, Counts
from .tenant_samples import tenants_text

if TYPE_CHECKING:
    from prometheus_client import Metric


OPEN_METRICS = "application/openmetrics-text"
PLAIN = "text/plain"


class Unshipped(NamedTuple):
    """What of a log has not arrived where it is sent."""

    segments: int
    """Closed files."""
    shipped_at: float
    """When the last one arrived, Unix time; 0 if none has."""


def _nothing() -> None:
    """Nobody ships a decision log."""


class Exposition:
    """A collector, as prometheus_client calls what gives it metrics."""

    def __init__(
        self, counts: Counts, store: ScriptStore, lanes: int = 0, unshipped: Callable[[], Unshipped | None] = _nothing
    ) -> None:
        """``lanes`` are those of each worker; ``unshipped`` tells of the decision log's files."""
        self.counts = counts
        self._store = store
        self._lanes = lanes
        self._unshipped = unshipped
        self._shared = Shared(self._write)

    async def scrape(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics and their content type. ``accept`` is the request's header.

        Written in a thread, one after another, and shared by those who ask meanwhile.
        """
        return await self._shared.ask(OPEN_METRICS if OPEN_METRICS in accept else PLAIN)

    async def _write(self, form: str) -> tuple[bytes, str]:
        with quick_switching():
            return await asyncio.to_thread(self._text, form)

    def _text(self, form: str) -> tuple[bytes, str]:
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import choose_encoder

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        encoder, content_type = choose_encoder(form)
        revisions = {tenant: program.hash for tenant, program in self._store.current.programs.items()}
        tenants = tenants_text(self.counts, revisions, open_metrics=form == OPEN_METRICS)
        requests = requests_text(self.counts, open_metrics=form == OPEN_METRICS)
        return tenants + requests + encoder(registry), content_type

    def collect(self) -> Iterator[Metric]:
        """Yield every metric but the tenants' and the requests'."""
        yield from self._of_server()
        yield from self._of_workers()

    def _of_server(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily as Counter
        from prometheus_client.core import GaugeMetricFamily as Gauge

        counts = self.counts
        reloads = Counter("keystone_reloads", "Loads of the scripts folder, the first included.", labels=["result"])
        reloads.add_metric(["success"], counts.server(metrics.RELOADS_GOOD))
        reloads.add_metric(["failure"], counts.server(metrics.RELOADS_BAD))
        yield reloads
        yield Gauge(
            "keystone_last_successful_reload_timestamp_seconds",
            "Unix time of the last load without an error.",
            counts.server(metrics.RELOADED_AT),
        )
        refused = Counter("keystone_http_refusals", "Requests that were refused.", labels=["status"])
        for status in STATUSES:
            refused.add_metric([str(status)], counts.refused(status))
        yield refused
        yield Counter(
            "keystone_decisions_shed", "Decisions that were refused for want of a lane (503).", counts.refused(503)
        )
        if (bundle := read_status(self._store.folder)) is not None:
            info = Gauge("keystone_bundle_info", "The bundle that the scripts are of; always 1.", labels=["revision"])
            info.add_metric([bundle.revision], 1)
            yield info
            yield Gauge("keystone_bundle_timestamp_seconds", "When it was put in force, Unix time.", bundle.at)
            yield Gauge("keystone_bundle_tried_timestamp_seconds", "The last attempt at another.", bundle.tried_at)
            yield Gauge("keystone_bundle_failures", "Attempts at another that failed, in a row.", bundle.failures)
        if (log := self._unshipped()) is not None:
            yield Gauge("keystone_decision_log_unshipped_segments", "Closed, and not confirmed.", log.segments)
            yield Gauge("keystone_decision_log_shipped_timestamp_seconds", "When the last one arrived.", log.shipped_at)
        build = Gauge("keystone_build_info", "Versions; always 1.", labels=["version", "cost_version", "python"])
        build.add_metric([ENGINE_VERSION, str(COST_VERSION), platform.python_version()], 1)
        yield build
        yield Gauge(
            "keystone_shadow_ratio", "Of all decisions, what part the next version takes too.",
            counts.shadow.shadow_percent / 100.0,
        )  # fmt: skip
        yield Gauge(
            "keystone_share_ratio", "Of all decisions, what part the next version answers.",
            counts.shadow.share_percent / 100.0,
        )  # fmt: skip
        yield Gauge("keystone_lanes", "Lane processes, of all workers.", self._lanes * counts.workers)

    def _of_workers(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily as Counter
        from prometheus_client.core import GaugeMetricFamily as Gauge

        label = ["worker"]
        families: list[tuple[Counter | Gauge, int]] = [
            (Gauge("keystone_requests_in_flight", "Requests being read or decided.", labels=label), metrics.IN_FLIGHT),
            (Gauge("keystone_connections", "Open client connections.", labels=label), metrics.CONNECTIONS),
            (Gauge("keystone_lanes_busy", "Lanes that run a script.", labels=label), metrics.LANES_BUSY),
            (Gauge("keystone_lane_queue_length", "Runs that wait for a lane.", labels=label), metrics.LANES_WAITING),
            (Counter("keystone_log_lines_dropped", "Log lines not written.", labels=label), metrics.LOG_DROPPED),
            (
                Counter("keystone_decisions_not_recorded", "Decisions missing in the decision log.", labels=label),
                metrics.NOT_RECORDED,
            ),
            (
                Counter("keystone_anchor_failures", "Failed attempts at anchoring the decision log.", labels=label),
                metrics.ANCHOR_FAILURES,
            ),
            (Counter("keystone_spans_sent", "Spans that a collector has taken.", labels=label), metrics.SPANS_SENT),
            (
                Counter("keystone_spans_dropped", "Spans that no collector has taken.", labels=label),
                metrics.SPANS_DROPPED,
            ),
            (Counter("keystone_worker_starts", "Starts of this worker.", labels=label), metrics.STARTS),
        ]
        memory = Gauge("keystone_worker_resident_memory_bytes", "Resident memory, lanes excluded.", labels=label)
        cpu = Counter("keystone_worker_cpu_seconds", "Processor time since its start, lanes excluded.", labels=label)
        for number in range(self.counts.workers):
            for family, place in families:
                family.add_metric([str(number)], self.counts.worker(number, place))
            process = int(self.counts.worker(number, metrics.PROCESS))
            with contextlib.suppress(OSError, ValueError, IndexError):  # gone just now, or no Linux
                pages = Path(f"/proc/{process}/statm").read_text().split()[1]
                ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
                memory.add_metric([str(number)], int(pages) * os.sysconf("SC_PAGE_SIZE"))
                cpu.add_metric([str(number)], sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"))
        yield from (family for family, _ in families)
        yield from (memory, cpu)
