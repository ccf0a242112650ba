"""The tenant file: YAML in, a checked `GatewayConfig` out.

Only YAML's syntax tree is built (`untrusted.documents`), and every node keeps its place for error messages. Refuses,
with `TenantFileError`, whatever is not in the format: unknown and repeated keys, wrong types, URLs with credentials,
two tenants for the same requests.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from ..untrusted.documents import DocumentError, Node, read_yaml
from ..untrusted.files import FileError, read_regular
from .config import Bounds, Engine, GatewayConfig, OnEngineFailure, Service, Tenant
from .target import has_tricks

MAX_BYTES = 256 * 1024
"""Of the file: a thousand tenants fit, and it is read in a few seconds at most."""

MAX_KEPT = 100_000
"""Answers, each with what it holds by 32 KiB at most."""
MAX_SCRIPT_BODY = 128 * 1024
"""Bytes of a body that may be shown to scripts: six times that, as JSON, still fits in the engine's 1 MiB."""

_SECONDS = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(ms|s|m)?", re.ASCII)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}
_WEIGHTS = ("weight", "priority")
_DOMAIN = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?|\[[0-9a-f:.]+\]"
)
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\]{1,128}")
_PATH = re.compile(r"/[!-~]*", re.ASCII)
_KINDS = {
    "str": "text", "int": "a number", "float": "a number", "bool": "true or false", "null": "nothing",
    "merge": "a merge key",
}  # fmt: skip


class TenantFileError(Exception):
    """A file that cannot be used. The text is one line that begins with ``file:line:column``."""


def read_tenant_file(path: Path) -> GatewayConfig:
    """Return the settings in the file at ``path``. Raises `TenantFileError`."""
    name = str(path)
    try:
        data = read_regular(path, MAX_BYTES)
    except FileError as error:
        raise TenantFileError(f"{name}: cannot be read: {error}") from None
    return parse_tenant_file(data, name)


def parse_tenant_file(data: bytes, name: str) -> GatewayConfig:
    """Return the settings in ``data``, a file called ``name`` in messages. Raises `TenantFileError`."""
    try:
        root = read_yaml(data)
    except DocumentError as error:
        raise TenantFileError(f"{name}:{error.line}:{error.column}: {error}") from None
    if root is None:
        raise TenantFileError(f"{name}:1:1: is empty; 'tenants' is needed")
    return _File(name).config(root)


