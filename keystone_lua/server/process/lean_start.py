"""Imports of a server that starts, without what none of it needs.

In: the imports, as a block. Out: only the time saved. The garbage collector rests meanwhile, since modules are no
garbage, and what they made is set aside. And OpenSSL has no file of certificates to read: aiohttp reads the machine's
twice when it is imported, for a client that a server does not have. A context that is made afterwards has them.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator
from typing import Final

from ...implementation import set_aside

_CERTIFICATES: Final = "SSL_CERT_FILE"
"""The variable by which OpenSSL finds the machine's certificates."""


@contextlib.contextmanager
def lean_start() -> Iterator[None]:
    """A block of imports. For a process that is all ours and has no thread yet: the environment is all threads'."""
    named = os.environ.get(_CERTIFICATES)
    collects = gc.isenabled()
    os.environ[_CERTIFICATES] = os.devnull
    gc.disable()
    try:
        yield
    finally:
        if named is None:
            del os.environ[_CERTIFICATES]
        else:
            os.environ[_CERTIFICATES] = named
        set_aside()
        if collects:
            gc.enable()
