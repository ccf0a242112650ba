"""What in a scripts folder is a test, what a tenant's script: by name.

Input: relative names. Output: whether, and which.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Final

from ...routing.scripts_folder import LIBRARY, SUFFIX, TESTS

TEST_FILES: Final = ("*_test.lua", "*.json", "*.yaml", "*.yml")


def is_test_file(name: str) -> bool:
    """Whether a file in a folder of tests is called like one."""
    return any(fnmatch(name, pattern) for pattern in TEST_FILES)


def tenants_in(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Tenants' scripts by tenant, of a folder's files by relative name."""
    return {
        name.removesuffix(SUFFIX): source
        for name, source in files.items()
        if name.endswith(SUFFIX) and not {LIBRARY, TESTS} & set(name.split("/")[:-1])
    }
