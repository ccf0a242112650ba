"""The tenant that a request's path names: ``/route/{tenant}``.

In: a raw path. Out: a name, which is a key and never a path. Refuses, with `Refusal`, a name with separators or control
characters, and what is no UTF-8.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from .responses import Refusal

ROUTE: Final = "/route/"

_NO_TENANT: Final = re.compile(r"[/\\\x00-\x1f\x7f\ud800-\udfff]|\A\.{0,2}\Z")


def tenant_of(path: str) -> str:
    """Return the tenant in a raw path that begins with ROUTE. Raises `Refusal` where there is none."""
    return tenant_name(path[len(ROUTE) :].partition("?")[0].removesuffix("/"), ROUTE)


def tenant_name(tenant: str, call: str) -> str:
    """Return the tenant that a part of the raw path of ``call`` names. Raises `Refusal` if it is none."""
    if "%" in tenant:
        try:
            tenant = unquote(tenant, errors="strict")
        except UnicodeDecodeError:
            raise Refusal(400, "the tenant's name is not UTF-8") from None
    if _NO_TENANT.search(tenant):
        raise Refusal(400, f"the path must be {call}{{tenant}}, with one tenant name after {call}")
    return tenant
