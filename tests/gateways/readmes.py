"""The commands of an example's README, as they stand there, and what they print.

In: a gateway's name. Out: a line, and how many commands print something else. Installing is left out, and ports
are others; nothing else is changed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .stack import EXAMPLES, PORTS, free_port

SECONDS = 60
_INSTALLS = ("python3 -m venv", ".venv/bin/pip install")


def blocks(gateway: str) -> tuple[str, str]:
    """What starts everything, and what tries it."""
    found = re.search(
        r"```sh\n(.*?)```.*?```console\n(.*?)```", (EXAMPLES / gateway / "README.md").read_text(), re.DOTALL
    )
    assert found is not None, gateway
    return found[1], found[2]


def commands(console: str) -> list[tuple[str, str]]:
    """Each command with what it prints."""
    parts = re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def printed(gateway: str) -> list[tuple[str, str, str]]:
    """Run them; of each command what it prints and what it should."""
    start, console = blocks(gateway)
    tried = commands(console)
    lines = [line for line in start.splitlines() if not line.startswith(_INSTALLS)]
    ports = {port: str(free_port()) for port in PORTS.values()}
    # A gateway may listen before the engine does. Bounded: what never answers is seen in what the commands print.
    asked = f"curl -sf -o /dev/null localhost:{PORTS['gateway']}/cart"
    waited = f"for n in {{1..100}}; do {asked} && break; sleep 0.2; done; sleep 1"
    script = "\n".join([
        f"export PATH={Path(sys.executable).parent}:$PATH", f"{{\n{chr(10).join(lines)}\n{waited}\n}} > started 2>&1",
        *(f"echo '@{place}'\n{command}" for place, (command, _) in enumerate(tried)), "echo '@end'", "wait",
    ])  # fmt: skip
    script = _ported(script.replace(".venv/bin/", f"{Path(sys.executable).parent}/"), ports)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)  # started by root, a gateway works as somebody else
        shutil.copytree(EXAMPLES / "scripts", folder / "scripts")
        shutil.copytree(EXAMPLES / gateway, folder / gateway, ignore=shutil.ignore_patterns(".venv"))
        for file in (folder / gateway).iterdir():
            file.write_text(_ported(file.read_text(), ports))
        run = subprocess.run(
            ["bash", "-c", script], cwd=folder / gateway, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    shown = dict(re.findall(r"^@(\d+)\n(.*?)(?=^@)", run.stdout, flags=re.MULTILINE | re.DOTALL))
    return [(command, shown.get(str(place), run.stderr), output) for place, (command, output) in enumerate(tried)]


def _ported(text: str, ports: dict[str, str]) -> str:
    for port, other in ports.items():
        text = re.sub(rf"(:|port_value: ){port}\b", rf"\g<1>{other}", text)
    return text


def main(gateway: str) -> int:
    """Run them, and say how many print something else."""
    wrong = [each for each in printed(gateway) if each[1] != each[2]]
    for command, got, expected in wrong:
        print(f"{gateway}: README: FAILED: {command}: {got!r}, not {expected!r}", flush=True)
    if not wrong:
        print(f"{gateway}: README: ok", flush=True)
    return len(wrong)
