"""What operators set up: a separate admin address, a token, TLS, Unix sockets, probes, budgets of a tenant's own."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_lua.interpreter import Limits
from keystone_lua.server.process.listening import CannotListen, listen
from keystone_lua.server.settings.config import Address, ServerConfig
from keystone_lua.server.telemetry.tracing import Traces, is_parent
from tests.server.support import (
    LOOPBACK,
    WAIT,
    Client,
    command,
    constant,
    run,
    server_in_thread,
    server_process,
    write_scripts,
)
from tests.waiting import free_port

ADMIN = ["/health", "/health/live", "/health/ready", "/metrics", "/openapi.json"]


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_scripts(tmp_path / "scripts", {"a.lua": constant("b")})


# addresses


def test_the_admin_address_has_all_but_route(scripts: Path) -> None:
    port = free_port()
    with server_process(scripts, "--admin-addr", f"{LOOPBACK}:{port}", "--workers", "2") as server:
        admin = Client(port)
        for path in ADMIN:
            assert admin.send("GET", path).status == 200
            assert server.client.send("GET", path).status == 404
        assert server.client.send("POST", "/reload").status == 404
        assert admin.send("POST", "/reload").status == 200
        assert admin.route("a", {}).status == 404
        assert server.client.route("a", {}).status == 200
        assert run("health", "--admin-addr", f"{LOOPBACK}:{port}").stdout == f"{LOOPBACK}:{port}: ready\n"
        assert server.terminate() == 0


def test_the_admin_address_says_that_the_server_is_draining(scripts: Path) -> None:
    port = free_port()
    with server_process(scripts, "--admin-addr", f"{LOOPBACK}:{port}") as server, server.client.connect() as client:
        client.sendall(b"POST /route/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
        time.sleep(0.2)
        server.process.terminate()
        deadline = time.monotonic() + WAIT
        while (answer := Client(port).send("GET", "/health/ready")).status == 200:
            assert time.monotonic() < deadline
        assert (answer.status, answer.json) == (503, {"status": "draining"})
        assert Client(port).send("GET", "/health/live").status == 200
        client.sendall(b"}")
        assert client.recv(12) == b"HTTP/1.1 200"
        assert server.process.wait(10) == 0


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=WAIT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


@pytest.mark.slow
def test_a_unix_socket(scripts: Path, tmp_path: Path) -> None:
    path = tmp_path / "keystone.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    process = subprocess.Popen(command("serve", "-addr", f"unix:{path}", "-scripts", scripts, "--workers", "2"))
    try:
        assert run("health", "--addr", f"unix:{path}", "--wait", str(WAIT / 2)).returncode == 0
        with contextlib.closing(UnixConnection(path)) as connection:
            connection.request("POST", "/route/a", b"{}")
            assert connection.getresponse().read() == b'{"selected_backend":"b"}\n'
        second = run("serve", "-addr", f"unix:{path}", "-scripts", scripts)
        assert (second.returncode, second.stderr) == (
            2, f"keystone-lua: cannot listen on unix:{path}: Address already in use\n"
        )  # fmt: skip
        process.terminate()
        assert process.wait(10) == 0
        assert not path.exists()
    finally:
        process.kill()
        process.wait()


def test_a_file_in_a_sockets_place_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("precious")
    with pytest.raises(CannotListen, match="Address already in use"):
        listen(Address("", 0, str(path)))
    assert path.read_text() == "precious"


# the token


def test_the_admin_token_guards_reload_and_metrics(scripts: Path) -> None:
    with server_in_thread(scripts, ServerConfig(admin_token="s3cret")) as client:
        for method, path in (("POST", "/reload"), ("POST", "/reload?dry_run=1"), ("GET", "/metrics")):
            for sent in (None, "", "s3cret", "Bearer", "Bearer s3cre", "Bearer s3crets", "Basic s3cret", "Bearer é"):
                answer = client.send(method, path, None, {} if sent is None else {"Authorization": sent})
                assert answer.status == 401, sent
                assert answer.headers["www-authenticate"] == "Bearer"
            for sent in ("Bearer s3cret", "bearer  s3cret"):
                assert client.send(method, path, None, {"Authorization": sent}).status == 200
        for path in ("/health", "/health/ready", "/openapi.json"):
            assert client.send("GET", path).status == 200
        assert client.route("a", {}).status == 200


# TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CA, and certificates signed by it for the server and a client; ``other.pem`` is signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    openssl(folder, "req -x509 -newkey ec:ec.par -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca")
    openssl(folder, "req -x509 -newkey ec:ec.par -nodes -keyout other.key -out other.pem -days 2 -subj /CN=other")
    for name in ("server", "client"):
        openssl(folder, f"req -newkey ec:ec.par -nodes -keyout {name}.key -out {name}.csr -subj /CN=localhost")
        openssl(folder, f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem -days 2")
    return folder


def openssl(folder: Path, arguments: str) -> None:
    if not (folder / "ec.par").exists():
        subprocess.run(
            ["openssl", "ecparam", "-name", "prime256v1", "-out", "ec.par"], cwd=folder, check=True, capture_output=True
        )
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)


@contextlib.contextmanager
def https(port: int, certificates: Path, shown: str = "") -> Iterator[http.client.HTTPSConnection]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(certificates / "ca.pem")
    if shown:
        context.load_cert_chain(certificates / f"{shown}.pem", certificates / f"{shown}.key")
    with contextlib.closing(
        http.client.HTTPSConnection(LOOPBACK, port, timeout=WAIT, context=context)
    ) as connection:  # fmt: skip
        yield connection


def test_tls(scripts: Path, certificates: Path) -> None:
    files = ["--tls-cert", f"{certificates}/server.pem", "--tls-key", f"{certificates}/server.key"]
    with server_process(scripts, *files) as server:
        port = server.client.port
        with https(port, certificates) as connection:
            connection.request("POST", "/route/a", b"{}")
            assert connection.getresponse().read() == b'{"selected_backend":"b"}\n'
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            server.client.route("a", {})
        assert run("health", "--addr", f"{LOOPBACK}:{port}", *files).returncode == 0
        assert server.terminate() == 0


def test_clients_must_show_a_certificate_of_the_ca(scripts: Path, certificates: Path) -> None:
    admin = free_port()
    files = ["--tls-cert", f"{certificates}/server.pem", "--tls-key", f"{certificates}/server.key"]
    files += ["--tls-client-ca", f"{certificates}/ca.pem", "--admin-addr", f"{LOOPBACK}:{admin}"]
    with server_process(scripts, *files) as server:
        port = server.client.port
        with https(port, certificates, "client") as connection:
            connection.request("POST", "/route/a", b"{}")
            assert connection.getresponse().status == 200
        for shown in ("", "other"):
            with https(port, certificates, shown) as connection, pytest.raises((ssl.SSLError, ConnectionError)):
                # TLS 1.3 tells a client of its refusal with the first answer.
                [connection.request("POST", "/route/a", b"{}"), connection.getresponse()]
        with https(admin, certificates) as connection:
            connection.request("GET", "/health/ready")
            assert connection.getresponse().status == 200
        assert run("health", *files).returncode == 0


def test_bad_certificates_are_one_line(scripts: Path, certificates: Path, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    for cert, key in (("missing.pem", "server.key"), ("server.pem", "client.key"), (f"{tmp_path}/no.pem", "ca.key")):
        done = run(
            "serve", "-addr", f"{LOOPBACK}:0", "-scripts", scripts,
            "--tls-cert", certificates / cert, "--tls-key", certificates / key,
        )  # fmt: skip
        assert done.returncode == 2
        assert done.stderr.startswith("keystone-lua: cannot use certificate ")
        assert done.stderr.count("\n") == 1


# probes


def test_health_of_nothing(tmp_path: Path) -> None:
    port = free_port()
    done = run("health", "--addr", f"{LOOPBACK}:{port}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{LOOPBACK}:{port}: [Errno 111] Connection refused\n"
    with socket.create_server((LOOPBACK, 0)) as deaf:
        where = f"{LOOPBACK}:{deaf.getsockname()[1]}"
        assert run("health", "--addr", where).stderr == f"{where}: timed out\n"


# budgets


def test_a_tenant_may_have_budgets_of_its_own(scripts: Path) -> None:
    loop = "function on_route_request() for i = 1, 100000 do end return {} end"
    write_scripts(scripts, {"rich.lua": loop, "poor.lua": loop, "usual.lua": loop})
    base = Limits(instructions=10_000, seconds=5.0)
    config = ServerConfig(
        limits=base,
        tenant_limits={"rich": replace(base, instructions=10**7), "poor": replace(base, instructions=100)},
    )
    with server_in_thread(scripts, config) as client:
        assert client.route("rich", {}).status == 200, "in a lane: it is more than a slice"
        for tenant, limit in (("poor", 100), ("usual", 10_000)):
            failure = client.route(tenant, {}).json
            assert failure["kind"] == "instructions"
            assert str(limit) in failure["error"].replace(",", "")


# traces

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize("sent", [PARENT, PARENT.replace("00-4", "01-4"), PARENT.replace("00-4", "cc-4") + "-more"])
def test_a_traceparent_is_kept(scripts: Path, sent: str) -> None:
    with server_in_thread(scripts) as client:
        for path, body in (("/route/a", b"{}"), ("/route/a", b"bad"), ("/route/nobody", b"{}"), ("/reload", None)):
            assert client.send("POST", path, body, {"traceparent": sent}).headers["traceparent"] == sent


@pytest.mark.parametrize(
    "sent",
    [
        "",
        PARENT[:-1],
        PARENT + "-more",
        PARENT + "0",
        PARENT.upper(),
        PARENT.replace("00-4", "ff-4"),
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
        "cc" + PARENT[2:] + "-a b",
        "cc" + PARENT[2:] + "-" + "x" * 201,
    ],
)
def test_what_is_no_traceparent_is_left_out(sent: str) -> None:
    assert not is_parent(sent)
    trace = Traces().of({"traceparent": sent, "X-Request-Id": "a"})
    assert trace.headers == "X-Request-Id: a\r\n"
