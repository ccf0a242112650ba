"""The scripts folder as the playground sees it.

Input: the folder of the command line, read anew each time. Output: tenants' scripts, modules and tests by name. Reads
nothing outside, whatever name is asked for: names are looked up in what was read. Raises `FolderError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..authoring.testing.files import is_test_file, tenants_in
from ..interpreter.text import to_text
from ..routing.scripts import modules_in, read_all
from ..routing.scripts_folder import SUFFIX, TESTS, ScriptsFolderError
from ..untrusted.files import reason

_TEST_NAMES: Final = ("{}_test.lua", "{}.json", "{}.yaml", "{}.yml")
"""What the tests of a tenant are called, the likeliest first."""


class FolderError(Exception):
    """A folder that cannot be read. One line."""


@dataclass(frozen=True, slots=True)
class Scripts:
    """Texts by name: tenants without suffix, modules as ``require`` names them, tests by their place in the folder."""

    tenants: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    tests: Mapping[str, str] = field(default_factory=dict)

    def tests_of(self, tenant: str) -> str:
        """The name of the file that is called after the tenant, or "" if there is none."""
        for pattern in _TEST_NAMES:
            for file in self.tests:
                if file.rpartition("/")[2] == pattern.format(tenant):
                    return file
        return ""

    def cases_of(self, tenant: str) -> str:
        """The name of its file of cases, which have requests; "" if there is none."""
        wanted = {pattern.format(tenant) for pattern in _TEST_NAMES[1:]}
        return next((file for file in self.tests if file.rpartition("/")[2] in wanted), "")


def read(folder: Path | None) -> Scripts:
    """What ``folder`` has. Raises `FolderError`."""
    if folder is None:
        return Scripts()
    try:
        files, _ = read_all(folder, lambda name: name.endswith(SUFFIX) or _is_test(name))
    except (OSError, ScriptsFolderError) as error:
        raise FolderError(f"cannot read {folder}: {reason(error)}") from None
    files = dict(sorted(files.items()))
    return Scripts(
        {name: _text(source) for name, source in tenants_in(files).items()},
        {to_text(name): _text(source) for name, source in modules_in(files).items()},
        {name: _text(source) for name, source in files.items() if _is_test(name)},
    )


def _is_test(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return is_test_file(file) and TESTS in folder.split("/")


def _text(source: bytes) -> str:
    return source.decode("utf-8", "replace")
