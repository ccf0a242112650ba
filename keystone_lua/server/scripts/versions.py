"""The next version of the scripts: compared with the one in force, put in its place, taken back.

In: the stores of both versions, the `Counts`, what an operator orders. Out: a comparison of both, to be shown; a
`Switch` once the folders have changed places. Raises `CannotSwitch`, with a sentence, if the folders may not be
renamed, if the next version has files in error, or if more of its decisions fail or go elsewhere than the settings
allow.

Nothing here loads scripts: after a switch they are loaded as after any other change, see `reload`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...routing.folder_versions import CannotSwitch, previous_of, promote, rollback
from ...routing.scripts import ScriptStore, Snapshot
from ...routing.scripts_folder import ScriptsFolderError, read_folder
from ..orders import PROMOTE, ROLLBACK, Order, Switch
from ..settings.config import Guard
from ..telemetry.metrics import Counts
from ..telemetry.shadow_counts import COMPARED, RESULTS

LISTED: Final = 1000
"""Tenants of one list, at most."""


def compared(counts: Counts) -> dict[str, int]:
    """What the shadow decisions of all tenants came to since the versions last changed."""
    totals = dict.fromkeys(RESULTS, 0)
    for block in set(counts.tenants.values()):
        for name, count in counts.shadow.since_begun(block).items():
            totals[name] += count
    return totals


def switch_folders(store: ScriptStore, counts: Counts, guard: Guard, order: Order) -> Switch:
    """Let the folders change places as ``order`` says. Raises `CannotSwitch`."""
    shadow = compared(counts)
    waiting = store.beside
    before = store.current.version
    if order.act == ROLLBACK:
        rollback(store.folder)
        return Switch(ROLLBACK, order.who, before, "", order.force, shadow)
    if waiting is None or not waiting.current.programs:
        raise CannotSwitch("there is no next version")
    if not order.force and (why := objection(waiting.current, shadow, guard)):
        raise CannotSwitch(why)
    if not order.force:
        _check_unchanged(waiting)
    promote(store.folder)
    return Switch(PROMOTE, order.who, before, waiting.current.version, order.force, shadow)


def _check_unchanged(waiting: ScriptStore) -> None:
    """What is put in force is what was compared, not what was written into its folder since. Raises `CannotSwitch`."""
    try:
        found = waiting.try_out(read_folder(waiting.folder, waiting.source_limit))
    except ScriptsFolderError as error:
        raise CannotSwitch(str(error)) from None
    if found.version != waiting.current.version or found.errors:
        raise CannotSwitch("the next version's folder has changed since it was loaded: reload, and compare it")


def objection(waiting: Snapshot, shadow: Mapping[str, int], guard: Guard) -> str:
    """Why the next version should not be put in force; "" if nothing speaks against it."""
    if waiting.errors:
        return f"the next version has files in error: {waiting.errors[0]}"
    decisions = sum(shadow[name] for name in COMPARED)
    if not decisions:
        return "no decision has been compared with the next version; set a shadow percentage, or force it"
    for name, most, what in (("error", guard.errors, "failed"), ("moved", guard.moves, "went elsewhere")):
        share = 100.0 * shadow[name] / decisions
        if share > most:
            return f"{shadow[name]} of {decisions} compared decisions {what}: {share:.3g} %, and {most:g} % is allowed"
    return ""


def standing(store: ScriptStore, counts: Counts, guard: Guard) -> dict[str, Any]:
    """How both versions stand, as JSON has it."""
    now, waiting = store.current, store.beside.current if store.beside is not None else Snapshot()
    shadow = compared(counts)
    there = bool(waiting.loaded_at)
    return {
        "current": {"version": now.version, "scripts": len(now.programs)},
        "next": _next(now, waiting) if there else None,
        "previous": previous_of(store.folder).is_dir(),
        "shadow_percent": counts.shadow.shadow_percent,
        "share_percent": counts.shadow.share_percent,
        "compared": shadow,
        "tenants": _by_tenant(counts),
        "objection": objection(waiting, shadow, guard) if there else "there is no next version",
        "examples": list(counts.shadow.examples()),
    }


def _next(now: Snapshot, waiting: Snapshot) -> dict[str, Any]:
    old, new = now.programs, waiting.programs
    lists = {
        "added": new.keys() - old.keys(),
        "changed": {name for name in new.keys() & old.keys() if new[name].hash != old[name].hash},
        "removed": old.keys() - new.keys(),
    }
    listed = {name: sorted(found)[:LISTED] for name, found in lists.items()}
    return {"version": waiting.version, "scripts": len(new), "errors": list(waiting.errors)[:LISTED], **listed}


def _by_tenant(counts: Counts) -> dict[str, dict[str, int]]:
    found = {tenant: counts.shadow.since_begun(block) for tenant, block in counts.tenants.items()}
    return dict(sorted((tenant, of) for tenant, of in found.items() if any(of.values()))[:LISTED])
