"""The settings of one server process, as data classes.

`reader` takes them from flags, environment and file; nothing here reads or checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from types import MappingProxyType

from ...hidden import Hidden
from ...interpreter.limits import MIB, Limits
from ...routing.given_fields import TenantData

LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("console", "json")

Network = IPv4Network | IPv6Network

WALL_CLOCK_SECONDS = 5.0
"""The backstop behind the instruction budget: no decision keeps a caller longer."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: a host and a port, or the ``path`` of a Unix socket.

    An empty ``host`` means all addresses; port 0 lets the system choose.
    """

    host: str
    port: int
    path: str = ""
    passed: str = ""
    """The name of a socket that a service manager has opened for this process."""

    def __str__(self) -> str:
        if self.passed:
            return f"systemd:{self.passed}"
        if self.path:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SocketAccess:
    """Who may use a Unix socket. None leaves it to the process's umask and group."""

    mode: int | None = None
    group: str | None = None
    """A name or a number."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The files of TLS, all PEM. With ``client_ca`` a client must show a certificate that it has signed."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """Where and how decisions are recorded. An observer does that; the server itself only watches ``masked``."""

    file: Path

    rotate_bytes: int = 256 * MIB
    """From this size on the file is closed, and another one begun."""

    sync: bool = False
    """Whether a decision is in the file before its answer is sent."""

    key: Path | None = None
    """The file with the key of masked values' hashes; None for one that ends with the process."""

    vault: Path | None = None
    """The file that keeps masked values by their hashes, if they are to be kept."""

    rotate_seconds: float = 0.0
    """After so long the file is closed, and another one begun, however small it is; 0 for never."""

    anchors: Path | None = None
    """The file that heads are noted in."""

    anchor_command: str = ""
    """The command that is given them."""

    anchor_seconds: float = 60.0

    seal: Path | None = None
    """The file with the key that seals them, another one each time."""


@dataclass(frozen=True, slots=True)
class SpanExport:
    """Where spans of sampled requests are sent."""

    url: str
    header: tuple[str, str] | None = field(default=None, repr=False)
    """Sent along: its name and its value, which is secret."""
    ca: Path | None = None
    """Certificates in PEM that the collector's must be signed by; None for those of the system."""
    service: str = "keystone-lua"
    """What the collector is to call this server."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a tenant may ask for in a second; 0 is without a limit."""

    requests: float = 0.0
    """Decisions."""
    processor: float = 0.0
    """Seconds of processor time."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Above what share of the decisions that were compared, in percent, the next version is not put in force."""

    errors: float = 0.0
    moves: float = 1.0


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Everything that `keystone_lua.server.process.app.serve` needs to know."""

    scripts: Path = Path("scripts")
    """The scripts folder; tenants are the stems of the ``.lua`` files in it."""

    address: Address = Address("", 8081)

    admin_address: Address | None = None
    """Where health, metrics, reload and the API's description are served; None is ``address``."""

    spoe_address: Address | None = None
    """Where HAProxy asks by its own protocol; None for nowhere."""

    grpc_address: Address | None = None
    """Where Envoy asks over gRPC; None for nowhere."""

    socket_access: SocketAccess = field(default_factory=SocketAccess)
    """Of all addresses, if they are Unix sockets."""

    admin_token: str = ""
    """What ``/reload`` and ``/metrics`` ask for as a bearer token (RFC 6750); empty asks for none."""

    tls: Tls | None = None

    workers: int = 1
    """Processes that serve ``address``."""

    lanes: int = 2
    """Processes of each worker for the runs that want more than a slice. With one, an endless run delays every other
    such run."""

    limits: Limits = field(default_factory=lambda: Limits(seconds=WALL_CLOCK_SECONDS))
    """The budgets of every decision."""

    tenant_limits: Mapping[str, Limits] = field(default_factory=lambda: MappingProxyType({}))
    """The budgets of tenants that have their own."""

    rates: Rates = field(default_factory=Rates)
    """What every tenant may ask for in a second."""

    tenant_rates: Mapping[str, Rates] = field(default_factory=lambda: MappingProxyType({}))
    """Of tenants that have their own."""

    tenants: Mapping[str, TenantData] = field(default_factory=lambda: MappingProxyType({}))
    """What scripts of tenants are given besides."""

    max_body: int = MIB
    """Bytes of one request body; a body of exactly this size passes."""

    forward_headers: int = 4096
    """Bytes of the header lines of an answer of ``/forward/``: nginx, Envoy and others refuse larger ones."""

    trusted_proxies: tuple[Network, ...] = ()
    """Those before the gateways that ask ``/forward/``: they say who the client is."""

    log_level: str = "info"
    """One of LOG_LEVELS. Decisions are logged at debug, scripts' own lines at info."""

    log_format: str = "console"
    """One of LOG_FORMATS."""

    program_cache: Path | None = None
    """A folder that keeps compiled programs for the next start."""

    watch: bool = False
    """Whether changed scripts are loaded without being asked."""

    shadow_percent: float = 0.0
    """How many of a hundred decisions the next version of the scripts takes too, after the answer, when it starts."""

    shadow_seconds: float = 0.05
    """Processor time of each second that this may take, in each worker."""

    share_header: str = ""
    """The header, in lower case, by which a share of the requests goes to the next version; "" for the request's id."""

    guard: Guard = field(default_factory=Guard)

    bundle_keys: Path | None = None
    """Who must have signed a bundle that an operator brings; None for anybody."""

    decision_log: DecisionLog | None = None

    spans: SpanExport | None = None
    """None to send no spans."""

    hidden: Hidden = field(default_factory=Hidden)
    """What of a request no log is to show."""

    body_seconds: float = 10.0
    """How long one request body may take to arrive before the answer is 408."""

    idle_seconds: float = 120.0
    """How long a connection may stay without a whole request; a half-sent head counts as idle."""

    head_seconds: float = 20.0
    """How long a new connection may take to send its first request."""

    write_seconds: float = 30.0
    """How long an answer may lie unread before its connection is dropped."""

    max_connections: int = 1000
    """Client connections of a worker at a time, or fewer if the process may not open so many files."""

    max_bodies: int = 64 * MIB
    """Bytes of request bodies that are under way at a time in a worker, of all clients together."""

    notice_seconds: float = 0.0
    """How long after SIGTERM all is served as before while ``/health/ready`` says 503, for balancers to look away."""

    drain_seconds: float = 4.0
    """How long a request in flight may take after that before its connection is dropped."""

    @property
    def watched(self) -> frozenset[str]:
        """The headers of which a decision is to say whether its script read them."""
        return self.hidden.headers if self.decision_log is not None else frozenset()

    def limits_of(self, tenant: str) -> Limits:
        """The budgets of one tenant's decisions."""
        return self.tenant_limits.get(tenant, self.limits)
