"""The lines of ``/metrics`` about tenants, which are most of a scrape.

In: the `Counts`, the scripts in force. Out: the lines of eight families, the same in both formats except for the
names of counters. Written by hand: with 4,096 tenants there are 190,000 samples, and prometheus_client, which makes
objects of them, took seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from .metrics import BYTES, INSTRUCTIONS, OTHERS, SECONDS, Counts, TenantCounts

TOGETHER: Final = 64
"""Tenants whose lines are joined at a time."""


class _Family(NamedTuple):
    name: str
    kind: str
    help: str


_DECISIONS = _Family("keystone_decisions", "counter", "Decisions, by what came of them.")
_ERRORS = _Family("keystone_script_errors", "counter", "Decisions without an answer.")
_LANES = _Family("keystone_lane_decisions", "counter", "Decisions, by where they ran.")
_SECONDS = _Family("keystone_script_duration_seconds", "histogram", "Time of a decision, its wait for a lane included.")
_INSTRUCTIONS = _Family("keystone_script_instructions", "histogram", "Instructions of a decision.")
_BYTES = _Family("keystone_script_allocated_bytes", "histogram", "Bytes charged to a decision.")
_INFO = _Family("keystone_script_info", "gauge", "The scripts in force; always 1.")
_SHADOW = _Family("keystone_shadow_decisions", "counter", "Decisions taken by the next version too, by result.")
_FAMILIES = (_DECISIONS, _ERRORS, _LANES, _SECONDS, _INSTRUCTIONS, _BYTES, _INFO, _SHADOW)


def tenants_text(counts: Counts, revisions: Mapping[str, str], *, open_metrics: bool) -> bytes:
    """Return the families of all tenants; ``revisions`` has the hash of each loaded tenant's script."""
    lines: dict[_Family, list[bytes]] = {family: [_header(family, open_metrics).encode()] for family in _FAMILIES}
    tenants = [OTHERS, *counts.tenants]
    for start in range(0, len(tenants), TOGETHER):
        found: dict[_Family, list[str]] = {family: [] for family in _FAMILIES}
        for tenant in tenants[start : start + TOGETHER]:
            _add(found, tenant, counts.block(tenant))
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


def _header(family: _Family, open_metrics: bool) -> str:
    name = family.name if open_metrics or family.kind != "counter" else f"{family.name}_total"
    return f"# HELP {name} {family.help}\n# TYPE {name} {family.kind}\n"


def _add(lines: dict[_Family, list[str]], tenant: str, counts: TenantCounts) -> None:
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
    for family, histogram in ((_SECONDS, seconds), (_INSTRUCTIONS, counts.instructions()), (_BYTES, counts.bytes())):
        lines[family].append(_TEMPLATES[family] % tuple(_filled(label, *histogram)))


def _filled(label: str, counts: Sequence[float], total: float) -> Iterator[str | float]:
    """What goes into a template."""
    count = 0.0
    for count in accumulate(counts):
        yield label
        yield count
    yield from (label, count, label, total)


def _template(family: _Family, bounds: Sequence[float]) -> str:
    names = [*(f"{bound:g}" if bound < 1e6 else repr(bound) for bound in bounds), "+Inf"]
    buckets = [f'{family.name}_bucket{{le="{name}",%s}} %r\n' for name in names]
    return "".join([*buckets, f"{family.name}_count{{%s}} %r\n", f"{family.name}_sum{{%s}} %r\n"])


_TEMPLATES: Final = {
    _SECONDS: _template(_SECONDS, SECONDS),
    _INSTRUCTIONS: _template(_INSTRUCTIONS, INSTRUCTIONS),
    _BYTES: _template(_BYTES, BYTES),
}


def _label(tenant: str) -> str:
    escaped = tenant.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    return f'tenant="{escaped}"'
