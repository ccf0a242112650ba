"""The contents of a tenant file, as ``tenant_file`` has checked them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Any


class OnEngineFailure(enum.Enum):
    """What a tenant wants when the engine gives no usable answer in time."""

    ROUND_ROBIN = "round_robin"
    """Its healthy services in turn."""

    REFUSE = "refuse"
    """503."""


@dataclass(frozen=True)
class Service:
    """One backend of a tenant."""

    name: str
    url: str
    """``http://host:port`` with an optional base path; no slash at the end."""

    health: str | None = None
    """The path that a probe asks for, below ``url``; None: the service is not probed."""

    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What scripts are told of it besides: ``weight``, ``priority``, ``labels``, ``zone``."""


@dataclass(frozen=True)
class Engine:
    """Where and how to ask for decisions."""

    url: str
    seconds: float = 5.0
    """For one decision, from the question to the whole answer."""

    keep: int = 0
    """Answers that hold for a while, kept at a time."""


@dataclass(frozen=True)
class Tenant:
    """Whose requests they are, who decides about them, where they can go."""

    name: str
    services: tuple[Service, ...]
    domains: tuple[str, ...] = ()
    """Host names, lower case. Empty: any host."""

    path_prefix: str = "/"
    """Begins and ends with a slash."""

    lua_script: str | None = None
    """The engine's name of the script; None: healthy services in turn."""

    engine: Engine | None = None
    """None when there is no script, or the engine is not enabled."""

    on_engine_failure: OnEngineFailure = OnEngineFailure.REFUSE
    """A gateway that guesses while its engine is away lets through what a script would have rejected."""

    health_interval: float = 10.0
    """Seconds between two probes of a service."""


@dataclass(frozen=True)
class Bounds:
    """Limits of one request. None is in the tenant file, except ``script_body``."""

    script_body: int = 64 * 1024
    """Bytes of a body that a script sees, from its start, and of one that can be sent again or mirrored; the engine
    takes 1 MiB as JSON, where a byte can be six."""

    body_seconds: float = 10.0
    """For the bytes that the script sees to arrive."""

    stall_seconds: float = 60.0
    """Without a byte of a body moving, either way, before it is given up; also for the whole of a response's head, from
    the end of the request on."""

    connect_seconds: float = 5.0
    """For a connection to a service."""

    queue_seconds: float = 10.0
    """For a free place among ``connections``, and the connection."""

    connections: int = 128
    """Open at a time, to one service or one engine; what is more waits its turn."""

    clients: int = 1000
    """Client connections at a time; one more is answered with 503."""

    head: int = 64 * 1024
    """Bytes of one request's head."""

    line: int = 32 * 1024
    """Bytes of one line of it: cookies and tokens of 8 KiB and more are in use."""

    mirrors: int = 64
    """Copies under way at a time; one more is not sent."""

    mirror_seconds: float = 10.0
    """For a copy, its answer's head included."""

    message: int = 1 << 20
    """Bytes of one WebSocket message."""

    silent_seconds: float = 600.0
    """How long a WebSocket may carry nothing."""

    probe_seconds: float = 3.0
    idle_seconds: float = 75.0
    """How long a client's connection may stay without a request."""

    keepalive_seconds: float = 4.0
    """How long an idle connection to a service is kept: less than servers do, which commonly close after 5 s."""

    drain_seconds: float = 8.0
    """How long requests in flight may take after SIGTERM."""


@dataclass(frozen=True)
class GatewayConfig:
    """Everything that `keystone_lua.gateway.app.run` needs to know."""

    tenants: tuple[Tenant, ...]
    admin_base_path: str = "/-"
    """``{admin_base_path}/health`` is answered by the gateway itself."""

    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """From these, X-Forwarded-* is believed and continued; from anybody else it is replaced."""

    bounds: Bounds = field(default_factory=Bounds)
