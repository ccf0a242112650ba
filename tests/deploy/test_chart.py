"""The Helm chart, by what it renders: its commands parse, its names fit each other, its scripts load.

Whether Helm and Kubernetes take it is `make deploy-check`'s to say.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from keystone_lua.cli import whole_parser
from keystone_lua.interpreter.version import ENGINE_VERSION
from keystone_lua.routing.scripts import ScriptStore
from keystone_lua.server.settings.reader import read_settings
from keystone_lua.server.settings.values import PREFIX

from .chart import CHART, DEPLOY, RENDERED, VARIANTS, documents, fingerprint

each = pytest.mark.parametrize("variant", VARIANTS)


def resources(variant: str) -> dict[str, Any]:
    """What a variant renders, by kind; ConfigMaps by their name's last part too."""
    found = {}
    for one in documents(RENDERED / f"{variant}.yaml"):
        is_map = one["kind"] == "ConfigMap"
        found[one["kind"] + (f" {one['metadata']['name'].rpartition('-')[2]}" if is_map else "")] = one
    return found


def pod(variant: str) -> dict[str, Any]:
    found: dict[str, Any] = resources(variant)["Deployment"]["spec"]["template"]["spec"]
    return found


def containers(variant: str) -> dict[str, dict[str, Any]]:
    spec = pod(variant)
    return {one["name"]: one for one in [*spec.get("initContainers", []), *spec["containers"]]}


def environment(variant: str) -> dict[str, str]:
    return {one["name"]: one.get("value", "hush") for one in containers(variant)["engine"]["env"]}


def test_what_is_rendered_is_of_the_chart_as_it_is() -> None:
    assert {path.stem for path in RENDERED.iterdir()} == set(VARIANTS)
    for variant in VARIANTS:
        head = (RENDERED / f"{variant}.yaml").read_text().partition("\n")[0]
        assert fingerprint(variant) in head, "the chart has changed: python -m tests.deploy render"


def test_the_chart_is_of_this_version() -> None:
    (chart,) = documents(CHART / "Chart.yaml")
    release = ENGINE_VERSION.partition(".dev")[0]
    assert (chart["version"], chart["appVersion"]) == (release, release)
    assert containers("default")["engine"]["image"] == f"keystone-lua-engine:{release}"


def test_the_schema_has_each_value_and_no_other() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    values = YAML(typ="safe").load((CHART / "values.yaml").read_text())

    def compare(where: str, value: Any, rule: dict[str, Any]) -> None:
        rule = schema["definitions"][rule["$ref"].rpartition("/")[2]] if "$ref" in rule else rule
        if "properties" in rule and isinstance(value, dict):
            listed = rule["properties"].keys() - {"global", "claims"}
            assert value.keys() == listed, where
            assert rule["additionalProperties"] is False, where
            for name, content in value.items():
                compare(f"{where}.{name}", content, rule["properties"][name])

    compare("values", values, schema)


@each
def test_every_command_is_one_and_every_variable_a_setting(variant: str, tmp_path: Path) -> None:
    for container in containers(variant).values():
        assert container["command"] == ["keystone-lua"]
        whole_parser().parse_args(container["args"])
    settings = tmp_path / "keystone.toml"
    settings.write_text(resources(variant)["ConfigMap settings"]["data"]["keystone.toml"])
    own = {name: value for name, value in environment(variant).items() if name.startswith(PREFIX)}
    settings_read = read_settings({"config": str(settings)}, own)
    config = settings_read.config()
    ports = {port["name"]: port["containerPort"] for port in containers(variant)["engine"]["ports"]}
    addresses = {
        "routes": config.address,
        "admin": config.admin_address,
        "spoe": config.spoe_address,
        "grpc": config.grpc_address,
    }
    assert ports == {name: address.port for name, address in addresses.items() if address is not None}
    assert config.watch
    assert pod(variant)["terminationGracePeriodSeconds"] > config.notice_seconds + 9


