"""Loading the scripts folder again: asked for, or because it has changed.

In: a `ScriptStore`, or in a worker the supervisor behind `control`. Out: a `Report`; a folder that
cannot be read is a report with an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..routing.scripts import ScriptStore, Snapshot
from ..routing.scripts_folder import SUFFIX, Folder, ScriptsFolderError, read_folder
from ..routing.tree import Tree
from .single_flight import Shared, quick_switching
from .telemetry.logs import facts
from .telemetry.metrics import Counts

logger = logging.getLogger("keystone.reload")

WATCH_SECONDS = 0.5
"""Between two looks at the folder. A change is loaded when the next look finds it as the last one did."""

LOGGED_NAMES = 20


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

    def plain(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "count": self.count, "errors": list(self.errors), "added": list(self.added),
            "changed": list(self.changed), "removed": list(self.removed),
        }  # fmt: skip

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> Report:
        """The inverse of `plain`."""
        return cls(plain["count"], *(tuple(plain[name]) for name in ("errors", "added", "changed", "removed")))

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

    def __init__(self, store: ScriptStore, load: Callable[[], Awaitable[Report]]) -> None:
        """``load`` loads the folder and returns when it is in force in every worker."""
        self._store = store
        self._load = load
        self._shared = Shared(self._one)

    async def reload(self) -> Report:
        """Load the folder as it is now. When this returns, it is in force in every worker."""
        return await self._shared.ask("reload")

    async def dry_run(self) -> Report:
        """Say what `reload` would do, and change nothing: compiles what has changed, in a thread."""
        return await self._shared.ask("dry run")

    async def _one(self, what: str) -> Report:
        with quick_switching():
            return await (self._load() if what == "reload" else asyncio.to_thread(try_out, self._store))


def local_reloads(store: ScriptStore, counts: Counts) -> Reloads:
    """Reloads of the one process that serves: in a thread."""
    return Reloads(store, lambda: asyncio.to_thread(read_and_load, store, counts))


def read_and_load(store: ScriptStore, counts: Counts) -> Report:
    """Load the scripts folder as it is now, and count it."""
    try:
        folder = read_folder(store.folder, store.source_limit)
    except ScriptsFolderError as error:
        return not_read(store, counts, error)
    return load(store, counts, folder)


def load(store: ScriptStore, counts: Counts, folder: Folder, between: Callable[[], None] = lambda: None) -> Report:
    """Put ``folder`` in force, and count it; ``between`` is called after each script."""
    before = store.current
    done = report(before, store.load(folder, between))
    counts.assign(store.current.programs)
    return _noted(store, counts, done)


def not_read(store: ScriptStore, counts: Counts, error: ScriptsFolderError) -> Report:
    """Count a load that came to nothing; what was in force stays."""
    return _noted(store, counts, Report(len(store.current.programs), (str(error),)))


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
    sources = [after.sources[tenant] for tenant in sorted((*found.added, *found.changed))]
    return replace(found, findings=tuple(finding for source in sources for finding in store.check(source)))


class Watch:
    """Notices that a folder has changed and come to rest, by its files' names, sizes and times.

    Make it before the folder is read: what changes while it is being read is then noticed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
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
        for name, entry in Tree(self._folder).files(lambda _name: False, lambda _name, _error: None):
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
