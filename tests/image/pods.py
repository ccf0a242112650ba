"""The pods that the Helm chart renders, run as Kubernetes would, by runc.

In: the image's files. Each container has the command, arguments, variables and mounts of the rendered manifest; a
ConfigMap is mounted as Kubernetes does it, as links to one folder that is exchanged as a whole; probes are asked by
their paths and ports; containers share a network. What Kubernetes itself does, such as policies, is not tried.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.deploy.chart import RENDERED, documents

from .containers import ROOT, Container, ContainerError, call, check, closing

KEY = "secret:a key of this test, of 32 bytes and more\n"
USER = 65534
PORT = 8443
SECONDS = 30.0


class Pod:
    """The containers of a rendered variant, by name."""

    def __init__(self, folder: Path, root: Path, variables: list[str], variant: str) -> None:
        self.folder = folder / f"pod-{variant}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.maps = {}
        for one in documents(RENDERED / f"{variant}.yaml"):
            self.maps[one["metadata"]["name"], one["kind"]] = one.get("data") or one.get("stringData")
            if one["kind"] == "Deployment":
                self.spec = one["spec"]["template"]["spec"]
        self._bundles, self._root, self._variables = folder / "bundles", root, variables
        self.pause = Container(
            "keystone-image-test-pod", self._bundles, root, ["python", "-c", "import signal; signal.pause()"], variables
        )
        """Holds the network that the others share."""
        self.hosts = folder / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n")

    def container(self, name: str, mounts: Mapping[str, Path]) -> Container:
        """One of them; ``mounts`` has a folder for each volume."""
        (given,) = [
            one for one in [*self.spec.get("initContainers", []), *self.spec["containers"]] if one["name"] == name
        ]
        places: dict[bool, dict[Path, str]] = {True: {self.hosts: "/etc/hosts"}, False: {}}
        for mount in given["volumeMounts"]:
            places[mount.get("readOnly", False)][mounts[mount["name"]]] = mount["mountPath"]
        own = [f"{one['name']}={one['value']}" for one in given.get("env", []) if "value" in one]
        return Container(
            f"keystone-image-test-pod-{name}", self._bundles, self._root, [*given["command"], *map(str, given["args"])],
            [*self._variables, *own], places[True], places[False], self.pause,
        )  # fmt: skip

    def begin(self) -> None:
        """Have a network."""
        self.pause.start()
        self.pause.wait_until(["true"], "a network")

    def ready(self, container: Container) -> None:
        """Ask each probe of the engine until it is good. Raises `ContainerError`."""
        (engine,) = [one for one in self.spec["containers"] if one["name"] == "engine"]
        ports = {port["name"]: port["containerPort"] for port in engine["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            asked = engine[probe]["httpGet"]
            url = f"http://127.0.0.1:{ports[asked['port']]}{asked['path']}"
            wait_for(f"{probe} {asked['path']}", lambda url=url: container.ask("GET", url)[0], 200)


def wait_for(what: str, ask: Any, wanted: Any) -> None:
    """Ask until it is so, and say it. Raises `ContainerError`."""
    until = time.monotonic() + SECONDS
    while True:
        with contextlib.suppress(ContainerError, ValueError):
            found = ask()
            if found == wanted:
                break
        if time.monotonic() > until:
            raise ContainerError(f"{what} did not become {wanted!r}")
        time.sleep(0.2)
    print(f"  {what}: {wanted}")


def put_map(folder: Path, data: Mapping[str, str], items: list[dict[str, str]] | None = None) -> None:
    """Mount a ConfigMap or change it: files in a folder of this version, ``..data`` exchanged, links through it."""
    version = folder / f"..{time.monotonic_ns()}"
    for name, path in [(one["key"], one["path"]) for one in items or []] or [(name, name) for name in data]:
        file = version / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(data[name])
    (folder / "..new").symlink_to(version.name)
    (folder / "..new").rename(folder / "..data")
    for child in version.iterdir():
        with contextlib.suppress(FileExistsError):
            (folder / child.name).symlink_to(f"..data/{child.name}")


def from_config_map(folder: Path, root: Path, variables: list[str]) -> None:
    """Scripts as values, a module among them; a change of them is loaded; the pod ends within its notice."""
    print("a pod of the Helm chart, scripts from a ConfigMap")
    pod = Pod(folder, root, variables, "files")
    volumes = {one["name"]: one["configMap"] for one in pod.spec["volumes"]}
    places = {name: pod.folder / name for name in volumes}
    for name, source in volumes.items():
        places[name].mkdir()
        put_map(places[name], pod.maps[source["name"], "ConfigMap"], source.get("items"))
    engine = pod.container("engine", places)
    with closing([pod.pause, engine]):
        pod.begin()
        engine.start()
        pod.ready(engine)
        url, body = "http://127.0.0.1:8081/route/shop", '{"backends": [{"name": "a"}, {"name": "b"}]}'
        check("a decision", engine.ask("POST", url, body), (200, {"selected_backend": "a"}))
        scripts = dict(pod.maps[volumes["scripts"]["name"], "ConfigMap"])
        scripts["lib..names.lua"] = scripts["lib..names.lua"].replace("backends[1]", "backends[2]")
        put_map(places["scripts"], scripts, volumes["scripts"]["items"])
        wait_for("after the ConfigMap's change", lambda: engine.ask("POST", url, body)[1], {"selected_backend": "b"})
        check("exit code after SIGTERM", engine.stop(seconds=pod.spec["terminationGracePeriodSeconds"]), 0)


def from_bundle(folder: Path, root: Path, variables: list[str]) -> None:
    """A signed bundle, fetched before the engine starts; another one while it serves; one that is not signed."""
    print("a pod of the Helm chart, scripts from a bundle")
    pod = Pod(folder, root, variables, "bundle")
    files = pod.folder / "files"
    places = {name: pod.folder / name for name in ("settings", "work", "keys", "headers")}
    for place in [*places.values(), files]:
        place.mkdir()
    os.chown(places["work"], USER, USER)
    (settings,) = [data for (name, _), data in pod.maps.items() if name.endswith("-settings")]
    put_map(places["settings"], settings)
    put_map(places["keys"], {"keys.pem": KEY})
    put_map(places["headers"], {"headers.txt": "Authorization: Bearer reader\n"})
    for container in [*pod.spec["initContainers"], *pod.spec["containers"]]:
        plain = [one for one in map(str, container["args"]) if not one.startswith("--ca")]
        container["args"] = [{"--follow=30": "--follow=0.5"}.get(one, one) for one in plain]
        container["args"] = [
            f"http://127.0.0.1:{PORT}/bundle.tgz" if "://" in one else one for one in container["args"]
        ]
    publish(pod.folder, files, "first", 1)
    first, engine, fetcher = (pod.container(name, places) for name in ("first-bundle", "engine", "fetcher"))
    url = "http://127.0.0.1:8081/route/shop"
    with closing([pod.pause, first, engine, fetcher]):
        pod.begin()
        with server(pod.pause, files):
            first.start()
            assert first.process is not None
            check("exit code of the first bundle", first.process.wait(SECONDS), 0)
            engine.start()
            pod.ready(engine)
            check("a decision", engine.ask("POST", url, "{}"), (200, {"selected_backend": "first"}))
            fetcher.start()
            publish(pod.folder, files, "second", 2)
            wait_for(
                "after the second bundle", lambda: engine.ask("POST", url, "{}")[1], {"selected_backend": "second"}
            )
            publish(pod.folder, files, "third", 3, key="")
            wait_for(
                "a bundle that nobody has signed",
                lambda: engine.ask("GET", "http://127.0.0.1:9091/health")[1]["bundle"]["error"],
                "the bundle is not signed",
            )
            check("a decision", engine.ask("POST", url, "{}"), (200, {"selected_backend": "second"}))
            check("exit code of the fetcher after SIGTERM", fetcher.stop(), 0)
            check("exit code after SIGTERM", engine.stop(seconds=pod.spec["terminationGracePeriodSeconds"]), 0)


def publish(folder: Path, files: Path, backend: str, number: int, key: str = KEY) -> None:
    """Put a bundle where the server of files has it."""
    scripts = folder / "scripts"
    scripts.mkdir(exist_ok=True)
    (scripts / "shop.lua").write_text(f'function on_route_request() return {{selected_backend = "{backend}"}} end\n')
    (folder / "key").write_text(KEY)
    command = [sys.executable, "-m", "keystone_lua", "bundle", "build", scripts, "--out", files / "bundle.tgz"]
    signed = ["--key", folder / "key"] if key else []
    call(*command, "--revision", backend, "--number", str(number), *signed)


@contextlib.contextmanager
def server(container: Container, files: Path) -> Iterator[None]:
    """Files by HTTP, in a container's network."""
    command = ["nsenter", f"--net=/proc/{container.pid}/ns/net", sys.executable, "-m", "http.server", str(PORT)]
    process = subprocess.Popen(
        [*command, "--bind", "127.0.0.1", "--directory", str(files)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        process.wait()
