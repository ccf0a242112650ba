"""Settings from flags, the environment and one TOML file: flags win over the environment, and that over the file.

SETTINGS declares each once: flags, ``KEYSTONE_LUA_*`` variables, TOML keys, ``keystone-lua config`` and the
documentation's table follow from it. In: parsed flags, environment. Out: `Settings`: every value with its source, and
the `ServerConfig` that they make. Raises `ConfigError` for what cannot be used: one line that names the flag, the
variable, or the file and key.
"""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...hidden import HEADERS, Hidden
from ...interpreter.limits import MAX_DEPTH, Limits
from ...untrusted.files import FileError, read_regular
from . import kinds
from .config import (
    LOG_FORMATS,
    LOG_LEVELS,
    WALL_CLOCK_SECONDS,
    DecisionLog,
    Guard,
    Rates,
    ServerConfig,
    SocketAccess,
    SpanExport,
    Tls,
)
from .kinds import ADDRESS, FILE, FOLDER, PERCENT, SWITCH, tcp_address
from .tenants import OWN_TABLES, data_of, read_own_table
from .values import PREFIX, ConfigError, Kind, Setting, Value

__all__ = ["SETTINGS", "ConfigError", "Settings", "Value", "add_arguments", "read_settings", "tcp_address"]

MAX_WORKERS = 256
MAX_LANES = 64
MAX_SETTINGS = 1 << 20
"""Bytes of the TOML file: five thousand tenants' budgets."""
TENANTS = "tenants"
"""The TOML table of what tenants have of their own: ``[tenants.canary]``."""


# the settings

_DEFAULT = ServerConfig()
_LIMITS = _DEFAULT.limits
_LOG = DecisionLog(Path())

BUDGETS = {
    "max-instructions": "instructions",
    "max-memory": "memory",
    "max-depth": "depth",
    "max-log": "log",
    "allow-load": "load",
    "inert-io": "inert_io",
}
"""The settings that a tenant may have of its own, by the field of `Limits` that each is."""

RATES = {"requests-per-second": "requests", "processor-per-second": "processor"}
"""Likewise, of `Rates`."""

