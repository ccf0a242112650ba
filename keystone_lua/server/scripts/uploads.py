"""A bundle that an operator brings, put in the place of the next version's folder.

In: its bytes. Out: the folder ``scripts.next`` as the bundle has it, to be loaded as after any other change, and the
bundle's status. Raises `UploadRefused`, with a sentence, for a bundle that is not right as a whole, which includes its
signature where keys are set, and while somebody else puts another one there; then nothing has changed.

Keys are read each time, so that they can be replaced. Unpacking and compiling hold a thread, not the loop.
"""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...routing.bundle_status import Status, read_status, status_file
from ...routing.folder_versions import next_of
from ...untrusted.files import FileError, read_regular, reason
from ..telemetry.logs import facts

if TYPE_CHECKING:
    from ...bundles.signatures import Verifier

logger = logging.getLogger("keystone.versions")

MAX_UPLOAD: Final = 16 << 20
"""Bytes: as many as a bundle may have (bundles.contents.MAX_PACKED)."""

MAX_KEYS: Final = 1 << 16
"""Bytes of the file of keys."""


class UploadRefused(Exception):
    """A bundle that was not taken. The text is one line; ``busy`` says that it may be taken later."""

    def __init__(self, message: str, *, busy: bool = False) -> None:
        super().__init__(message)
        self.busy = busy


class Uploads:
    """Puts bundles in the place of the next version of ``scripts``, a folder."""

    def __init__(self, scripts: Path, keys: Path | None, limit: int) -> None:
        """``keys`` says who must have signed a bundle; ``limit`` is bytes of one source file."""
        self._folder = next_of(scripts)
        self._keys = keys
        self._limit = limit

    def take(self, data: bytes, who: str) -> Status:
        """Put a bundle there. Takes as long as compiling its scripts does. Raises `UploadRefused`."""
        from ...bundles.contents import BundleError  # here, since few servers are brought any
        from ...bundles.placing import lock_of, put_in_place
        from ...untrusted.outgoing import only_one, replace_file

        with contextlib.ExitStack() as held:
            try:
                held.enter_context(only_one(lock_of(self._folder), "keeps this folder"))
            except BlockingIOError as error:
                raise UploadRefused(f"{error.filename}: {error.strerror}", busy=True) from None
            except OSError as error:
                raise UploadRefused(f"cannot be put in place: {error.filename}: {error.strerror}") from None
            try:
                before = read_status(self._folder) or Status()
                if not self._folder.is_dir():  # it was promoted: the same bundle would have to be put there again
                    before = replace(before, sha256="")
                status = put_in_place(data, self._verifiers(), self._folder, self._limit, before, time.time())
                replace_file(status_file(self._folder), json.dumps(asdict(status)) + "\n")
            except (BundleError, FileError) as error:
                logger.warning("bundle refused", extra=facts(who=who, error=str(error)))
                raise UploadRefused(str(error)) from None
            except OSError as error:
                raise UploadRefused(f"cannot be put in place: {error.filename}: {error.strerror}") from None
        told = {"who": who, "revision": status.revision, "number": str(status.number), "key": status.key}
        logger.info("bundle taken", extra=facts(**told))
        return status

    def _verifiers(self) -> Sequence[Verifier]:
        from ...bundles.contents import BundleError
        from ...bundles.signatures import verifiers

        if self._keys is None:
            return ()
        try:
            return verifiers(read_regular(self._keys, MAX_KEYS))
        except (OSError, FileError) as error:
            raise BundleError(f"cannot read {self._keys}: {reason(error)}") from None
