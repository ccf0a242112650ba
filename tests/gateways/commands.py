"""How the gateways are started, in a folder with their example's files."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

COMMANDS = {
    "nginx": ["nginx", "-p", ".", "-c", "nginx.conf"],
    "haproxy": ["haproxy", "-f", "haproxy.cfg"],
    "caddy": ["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"],
    "traefik": ["traefik", "--configFile=static.yml"],
    "envoy-grpc": ["envoy", "-c", "envoy.yaml", "--base-id", "4712", "--log-level", "error", "--concurrency", "1"],
    "gateway": [sys.executable, "-m", "keystone_lua", "gateway", "--config", "shop.yaml", "--addr", "127.0.0.1:8080"],
    "envoy": ["envoy", "-c", "envoy.yaml", "--base-id", "4711", "--log-level", "error", "--concurrency", "1"],
}


def command_of(name: str) -> list[str] | None:
    """How to start a gateway; None if it is not installed."""
    program, *arguments = COMMANDS[name]
    beside = Path(sys.executable).parent / program
    found = shutil.which(program) or (str(beside) if beside.exists() else None)
    return None if found is None else [found, *arguments]