SETTINGS = (
    Setting("config", FILE, "", "a TOML file of these settings"),
    Setting(
        "addr", ADDRESS, str(_DEFAULT.address),
        "where to listen: ':8081' is every address, '127.0.0.1:8081' one, 'unix:/run/keystone.sock' a Unix socket",
        ("-addr",),
    ),
    Setting("scripts", FOLDER, f"./{_DEFAULT.scripts}", "folder of tenant scripts", ("-scripts",)),
    Setting("workers", kinds.whole(1, MAX_WORKERS), str(_DEFAULT.workers), "processes that serve the address"),
    Setting("lanes", kinds.whole(1, MAX_LANES), str(_DEFAULT.lanes), "processes of each worker for long runs"),
    Setting(
        "admin-addr", kinds.or_none(ADDRESS), "",
        "where health, metrics, reload and openapi.json are served instead; they are then gone from addr",
    ),
    Setting("spoe-addr", kinds.or_none(ADDRESS), "", "where HAProxy asks by its own protocol, SPOE; without TLS"),
    Setting("grpc-addr", kinds.or_none(ADDRESS), "", "where Envoy asks over gRPC, ext_authz; without TLS"),
    Setting(
        "socket-mode", kinds.or_none(Kind("MODE", kinds.mode)), "",
        "who may use a Unix socket, such as 0660; else the umask says",
    ),
    Setting(
        "socket-group", kinds.or_none(Kind("GROUP", kinds.group)), "",
        "the group of a Unix socket; else the process's own",
    ),
    Setting(
        "admin-token", kinds.or_none(Kind("TOKEN", kinds.token)), "",
        "the bearer token that /reload, /versions and /metrics ask for; better set by the environment or the file",
        secret=True,
    ),
    Setting("tls-cert", FILE, "", "certificate chain in PEM: serve TLS"),
    Setting("tls-key", FILE, "", "its private key in PEM"),
    Setting("tls-client-ca", FILE, "", "certificates in PEM: clients of addr must show one signed by these"),
    Setting("watch", SWITCH, "false", "load scripts when they change, without being asked"),
    Setting(
        "program-cache", kinds.or_none(FOLDER), "",
        "folder of this user alone that keeps compiled programs, for faster starts and reloads",
    ),
    Setting(
        "shadow-percent", PERCENT, f"{_DEFAULT.shadow_percent:g}",
        "how many of a hundred decisions the next version of the scripts takes too, after the answer",
    ),
    Setting(
        "shadow-seconds", kinds.seconds(0.001, 1), f"{_DEFAULT.shadow_seconds:g}",
        "processor time of each second that this may take, in each worker",
    ),
    Setting(
        "share-header", Kind("NAME", kinds.one_name), "",
        "the header by whose value a share of the requests goes to the next version; else the request's id",
    ),
    Setting(
        "bundle-keys", FILE, "",
        "who must have signed a bundle that POST /versions brings: a public PEM, JWKs, or `secret:…`; else nobody must",
    ),
    Setting(
        "promote-errors", PERCENT, f"{_DEFAULT.guard.errors:g}",
        "of a hundred compared decisions, how many may fail only in the next version for it to be promoted",
    ),
    Setting(
        "promote-moves", PERCENT, f"{_DEFAULT.guard.moves:g}",
        "likewise, how many may go elsewhere",
    ),
    Setting("max-body", kinds.whole(), str(_DEFAULT.max_body), "bytes of one request body"),
    Setting(
        "max-forward-headers", kinds.whole(256, 65536), str(_DEFAULT.forward_headers),
        "bytes of the header lines of an answer of /forward/",
    ),
    Setting(
        "trusted-proxies", Kind("NETWORKS", kinds.networks), "",
        "proxies before the gateway that asks /forward/: client_ip is the last of X-Forwarded-For that is none of them",
    ),
    Setting("max-instructions", kinds.whole(), str(_LIMITS.instructions), "instructions of one decision"),
    Setting("max-memory", kinds.whole(), str(_LIMITS.memory), "bytes allocated by one decision, cumulative"),
    Setting("max-depth", kinds.whole(1, MAX_DEPTH), str(_LIMITS.depth), "nested calls of one decision"),
    Setting("max-log", kinds.whole(0), str(_LIMITS.log), "bytes of log output of one decision"),
    Setting(
        "requests-per-second", kinds.rate(1_000_000), f"{_DEFAULT.rates.requests:g}",
        "decisions of one tenant a second, 429 beyond; 0 for no limit",
    ),
    Setting(
        "processor-per-second", kinds.rate(MAX_WORKERS), f"{_DEFAULT.rates.processor:g}",
        "processor time of one tenant's decisions, in seconds a second; 0 for no limit",
    ),
    Setting("allow-load", SWITCH, "false", "let scripts compile text with load and loadstring"),
    Setting("inert-io", SWITCH, "false", "let scripts find an io whose functions say that they are not available"),
    Setting("decision-log", FILE, "", "record every decision in this file, one line of JSON each"),
    Setting(
        "decision-log-bytes", kinds.whole(4096), str(_LOG.rotate_bytes),
        "size from which it is closed and another one begun",
    ),
    Setting(
        "decision-log-seconds", kinds.seconds(0), f"{_LOG.rotate_seconds:g}",
        "time after which it is too, unless it is 0",
    ),
    Setting(
        "decision-log-sync", SWITCH, "false",
        "write a decision to the file before its answer is sent, and not up to 50 ms later",
    ),
    Setting(
        "decision-log-mask", Kind("NAMES", kinds.header_names), ",".join(HEADERS),
        "headers whose values are masked in it and in the server's log, separated by commas",
    ),
    Setting(
        "decision-log-mask-query", Kind("NAMES", kinds.any_names), "",
        "parameters of paths whose values are masked likewise",
    ),
    Setting(
        "decision-log-mask-fields", Kind("NAMES", kinds.any_names), "",
        "fields of JSON bodies, at any depth, whose values are masked likewise",
    ),
    Setting(
        "decision-log-key", FILE, "",
        "a file of 16 bytes or more, the key of the masked values' hashes; else they tell nothing across processes",
    ),
    Setting(
        "decision-log-vault", FILE, "",
        "a file for its owner alone that keeps masked values by their hashes, for replay --vault", ("--vault",),
    ),
    Setting(
        "decision-log-anchors", FILE, "",
        "a file, best on another machine's disk, to note heads of the decision log in, for replay --anchors",
    ),
    Setting(
        "decision-log-anchor-command", kinds.COMMAND, "",
        "a command that is given them on its standard input, a line of JSON each", ("--anchor-command",),
    ),
    Setting(
        "decision-log-anchor-seconds", kinds.seconds(0.1), f"{_LOG.anchor_seconds:g}",
        "time between anchors, unless nothing was recorded",
    ),
    Setting(
        "decision-log-seal", FILE, "",
        "a file that keystone-lua seal has made: the key that seals anchors, replaced after each",
    ),
    Setting(
        "otlp-endpoint", kinds.or_none(Kind("URL", kinds.http_url)), "",
        "where spans of sampled requests are sent, as OTLP/HTTP in JSON, such as http://127.0.0.1:4318/v1/traces",
    ),
    Setting(
        "otlp-header", kinds.or_none(Kind("LINE", kinds.header_line)), "",
        "a header line to send along, such as 'Authorization: Bearer …'; better set by the environment or the file",
        secret=True,
    ),
    Setting("otlp-ca", FILE, "", "certificates in PEM: the collector's must be signed by one of these"),
    Setting("otlp-service", Kind("NAME", kinds.name), SpanExport("").service, "what spans call this server"),
    Setting("body-seconds", kinds.seconds(0.001), f"{_DEFAULT.body_seconds:g}", "time for a request body to arrive"),
    Setting("idle-seconds", kinds.seconds(0.001), f"{_DEFAULT.idle_seconds:g}", "time without a whole request"),
    Setting(
        "notice-seconds", kinds.seconds(0, 600), f"{_DEFAULT.notice_seconds:g}",
        "after SIGTERM, time to go on serving while /health/ready says 503",
    ),
    Setting("drain-seconds", kinds.seconds(0, 4), f"{_DEFAULT.drain_seconds:g}", "then, time for what is in flight"),
    Setting("log-level", kinds.choice(LOG_LEVELS, "LEVEL"), _DEFAULT.log_level, f"one of {', '.join(LOG_LEVELS)}"),
    Setting("log-format", kinds.choice(LOG_FORMATS, "FORMAT"), _DEFAULT.log_format, f"one of {', '.join(LOG_FORMATS)}"),
)  # fmt: skip