@each
def test_containers_are_locked_down(variant: str) -> None:
    spec = pod(variant)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    for container in containers(variant).values():
        locked = container["securityContext"]
        assert (locked["allowPrivilegeEscalation"], locked["readOnlyRootFilesystem"]) == (False, True)
        assert locked["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]


@each
def test_names_lead_to_what_there_is(variant: str) -> None:
    made = resources(variant)
    deployment = made["Deployment"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    selectors = [deployment["spec"]["selector"]["matchLabels"], made["Service"]["spec"]["selector"]]
    selectors += [one["labelSelector"]["matchLabels"] for one in pod(variant)["topologySpreadConstraints"]]
    ports = {port["name"] for port in containers(variant)["engine"]["ports"]}
    named = {port["targetPort"] for port in made["Service"]["spec"]["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        named.add(containers(variant)["engine"][probe]["httpGet"]["port"])
    if "NetworkPolicy" in made:
        rules = made["NetworkPolicy"]["spec"]
        selectors.append(rules["podSelector"]["matchLabels"])
        named |= {port["port"] for rule in rules["ingress"] for port in rule["ports"]}
        assert rules["policyTypes"] == ["Ingress", "Egress"]
        assert bool(rules["egress"]) is ("fetcher" in containers(variant))
    if "PodDisruptionBudget" in made:
        selectors.append(made["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"])
    if "HorizontalPodAutoscaler" in made:
        assert made["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
        assert "replicas" not in deployment["spec"]
    assert [one for one in selectors if not one.items() <= labels.items()] == []
    assert named <= ports
    volumes = {one["name"] for one in pod(variant)["volumes"]}
    mounts = {one["name"] for container in containers(variant).values() for one in container["volumeMounts"]}
    assert mounts == volumes


def test_what_can_be_left_out_is_left_out() -> None:
    everything = {"HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"}
    assert everything <= resources("default").keys()
    assert not everything & resources("files").keys()
    assert resources("files")["Deployment"]["spec"]["replicas"] == 2


@pytest.mark.parametrize(("variant", "tenants"), [("default", ["hello"]), ("files", ["shop"])])
def test_the_scripts_of_the_config_map_load_where_they_are_mounted(
    variant: str, tenants: list[str], tmp_path: Path
) -> None:
    (volume,) = [one for one in pod(variant)["volumes"] if one["name"] == "scripts"]
    made = resources(variant)["ConfigMap scripts"]
    assert volume["configMap"]["name"] == made["metadata"]["name"]
    for item in volume["configMap"]["items"]:
        assert re.fullmatch("[-._a-zA-Z0-9]+", item["key"]), "a key of a ConfigMap"
        path = tmp_path / item["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made["data"].pop(item["key"]))
    assert not made["data"]
    loaded = ScriptStore(tmp_path).reload()
    assert loaded.errors == ()
    assert sorted(loaded.programs) == tenants
    (mount,) = [one for one in containers(variant)["engine"]["volumeMounts"] if one["name"] == "scripts"]
    assert mount["mountPath"] == environment(variant)["KEYSTONE_LUA_SCRIPTS"]


def test_a_bundle_is_fetched_to_where_the_engine_looks() -> None:
    found = containers("bundle")
    first, fetcher = (whole_parser().parse_args(found[name]["args"]) for name in ("first-bundle", "fetcher"))
    assert (first.follow, fetcher.follow, fetcher.wait) == (None, 30, 60)
    for options in (first, fetcher):
        assert str(options.folder) == environment("bundle")["KEYSTONE_LUA_SCRIPTS"]
        assert (options.headers, str(options.ca)) == ("/headers/headers.txt", "/keys/ca.pem")
    mounts = {name: {m["name"]: m for m in one["volumeMounts"]} for name, one in found.items()}
    assert mounts["engine"]["work"]["readOnly"] is True
    assert "readOnly" not in mounts["fetcher"]["work"]
    (keys,) = [one["projected"] for one in pod("bundle")["volumes"] if one["name"] == "keys"]
    secret = resources("bundle")["Secret"]
    assert keys["sources"] == [{"secret": {"name": secret["metadata"]["name"]}}]
    assert secret["stringData"].keys() == {"keys.pem", "ca.pem"}
    assert "ConfigMap scripts" not in resources("bundle")


def test_the_chart_and_the_plain_manifests_run_one_thing() -> None:
    """Both are for people to read; what a server needs may not differ between them."""
    (plain,) = documents(DEPLOY / "kubernetes" / "base" / "deployment.yaml")
    wanted, spec = plain["spec"]["template"]["spec"], pod("default")
    for name in ("securityContext", "terminationGracePeriodSeconds", "enableServiceLinks"):
        assert spec[name] == wanted[name], name
    (engine,) = wanted["containers"]
    for name in (
        "image",
        "args",
        "ports",
        "resources",
        "securityContext",
        "startupProbe",
        "livenessProbe",
        "readinessProbe",
    ):
        assert containers("default")["engine"][name] == engine[name], name
    files = Path("files", "hello.lua"), Path("hello.lua")
    assert (CHART / files[0]).read_text() == (DEPLOY / "kubernetes" / "base" / files[1]).read_text()
