"""docs/audit.md: its commands do what it shows, and its Python runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import check_console
from tests.waiting import free_port

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_walk_through(tmp_path: Path, bundled_scripts: Path) -> None:
    text = (ROOT / "docs" / "audit.md").read_text()
    check_console(text.replace("127.0.0.1:8081", f"127.0.0.1:{free_port()}"), tmp_path, ROOT)
    program = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert program is not None
    subprocess.run([sys.executable, "-c", program[1]], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=True)