ADDRESSES = ("addr", "admin-addr", "spoe-addr", "grpc-addr")
"""The settings that are addresses."""

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add every setting's flags to ``parser``. Values stay text: a bad one is a line of ours, not argparse's usage."""
    for setting in SETTINGS:
        shown = f"{setting.help} (default {setting.default})" if setting.default else setting.help
        given: dict[str, Any] = {"dest": setting.name, "metavar": setting.kind.metavar, "help": shown}
        if setting.kind is SWITCH:
            given |= {"nargs": "?", "const": "true"}
        parser.add_argument(*setting.flags, setting.flag, **given)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every value with its source."""

    values: Mapping[str, Value]
    tenants: Mapping[str, Mapping[str, Value]]
    """Tenant to its own budgets and tables."""
    unknown: tuple[str, ...]
    """Variables that look like settings and are none."""

    def config(self) -> ServerConfig:
        """The server's settings. Raises `ConfigError` for values that do not go together."""
        of = {name: value.value for name, value in self.values.items()}
        limits = _limits(Limits(seconds=WALL_CLOCK_SECONDS), self.values)
        rates = _rates(Rates(), self.values)
        return ServerConfig(
            scripts=of["scripts"],
            address=of["addr"],
            admin_address=of["admin-addr"],
            spoe_address=of["spoe-addr"],
            grpc_address=of["grpc-addr"],
            socket_access=self._socket_access(),
            admin_token=of["admin-token"] or "",
            tls=self._tls(),
            workers=of["workers"],
            lanes=of["lanes"],
            limits=limits,
            tenant_limits={tenant: _limits(limits, own) for tenant, own in self.tenants.items()},
            rates=rates,
            tenant_rates={tenant: _rates(rates, own) for tenant, own in self.tenants.items()},
            tenants={tenant: data_of(own) for tenant, own in self.tenants.items()},
            max_body=of["max-body"],
            forward_headers=of["max-forward-headers"],
            trusted_proxies=of["trusted-proxies"],
            log_level=of["log-level"],
            log_format=of["log-format"],
            watch=of["watch"],
            program_cache=of["program-cache"],
            shadow_percent=of["shadow-percent"],
            shadow_seconds=of["shadow-seconds"],
            share_header=of["share-header"],
            bundle_keys=of["bundle-keys"],
            guard=Guard(of["promote-errors"], of["promote-moves"]),
            decision_log=self._decision_log(),
            spans=self._spans(),
            hidden=Hidden(*(frozenset(of[f"decision-log-mask{of_what}"]) for of_what in ("", "-query", "-fields"))),
            body_seconds=of["body-seconds"],
            idle_seconds=of["idle-seconds"],
            notice_seconds=of["notice-seconds"],
            drain_seconds=of["drain-seconds"],
        )

    def all_values(self) -> Iterator[Value]:
        """Every value in the order of SETTINGS, then the tenants'."""
        yield from self.values.values()
        for tenant, own in self.tenants.items():
            for name, value in own.items():
                yield replace(value, name=f"{TENANTS}.{tenant}.{name}")

    def _decision_log(self) -> DecisionLog | None:
        own = ("bytes", "sync", "key", "vault", "seconds", "anchors", "anchor-command", "anchor-seconds", "seal")
        file, *others = (
            self.values[name].value for name in ("decision-log", *(f"decision-log-{name}" for name in own))
        )
        seal = self.values["decision-log-seal"]
        if seal.value is not None and self.values["decision-log-anchors"].value is None:
            raise ConfigError(f"{seal.source}: decision-log-seal needs decision-log-anchors")
        return None if file is None else DecisionLog(file, *others)

    def _spans(self) -> SpanExport | None:
        url, *others = (self.values[f"otlp-{name}"] for name in ("endpoint", "header", "ca", "service"))
        for value in others:
            if url.value is None and value.source != "default":
                raise ConfigError(f"{value.source}: {value.name} needs otlp-endpoint")
        return None if url.value is None else SpanExport(url.value, *(value.value for value in others))

    def _socket_access(self) -> SocketAccess:
        mode, group = self.values["socket-mode"], self.values["socket-group"]
        addresses = [self.values[name].value for name in ADDRESSES]
        for value in (mode, group):
            if value.value is not None and not any(address is not None and address.path for address in addresses):
                named = f"{', '.join(ADDRESSES[:-1])} or {ADDRESSES[-1]}"
                raise ConfigError(f"{value.source}: {value.name} needs a Unix socket as {named}")
        return SocketAccess(mode.value, group.value)

    def _tls(self) -> Tls | None:
        certificate, key, client_ca = (self.values[name] for name in ("tls-cert", "tls-key", "tls-client-ca"))
        if certificate.value is None:
            for value in (key, client_ca):
                if value.value is not None:
                    raise ConfigError(f"{value.source}: {value.name} needs tls-cert")
            return None
        if key.value is None:
            raise ConfigError(f"{certificate.source}: tls-cert needs tls-key")
        return Tls(certificate.value, key.value, client_ca.value)


