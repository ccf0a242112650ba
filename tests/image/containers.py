"""Building with buildah and running with runc, by their command lines.

In: a folder for everything that is made. Out: images and running containers. Refuses, with `ContainerError`,
whatever a tool refuses; the error holds what the tool said.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TOOLS = ("buildah", "mmdebstrap", "runc")
SUITE = "bookworm"
PYTHON = "3.11"
"""The suite's."""


class ContainerError(Exception):
    """A tool that failed, or something that was not as it should be."""


def check(what: str, found: Any, wanted: Any) -> None:
    """Say what was found. Raises `ContainerError` unless it is what was wanted."""
    if found != wanted:
        raise ContainerError(f"{what}: {found!r}, not {wanted!r}")
    print(f"  {what}: {found}")


def call(*command: str | Path, quiet: bool = True, seconds: float = 600) -> str:
    """Run a command and return its standard output. Raises `ContainerError`."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=seconds)
    if done.returncode:
        raise ContainerError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    if not quiet:
        print(done.stdout + done.stderr)
    return done.stdout


def install_tools() -> None:
    """Install what is missing. Raises `ContainerError`."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        print(f"installing {', '.join(missing)}")
        call("apt-get", "update")
        call("apt-get", "install", "--yes", "--no-install-recommends", *missing)


@dataclass
class Builder:
    """Images, in a storage of their own below ``folder``."""

    folder: Path

    def buildah(self, *arguments: str | Path) -> str:
        """Call buildah."""
        storage = ("--storage-driver", "vfs", "--root", self.folder / "storage", "--runroot", self.folder / "run")
        return call("buildah", *storage, *arguments).strip()

    def base(self, name: str) -> str:
        """Make Debian with Python and tag it ``name``, in place of an image that cannot be pulled here; its digest."""
        archive = self.folder / "base.tar"
        if not archive.exists():
            packages = "python3,python3-venv,python-is-python3"
            call("mmdebstrap", "--variant=apt", f"--include={packages}", SUITE, archive.with_suffix(".part.tar"))
            archive.with_suffix(".part.tar").rename(archive)
        if name not in self.buildah("images", "--format", "{{.Name}}:{{.Tag}}"):
            container = self.buildah("from", "scratch")
            self.buildah("add", "--quiet", container, archive, "/")
            self.buildah("commit", "--quiet", "--format", "docker", container, name)
            self.buildah("rm", container)
        return self.buildah("images", "--format", "{{.Digest}}", name)

    def wheels(self) -> Path:
        """Fetch the wheels that the build needs, by pip as it is configured here, and return their folder.

        The build then asks nobody: the same file works wherever pip does, and no host's name is in the image.
        """
        folder = self.folder / "wheels"
        shutil.rmtree(folder, ignore_errors=True)
        machine = [f"manylinux_2_{minor}_x86_64" for minor in (28, 17)] + ["manylinux2014_x86_64", "any"]
        call(
            sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:", "--python-version", PYTHON,
            *(part for platform in machine for part in ("--platform", platform)), "--dest", folder,
            "--require-hashes", "--no-deps", "--requirement", ROOT / "requirements" / "image.txt",
        )  # fmt: skip
        return folder

    def build(self, name: str, arguments: Mapping[str, str]) -> None:
        """Build the Dockerfile with build arguments."""
        settings = self.folder / "pip.conf"
        settings.write_text("[global]\nno-index = true\nfind-links = /wheels\n")
        self.buildah(
            "bud", "--isolation", "chroot", "--format", "docker", "--pull-never", "--no-cache", "--tag", name,
            *(part for pair in arguments.items() for part in ("--build-arg", "=".join(pair))),
            "--volume", f"{self.wheels()}:/wheels:ro", "--volume", f"{settings}:/etc/pip.conf:ro", ROOT,
        )  # fmt: skip

    def inspect(self, name: str) -> dict[str, Any]:
        """Return the image's configuration as Docker has it, and its ``size`` in bytes."""
        image = json.loads(self.buildah("inspect", "--type", "image", name))["Docker"]
        image["size"] = json.loads(self.buildah("images", "--json", name))[0]["size"]
        return dict(image)

    @contextlib.contextmanager
    def mounted(self, name: str) -> Iterator[Path]:
        """Give the image's files."""
        container = self.buildah("from", "--pull-never", name)
        try:
            yield Path(self.buildah("mount", container))
        finally:
            self.buildah("rm", container)