class _File:
    """Reads the nodes of one file; whatever it refuses, it refuses with the node's place."""

    def __init__(self, name: str) -> None:
        self._name = name

    def config(self, node: Node) -> GatewayConfig:
        keys = self._mapping(node, "tenants", optional="lua_engine admin_base_path trusted_proxies")
        enabled, engine, script_body = self._engine(keys.get("lua_engine"))
        tenants: dict[str, Tenant] = {}
        taken: dict[tuple[str, str], str] = {}
        for item in self._sequence(keys["tenants"]):
            tenant = self._tenant(item, engine, enabled=enabled)
            if tenant.name in tenants:
                self._fail(item, f"there is a tenant {tenant.name!r} already")
            for domain in tenant.domains or ("",):
                other = taken.setdefault((domain, tenant.path_prefix), tenant.name)
                if other != tenant.name:
                    where = f"{domain or 'any host'}{tenant.path_prefix}"
                    self._fail(item, f"tenant {tenant.name!r}: tenant {other!r} has {where} already")
            tenants[tenant.name] = tenant
        admin = keys.get("admin_base_path")
        proxies = keys.get("trusted_proxies")
        return GatewayConfig(
            tenants=tuple(tenants.values()),
            admin_base_path=self._path(admin).rstrip("/") if admin is not None else GatewayConfig.admin_base_path,
            trusted_proxies=tuple(map(self._network, self._sequence(proxies))) if proxies is not None else (),
            bounds=Bounds(script_body=script_body),
        )

    def _engine(self, node: Node | None) -> tuple[bool, Engine | None, int]:
        """``lua_engine``: whether it is enabled, where it is, how much of a body it is shown."""
        if node is None:
            return True, None, Bounds.script_body
        keys = self._mapping(node, optional="enabled url timeout max_body keep")
        enabled = self._boolean(keys["enabled"]) if "enabled" in keys else True
        timeout = self._seconds(keys["timeout"], 0.001, 60) if "timeout" in keys else Engine.seconds
        body = self._whole(keys["max_body"], 0, MAX_SCRIPT_BODY) if "max_body" in keys else Bounds.script_body
        # Without a URL the timeout still holds, for tenants that name an engine of their own.
        keep = self._whole(keys["keep"], 0, MAX_KEPT) if "keep" in keys else Engine.keep
        return enabled, Engine(self._url(keys["url"]) if "url" in keys else "", timeout, keep), body

    def _tenant(self, node: Node, engine: Engine | None, *, enabled: bool) -> Tenant:
        keys = self._mapping(
            node,
            "name services",
            optional="domains path_prefix lua_script lua_engine_url on_engine_failure health_interval",
        )
        if "domains" not in keys and "path_prefix" not in keys:
            self._fail(node, "a tenant needs domains, or a path_prefix, or both")
        script = self._label(keys["lua_script"]) if "lua_script" in keys else None
        if script in (".", ".."):
            self._fail(keys["lua_script"], f"{script!r} is no script's name")
        if "lua_engine_url" in keys:
            engine = replace(engine or Engine(""), url=self._url(keys["lua_engine_url"]))
        if script is not None and enabled and (engine is None or not engine.url):
            self._fail(keys["lua_script"], "a lua_script needs lua_engine.url, or the tenant's own lua_engine_url")
        return Tenant(
            name=self._label(keys["name"]),
            services=self._services(keys["services"]),
            domains=self._domains(keys["domains"]) if "domains" in keys else (),
            path_prefix=self._path(keys["path_prefix"]).rstrip("/") + "/" if "path_prefix" in keys else "/",
            lua_script=script,
            engine=engine if enabled and script is not None else None,
            on_engine_failure=self._failure_mode(keys.get("on_engine_failure")),
            health_interval=(
                self._seconds(keys["health_interval"], 0.1, 3600)
                if "health_interval" in keys
                else Tenant.health_interval
            ),
        )

    def _services(self, node: Node) -> tuple[Service, ...]:
        services: dict[str, Service] = {}
        for item in self._sequence(node):
            keys = self._mapping(item, "name url", optional="health labels weight priority zone")
            facts: dict[str, Any] = {name: self._whole(keys[name], 0, 1_000_000) for name in _WEIGHTS if name in keys}
            if "labels" in keys:
                facts["labels"] = {name: self._text(value) for name, value in self._mapping(keys["labels"]).items()}
            if "zone" in keys:
                facts["zone"] = self._label(keys["zone"])
            health = self._path(keys["health"]) if "health" in keys else None
            service = Service(self._label(keys["name"]), self._url(keys["url"]), health, facts)
            if service.name in services:
                self._fail(keys["name"], f"the tenant has a service {service.name!r} already")
            services[service.name] = service
        return tuple(services.values())

    def _failure_mode(self, node: Node | None) -> OnEngineFailure:
        if node is None:
            return Tenant.on_engine_failure
        try:
            return OnEngineFailure(self._text(node))
        except ValueError:
            self._fail(node, f"{node.value!r} is none of {', '.join(mode.value for mode in OnEngineFailure)}")

    def _domains(self, node: Node) -> tuple[str, ...]:
        domains = []
        for item in self._sequence(node):
            domain = self._text(item).lower()
            if not _DOMAIN.fullmatch(domain) or len(domain) > 253:
                self._fail(item, f"{domain!r} is no host name (no port, no wildcard; international names as xn--)")
            domains.append(domain)
        return tuple(domains)

    def _network(self, node: Node) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        try:
            return ipaddress.ip_network(self._text(node))
        except ValueError as error:
            self._fail(node, str(error))

    def _url(self, node: Node) -> str:
        text = self._text(node)
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            self._fail(node, f"{text!r} is no URL: {error}")
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not re.fullmatch("[!-~]+", text):
            self._fail(node, f"{text!r} is no URL like http://host:port")
        if "@" in parts.netloc:
            self._fail(node, "a URL may hold no user or password")
        if "?" in text or "#" in text or has_tricks(parts.path):
            self._fail(node, f"{text!r} may be http://host:port and a plain path, and nothing more")
        return text.rstrip("/")

    def _path(self, node: Node) -> str:
        text = self._text(node)
        if not _PATH.fullmatch(text) or "?" in text or "#" in text or has_tricks(text):
            self._fail(node, f"{text!r} is no plain path that begins with a slash")
        return text

    def _label(self, node: Node) -> str:
        text = self._text(node)
        if not _NAME.fullmatch(text):
            self._fail(node, f"{text[:130]!r} is no name: 1 to 128 characters, no slashes or control characters")
        return text

    def _seconds(self, node: Node, minimum: float, maximum: float) -> float:
        match = _SECONDS.fullmatch(node.value)
        seconds = float(match[1]) * _UNITS[match[2]] if match else -1.0
        if not minimum <= seconds <= maximum:
            self._fail(node, f"expected a time from {minimum:g}s to {maximum:g}s, such as 500ms, 5s or 5")
        return seconds

    def _whole(self, node: Node, minimum: int, maximum: int) -> int:
        if (
            node.kind != "int"
            or not re.fullmatch("[0-9]{1,9}", node.value)
            or not minimum <= int(node.value) <= maximum
        ):
            self._fail(node, f"expected a whole number from {minimum} to {maximum}")
        return int(node.value)

    def _boolean(self, node: Node) -> bool:
        if node.kind != "bool":
            self._fail(node, "expected true or false")
        return bool(node.value.lower() == "true")

    def _text(self, node: Node) -> str:
        if node.kind != "str":
            hint = "; put it into quotes" if node.kind in ("int", "float", "bool") else ""
            self._fail(node, f"expected text, got {_shown(node)}{hint}")
        return str(node.value)

    def _sequence(self, node: Node) -> Iterator[Node]:
        if node.kind != "list" or not node.items:
            self._fail(node, f"expected a list with at least one entry, got {_shown(node)}")
        return iter(node.items)

    def _mapping(self, node: Node, required: str = "", optional: str = "") -> dict[str, Node]:
        """Return the entries of ``node`` by key. Without names, any key is good."""
        if node.kind != "mapping":
            self._fail(node, f"expected a mapping, got {_shown(node)}")
        known = [*required.split(), *optional.split()]
        entries: dict[str, Node] = {}
        for key, value in node.pairs:
            name = self._text(key)
            if known and name not in known:
                self._fail(key, f"unknown key {name!r}; there are {', '.join(known)}")
            if name in entries:
                self._fail(key, f"{name!r} is here already")
            entries[name] = value
        for name in required.split():
            if name not in entries:
                self._fail(node, f"{name!r} is missing")
        return entries

    def _fail(self, node: Node, message: str) -> NoReturn:
        raise TenantFileError(f"{self._name}:{node.line}:{node.column}: {message}")


def _shown(node: Node) -> str:
    if node.kind == "mapping":
        return "a mapping"
    if node.kind == "list":
        return "a list" if node.items else "an empty list"
    return _KINDS.get(node.kind, "something else")