def _limits(base: Limits, values: Mapping[str, Value]) -> Limits:
    return replace(base, **{field: values[name].value for name, field in BUDGETS.items() if name in values})


def _rates(base: Rates, values: Mapping[str, Value]) -> Rates:
    return replace(base, **{field: values[name].value for name, field in RATES.items() if name in values})


def read_settings(arguments: Mapping[str, str | None], environment: Mapping[str, str]) -> Settings:
    """Return every setting's value. ``arguments`` has flags' texts by name. Raises `ConfigError`."""
    texts: dict[str, tuple[str, str]] = {setting.name: (setting.default, "default") for setting in SETTINGS}
    given: dict[str, tuple[str, str]] = {}
    for setting in SETTINGS:
        if (flag := arguments.get(setting.name)) is not None:
            given[setting.name] = (flag, setting.flag)
        elif setting.variable in environment:
            given[setting.name] = (environment[setting.variable], setting.variable)
    tenants: dict[str, dict[str, Value]] = {}
    path = _read("config", *given.get("config", texts["config"])).value
    if path is not None:
        for keys, found in _file(path, given["config"][1], environment):
            source = f"{path}: {'.'.join(keys)}"
            if isinstance(found, Value):
                tenants.setdefault(keys[1], {})[found.name] = found
            elif len(keys) == 1:
                texts[keys[0]] = (found, source)
            else:
                tenants.setdefault(keys[1], {})[keys[2]] = _read(keys[2], found, source)
    texts |= given
    return Settings(
        {name: _read(name, text, source) for name, (text, source) in texts.items()}, tenants, _unknown(environment)
    )