@dataclass
class Container:
    """One container under runc, which Docker runs containers with too: no capabilities, a read-only root, a network of its own or another's."""

    name: str
    folder: Path
    """For its bundle."""
    root: Path
    arguments: Sequence[str]
    environment: Sequence[str]
    mounts: Mapping[Path, str] = field(default_factory=dict)
    """Read-only: from here to there."""
    writable: Mapping[Path, str] = field(default_factory=dict)
    """The same, and may be written."""
    network_of: Container | None = None
    user: int = 65534
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it."""
        bundle = self.folder / self.name
        bundle.mkdir(parents=True, exist_ok=True)
        (bundle / "config.json").write_text(json.dumps(self._configuration()))
        with (bundle / "log").open("wb") as log:
            command = [*self._runc, "run", "--bundle", bundle, self.name]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    @property
    def _runc(self) -> tuple[str | Path, ...]:
        return ("runc", "--root", self.folder / "runc")

    def _configuration(self) -> dict[str, Any]:
        network = {"type": "network"}
        if self.network_of is not None:
            network["path"] = f"/proc/{self.network_of.pid}/ns/net"
        bound = [
            {"destination": there, "type": "bind", "source": str(here), "options": ["bind", how]}
            for how, mounts in (("ro", self.mounts), ("rw", self.writable))
            for here, there in mounts.items()
        ]
        return {
            "ociVersion": "1.0.2",
            "root": {"path": str(self.root), "readonly": True},
            "process": {
                "user": {"uid": self.user, "gid": self.user},
                "args": list(self.arguments),
                "env": list(self.environment),
                "cwd": "/app",
                "capabilities": {kind: [] for kind in ("bounding", "effective", "permitted")},
                "noNewPrivileges": True,
            },
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                *bound,
            ],
            "linux": {"namespaces": [network, *({"type": kind} for kind in ("pid", "ipc", "uts", "mount"))]},
        }

    @property
    def pid(self) -> int:
        """The first process's, as this machine counts."""
        return int(json.loads(call(*self._runc, "state", self.name))["pid"])

    def execute(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as a health check is run."""
        command = [*self._runc, "exec", self.name, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    def ask(self, method: str, url: str, body: str = "", **headers: str) -> tuple[int, Any]:
        """Send a request from inside the container's network; return the status and the JSON."""
        question = json.dumps([method, url, body, {name.replace("_", "-"): value for name, value in headers.items()}])
        said = call(*self._inside(), CLIENT, question)
        status, data = json.loads(said)
        return status, json.loads(data)

    def begin(self, method: str, url: str, body: str) -> HalfSent:
        """Send a request except for half of its body."""
        return HalfSent(self._inside(), json.dumps([method, url, body, {}]))

    def _inside(self) -> list[str]:
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", sys.executable, "-c"]

    def wait_until(self, command: Sequence[str], what: str, *, seconds: float = 120) -> None:
        """Wait until ``command`` succeeds inside, or fails. Raises `ContainerError`."""
        deadline = time.monotonic() + seconds
        while (done := self.execute(*command)).returncode:
            if time.monotonic() > deadline or (self.process is not None and self.process.poll() is not None):
                raise ContainerError(f"{self.name}: {what} did not happen\n{done.stderr}{self.log()}")
            time.sleep(0.1)

    def stop(self, meanwhile: Callable[[], None] | None = None, seconds: float = 10) -> int:
        """Send SIGTERM, as ``docker stop`` does; return the exit code. Raises `ContainerError` after so long."""
        assert self.process is not None
        call(*self._runc, "kill", self.name, "SIGTERM")
        if meanwhile is not None:
            meanwhile()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ContainerError(f"{self.name} had to be killed\n{self.log()}") from None

    def close(self) -> None:
        """End it in any case."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ContainerError):
                call(*self._runc, "kill", self.name, signal.SIGKILL.name)
            self.process.wait(30)

    def log(self) -> str:
        """What it has said."""
        return (self.folder / self.name / "log").read_text(errors="replace")


CLIENT = """
import http.client, json, sys, urllib.parse
method, url, body, headers = json.loads(sys.argv[1])
parts = urllib.parse.urlsplit(url)
connection = http.client.HTTPConnection(parts.netloc, timeout=30)
connection.request(method, parts.path, body or None, headers)
response = connection.getresponse()
print(json.dumps([response.status, response.read().decode()]))
"""


SLOW_CLIENT = """
import http.client, json, sys, time, urllib.parse
method, url, body, headers = json.loads(sys.argv[1])
parts = urllib.parse.urlsplit(url)
connection = http.client.HTTPConnection(parts.netloc, timeout=30)
connection.putrequest(method, parts.path)
connection.putheader("Content-Length", str(len(body)))
connection.endheaders(body[:5].encode())
time.sleep(0.5)
print("half", flush=True)
sys.stdin.readline()
time.sleep(0.5)
connection.send(body[5:].encode())
response = connection.getresponse()
print(json.dumps([response.status, response.read().decode()]))
"""


class HalfSent:
    """A request of which half the body is on its way."""

    def __init__(self, inside: list[str], question: str) -> None:
        self.answer: tuple[int, Any] = (0, None)
        self._process = subprocess.Popen(
            [*inside, SLOW_CLIENT, question], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def finish(self) -> None:
        """Send the rest and take the answer."""
        said, _ = self._process.communicate("\n", timeout=30)
        status, data = json.loads(said)
        self.answer = (status, json.loads(data))


@contextlib.contextmanager
def closing(containers: Iterable[Container]) -> Iterator[None]:
    """End all of them, the last first."""
    try:
        yield
    finally:
        for container in reversed(list(containers)):
            container.close()
