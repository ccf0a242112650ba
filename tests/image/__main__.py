"""``python -m tests.image [FOLDER]``: build the image, run it, look at it. As root, on Debian.

Prints a line for each thing that was checked and ends with exit code 1 at the first that is not so. What is kept in
FOLDER (default build/image-test), Debian's base system and the wheels, makes the next time faster.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from keystone_lua.interpreter.version import ENGINE_VERSION
from tests.image.containers import ROOT, Builder, Container, ContainerError, call, check, closing, install_tools

from . import pods

IMAGE = "keystone-lua-engine"
BASE = "localhost/keystone-image-test-base:latest"
USER = 65534
MAX_ADDED = 64_000_000
"""Bytes that the Dockerfile may add to its base."""

REQUEST = (
    '{"headers": {"X-Canary": "true"}, "backends": [{"name": "api-stable", "url": "http://a", "health": true}, '
    '{"name": "api-canary", "url": "http://b", "health": true}]}'
)


def main() -> int:
    """Build, run, look. Returns the exit code."""
    if os.geteuid() != 0:
        print("must be run as root: buildah's chroot isolation, mmdebstrap and runc need it", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "image-test").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "bundles", ignore_errors=True)
    try:
        install_tools()
        builder = Builder(folder)
        image = build(builder)
        with builder.mounted(IMAGE) as root:
            files(root)
            engine(folder, root, image)
            compose(folder, root, image)
            pods.from_config_map(folder, root, image["config"]["Env"])
            pods.from_bundle(folder, root, image["config"]["Env"])
    except ContainerError as error:
        print(f"image test: {error}", file=sys.stderr)
        return 1
    print("image test: good")
    return 0


def build(builder: Builder) -> dict[str, Any]:
    """Build the base and the image, and look at its configuration."""
    text = (ROOT / "Dockerfile").read_text()
    said = dict(re.findall(r"^ARG (\w+)=(\S+)$", text, re.MULTILINE))
    check("bases", set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)), {"${BASE_NAME}@${BASE_DIGEST}"})
    print(f"base {BASE}, made by mmdebstrap in place of {said['BASE_NAME']}")
    given = {
        "BASE_NAME": BASE,
        "BASE_DIGEST": builder.base(BASE),
        "REVISION": "a" * 40,
        "CREATED": "2026-01-01T00:00:00Z",
    }
    print("image")
    builder.build(IMAGE, given)
    image = builder.inspect(IMAGE)
    config = image["config"]
    check("user", config["User"], f"{USER}:{USER}")
    check("entrypoint", config["Entrypoint"], ["lua-engine"])
    check("command", config["Cmd"], ["-addr", ":8081", "-scripts", "/app/scripts"])
    check("ports", list(config["ExposedPorts"]), ["8081/tcp"])
    check("stop signal", config["StopSignal"], "SIGTERM")
    check("health check", config["Healthcheck"]["Test"][0], "CMD")
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in config["Labels"].items()}
    wanted = {
        "version": ENGINE_VERSION, "revision": given["REVISION"], "created": given["CREATED"], "licenses": "MIT",
        "base.name": given["BASE_NAME"], "base.digest": given["BASE_DIGEST"],
    }  # fmt: skip
    check("labels", {name: value for name, value in labels.items() if name in wanted}, wanted)
    check("wheels mentioned in its configuration", "wheels" in str(config), False)
    return image


def size_of(root: Path) -> int:
    """Bytes of the files below ``root``."""
    return sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir())


def files(root: Path) -> None:
    """Look at the image's files."""
    print("files")
    added = size_of(root / "app")
    check(f"/app, {added / 1e6:.1f} MB of {size_of(root) / 1e6:.0f}, is small enough", added <= MAX_ADDED, True)
    check("pip in /app", [path.name for path in root.glob("app/venv/lib/python3*/site-packages/pip*")], [])
    check(
        "scripts",
        sorted(path.name for path in (root / "app/scripts").iterdir()),
        sorted(path.name for path in (ROOT / "scripts").iterdir()),
    )
    writable = [
        str(path.relative_to(root))
        for path in (root / "app").rglob("*")
        if not path.is_symlink() and (path.lstat().st_uid == USER or path.lstat().st_mode & stat.S_IWOTH)
    ]
    check("what its user could write in /app", writable, [])


