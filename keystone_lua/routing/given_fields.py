"""What the engine itself adds to a request: a tenant's settings and secrets, and a running number.

In: a request, its tenant, its program. Out: the request with those fields of `request_fields.OWN` whose names stand
in the text of the script or of one of its modules. Others cost nothing and are in no record. A name that a script
puts together from pieces is not found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..interpreter import Program
from .request import BackendData, RequestData
from .request_fields import OWN

_NAMED: Final = re.compile(rb"\b(?:%b)\b" % "|".join(own.name for own in OWN).encode())
MOST_KNOWN: Final = 4096
"""Programs of which it is remembered what they name."""


@dataclass(frozen=True, slots=True)
class TenantData:
    """What the settings give a tenant's scripts, read and checked."""

    config: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    backends: tuple[BackendData, ...] = ()
    """Of a request by forward auth that names none."""


NOTHING: Final = TenantData()


class GivenFields:
    """Adds them, in one process."""

    def __init__(self, tenants: Mapping[str, TenantData]) -> None:
        self._tenants = tenants
        self._named: dict[str, frozenset[bytes]] = {}
        self._sequence: dict[str, int] = {}

    def add(self, tenant: str, program: Program, request: RequestData) -> None:
        """Put into ``request`` what ``program`` names. The tenant is one that has a script."""
        named = self._named.get(program.hash)
        if named is None:
            named = self._look(program)
        if named:
            self._add(tenant, named, request)

    def _look(self, program: Program) -> frozenset[bytes]:
        texts = (program.source, *program.sources.values())
        named = frozenset(name for text in texts for name in _NAMED.findall(text))
        if len(self._named) >= MOST_KNOWN:
            self._named.clear()
        self._named[program.hash] = named
        return named

    def _add(self, tenant: str, named: frozenset[bytes], request: RequestData) -> None:
        own = self._tenants.get(tenant, NOTHING)
        if b"config" in named and own.config:
            request["config"] = dict(own.config)
        if b"secrets" in named and own.secrets:
            request["secrets"] = dict(own.secrets)
        if b"sequence" in named:
            request["sequence"] = self._sequence[tenant] = self._sequence.get(tenant, 0) + 1
