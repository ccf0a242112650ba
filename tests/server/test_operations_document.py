"""docs/operations.md: its table is the settings', and its commands do what it shows."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from keystone_lua.server.settings import SETTINGS
from tests.server.test_operations import free_port

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text()


def test_the_table_is_that_of_the_settings() -> None:
    rows = [
        f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else ''} | {setting.help} |"
        for setting in SETTINGS
    ]
    assert "\n".join(rows) in TEXT


def test_every_command_does_what_is_shown(tmp_path: Path) -> None:
    text = TEXT
    for port in ("8081", "9091"):
        text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{free_port()}")
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    toml = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert toml is not None
    (tmp_path / "keystone.toml").write_text(toml[1])
    commands: list[str] = []
    shown: list[str] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append(line[2:])
                shown.append("")
            else:
                shown[-1] += line + "\n"
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "keystone-lua").write_text(f'#!/bin/sh\nexec {sys.executable} -m keystone_lua "$@"\n')
    (bin_folder / "keystone-lua").chmod(0o755)
    mark = "-- next command --"
    script = "".join(f"{command}\necho '{mark}'\n" for command in commands)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEYSTONE_LUA_")}
    environment |= {"PATH": f"{bin_folder}:{environment['PATH']}", "PYTHONPATH": str(ROOT)}
    shell = subprocess.Popen(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert shell.stdout is not None
        printed = ""
        while printed.count(mark) < len(commands) and (line := shell.stdout.readline()):
            printed += line
    finally:
        os.killpg(shell.pid, signal.SIGKILL)  # the shell's session: the server is in it
        shell.communicate()
    outputs = printed.split(f"{mark}\n")
    for command, wanted, output in zip(commands, shown, outputs, strict=False):
        # Columns are as wide as the ports in them.
        pattern = ".*".join(map(re.escape, re.sub(" +", " ", wanted).split("…")))
        assert re.fullmatch(pattern, re.sub(" +", " ", output)), (command, wanted, output)