def engine(folder: Path, root: Path, image: dict[str, Any]) -> None:
    """Run the image as ``docker run`` does, with a scripts folder mounted."""
    print("engine: docker run -p 8081:8081 -v $(pwd)/scripts:/app/scripts, read-only, no capabilities")
    config = image["config"]
    scripts = folder / "scripts"
    shutil.rmtree(scripts, ignore_errors=True)
    shutil.copytree(ROOT / "scripts", scripts)
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")  # Docker gives every container one
    health = config["Healthcheck"]["Test"][1:]
    container = Container(
        "keystone-image-test-engine", folder / "bundles", root, [*config["Entrypoint"], *config["Cmd"]], config["Env"],
        {scripts: "/app/scripts", hosts: "/etc/hosts"},
    )  # fmt: skip
    with closing([container]):
        container.start()
        container.wait_until(health, "a good health check")
        look_at_process(container)
        here = [sys.executable, "-m", "keystone_lua", "--version"]
        check("its build", container.execute("keystone-lua", "--version").stdout, call(*here))
        check("health check", container.execute(*health).returncode, 0)
        url = "http://127.0.0.1:8081"
        status, answer = container.ask("POST", f"{url}/route/canary", REQUEST)
        check("a decision", (status, answer["selected_backend"]), (200, "api-canary"))
        (scripts / "new.lua").write_text('function on_route_request() return {selected_backend = "new"} end')
        check("reload of the mounted folder", container.ask("POST", f"{url}/reload")[0], 200)
        check("a new script", container.ask("POST", f"{url}/route/new", "{}"), (200, {"selected_backend": "new"}))
        client = container.begin("POST", f"{url}/route/canary", REQUEST)
        code = container.stop(meanwhile=client.finish)
        check("a request in flight at SIGTERM", client.answer[0], 200)
        check("exit code after SIGTERM", code, 0)


def look_at_process(container: Container) -> None:
    """Look at what the kernel says of the first process."""
    pid = container.pid
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    check("user and group", (set(facts["Uid"].split()), set(facts["Gid"].split())), ({str(USER)}, {str(USER)}))
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        check(kind, int(facts[kind], 16), 0)
    check("no new privileges", facts["NoNewPrivs"], "1")
    (mount,) = [
        line.split() for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines() if line.split()[4] == "/"
    ]
    check("root", mount[5].split(",")[0], "ro")
    written = container.execute("python", "-c", "open('/app/x', 'w')")
    check("writing a file", written.stderr.strip().rpartition("] ")[2], "Read-only file system: '/app/x'")


def in_order(services: dict[str, Any]) -> list[str]:
    """The services, each after those that it depends on, as ``condition: service_healthy`` has them started."""
    done: list[str] = []
    while len(done) < len(services):
        ready = [
            name for name, one in services.items() if name not in done and set(one.get("depends_on", ())) <= {*done}
        ]
        check(f"after {', '.join(done) or 'nothing'} come", bool(ready), True)
        done += ready
    return done


def compose(folder: Path, root: Path, image: dict[str, Any]) -> None:
    """Run what docker-compose.lua.yml says, in one network where every service's name is this machine's."""
    print("docker-compose -f docker-compose.lua.yml up, in one network namespace")
    services = YAML(typ="safe", pure=True).load((ROOT / "docker-compose.lua.yml").read_text())["services"]
    hosts = folder / "hosts"
    hosts.write_text("".join(f"127.0.0.1 {name}\n" for name in ["localhost", *services]))
    config = image["config"]
    containers: list[Container] = []
    with closing(containers):
        for name, service in services.items():
            check(
                f"{name} is hardened",
                (service["image"], service["read_only"], service["cap_drop"], service["security_opt"]),
                (IMAGE, True, ["ALL"], ["no-new-privileges:true"]),
            )
            mounts = {hosts: "/etc/hosts"}
            for volume in service.get("volumes", ()):
                here, there, _ = volume.split(":")
                mounts[(ROOT / here).resolve()] = there
            entrypoint = service.get("entrypoint", config["Entrypoint"])
            command = service.get("command", config["Cmd"] if "entrypoint" not in service else [])
            variables = [f"{key}={value}" for key, value in service.get("environment", {}).items()]
            containers.append(
                Container(
                    f"keystone-image-test-{name}", folder / "bundles", root, [*entrypoint, *command],
                    [*config["Env"], *variables], mounts,
                    network_of=containers[0] if containers else None,
                )
            )  # fmt: skip
        by_name = dict(zip(services, containers, strict=True))
        for name in in_order(services):
            by_name[name].start()
            by_name[name].wait_until(services[name]["healthcheck"]["test"][1:], "a good health check")
            print(f"  {name} is healthy")
        gateway = by_name["gateway"]
        look_at_process(gateway)
        deadline = time.monotonic() + 30
        while (facts := gateway.ask("GET", "http://127.0.0.1:8080/-/health")[1])["healthy_services"] < facts[
            "services"
        ]:
            if time.monotonic() > deadline:
                raise ContainerError(f"services stay down: {facts}\n{gateway.log()}")
        for host, path, headers, wanted in (
            ("canary.example.com", "/products", {"X_Canary": "true"}, "api-canary"),
            ("blue-green.example.com", "/", {"X_Deployment_State": "green"}, "app-green"),
            ("ab-testing.example.com", "/site/", {"X_User_ID": "4711"}, "site-version-b"),
            ("localhost", "/", {}, "api-stable"),
        ):
            status, answer = gateway.ask("GET", f"http://127.0.0.1:8080{path}", Host=host, **headers)
            check(f"{host}{path}", (status, answer.get("name")), (200, wanted))
        check("exit code of the gateway after SIGTERM", gateway.stop(), 0)


if __name__ == "__main__":
    sys.exit(main())
