"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors read.

Input: findings. Output: a JSON-able log with one run. Columns are counted in the file's characters;
the log says so (``columnKind``).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final, cast
from urllib.parse import quote

from ...interpreter import ENGINE_VERSION
from . import syntax
from .findings import Finding
from .rule import Rule
from .rules import RULES

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RULES: Final[Sequence[Rule]] = (cast(Rule, syntax), *RULES)


def sarif_log(findings: Sequence[Finding]) -> dict[str, Any]:
    """The log. File names become relative references (RFC 3986)."""
    numbers = {rule.CODE: number for number, rule in enumerate(_RULES)}
    rules = [
        {
            "id": rule.CODE,
            "shortDescription": {"text": rule.TEXT},
            "defaultConfiguration": {"level": rule.SEVERITY},
        }
        for rule in _RULES
    ]
    driver = {"name": "keystone-lua", "version": ENGINE_VERSION, "rules": rules}
    results = [
        {
            "ruleId": finding.rule,
            "ruleIndex": numbers[finding.rule],
            "level": finding.severity,
            "message": {"text": finding.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(os.fsencode(finding.file))},
                        "region": {"startLine": finding.line, "startColumn": finding.column},
                    }
                }
            ],
        }
        for finding in findings
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
