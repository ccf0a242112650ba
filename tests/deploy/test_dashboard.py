"""The dashboard and the alert rules ask for what the server counts. Whether Prometheus takes them: `make deploy-check`."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.audit.shipped import state_file
from keystone_lua.cli.recording import decision_log
from keystone_lua.routing.bundle_status import status_file
from keystone_lua.routing.folder_versions import next_of
from keystone_lua.server.settings.config import DecisionLog, ServerConfig
from tests.server.scraped import Scraped, scrape
from tests.server.support import WAIT, constant, server_in_thread, write_scripts

from .chart import DEPLOY, documents
from .dashboard import PANELS, expressions

(RULES,) = documents(DEPLOY / "prometheus" / "alerts.yaml")
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}

RED = {
    "Decisions that fail": "KeystoneScriptFails",
    "p99": "KeystoneSlow",
    "Duration of a decision": "KeystoneSlow",
    "Refused for want of a lane": "KeystoneOverloaded",
    "Not decided, a second": "KeystoneOverloaded",
    "Bundle: failed attempts in a row": "KeystoneBundleStale",
    "Segments of the decision log that have not arrived": "KeystoneLogNotShipped",
    "Decisions not recorded": "KeystoneDecisionsNotRecorded",
    "Decisions missing in the decision log": "KeystoneDecisionsNotRecorded",
    "Lanes busy": None,
}
"""Panels with a red threshold, and the alert that fires there; None where none does."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Scraped:
    """A scrape of a server that has all there is to have: a bundle, a decision log that is shipped, a next version."""
    folder = tmp_path_factory.mktemp("server")
    scripts = write_scripts(folder / "scripts", {"good.lua": constant("b"), "bad.lua": "local x = nil + 1"})
    status_file(scripts).write_text(json.dumps({"revision": "r1", "at": 1.5, "tried_at": 2.5, "failures": 3}))
    log = folder / "decisions.log"
    for name in ("decisions.log.000001", "decisions.log.000002.gz", "decisions.log.000003", "decisions.log.w1.000001"):
        (folder / name).touch()
    state_file(log).write_text('{"number": 1, "head": ""}\n')
    write_scripts(next_of(scripts), {"good.lua": constant("other")})
    config = ServerConfig(decision_log=DecisionLog(log), shadow_percent=100.0)
    with server_in_thread(scripts, config, [make() for make in decision_log(config)]) as client:
        client.send("POST", "/reload")
        for tenant in ("good", "bad"):
            client.route(tenant, {})
        until = time.monotonic() + WAIT
        while not (found := scrape(client)).total("keystone_shadow_decisions_total"):
            assert time.monotonic() < until
        return found


def test_what_bundles_and_shipping_come_to_is_told(seen: Scraped) -> None:
    assert seen.total("keystone_decision_log_unshipped_segments") == 3, "the other process's is closed, too"
    assert seen.total("keystone_decision_log_shipped_timestamp_seconds") > 1e9
    assert seen.total("keystone_bundle_tried_timestamp_seconds") == 2.5
    assert seen.total("keystone_bundle_failures") == 3


def selectors(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Each metric that an expression names, with the labels that it is chosen by."""
    for name, chosen in re.findall(r"\b(keystone_\w+)(?:\{([^}]*)\})?", expression):
        yield name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", chosen))


def test_expressions_name_metrics_and_labels_that_there_are(seen: Scraped) -> None:
    labels: dict[str, set[str]] = {}
    for sample in (sample for family in seen.families.values() for sample in family.samples):
        labels.setdefault(sample.name, set()).update(sample.labels)
    for expression in [*expressions(), *(rule["expr"] for rule in ALERTS.values())]:
        found = dict(selectors(expression))
        assert found, expression
        assert found.keys() <= labels.keys(), expression
        for name, chosen in found.items():
            assert chosen <= labels[name] | {"job"}, expression
        grouped = {name for names in re.findall(r"\bby \(([^)]*)\)", expression) for name in re.findall(r"\w+", names)}
        assert grouped <= {"job", "instance", "le"}.union(*(labels[name] for name in found)), expression


def test_red_is_where_an_alert_fires() -> None:
    steps = {
        panel["title"]: panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", []) for panel in PANELS
    }
    red = {title: step["value"] for title, each in steps.items() for step in each if step["color"] == "red"}
    assert red.keys() == RED.keys()
    for title, alert in RED.items():
        if alert is None:
            continue
        limit = float(re.findall(r"> ([\d.]+)\s*$", ALERTS[alert]["expr"])[0])
        whole = alert not in ("KeystoneScriptFails", "KeystoneSlow", "KeystoneOverloaded")
        assert red[title] == (limit + 1 if whole else limit), title


def test_panels_lie_beside_each_other_below_a_row_of_numbers() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert max(x for x, _ in taken) == 23
    assert len({panel["id"] for panel in PANELS}) == len({panel["title"] for panel in PANELS}) == len(PANELS)
    assert {panel["type"] for panel in PANELS if panel["gridPos"]["y"] == 0} == {"stat"}


def test_one_panel_shows_one_unit() -> None:
    """A count beside seconds hides the smaller of them."""
    for panel in PANELS:
        texts = [target["expr"] for target in panel["targets"]]
        assert len({("rate(" in text, "increase(" in text, "time()" in text) for text in texts}) == 1, panel["title"]


def test_each_alert_is_tested_both_ways_and_says_what_to_do() -> None:
    (tests,) = documents(DEPLOY / "prometheus" / "alerts_test.yaml")
    assert [test["name"] for test in tests["tests"]] == [
        f"{name} {w}" for name in ALERTS for w in ("fires", "does not")
    ]
    for name, rule in ALERTS.items():
        told: dict[str, Any] = rule["annotations"]
        assert {"summary", "action"} <= told.keys(), name
        assert rule["labels"]["severity"] in ("page", "ticket", "info"), name


def test_the_dashboards_file_is_as_it_is_written() -> None:
    path = Path(DEPLOY / "grafana-dashboard.json")
    text = path.read_text()
    assert json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n" == text
