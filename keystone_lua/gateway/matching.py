"""Which tenant a request belongs to: host and path in, tenant out, or None.

Servers read paths in more ways than one: some drop ``;parameters``, take two slashes for one or heed no case. A path
that would be another tenant's if it were read in one of these ways is doubtful, and nobody should act on it.

A tenant with the request's domain comes before tenants of any host; among those that remain, the longest
path prefix wins. A prefix matches whole segments: ``/api`` and ``/api/`` both mean ``/api`` and what is below.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from .config import Tenant


class TenantTable:
    """The tenants by domain, longest prefix first."""

    def __init__(self, tenants: Iterable[Tenant]) -> None:
        self._by_domain: dict[str, list[tuple[str, str, Tenant]]] = defaultdict(list)
        for tenant in sorted(tenants, key=lambda tenant: -len(tenant.path_prefix)):
            for domain in tenant.domains or ("",):
                self._by_domain[domain].append((tenant.path_prefix, _loosely(tenant.path_prefix), tenant))

    def find(self, host: str, path: str) -> Tenant | None:
        """Return the tenant of ``host`` (lower case, no port) and the unescaped ``path``."""
        for domain in (host, ""):
            for prefix, _, tenant in self._by_domain.get(domain, ()):
                if path.startswith(prefix) or path == prefix[:-1]:
                    return tenant
        return None

    def is_doubtful(self, host: str, path: str, found: Tenant | None) -> bool:
        """Whether who reads ``path`` loosely would take it for another's than that of ``found``, its tenant."""
        loose = _loosely(path)
        if loose == path:
            return False
        for domain in (host, ""):
            for _, prefix, _ in self._by_domain.get(domain, ()):
                if loose.startswith(prefix) or loose == prefix[:-1]:
                    # Of prefixes that differ in no more than case, the one that fits to the letter is right.
                    return found is None or prefix != _loosely(found.path_prefix)
        return False


def _loosely(path: str) -> str:
    """A path as the most lenient server reads it."""
    plain = re.sub(r";[^/]*", "", unicodedata.normalize("NFKC", path).casefold())
    return re.sub("//+", "/", plain)
