"""Whose request is it: host and path in, tenant out. Refuses nothing; None where nobody's.

A tenant with the request's domain comes before tenants of any host; among those that remain, the longest
path prefix wins. A prefix matches whole segments: ``/api`` and ``/api/`` both mean ``/api`` and what is below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .config import Tenant


class TenantTable:
    """The tenants by domain, longest prefix first."""

    def __init__(self, tenants: Iterable[Tenant]) -> None:
        self._by_domain: dict[str, list[Tenant]] = defaultdict(list)
        for tenant in sorted(tenants, key=lambda tenant: -len(tenant.path_prefix)):
            for domain in tenant.domains or ("",):
                self._by_domain[domain].append(tenant)

    def find(self, host: str, path: str) -> Tenant | None:
        """Return the tenant of ``host`` (lower case, no port) and the unescaped ``path``."""
        for domain in (host, ""):
            for tenant in self._by_domain.get(domain, ()):
                if path.startswith(tenant.path_prefix) or path == tenant.path_prefix[:-1]:
                    return tenant
        return None
