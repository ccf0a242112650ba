"""``keystone-lua health``: asks a running server whether it is ready. For containers without a shell or curl.

In: an address. Out: healthy or not, and a line to print; what goes wrong is the answer. Imports the
standard library only, and starts quickly: a probe runs every few seconds.
"""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path

from ..settings.config import Address, Tls

READY = "/health/ready"
ORDER_SECONDS = 60.0
"""For an order that waits until every worker has loaded."""
SECONDS = 2.0
"""For the whole of connecting, and again for each read."""


def ask(address: Address, path: str = READY, *, tls: bool = False) -> tuple[bool, str]:
    """Return whether the server at ``address`` of this machine is ready, and a line that says it."""
    connection = _Connection(address, ANY_CERTIFICATE if tls else None)
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


ANY_CERTIFICATE = Path()
"""For a probe: it sends nothing and believes no more than "ready", so it does not matter whose certificate it is."""


def connection_to(address: Address, tls: Tls | None) -> http.client.HTTPConnection:
    """A connection to a server of this machine, which has to show the certificate that ``tls`` names."""
    return _Connection(address, tls.certificate if tls is not None else None, ORDER_SECONDS)


class _Connection(http.client.HTTPConnection):
    def __init__(self, address: Address, certificate: Path | None, timeout: float = SECONDS) -> None:
        super().__init__(address.host or "localhost", address.port, timeout=timeout)
        self._address = address
        self._certificate = certificate

    def connect(self) -> None:
        if self._address.path:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(self.timeout)
            self.sock.connect(self._address.path)
        else:
            self.sock = socket.create_connection((self._address.host or "localhost", self._address.port), self.timeout)
        if self._certificate is not None:
            import ssl

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            if self._certificate is ANY_CERTIFICATE:
                context.verify_mode = ssl.CERT_NONE
            else:
                context.load_verify_locations(self._certificate)
                context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            self.sock = context.wrap_socket(self.sock)
