"""deploy/ but for the Helm chart and the dashboard: what its files say of the engine is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from keystone_lua.cli import whole_parser
from keystone_lua.routing.scripts import ScriptStore
from keystone_lua.server.settings.reader import read_settings

from .chart import DEPLOY, documents

BASE, BUNDLE = DEPLOY / "kubernetes" / "base", DEPLOY / "kubernetes" / "bundle"


def containers() -> list[dict[str, Any]]:
    found = []
    for path in (BASE / "deployment.yaml", BUNDLE / "fetcher.yaml"):
        (deployment,) = documents(path)
        spec = deployment["spec"]["template"]["spec"]
        found += [*spec.get("initContainers", []), *spec["containers"]]
    return found


@pytest.mark.parametrize("folder", [BASE, BUNDLE])
def test_what_a_kustomization_names_is_there(folder: Path) -> None:
    (made,) = documents(folder / "kustomization.yaml")
    files = [*made.get("resources", []), *(patch["path"] for patch in made.get("patches", []))]
    files += [
        name for of in ("configMapGenerator", "secretGenerator") for one in made.get(of, []) for name in one["files"]
    ]
    assert [name for name in files if not (folder / name).exists()] == []


def test_every_command_is_one() -> None:
    for container in containers():
        for argument in container.get("args", []):
            assert isinstance(argument, str)
        if "args" in container:
            assert container["command"] == ["keystone-lua"]
            whole_parser().parse_args(container["args"])
    (line,) = re.findall("^ExecStart=(.*)$", (DEPLOY / "systemd" / "keystone-lua.service").read_text(), re.MULTILINE)
    parsed = whole_parser().parse_args(shlex.split(line)[1:])
    assert vars(parsed)["addr"] == "systemd:routes"
    assert "FileDescriptorName=routes\n" in (DEPLOY / "systemd" / "keystone-lua.socket").read_text()


def test_containers_are_locked_down() -> None:
    for container in containers():
        if "image" not in container:
            continue  # a patch of one that has all this
        locked = container["securityContext"]
        assert (locked["allowPrivilegeEscalation"], locked["readOnlyRootFilesystem"]) == (False, True)
        assert locked["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]


def test_the_settings_and_scripts_of_the_config_map_are_good() -> None:
    config = read_settings({"config": str(BASE / "keystone.toml")}, {}).config()
    (deployment,) = documents(BASE / "deployment.yaml")
    (engine,) = deployment["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in engine["ports"]}
    assert config.admin_address is not None
    assert ports == {"routes": config.address.port, "admin": config.admin_address.port}
    mounts = {mount["name"]: mount["mountPath"] for mount in engine["volumeMounts"]}
    assert str(config.scripts) == mounts["scripts"]
    grace = deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace > config.notice_seconds + 9, "what the server takes at most after its notice"
    assert ScriptStore(BASE).reload().errors == ()
