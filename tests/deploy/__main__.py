"""deploy/, looked at with the tools of each kind.

    python -m tests.deploy [NAME ...]
    python -m tests.deploy render          write tests/deploy/rendered anew, after a change of the chart

In: promtool, systemd-analyze, docker-compose, kubectl, helm, kubernetes-validate, as far as they are there: on the path, or in .venv-deploy,
where ``make deploy-check`` puts helm, kubectl and kubernetes-validate. Out: a line for each check. Exit 1 if one fails, or if
a tool that was named is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .chart import CHART, DEPLOY, RENDERED, ROOT, VARIANTS, documents, render
from .dashboard import as_rules

TOOLS = ROOT / ".venv-deploy"

REFUSED = {
    "image.tagg=1": "additional properties 'tagg' not allowed",
    "service.port=0": "minimum: got 0, want 1",
    "image.digest=sha256:0": "does not match pattern",
    r"scripts.files.x\.\.lua=1": "invalid propertyName",
    "bundle.url=ftp://x": "does not match pattern",
    "bundle.url=https://x/": "bundle.url needs bundle.publicKey or bundle.keysSecret",
    "bundle.url=https://x/,bundle.publicKey=a,bundle.keysSecret=b": "one of them",
    "bundle.url=https://x/,bundle.keysSecret=b,scripts.configMap=c": "bundle.url and scripts: one of them",
    r"scripts.configMap=c,scripts.files.a\.lua=x": "scripts.files and scripts.configMap: one of them",
    "autoscaling.min=3,autoscaling.max=2": "autoscaling.max is below autoscaling.min",
}
"""Values that the chart refuses, and what it says."""


def tool(name: str) -> str | None:
    """Where a tool is."""
    return shutil.which(name, path=f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}")


def run(*command: str) -> str:
    """What a command says. Raises `AssertionError` if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
    return done.stdout


def promtool(command: str) -> Iterator[str]:
    run(command, "test", "rules", str(DEPLOY / "prometheus" / "alerts_test.yaml"))
    yield "the alert rules' tests"
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(as_rules())
        file.flush()
        yield f"the dashboard's expressions: {run(command, 'check', 'rules', file.name).split('SUCCESS: ')[1].strip()}"


def systemd(command: str) -> Iterator[str]:
    run(command, "verify", "--man=no", str(DEPLOY / "systemd" / "keystone-lua.socket"))
    yield "the socket"
    unit = DEPLOY / "systemd" / "keystone-lua.service"
    told = run(command, "security", "--offline=true", "--threshold=20", str(unit))
    yield told.splitlines()[-1].strip("→ \n")


def kubectl(command: str) -> Iterator[str]:
    for folder in (DEPLOY / "kubernetes" / "base", DEPLOY / "kubernetes" / "bundle"):
        yield f"{folder.name}: {validated(folder.name, run(command, 'kustomize', str(folder)))}"


def helm(command: str) -> Iterator[str]:
    run(command, "lint", "--strict", str(CHART))
    yield "lint --strict"
    for variant in VARIANTS:
        text = render(command, variant)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            made = documents(Path(file.name))
        kept = documents(RENDERED / f"{variant}.yaml")
        assert by_name(made) == by_name(kept), f"{variant}: rendered otherwise; python -m tests.deploy render"
        yield f"{variant}: {validated(variant, text)}"
    for values, wanted in REFUSED.items():
        done = subprocess.run(
            [command, "template", "x", str(CHART), "--set", values], capture_output=True, text=True, check=False
        )
        assert done.returncode, f"--set {values}: was taken"
        assert wanted in done.stderr, f"--set {values}: {done.stderr}"
        yield f"--set {values}: refused"
    with tempfile.TemporaryDirectory() as folder:
        run(command, "package", str(CHART), "--destination", folder)
        yield f"package: {[path.name for path in Path(folder).iterdir()]}"


def by_name(made: list[dict[str, object]]) -> list[tuple[str, dict[str, object]]]:
    return sorted(((f"{one['kind']} {one['metadata']['name']}", one) for one in made), key=lambda pair: pair[0])  # type: ignore[index]


def validated(name: str, text: str) -> str:
    """Have kubernetes-validate compare manifests with the API's schemas."""
    command = tool("kubernetes-validate")
    if command is None:
        return "rendered; there is no kubernetes-validate to look at it"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{name}.yaml")
        file.write_text(text)
        return f"{run(command, '--strict', str(file)).count(' passed ')} resources are as Kubernetes wants them"


def compose(command: str) -> Iterator[str]:
    run(command, "--file", str(ROOT / "docker-compose.lua.yml"), "config", "--quiet")
    yield "docker-compose.lua.yml"


CHECKS: dict[str, Callable[[str], Iterator[str]]] = {
    "promtool": promtool,
    "systemd-analyze": systemd,
    "kubectl": kubectl,
    "helm": helm,
    "docker-compose": compose,
}


def main(names: list[str]) -> int:
    if names == ["render"]:
        command = tool("helm")
        assert command is not None, "there is no helm"
        for variant in VARIANTS:
            (RENDERED / f"{variant}.yaml").write_text(render(command, variant))
        return 0
    failed = False
    for name in names or CHECKS:
        command = tool(name)
        if command is None:
            print(f"{name}: is not there")
            failed |= name in names
            continue
        try:
            for line in CHECKS[name](command):
                print(f"{name}: {line}")
        except (AssertionError, subprocess.CalledProcessError) as error:
            print(f"{name}: {error}\n{getattr(error, 'stderr', '') or ''}", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
