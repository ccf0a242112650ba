"""Runs hostile files in process for the test suite: a path a line in, a JSON object a line out.

A file is run twice and the counts of the second run are given beside those of the first.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from keystone_lua.interpreter import Limits

from ..language.engine import run_times
from ..lua.expectations import switches

LIMITS = Limits(log=64 << 20)
"""Those of ``exec``."""


def main() -> None:
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        source = path.read_bytes()
        limits = replace(LIMITS, **switches(source))
        outcome, again = run_times(2, source, path.name, limits)
        answer = {
            "status": outcome.status,
            "values": outcome.values,
            "error": outcome.error,
            "counts": [outcome.status, outcome.instructions, outcome.allocated_bytes],
            "again": [again.status, again.instructions, again.allocated_bytes],
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
