"""Loading the scripts folder again, on request or because it has changed.

In: a `ScriptStore`, or in a worker the supervisor behind `control`. Out: a `Report`; a folder that
cannot be read is a report with an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...routing.folder_versions import CannotSwitch, next_of
from ...routing.scripts import ScriptStore, Snapshot
from ...routing.scripts_folder import SUFFIX, Folder, ScriptsFolderError, read_folder
from ...routing.tree import Tree
from ..orders import Order, Switch
from ..settings.config import Guard
from ..single_flight import Shared, quick_switching
from ..telemetry.logs import facts
from ..telemetry.metrics import Counts
from .versions import switch_folders

logger = logging.getLogger("keystone.reload")

WATCH_SECONDS = 0.5
"""Between two looks at the folder. A change is loaded when the next look finds it as the last one did."""

LOGGED_NAMES = 20

_NO_DOUBT = Guard()


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did, or would do."""

    count: int
    """Tenants in force after it."""
    errors: tuple[str, ...] = ()
    """One line a bad file."""
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Tenants, sorted. A tenant whose file has gone bad keeps its last good version and is in none."""
    findings: tuple[dict[str, Any], ...] = ()
    """Of a dry run: what looks wrong in the scripts that are added or changed."""
    refused: str = ""
    """Why an order was not carried out; nothing was loaded then."""
    switch: Switch | None = None
    """The change of versions that the load completed."""

    def plain(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "count": self.count, "errors": list(self.errors), "added": list(self.added),
            "changed": list(self.changed), "removed": list(self.removed),
        }  # fmt: skip

    def whole(self) -> dict[str, Any]:
        """The report for another process."""
        return {**self.plain(), "refused": self.refused, "switch": self.switch.plain() if self.switch else None}

    @classmethod
    def of_whole(cls, whole: dict[str, Any]) -> Report:
        """The inverse of `whole`."""
        errors, added, changed, removed = (tuple(whole[name]) for name in ("errors", "added", "changed", "removed"))
        switch = Switch.of_plain(whole["switch"]) if whole["switch"] else None
        return cls(whole["count"], errors, added, changed, removed, refused=whole["refused"], switch=switch)

    def log(self) -> None:
        """Say it in the log: bad files as warnings."""
        lists = {"added": self.added, "changed": self.changed, "removed": self.removed}
        shown = {name: " ".join(found[:LOGGED_NAMES]) for name, found in lists.items()}
        logger.info("scripts loaded", extra=facts(count=self.count, **shown))
        for error in self.errors[:LOGGED_NAMES]:
            logger.warning("script not loaded", extra=facts(error=error))
        if len(self.errors) > LOGGED_NAMES:
            logger.warning("more scripts not loaded", extra=facts(count=len(self.errors) - LOGGED_NAMES))


def report(before: Snapshot, after: Snapshot) -> Report:
    """Compare two snapshots."""
    old, new = before.programs, after.programs
    return Report(
        len(new),
        after.errors,
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(name for name in new.keys() & old.keys() if new[name].hash != old[name].hash)),
        tuple(sorted(old.keys() - new.keys())),
    )


class Reloads:
    """Reloads one after another; those who ask during one share the next.

    So an answer always means that the folder as it was after the question is in force, and any number
    of callers costs two loads at most.
    """

    def __init__(self, store: ScriptStore, load: Callable[[Order | None], Awaitable[Report]]) -> None:
        """``load`` carries out an order, if there is one, loads the folder and returns when it is in force in every
        worker."""
        self._store = store
        self._load = load
        self._shared = Shared(self._one)

    async def reload(self) -> Report:
        """Load the folder as it is now. When this returns, it is in force in every worker."""
        return await self._shared.ask("reload")

    async def dry_run(self) -> Report:
        """Say what `reload` would do, and change nothing: compiles what has changed, in a thread."""
        return await self._shared.ask("dry run")

    async def order(self, order: Order) -> Report:
        """Carry out ``order`` and load what came of it. Those who order the same at once share one."""
        return await self._shared.ask(json.dumps(order.plain()))

    async def _one(self, what: str) -> Report:
        with quick_switching():
            if what == "dry run":
                return await asyncio.to_thread(try_out, self._store)
            return await self._load(None if what == "reload" else Order(**json.loads(what)))


def local_reloads(
    store: ScriptStore, counts: Counts, guard: Guard = _NO_DOUBT, told: Callable[[Switch], None] = lambda _switch: None
) -> Reloads:
    """Reloads of the one process that serves: in a thread. ``told`` hears of changes of versions, in the loop."""

    async def load(order: Order | None) -> Report:
        done = await asyncio.to_thread(read_and_load, store, counts, guard, order)
        if done.switch is not None:
            told(done.switch)
        return done

    return Reloads(store, load)


_LOADING = threading.Lock()


def read_and_load(store: ScriptStore, counts: Counts, guard: Guard = _NO_DOUBT, order: Order | None = None) -> Report:
    """Carry out ``order``, if there is one, load the scripts folder as it is now, and count it."""
    with _LOADING:
        try:
            switch = switch_folders(store, counts, guard, order) if order is not None else None
        except CannotSwitch as error:
            return refused(store, order, error)
        try:
            folder = read_folder(store.folder, store.source_limit)
        except ScriptsFolderError as error:
            return not_read(store, counts, error, switch)
        return load(store, counts, folder, switch=switch)


def refused(store: ScriptStore, order: Order | None, error: CannotSwitch) -> Report:
    """The report of an order that was not carried out."""
    if order is not None:
        logger.warning("order refused", extra=facts(act=order.act, who=order.who, error=str(error)))
    return Report(len(store.current.programs), refused=str(error))


def load(
    store: ScriptStore,
    counts: Counts,
    folder: Folder,
    between: Callable[[], None] = lambda: None,
    switch: Switch | None = None,
) -> Report:
    """Put ``folder`` in force, load the next version beside it, and count; ``between`` is called after each script.

    ``switch`` is what the folders have just gone through.
    """
    before = store.current
    done = report(before, store.load(folder, between))
    counts.assign(store.current.programs)
    versions = before.version, store.beside.current.version if store.beside is not None else ""
    _load_next(store, between)
    if versions != (store.current.version, store.beside.current.version if store.beside is not None else ""):
        counts.shadow.begin(set(counts.tenants.values()))
    if switch is not None:
        switch = replace(switch, after=store.current.version)
        told = {"act": switch.act, "who": switch.who, "before": switch.before, "after": switch.after}
        logger.info("versions switched", extra=facts(**told))
    return _noted(store, counts, replace(done, switch=switch))


def _load_next(store: ScriptStore, between: Callable[[], None]) -> None:
    """Load the next version's folder, if there is one; what cannot be loaded of it is a warning."""
    waiting = store.beside
    if waiting is None:
        return
    folder = next_of(store.folder)
    if not folder.is_dir():
        if waiting.current.loaded_at:
            waiting.forget()
        return
    try:
        waiting.load(read_folder(folder, waiting.source_limit), between)
    except ScriptsFolderError as error:
        logger.warning("next version not loaded", extra=facts(error=str(error)))
        return
    for text in waiting.current.errors[:LOGGED_NAMES]:
        logger.warning("script of the next version not loaded", extra=facts(error=text))


