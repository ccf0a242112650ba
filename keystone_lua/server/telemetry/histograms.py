"""Lines of histograms for a scrape, in Prometheus' text format and in OpenMetrics; exemplars in the second alone.

In: counts of buckets, without those below, and their sum; exemplars. Out: lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from .exemplars import Exemplar
from .metrics import CALLS, SECONDS, Counts


class Family(NamedTuple):
    """A family of metrics."""

    name: str
    kind: str
    help: str


def header(family: Family, *, open_metrics: bool) -> str:
    """The lines before its samples."""
    name = family.name if open_metrics or family.kind != "counter" else f"{family.name}_total"
    return f"# HELP {name} {family.help}\n# TYPE {name} {family.kind}\n"


class Lines:
    """The lines of one family's histograms, made ready once."""

    def __init__(self, family: Family, bounds: Sequence[float]) -> None:
        names = [*(f"{bound:g}" if bound < 1e6 else repr(bound) for bound in bounds), "+Inf"]
        ends = f"{family.name}_count{{%s}} %r\n", f"{family.name}_sum{{%s}} %r\n"
        self._plain = "".join([*(f'{family.name}_bucket{{le="{name}",%s}} %r\n' for name in names), *ends])
        self._shown = "".join([*(f'{family.name}_bucket{{le="{name}",%s}} %r%s\n' for name in names), *ends])

    def text(self, label: str, counts: Sequence[float], total: float, exemplars: Sequence[Exemplar | None] = ()) -> str:
        """Those of the histogram with ``label``; ``exemplars`` are by bucket, or none at all."""
        if exemplars:
            return self._shown % tuple(_filled(label, counts, total, [each.text if each else "" for each in exemplars]))
        return self._plain % tuple(_filled(label, counts, total))


def _filled(label: str, counts: Sequence[float], total: float, shown: Sequence[str] = ()) -> Iterator[str | float]:
    """What goes into a template."""
    count = 0.0
    for place, count in enumerate(accumulate(counts)):
        yield label
        yield count
        if shown:
            yield shown[place]
    yield from (label, count, label, total)


_REQUESTS: Final = Family(
    "keystone_http_request_duration_seconds", "histogram", "Time from a request's head to its answer, by call."
)
_REQUEST_LINES: Final = Lines(_REQUESTS, SECONDS)


def requests_text(counts: Counts, *, open_metrics: bool) -> bytes:
    """What requests over HTTP took."""
    lines = [header(_REQUESTS, open_metrics=open_metrics)]
    for call in CALLS:
        buckets, total = counts.call(call)
        exemplars = counts.call_exemplars(call) if open_metrics else []
        lines.append(_REQUEST_LINES.text(f'call="{call}"', buckets, total, exemplars))
    return "".join(lines).encode()
