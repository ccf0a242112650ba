"""``python -m tests.server.prometheus``: what promtool and a Prometheus of this machine make of ``/metrics``.

Starts a server and a Prometheus that scrapes it each second, asks for sampled decisions, and reads the exemplars back
from Prometheus' own API. Exits with 1 if promtool finds a fault, if a scrape fails, or if an exemplar is missing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.server.support import LOOPBACK, Client, constant, server_process, write_scripts
from tests.waiting import free_port

WAIT = 60.0
CONFIG = """
global: {{scrape_interval: 1s}}
scrape_configs: [{{job_name: keystone, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}]
"""
HISTOGRAMS = ("keystone_http_request_duration_seconds_bucket", "keystone_script_duration_seconds_bucket")


def main() -> int:
    """Returns the exit code."""
    if missing := [name for name in ("prometheus", "promtool") if shutil.which(name) is None]:
        print(f"not installed: {', '.join(missing)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        scripts = write_scripts(Path(folder) / "scripts", {"a.lua": constant("b")})
        with server_process(scripts, "--workers", "2") as server:
            return _with_prometheus(server.client, Path(folder))


def _with_prometheus(client: Client, folder: Path) -> int:
    traces = [f"{number:032x}" for number in range(1, 6)]
    for trace in traces:
        client.route("a", {}, traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=client.send("GET", "/metrics").body, capture_output=True, check=False
    )
    print(f"promtool check metrics: exit code {checked.returncode} {checked.stderr.decode().strip()}")
    (folder / "prometheus.yml").write_text(CONFIG.format(port=client.port))
    address = f"{LOOPBACK}:{free_port()}"
    process = subprocess.Popen(
        [
            "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={address}", "--enable-feature=exemplar-storage",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        found = {name: _exemplars(address, name) for name in HISTOGRAMS}
        (target,) = _ask(address, "targets")["activeTargets"]
    finally:
        process.terminate()
        process.wait()
    print(f"scraped: {target['health']} {target['lastError']}")
    for name, of in found.items():
        print(f"{name}: traces {', '.join(sorted(of))}")
    good = target["health"] == "up" and all(of and of <= set(traces) for of in found.values())
    return 1 if checked.returncode or not good else 0


def _exemplars(address: str, name: str) -> set[str]:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        window = {"query": name, "start": f"{time.time() - 600:.0f}", "end": f"{time.time() + 60:.0f}"}
        series = _ask(address, "query_exemplars", window)
        if found := {each["labels"]["trace_id"] for one in series or () for each in one["exemplars"]}:
            return found
        time.sleep(0.5)
    return set()


def _ask(address: str, what: str, parameters: dict[str, str] | None = None) -> Any:
    until = time.monotonic() + WAIT
    while True:
        try:
            url = f"http://{address}/api/v1/{what}?{urllib.parse.urlencode(parameters or {})}"
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
