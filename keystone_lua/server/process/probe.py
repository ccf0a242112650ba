"""``keystone-lua health``: asks a running server whether it is ready. For containers without a shell or curl.

In: an address. Out: healthy or not, and a line to print; what goes wrong is the answer. Imports the
standard library only, and starts quickly: a probe runs every few seconds.
"""

from __future__ import annotations

import http.client
import json
import socket

from ..settings.config import Address

READY = "/health/ready"
SECONDS = 2.0
"""For the whole of connecting, and again for each read."""


def ask(address: Address, path: str = READY, *, tls: bool = False) -> tuple[bool, str]:
    """Return whether the server at ``address`` of this machine is ready, and a line that says it."""
    connection = _Connection(address, tls=tls)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        status = json.loads(response.read(10_000))["status"]
    except (OSError, http.client.HTTPException) as error:
        return False, f"{address}: {str(error) or type(error).__name__}"
    except (ValueError, KeyError, TypeError):
        return False, f"{address}: no answer of a Keystone Lua Engine"
    finally:
        connection.close()
    return response.status == 200, f"{address}: {status}"


class _Connection(http.client.HTTPConnection):
    def __init__(self, address: Address, *, tls: bool) -> None:
        super().__init__(address.host or "localhost", address.port, timeout=SECONDS)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        if self._address.path:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(SECONDS)
            self.sock.connect(self._address.path)
        else:
            self.sock = socket.create_connection((self._address.host or "localhost", self._address.port), SECONDS)
        if self._tls:
            import ssl

            # The probe sends nothing and believes no more than "ready": whose certificate it is does not matter.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.sock = context.wrap_socket(self.sock)
