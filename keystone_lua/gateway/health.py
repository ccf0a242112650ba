"""Which services answer, by probes in the background and by what happens to requests.

In: the tenants' services. Out: `Services`, whose `is_healthy` and `in_turn` cost nothing to ask. A service is up when
a probe was answered by a 2xx. It is down at once when a probe gets another answer or no connection can be made, but
only after TIMEOUTS_IN_ROW probes without an answer: a gateway that is itself too busy to hear answers must not take
its services for dead. A service without a health path counts as up again after its tenant's interval.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable

from aiohttp import ClientError, ClientSession, ClientTimeout

from .config import Service, Tenant
from .logs import facts

TIMEOUTS_IN_ROW = 3
DOWN_SECONDS = 1.0
"""Between two probes of a service that is down, where the tenant's interval is longer."""

logger = logging.getLogger("keystone.gateway.health")


class Services:
    """The services of every tenant, and how they are."""

    def __init__(self, tenants: Iterable[Tenant], session: ClientSession, probe_seconds: float) -> None:
        self._tenants = tuple(tenants)
        self._session = session
        self._timeout = ClientTimeout(total=probe_seconds)
        self._down: set[tuple[str, str]] = set()
        self._timeouts: dict[tuple[str, str], int] = {}
        self._turns: dict[str, int] = dict.fromkeys((tenant.name for tenant in self._tenants), 0)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Probe everything once, then go on in the background until `stop`."""
        services = [(tenant, service) for tenant in self._tenants for service in tenant.services]
        await asyncio.gather(*(self._probe(tenant, service, 1) for tenant, service in services))
        self._tasks = [asyncio.create_task(self._watch(tenant, service)) for tenant, service in services]

    async def stop(self) -> None:
        """Probe no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def is_healthy(self, tenant: Tenant, service: Service) -> bool:
        """Say how ``service`` was last."""
        return (tenant.name, service.name) not in self._down

    def in_turn(self, tenant: Tenant, tried: Collection[Service] = ()) -> Service | None:
        """Return the next healthy service that is not among ``tried``, round robin."""
        services = tenant.services
        first = self._turns[tenant.name]
        for step in range(len(services)):
            index = (first + step) % len(services)
            service = services[index]
            if service not in tried and self.is_healthy(tenant, service):
                self._turns[tenant.name] = (index + 1) % len(services)
                return service
        return None

    def count(self) -> tuple[int, int]:
        """Return how many services there are, and how many of them are healthy."""
        total = sum(len(tenant.services) for tenant in self._tenants)
        return total, total - len(self._down)

    def mark(self, tenant: Tenant, service: Service, *, healthy: bool, why: str) -> None:
        """Note how ``service`` is; changes are logged."""
        if self.is_healthy(tenant, service) != healthy:
            (self._down.discard if healthy else self._down.add)((tenant.name, service.name))
            said = facts(tenant=tenant.name, service=service.name, why=why)
            logger.log(
                logging.INFO if healthy else logging.WARNING,
                "a service is up" if healthy else "a service is down",
                extra=said,
            )

    async def _watch(self, tenant: Tenant, service: Service) -> None:
        while True:
            is_waited_for = service.health is not None and not self.is_healthy(tenant, service)
            await asyncio.sleep(min(tenant.health_interval, DOWN_SECONDS if is_waited_for else tenant.health_interval))
            await self._probe(tenant, service, TIMEOUTS_IN_ROW)

    async def _probe(self, tenant: Tenant, service: Service, patience: int) -> None:
        key = (tenant.name, service.name)
        if service.health is None:
            self.mark(tenant, service, healthy=True, why="not probed, and due again")
            return
        try:
            # A redirect is no answer of the service's own, and could lead anywhere.
            async with self._session.get(
                service.url + service.health, timeout=self._timeout, allow_redirects=False
            ) as response:
                self.mark(
                    tenant, service, healthy=response.ok and response.status < 300, why=f"probe {response.status}"
                )
            self._timeouts[key] = 0
        except TimeoutError:
            self._timeouts[key] = self._timeouts.get(key, 0) + 1
            if self._timeouts[key] >= patience:
                self.mark(tenant, service, healthy=False, why=f"{self._timeouts[key]} probes without an answer")
        except (ClientError, OSError, ValueError) as error:
            self._timeouts[key] = 0
            self.mark(tenant, service, healthy=False, why=f"probe: {type(error).__name__}")
