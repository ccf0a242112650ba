"""docs/operations.md: its table is the settings', and its commands do what it shows."""

from __future__ import annotations

import re
from pathlib import Path

from keystone_lua.server.settings.reader import SETTINGS
from tests.documents import check_console
from tests.waiting import free_port

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text()


def test_the_table_is_that_of_the_settings() -> None:
    rows = [
        f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else ''} | {setting.help} |"
        for setting in SETTINGS
    ]
    assert "\n".join(rows) in TEXT


def test_every_command_does_what_is_shown(tmp_path: Path, bundled_scripts: Path) -> None:
    text = TEXT
    for port in ("8081", "9091"):
        text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{free_port()}")
    toml = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert toml is not None
    (tmp_path / "keystone.toml").write_text(toml[1])
    check_console(text, tmp_path, ROOT)
