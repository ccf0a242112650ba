"""The lines of ``/metrics`` about tenants, which are most of a scrape.

In: the `Counts`, the scripts in force. Out: the lines of eight families, the same in both formats except for the
names of counters. Written by hand: with 4,096 tenants there are 190,000 samples, and prometheus_client, which makes
objects of them, took seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from .exemplars import Exemplar
from .histograms import Family, Lines, header
from .metrics import BYTES, INSTRUCTIONS, OTHERS, SECONDS, Counts, TenantCounts

TOGETHER: Final = 64
"""Tenants whose lines are joined at a time."""


_DECISIONS = Family("keystone_decisions", "counter", "Decisions, by what came of them.")
_ERRORS = Family("keystone_script_errors", "counter", "Decisions without an answer.")
_LANES = Family("keystone_lane_decisions", "counter", "Decisions, by where they ran.")
_SECONDS = Family("keystone_script_duration_seconds", "histogram", "Time of a decision, its wait for a lane included.")
_INSTRUCTIONS = Family("keystone_script_instructions", "histogram", "Instructions of a decision.")
_BYTES = Family("keystone_script_allocated_bytes", "histogram", "Bytes charged to a decision.")
_INFO = Family("keystone_script_info", "gauge", "The scripts in force; always 1.")
_SHADOW = Family("keystone_shadow_decisions", "counter", "Decisions taken by the next version too, by result.")
_FAMILIES = (_DECISIONS, _ERRORS, _LANES, _SECONDS, _INSTRUCTIONS, _BYTES, _INFO, _SHADOW)


def tenants_text(counts: Counts, revisions: Mapping[str, str], *, open_metrics: bool) -> bytes:
    """Return the families of all tenants; ``revisions`` has the hash of each loaded tenant's script."""
    lines = {family: [header(family, open_metrics=open_metrics).encode()] for family in _FAMILIES}
    tenants = [OTHERS, *counts.tenants]
    for start in range(0, len(tenants), TOGETHER):
        found: dict[Family, list[str]] = {family: [] for family in _FAMILIES}
        for tenant in tenants[start : start + TOGETHER]:
            exemplars = counts.exemplars.of(counts.tenants.get(tenant, 0)) if open_metrics else []
            _add(found, tenant, counts.block(tenant), exemplars)
            found[_SHADOW] += [
                f'keystone_shadow_decisions_total{{result="{result}",{_label(tenant)}}} {count}\n'
                for result, count in counts.shadow.totals(counts.tenants.get(tenant, 0)).items()
                if count
            ]
        for family, more in found.items():
            lines[family].append("".join(more).encode())
    info = [f'{_INFO.name}{{revision="{revision}",{_label(name)}}} 1.0\n' for name, revision in revisions.items()]
    lines[_INFO].append("".join(info).encode())
    return b"".join([piece for pieces in lines.values() for piece in pieces])


def _add(
    lines: dict[Family, list[str]], tenant: str, counts: TenantCounts, exemplars: Sequence[Exemplar | None]
) -> None:
    label = _label(tenant)
    lines[_DECISIONS] += [
        f'keystone_decisions_total{{outcome="{outcome}",{label}}} {count}\n'
        for outcome, count in counts.outcomes()
        if count or ((outcome == "unknown") is (tenant == OTHERS) and outcome != "limited")
    ]
    lines[_ERRORS] += [
        f'keystone_script_errors_total{{kind="{kind}",{label}}} {count}\n' for kind, count in counts.kinds() if count
    ]
    seconds = counts.seconds()
    if not any(seconds[0]):
        return  # three histograms are most of a scrape: those of idle tenants are left out
    lines[_LANES] += [
        f'keystone_lane_decisions_total{{lane="{lane}",{label}}} {count}\n' for lane, count in counts.lanes()
    ]
    lines[_SECONDS].append(_OF_SECONDS.text(label, *seconds, exemplars))
    lines[_INSTRUCTIONS].append(_OF_INSTRUCTIONS.text(label, *counts.instructions()))
    lines[_BYTES].append(_OF_BYTES.text(label, *counts.bytes()))


_OF_SECONDS: Final = Lines(_SECONDS, SECONDS)
_OF_INSTRUCTIONS: Final = Lines(_INSTRUCTIONS, INSTRUCTIONS)
_OF_BYTES: Final = Lines(_BYTES, BYTES)


def _label(tenant: str) -> str:
    escaped = tenant.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return f'tenant="{escaped}"'
