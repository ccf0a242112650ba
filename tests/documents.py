"""Runs the console blocks of a document, as a reader would, and holds what is printed to what is shown."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

MARK = "-- next command --"


def check_console(text: str, folder: Path, root: Path) -> None:
    """Run every command of ``text`` in one shell in ``folder``; ``…`` stands for anything, spaces are not counted."""
    commands: list[str] = []
    shown: list[str] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append(line[2:])
                shown.append("")
            else:
                shown[-1] += line + "\n"
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    (bin_folder / "keystone-lua").write_text(f'#!/bin/sh\nexec {sys.executable} -m keystone_lua "$@"\n')
    (bin_folder / "keystone-lua").chmod(0o755)
    script = "".join(f"{command}\necho '{MARK}'\n" for command in commands)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEYSTONE_LUA_")}
    environment |= {"PATH": f"{bin_folder}:{environment['PATH']}", "PYTHONPATH": str(root)}
    shell = subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert shell.stdout is not None
        printed = ""
        while printed.count(MARK) < len(commands) and (line := shell.stdout.readline()):
            printed += line
    finally:
        os.killpg(shell.pid, signal.SIGKILL)  # the shell's session: the server is in it
        shell.communicate()
    outputs = printed.split(f"{MARK}\n")
    for command, wanted, output in zip(commands, shown, outputs, strict=False):
        # Columns are as wide as the ports in them.
        pattern = ".*".join(map(re.escape, re.sub(" +", " ", wanted).split("…")))
        assert re.fullmatch(pattern, re.sub(" +", " ", output)), (command, wanted, output)
