"""Sockets to listen on, and TLS.

In: addresses and files. Out: bound sockets, an SSL context. Raises `CannotListen` for what the system refuses: one
line that says what and why.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..settings.config import Address, SocketAccess, Tls

if TYPE_CHECKING:
    import ssl

BACKLOG = 1024

_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


_USUAL = SocketAccess()


class CannotListen(Exception):
    """An address or a certificate that cannot be used. The text is one line."""


def listen(address: Address, access: SocketAccess = _USUAL) -> socket.socket:
    """Return a socket bound to ``address``, every address meaning both IP versions. Raises `CannotListen`."""
    try:
        if address.passed:
            return inherited(address.passed)
        return _unix(Path(address.path), access) if address.path else _tcp(address)
    except OSError as error:
        # socket.create_server adds the address to strerror, which is in the message already.
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise CannotListen(f"cannot listen on {address}: {reason}") from None


_FIRST: Final = 3
"""The first descriptor that a service manager passes (LISTEN_FDS, sd_listen_fds(3))."""

MOST: Final = 64
"""Descriptors that are looked at."""


def inherited(name: str) -> socket.socket:
    """The listening socket that was passed as ``name`` (FileDescriptorName=). Raises `CannotListen`."""
    count = os.environ.get("LISTEN_FDS", "")
    if (
        os.environ.get("LISTEN_PID") != str(os.getpid())
        or not (count.isascii() and count.isdigit())
        or not 0 < int(count) <= MOST
    ):
        raise CannotListen(f"cannot listen on systemd:{name}: no sockets were passed to this process")
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    for place in range(int(count)):
        if place < len(names) and names[place] == name:
            return _listening(_FIRST + place, name)
    others = ", ".join(filter(None, names)) or "sockets without names"
    raise CannotListen(f"cannot listen on systemd:{name}: only {others} were passed")


def _listening(descriptor: int, name: str) -> socket.socket:
    try:
        os.set_inheritable(descriptor, False)
        listener = socket.socket(fileno=descriptor)
        if listener.type != socket.SOCK_STREAM or not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            raise OSError
    except OSError:
        raise CannotListen(f"cannot listen on systemd:{name}: it is no stream socket that listens") from None
    return listener


def bound(address: Address, listener: socket.socket) -> Address:
    """``address`` with the port that the system chose."""
    return address if address.path or address.passed else Address(address.host, listener.getsockname()[1])


def unlisten(address: Address | None) -> None:
    """Remove what ``address`` has left in the file system."""
    if address is not None and address.path:
        with contextlib.suppress(OSError):
            Path(address.path).unlink()


def tls_context(tls: Tls, *, ask_clients: bool) -> ssl.SSLContext:
    """Return a server's context: TLS 1.2 and later. Raises `CannotListen`."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(tls.certificate, tls.key, password=_no_password)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise CannotListen(f"cannot use certificate {tls.certificate} with key {tls.key}: {_reason(error)}") from None
    if tls.client_ca is not None and ask_clients:
        try:
            context.load_verify_locations(tls.client_ca)
        except (OSError, ValueError) as error:
            raise CannotListen(f"cannot use client certificates' CA {tls.client_ca}: {_reason(error)}") from None
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _tcp(address: Address) -> socket.socket:
    if address.host:
        family, _, _, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(where[:2], family=family, backlog=BACKLOG)
    if socket.has_dualstack_ipv6():
        try:
            return socket.create_server(
                ("", address.port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True
            )
        except OSError as error:
            if error.errno not in _NO_IPV6:
                raise
    return socket.create_server(("", address.port), backlog=BACKLOG)


def _unix(path: Path, access: SocketAccess) -> socket.socket:
    """A socket that a server before has left is replaced; one that somebody listens on, or another file, is not."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.lstat().st_mode):
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(str(path)) == errno.ECONNREFUSED:
                    path.unlink()
    listener = socket.socket(socket.AF_UNIX)
    try:
        _bind(listener, path, access)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _bind(listener: socket.socket, path: Path, access: SocketAccess) -> None:
    """Bind to ``path``. Nobody can connect before the mode and the group are what they should be."""
    if access == _USUAL:
        listener.bind(str(path))
        return
    group = -1 if access.group is None else _group(access.group)
    umask = os.umask(0o777)
    try:
        listener.bind(str(path))
    finally:
        os.umask(umask)
    try:
        os.chown(path, -1, group)
        path.chmod(0o777 & ~umask if access.mode is None else access.mode)
    except OSError:
        path.unlink()
        raise


def _group(name: str) -> int:
    import grp

    if name.isascii() and name.isdigit():
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise CannotListen(f"cannot listen for group {name}: there is no such group") from None


def _no_password() -> str:
    raise ValueError("the key is encrypted")


def _reason(error: Exception) -> str:
    return " ".join((getattr(error, "strerror", None) or str(error)).split())