def not_read(store: ScriptStore, counts: Counts, error: ScriptsFolderError, switch: Switch | None = None) -> Report:
    """Count a load that came to nothing; what was in force stays, though the folders may have gone through a switch."""
    if switch is not None:
        switch = replace(switch, after=store.current.version)
    return _noted(store, counts, Report(len(store.current.programs), (str(error),), switch=switch))


def _noted(store: ScriptStore, counts: Counts, done: Report) -> Report:
    counts.reloaded(good=not done.errors, at=store.current.loaded_at)
    done.log()
    return done


def try_out(store: ScriptStore) -> Report:
    """Say what a load would do."""
    before = store.current
    try:
        after = store.try_out(read_folder(store.folder, store.source_limit))
    except ScriptsFolderError as error:
        return Report(len(before.programs), (str(error),))
    found = report(before, after)
    if store.check is None:
        return found
    tenants = sorted((*found.added, *found.changed))
    findings = [finding for tenant in tenants for finding in store.check(tenant, after.sources[tenant])]
    return replace(found, findings=tuple(findings))


class Watch:
    """Notices that a folder has changed and come to rest, by its files' names, sizes and times.

    Make it before the folder is read: what changes while it is being read is then noticed.
    """

    def __init__(self, folder: Path) -> None:
        self._folders = (folder, next_of(folder))
        self._loaded = self._last = self._look()

    def changed(self) -> bool:
        """Say whether the folder should be loaded. Takes 10 ms for 1,000 files."""
        now = self._look()
        at_rest = now == self._last
        self._last = now
        if not at_rest or now == self._loaded:
            return False
        self._loaded = now
        return True

    def _look(self) -> frozenset[tuple[str, int, int, int]]:
        found = set()
        for folder in self._folders:
            if not folder.is_dir():
                continue
            for name, entry in Tree(folder).files(lambda _name: False, lambda _name, _error: None):
                if name.endswith(SUFFIX):
                    with contextlib.suppress(OSError):
                        status = entry.stat()
                        found.add((entry.path, status.st_ino, status.st_size, status.st_mtime_ns))
        return frozenset(found)


async def keep_watch(watch: Watch, reloads: Reloads) -> None:
    """Reload whenever the folder changes, until cancelled."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if await asyncio.to_thread(watch.changed):
            await reloads.reload()
