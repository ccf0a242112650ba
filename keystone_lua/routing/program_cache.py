"""Compiled programs in a folder, for the next start.

In: sources; programs. Out: the program of exactly these sources, or None. Raises `CacheRefused` for a folder that
others may write to; a file that does not verify is ignored.

Compiled code is read by marshal, which does what its bytes say. So a file is trusted only if its keyed hash is right.
The hash covers its name, and the key is in the folder, readable by this user alone. Files and key must be regular
files of this user that nobody else can read or write; the folder is opened once, so that no other can be put in its
place.

A file's name is the hash of all that its program is made of, except modules: the engine, byte for byte, this Python,
the cost table, the script and its name. Inside are the hashes of the modules that were linked.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import marshal
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ..interpreter import Program
from ..interpreter.linking import links_otherwise
from ..interpreter.packing import fingerprint, pack, unpack

logger = logging.getLogger("keystone.store")

KEY: Final = "key"
KEY_BYTES: Final = 32
MAC_BYTES: Final = 32

MOST_UNUSED: Final = 1000
"""Files of scripts that are not loaded, which are kept for those that come back; the oldest go first."""

MAX_FILE: Final = 64 << 20
"""Bytes of one file: ten times what the largest script that compiles takes."""

_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


class CacheRefused(Exception):
    """A folder that cannot be used. The text is one line."""


class ProgramCache:
    """One folder of programs. For one thread at a time; any number of processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        """Use ``folder``, made if need be. Raises `CacheRefused`."""
        self.found = 0
        self.missed = 0
        self._used: set[str] = set()
        self._fingerprint = fingerprint().encode()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise CacheRefused(f"program cache: cannot use {folder}: {error.strerror}") from None
        status = os.fstat(self._folder)
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise CacheRefused(
                f"program cache: {folder} must be this user's (it is user {status.st_uid}'s) "
                f"and nobody else's to use (its mode is {stat.S_IMODE(status.st_mode):04o}, not 0700)"
            )
        try:
            self._key = self._own_key()
        except OSError as error:
            raise CacheRefused(f"program cache: cannot use {folder}/{KEY}: {error.strerror or error}") from None

    def get(self, name: str, source: bytes, modules: Mapping[str, bytes]) -> Program | None:
        """The program that was put for these sources. Raises nothing."""
        file = self._file(name, source)
        program = None
        try:
            data = self._read(file)
            if data is not None:
                program = self._believed(file, data, source, modules)
        except Exception as error:  # whatever a file may hold, the script is compiled
            logger.warning("program cache: %s: %s", file, type(error).__name__)
        if program is None:
            self.missed += 1
        else:
            self.found += 1
            self._used.add(file)
        return program

    def put(self, program: Program) -> None:
        """Keep a program. Raises nothing: what cannot be kept is compiled again."""
        file = self._file(program.name, program.source)
        linked = tuple((module, hashlib.sha256(source).digest()) for module, source in program.sources.items())
        payload = marshal.dumps((linked, pack(program)))
        draft = f"{file}.{secrets.token_hex(8)}"
        try:
            descriptor = os.open(draft, _WRITE, 0o600, dir_fd=self._folder)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(self._mac(file, payload) + payload)
                os.rename(draft, file, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(draft, dir_fd=self._folder)
                raise
        except OSError as error:
            logger.warning("program cache: cannot write %s: %s", file, error.strerror)
        else:
            self._used.add(file)

    def tidy(self) -> None:
        """Remove the oldest files that nobody has asked for since the last time, but for `MOST_UNUSED`."""
        used, self._used = self._used | {KEY}, set()
        unused = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name not in used:
                    with contextlib.suppress(OSError):
                        unused.append((entry.stat(follow_symlinks=False).st_mtime, entry.name))
        for _, name in sorted(unused)[: max(0, len(unused) - MOST_UNUSED)]:
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=self._folder)

    def _file(self, name: str, source: bytes) -> str:
        digest = hashlib.sha256(self._fingerprint)
        for part in (name.encode("latin-1"), source):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def _mac(self, file: str, payload: bytes) -> bytes:
        return hmac.digest(self._key, file.encode() + b"\0" + payload, "sha256")

    def _believed(self, file: str, data: bytes, source: bytes, modules: Mapping[str, bytes]) -> Program | None:
        mac, payload = data[:MAC_BYTES], data[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(file, payload)):
            logger.warning("program cache: %s does not verify", file)
            return None
        linked, packed = marshal.loads(payload)
        for module, digest in linked:
            if module not in modules or hashlib.sha256(modules[module]).digest() != digest:
                return None
        program = unpack(packed, source, modules)
        return None if links_otherwise(program, modules) else program

    def _read(self, file: str) -> bytes | None:
        """A file's bytes, if it is there and this user's alone. Raises `OSError`."""
        try:
            descriptor = os.open(file, _READ, dir_fd=self._folder)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            mine = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077
            if not mine or status.st_size > MAX_FILE:
                logger.warning("program cache: %s is no file of this user alone", file)
                return None
            return stream.read(MAX_FILE)

    def _own_key(self) -> bytes:
        """The folder's key, made if there is none. Raises `OSError`."""
        key = self._read(KEY)
        if key is None:
            draft = f"{KEY}.{secrets.token_hex(8)}"
            with os.fdopen(os.open(draft, _WRITE, 0o600, dir_fd=self._folder), "wb") as stream:
                stream.write(secrets.token_bytes(KEY_BYTES))
            with contextlib.suppress(FileExistsError):  # another process was here first
                os.link(draft, KEY, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            os.unlink(draft, dir_fd=self._folder)
            key = self._read(KEY)
        if key is None or len(key) != KEY_BYTES:
            raise OSError(f"it is no key of {KEY_BYTES} bytes that only this user can read")
        return key
