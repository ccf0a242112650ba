"""What the Grafana dashboard asks Prometheus, as Grafana would write it."""

from __future__ import annotations

import json
from typing import Any

from .chart import DEPLOY

DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]

VARIABLES = {"$__rate_interval": "5m", "$__range": "1h", "$job": ".+", "$tenant": ".+"}


def expressions() -> list[str]:
    """Each panel's, in order."""
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


def filled_in(expression: str) -> str:
    """With the variables' values."""
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def as_rules() -> str:
    """A file of rules, in JSON, which is YAML, for promtool to parse."""
    rules = [{"record": f"panel:{n}", "expr": filled_in(text)} for n, text in enumerate(expressions())]
    return json.dumps({"groups": [{"name": "dashboard", "rules": rules}]})
