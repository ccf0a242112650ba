"""A bundle put into the place of a scripts folder.

In: its bytes, who must have signed it, a folder, what its status says is in force. Out: the folder as the bundle has
it, in one step of the file system, and the new `Status`. Refuses, with `BundleError`, a bundle that is not right as a
whole: its size, members, hashes, signature, number and scripts, which are all compiled before. Then nothing has
changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..routing.bundle_status import Status, status_file
from ..routing.folder_versions import exchange
from ..routing.scripts import ScriptStore
from ..routing.scripts_folder import ScriptsFolderError
from .contents import Bundle, BundleError, unpack
from .signatures import Verifier, check


def put_in_place(data: bytes, keys: Sequence[Verifier], folder: Path, limit: int, status: Status, now: float) -> Status:
    """Put a bundle into ``folder``; nobody else may do so meanwhile. Raises `BundleError`.

    ``keys`` are empty for bundles that need no signature; ``limit`` is bytes of one source file; ``status`` is that of
    the folder, whose bundle is left alone if it is this one.
    """
    digest = hashlib.sha256(data).hexdigest()
    if digest == status.sha256:
        return status
    bundle = unpack(data, lambda token, manifest: check(token, manifest, keys) if keys else "")
    if bundle.number <= status.number:
        raise BundleError(
            f"the bundle has the number {bundle.number}, and {status.number} is in force: it is not newer"
        )
    try:
        _replace_folder(bundle, folder, limit)
    except OSError as error:
        raise BundleError(f"cannot be put in place: {error.filename or ''}: {error.strerror}") from None
    return replace(status, revision=bundle.revision, number=bundle.number, sha256=digest, key=bundle.key, at=now)


def lock_of(folder: Path) -> Path:
    """What a process that keeps ``folder`` locks."""
    return status_file(folder).with_suffix(".lock")


def _replace_folder(bundle: Bundle, folder: Path, limit: int) -> None:
    draft = folder.with_name(f".{folder.name}.incoming")
    for each in (folder, draft):
        if each.is_symlink():  # to exchange it would leave the old folder behind the draft's name, and mix both
            raise BundleError(f"cannot be put in place: {each}: is a link")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        for name, content in bundle.files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        _compile(draft, limit)
        if folder.exists():
            exchange(folder, draft)
        else:
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _compile(folder: Path, limit: int) -> None:
    try:
        errors = ScriptStore(folder, limit).reload().errors
    except ScriptsFolderError as error:
        raise BundleError(str(error)) from None
    if errors:
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        raise BundleError(f"a script does not load: {errors[0]}{more}")