def _read(name: str, text: str, source: str) -> Value:
    setting = _BY_NAME[name]
    try:
        return Value(name, text, setting.kind.read(text), source, setting.secret)
    except ValueError as error:
        shown = "the value" if setting.secret else repr(text if len(text) <= 100 else f"{text[:100]}…")
        raise ConfigError(f"{source}: {shown} {error}") from None


def _file(path: Path, source: str, environment: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str | Value]]:
    """Yield the keys and the text of every value in a TOML file: of a setting, or of a tenant's budget; of what else a
    tenant has the values themselves."""
    import tomllib

    try:
        document = tomllib.loads(read_regular(path, MAX_SETTINGS).decode("utf-8"))
    except FileError as error:
        raise ConfigError(f"{source}: cannot read {path}: {error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8") from None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is one; numbers too long for Python are others
        raise ConfigError(f"{path}: {' '.join(str(error).split())}") from None
    tenants = document.pop(TENANTS, {})
    known = [name for name in _BY_NAME if name != "config"]
    for name, value in document.items():
        yield (name,), _text(path, (name,), value, known)
    if not isinstance(tenants, dict):
        raise ConfigError(f"{path}: {TENANTS}: is no table; use [{TENANTS}.NAME]")
    for tenant, own in tenants.items():
        if not isinstance(own, dict):
            raise ConfigError(f"{path}: {TENANTS}.{tenant}: is no table")
        for name, value in own.items():
            keys = (TENANTS, tenant, name)
            if name in OWN_TABLES:
                for found in read_own_table(f"{path}: {'.'.join(keys)}", name, value, environment):
                    yield keys, found
            else:
                yield keys, _text(path, keys, value, [*BUDGETS, *RATES, *OWN_TABLES])


def _text(path: Path, keys: tuple[str, ...], value: object, known: list[str]) -> str:
    name, where = keys[-1], f"{path}: {'.'.join(keys)}"
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        raise ConfigError(f"{where}: no such setting" + (f"; {near[0]} is one" if near else ""))
    if type(value) not in _BY_NAME[name].kind.toml:
        raise ConfigError(f"{where}: {_TOML_NAMES.get(type(value), 'a date or time')} does not go here")
    return str(value).lower() if isinstance(value, bool) else str(value)


_TOML_NAMES = {
    str: "text", int: "a number", float: "a fraction", bool: "true or false", list: "an array", dict: "a table",
}  # fmt: skip

_OF_KUBERNETES = re.compile(rf"{PREFIX}(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)")
"""What Kubernetes sets for every pod beside a service named keystone-lua."""


def _unknown(environment: Mapping[str, str]) -> tuple[str, ...]:
    known = {setting.variable for setting in SETTINGS}
    return tuple(
        sorted(
            name
            for name in environment
            if name.startswith(PREFIX) and name not in known and not _OF_KUBERNETES.fullmatch(name)
        )
    )
