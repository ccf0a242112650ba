"""A tenant's own settings besides budgets: ``config``, ``secrets``, ``backends``.

In: a value below ``[tenants.NAME]`` of the TOML file, the environment. Out: `Value`s for `keystone-lua config`, and
the `TenantData` that they make. A secret stands in a file or in an environment variable, never in the settings
themselves, and is never shown. Raises `ConfigError`, which names the key, for what cannot be used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...routing.given_fields import TenantData
from ...routing.request import BadRequest, request_of
from ...routing.request_fields import read_own, unknown
from ...untrusted.files import FileError, read_regular
from .values import ConfigError, Value

OWN_TABLES = ("config", "secrets", "backends")
MOST_SECRETS = 64
SECRET_BYTES = 64 << 10
MOST_BACKENDS = 256
SHOWN = 100
"""Characters of a value that `keystone-lua config` shows."""

_NOT_UTF8 = re.compile("[\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


def read_own_table(where: str, name: str, value: Any, environment: Mapping[str, str]) -> Iterator[Value]:
    """Yield the values of one of OWN_TABLES. Raises `ConfigError`."""
    if name == "config":
        yield _config(where, value)
    elif name == "secrets":
        yield from _secrets(where, value, environment)
    else:
        yield _backends(where, value)


def data_of(own: Mapping[str, Value]) -> TenantData:
    """What a tenant's values make."""
    given = {name: value.value for name, value in own.items()}
    return TenantData(
        config=given.get("config", {}),
        secrets={name.removeprefix("secrets."): value for name, value in given.items() if name.startswith("secrets.")},
        backends=given.get("backends", ()),
    )


def _config(where: str, value: Any) -> Value:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: is no table")
    made: dict[str, Any] = {}
    try:
        read_own({"config": value}, made)
    except BadRequest as error:
        raise ConfigError(f"{where.removesuffix('config')}{error}") from None
    return Value("config", _shown(value), made.get("config", {}), where)


def _secrets(where: str, value: Any, environment: Mapping[str, str]) -> Iterator[Value]:
    if not isinstance(value, dict) or len(value) > MOST_SECRETS:
        raise ConfigError(f"{where}: is no table of at most {MOST_SECRETS} secrets")
    for name, source in value.items():
        here = f"{where}.{name}"
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{here}: is no name of a secret: letters, digits and _.-, 64 at most")
        if not isinstance(source, dict) or len(source) != 1 or not {"file", "env"} & source.keys():
            raise ConfigError(f'{here}: use {{file = "/run/secrets/x"}} or {{env = "X"}}')
        [(kind, at)] = source.items()
        if not isinstance(at, str) or not at or "\0" in at:
            raise ConfigError(f"{here}.{kind}: is no text")
        secret = _of_file(here, at) if kind == "file" else environment.get(at, "")
        if not 0 < len(secret.encode("utf-8", "surrogateescape")) <= SECRET_BYTES or _NOT_UTF8.search(secret):
            raise ConfigError(f"{here}: {kind} {at} has no text of 1 to {SECRET_BYTES} bytes in UTF-8")
        yield Value(f"secrets.{name}", f"{kind} {at}", secret, where)


def _of_file(where: str, path: str) -> str:
    """A file's text without the newline that editors put at its end."""
    try:
        return read_regular(Path(path), SECRET_BYTES + 2).decode("utf-8").removesuffix("\n").removesuffix("\r")
    except FileError as error:
        raise ConfigError(f"{where}: cannot read {path}: {error}") from None
    except UnicodeDecodeError:
        return ""


def _backends(where: str, value: Any) -> Value:
    if not isinstance(value, list) or len(value) > MOST_BACKENDS:
        raise ConfigError(f"{where}: is no list of at most {MOST_BACKENDS} backends")
    healthy = [{"health": True, **each} if isinstance(each, dict) else each for each in value]
    try:
        if (mistake := unknown({"backends": healthy})) is not None:
            raise mistake
        made = request_of({"backends": healthy})["backends"]
    except BadRequest as error:
        raise ConfigError(f"{where.removesuffix('backends')}{error}") from None
    names = [backend["name"] for backend in made]
    for place, name in enumerate(names):
        if not name or name in names[:place]:
            raise ConfigError(f"{where}[{place}].name: is empty, or is there already")
    return Value("backends", _shown(value), tuple(made), where)


def _shown(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
