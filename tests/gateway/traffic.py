"""Tenants, scripts and traffic for a running stack; the sizes are the caller's."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from aiohttp import ClientSession, TCPConnector

from keystone_lua.gateway import demo
from keystone_lua.gateway.echo import PART, long_answer
from keystone_lua.gateway.stack import LOOPBACK, Stack

BACKENDS = [name for names in demo.BACKENDS.values() for name in names]

CHANGES = """
function on_route_request(request, backends)
  return {
    selected_backend = backends[1].name,
    modified_path = request.path:gsub("^/v1/", "/v2/") .. "/" .. request.method .. "/" .. #request.body,
    modified_headers = { ["x-kind"] = "script's" },
  }
end
"""

BROKEN = """function on_route_request(request)
  return request.missing.field
end
"""

MORE_TENANTS = """
  - name: changes
    domains: [changes.example.com]
    lua_script: changes
    services: [{name: api-stable, url: {api-stable}}]
  - name: broken
    domains: [broken.example.com]
    lua_script: broken
    services: [{name: api-stable, url: {api-stable}}]
  - name: plain
    path_prefix: /plain
    health_interval: 500ms
    services: [{name: api-stable, url: {api-stable}}, {name: api-canary, url: {api-canary}, health: /health}]
"""


def tenants() -> str:
    """Return the tenant file: the demo's, and three more. On a busy machine 500 clients wait longer than its second."""
    return demo.tenant_file(list(demo.BACKENDS)).replace("timeout: 1s", "timeout: 30s") + MORE_TENANTS


def install_scripts(source: Path, folder: Path) -> Path:
    """Copy the bundled scripts and write ours beside them; return the folder."""
    shutil.copytree(source, folder)
    (folder / "changes.lua").write_text(CHANGES)
    (folder / "broken.lua").write_text(BROKEN)
    return folder


def parts(size: int) -> Iterator[bytes]:
    """Give ``size`` bytes in parts."""
    for start in range(0, size, len(PART)):
        yield PART[: size - start]


def upload(stack: Stack, size: int) -> None:
    """Send a body of unknown length, and check that all of it arrived at the backend."""
    connection = http.client.HTTPConnection(LOOPBACK, stack.port, timeout=300)
    connection.request("PUT", "/up", parts(size), {"Host": "blue-green.example.com"}, encode_chunked=True)
    heard = json.loads(connection.getresponse().read())
    connection.close()
    assert (heard["name"], heard["length"], heard["sha256"]) == ("app-blue", size, long_answer(size))


def download(stack: Stack, size: int) -> None:
    """Ask for a long answer, and check that all of it arrived here."""
    connection = http.client.HTTPConnection(LOOPBACK, stack.port, timeout=300)
    connection.request("GET", "/down", headers={"Host": "blue-green.example.com", "X-Echo-Bytes": str(size)})
    response = connection.getresponse()
    digest, length = hashlib.sha256(), 0
    while part := response.read(len(PART)):
        digest.update(part)
        length += len(part)
    connection.close()
    assert (response.status, length, digest.hexdigest()) == (200, size, long_answer(size))


def crowd(stack: Stack, clients: int, requests: int, *, engine: bool = True, mortal: str | None = None) -> Counter[str]:
    """Let ``clients`` at once send ``requests`` each, every one different, and check each answer against its question.

    With ``engine`` false, decisions may be missing: tenants that refuse may answer 503, the others go anywhere
    among their own services. Backends of the tenant ``mortal`` may die: a request that one of them had already begun
    with is answered by 502. Returns how many answers there were of each kind.
    """
    seen: Counter[str] = Counter()

    async def client(session: ClientSession, number: int) -> None:
        for count in range(requests):
            tenant = list(demo.BACKENDS)[(number + count) % len(demo.BACKENDS)]
            name = f"{number}-{count}"
            green = (number + count) % 2 == 1
            headers = {
                "Host": f"{tenant}.example.com", "X-User-ID": name, "X-Request-Id": name, "Cookie": f"who={name}",
                "X-Canary": str(green).lower(), "X-Deployment-State": "green" if green else "blue",
            }  # fmt: skip
            body = name.encode() * (1 + number % 50)
            url = f"http://{LOOPBACK}:{stack.port}/{name}?q={name}"
            async with session.post(url, headers=headers, data=body) as response:
                data = await response.json()
                assert response.headers["X-Request-Id"] == name
                if not engine and response.status == 503:
                    assert tenant == "blue-green"
                    seen["refused"] += 1
                    continue
                if tenant == mortal and response.status == 502:
                    seen["died on the way"] += 1
                    continue
                assert response.status == 200, (response.status, data)
            # aiohttp's compiled parser spells well-known names its own way, the one in Python as they were sent.
            heard = {field.lower(): value for field, value in data["headers"]}
            assert (data["path"], heard["cookie"], heard["x-request-id"]) == (f"/{name}?q={name}", f"who={name}", name)
            assert (data["length"], data["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
            assert data["name"] in demo.BACKENDS[tenant]
            if "x-routed-by" in heard:
                expected = {"canary": demo.BACKENDS["canary"][green], "blue-green": demo.BACKENDS["blue-green"][green]}
                if tenant != mortal:
                    assert data["name"] == expected.get(tenant, data["name"])
                seen["decided"] += 1
            else:
                assert not engine
                seen["in turn"] += 1

    async def run() -> None:
        async with ClientSession(connector=TCPConnector(limit=0)) as session:
            await asyncio.gather(*(client(session, number) for number in range(clients)))

    asyncio.run(run())
    assert seen.total() == clients * requests
    return seen
