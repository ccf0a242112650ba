"""Who takes decisions again for ``replay`` and ``diff``: processes of this machine, or the workers of a Dask cluster.

In: a command's options. Out: an executor for `audit.reading`, None for this machine. Dask's scheduler gives a dead
worker's pieces to the others; what is left of that is an `OSError`.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final

from .options import UsageError, at_least, need

CONNECT_SECONDS: Final = 30


def add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    """Add who works."""
    parser.add_argument("--processes", type=at_least(1), metavar="N", help="processes to use (default all processors)")
    parser.add_argument("--engine", choices=("local", "dask"), default="local", help="who works (default %(default)s)")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS",
        help="of Dask, such as tcp://10.0.0.1:8786; its workers see the files under the same names",
    )  # fmt: skip


def elsewhere(path: Path, options: argparse.Namespace) -> Path:
    """A path as all workers understand it."""
    return path if options.engine == "local" else path.absolute()


@contextlib.contextmanager
def engine(options: argparse.Namespace) -> Iterator[Executor | None]:
    """The executor that was asked for. Raises `UsageError`, and `OSError` for what befalls a cluster."""
    if (options.engine == "dask") != (options.scheduler is not None):
        raise UsageError("--engine dask and --scheduler ADDRESS belong together")
    if options.engine == "local":
        yield None
        return
    if options.processes is not None:
        raise UsageError("--processes is of --engine local: a cluster has as many as it has")
    need("--engine dask", "dask", "distributed")
    import distributed
    from distributed.scheduler import KilledWorker

    connected: Any = distributed.Client  # it has no types
    try:
        client = connected(options.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"no scheduler at {options.scheduler}: {error}") from None
    with client:
        try:
            yield client.get_executor(pure=False)
        except KilledWorker as error:
            raise OSError(f"a piece of the log ended every worker that had it: {error}") from None
        except ImportError as error:
            raise OSError(f"the workers cannot import what this command sends: {error}") from None
