"""Metrics as a scraper reads them: through prometheus_client's own parsers."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import parser
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import parser as openmetrics_parser

from tests.server.support import Client

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


@dataclass(frozen=True)
class Scraped:
    """The families of one scrape by name."""

    families: dict[str, Metric]

    def total(self, name: str, **labels: str) -> float:
        """The sum of the samples that have at least ``labels``."""
        return sum(
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def labels(self, name: str, label: str) -> set[str]:
        """Every value of one label of a sample's name."""
        samples = (sample for family in self.families.values() for sample in family.samples)
        return {sample.labels[label] for sample in samples if sample.name == name}


def scrape(client: Client, accept: str = "") -> Scraped:
    """Ask for the metrics and parse them."""
    answer = client.send("GET", "/metrics", None, {"Accept": accept} if accept else {})
    assert answer.status == 200
    text = answer.body.decode()
    if answer.headers["content-type"].startswith("application/openmetrics-text"):
        families = openmetrics_parser.text_string_to_metric_families(text)
    else:
        assert answer.headers["content-type"].startswith("text/plain; version=")
        families = parser.text_string_to_metric_families(text)
    return Scraped({family.name: family for family in families})
