"""The server process: settings in, exit code out.

Refuses to start, with one line on standard error and exit code 2, when there is no scripts folder, or an address or a
certificate cannot be had. Scripts that do not compile are reported and do not keep the others from serving.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
import sys
from collections.abc import Sequence

from ...implementation import set_aside
from ...routing.program_cache import CacheRefused, ProgramCache
from ...routing.scripts import Check, ScriptStore
from ...routing.scripts_folder import ScriptsFolderError, read_folder
from ..decisions.observers import ObserverFactory
from ..scripts import reload as scripts_reload
from ..settings.config import Address, ServerConfig
from ..telemetry import logs
from ..telemetry.metrics import Counts
from .cautions import cautions
from .herald import Herald
from .listening import CannotListen, bound, listen, unlisten
from .service_manager import notify
from .worker import Listeners, Worker, work

logger = logging.getLogger("keystone.server")

EXIT_GOOD = 0
EXIT_USAGE = 2


def serve(
    config: ServerConfig,
    observers: Sequence[ObserverFactory] = (),
    check: Check | None = None,
    notes: Sequence[str] = (),
) -> int:
    """Serve until SIGTERM or SIGINT, with what ``observers`` make in each worker. Returns the process's exit code.

    ``check`` adds findings to what a dry run says; ``notes`` are warnings for the log.
    """
    with contextlib.ExitStack() as opened:
        try:
            cache = ProgramCache(config.program_cache) if config.program_cache is not None else None
            store = ScriptStore(config.scripts, config.limits.source, check, cache)
            store.side_by_side()
            listeners = _listen(config, opened)
            watch = scripts_reload.Watch(store.folder) if config.watch else None
            folder = read_folder(store.folder, store.source_limit)
        except (CacheRefused, CannotListen, ScriptsFolderError) as error:
            print(f"keystone-lua: {error}", file=sys.stderr)
            return EXIT_USAGE
        handler = logs.start(config.log_level, config.log_format)
        counts = Counts(config.workers)
        counts.shadow.shadow_percent = config.shadow_percent
        logs.catch_all()
        with Herald(config, listeners) as herald:
            scripts_reload.load(store, counts, folder, herald.look)
        for text in (*notes, *cautions(config, {*store.current.programs, *store.current.never_compiled})):
            logger.warning(text)
        # What start-up made lives as long as the process: later collections need not look at it again. What the imports
        # made has been set aside already.
        gc.collect()
        set_aside()
        where = bound(config.address, listeners.routes)
        count = len(store.current.programs)
        served = f"{count} script{'' if count == 1 else 's'}"
        started = f"serving {served} of {config.scripts} on {where}"
        if config.workers == 1:
            worker = Worker(config, store, listeners, handler, counts, observers, watch=watch)
            asyncio.run(work(worker, lambda: _ready(started)))
            return EXIT_GOOD
        from .supervisor import Supervisor

        return Supervisor(Worker(config, store, listeners, handler, counts, observers), watch).run(started)


def _ready(started: str) -> None:
    logger.info(started)
    notify("READY=1", f"STATUS={started}")


def _listen(config: ServerConfig, opened: contextlib.ExitStack) -> Listeners:
    """Open what to listen on. Raises `CannotListen`."""
    from .listening import tls_context

    def opens(address: Address | None) -> socket.socket | None:
        if address is None:
            return None
        listener = opened.enter_context(listen(address, config.socket_access))
        opened.callback(unlisten, address)
        return listener

    routes = opened.enter_context(listen(config.address, config.socket_access))
    opened.callback(unlisten, config.address)
    admin, spoe, grpc = (opens(each) for each in (config.admin_address, config.spoe_address, config.grpc_address))
    if config.tls is None:
        return Listeners(routes, admin, spoe, grpc)
    asking, others = (tls_context(config.tls, ask_clients=ask) for ask in (True, False))
    return Listeners(routes, admin, spoe, grpc, asking, others)
