"""``python -m tests.browser``: every page in a headless Chromium, as pytest's tests, which other runs do not collect.

Arguments are pytest's. Exit code 1 if one fails, 2 where there is no Chromium.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from . import NoBrowser, command


def main() -> int:
    """The command. Returns the exit code."""
    try:
        command()
    except NoBrowser as error:
        print(error, file=sys.stderr)
        return 2
    folder = str(Path(__file__).parent)
    return int(pytest.main(["-o", "python_files=tour_*.py", *sys.argv[1:], folder]))


if __name__ == "__main__":
    sys.exit(main())
