"""The tenants' metrics, written by hand: what prometheus_client's own parsers read and its writers write again."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable

import pytest
from prometheus_client import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_open
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open
from prometheus_client.parser import text_string_to_metric_families as read_plain

from keystone_lua.server.single_flight import SWITCH_SECONDS, quick_switching
from keystone_lua.server.telemetry.metrics import MAX_TENANTS, Counts
from keystone_lua.server.telemetry.tenant_samples import tenants_text


class Families:
    """What was read, as a registry that is asked again."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> list[Metric]:
        return self._families


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("open_metrics", [False, True])
def test_it_is_as_prometheus_client_writes_it(workers: int, open_metrics: bool) -> None:
    counts = Counts(workers)
    names = ["plain", "sälzig", 'quo"te', "back\\slash", "idle"]
    counts.assign(names)
    chance = random.Random(1)
    for worker in range(workers):
        cells = counts.of_worker(worker)
        for place in range(8, len(cells) // (MAX_TENANTS + 1) * 5):  # the last tenant's block stays empty
            cells[place] = float(chance.choice([0, 1, 2, 40]))
    text = tenants_text(counts, dict.fromkeys(names, "hash"), open_metrics=open_metrics)
    if open_metrics:
        again = generate_open(Families(read_open(text.decode() + "# EOF\n"))).removesuffix(b"# EOF\n")
    else:
        again = generate_latest(Families(read_plain(text.decode())))
    assert text.decode() == again.decode()


def test_threads_let_go_sooner_while_anybody_works() -> None:

    usual = sys.getswitchinterval()
    with quick_switching():
        with quick_switching():
            pass
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
    assert sys.getswitchinterval() == pytest.approx(usual)
