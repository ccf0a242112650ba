"""What the imports of a starting server leave behind: the environment, certificates and collector as they were."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys

import pytest

SEEN = """
import gc, os, ssl
def seen():
    return os.environ.get("SSL_CERT_FILE"), len(ssl.create_default_context().get_ca_certs()), gc.isenabled()
before = seen()
from keystone_lua.server.process.lean_start import lean_start
try:
    with lean_start():
        import aiohttp.connector
        {more}
except ImportError:
    pass
assert seen() == before, (seen(), before)
print(len(aiohttp.connector._SSL_CONTEXT_VERIFIED.get_ca_certs()))
"""


@pytest.mark.parametrize("more", ["pass", "import no_such_module"])
@pytest.mark.parametrize("named", [False, True])
def test_nothing_is_changed(named: bool, more: str) -> None:
    """``SSL_CERT_FILE`` of the user's own, or none; imports that succeed, or fail."""
    environment = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    if named:
        environment["SSL_CERT_FILE"] = ssl.get_default_verify_paths().openssl_cafile
    code = SEEN.format(more=more)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr
