"""The Dockerfile, what it installs and docker-compose.lua.yml. `make image-test` builds and runs them."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import requires

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from keystone_lua.interpreter.version import ENGINE_VERSION

from .chart import ROOT, documents

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = ("server", "grpc", "gateway")
LOCK = (ROOT / "requirements" / "image.txt").read_text()
ENTRY = re.compile(r"^([a-z0-9-]+)==([\w.]+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)
PINNED = {match[1]: match[2] for match in ENTRY.finditer(LOCK)}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def wanted() -> list[Requirement]:
    """What the image must have installed, but for what those need."""
    project = PROJECT["project"]
    texts = [*project["dependencies"], *(text for extra in EXTRAS for text in project["optional-dependencies"][extra])]
    return [Requirement(text) for text in [*texts, *PROJECT["build-system"]["requires"]]]


def test_every_line_of_the_lock_is_understood() -> None:
    assert (
        "".join(line for line in LOCK.splitlines(True) if line.startswith("#"))
        + "".join(f"{match[0]}\n" for match in ENTRY.finditer(LOCK))
        == LOCK
    )


def test_the_lock_is_of_the_dependencies_there_are() -> None:
    """`python requirements/lock.py image > requirements/image.txt` writes it anew."""
    outside = [str(one) for one in wanted() if not one.specifier.contains(PINNED[canonicalize_name(one.name)])]
    assert outside == []


def test_the_lock_has_all_that_they_need_and_nothing_else() -> None:
    """By what the packages say that are installed here."""
    environment = {**default_environment(), "python_version": "3.12", "python_full_version": "3.12.0", "extra": ""}
    needed: set[str] = set()
    left = [canonicalize_name(one.name) for one in wanted()]
    while left:
        name = left.pop()
        if name in needed:
            continue
        needed.add(name)
        if name == "setuptools":  # may be missing here, and needs nothing
            continue
        for text in requires(name) or ():
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate(environment):
                left.append(canonicalize_name(one.name))
    assert set(PINNED) == needed


def test_the_image_is_installed_by_the_lock_alone_and_says_what_it_is() -> None:
    installs = re.findall(r"pip install ([^&]*?)(?: && |\n)", DOCKERFILE.replace("\\\n", " "))
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--requirement image.txt" in installs[0]
    assert "--no-index" in installs[1]
    arguments = dict(re.findall(r"^ARG (\w+)=(\S+)$", DOCKERFILE, re.MULTILINE))
    assert arguments["VERSION"] == ENGINE_VERSION
    assert re.fullmatch("sha256:[0-9a-f]{64}", arguments["BASE_DIGEST"])
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${BASE_NAME}@${BASE_DIGEST}"}
    labels = set(re.findall(r'org\.opencontainers\.image\.([a-z.]+)="\$\{(\w+)\}"', DOCKERFILE))
    assert {
        ("version", "VERSION"),
        ("revision", "REVISION"),
        ("created", "CREATED"),
        ("source", "SOURCE"),
        ("base.name", "BASE_NAME"),
        ("base.digest", "BASE_DIGEST"),
    } == labels


def test_the_context_has_what_the_dockerfile_copies() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [
        line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    assert {name for names in copied for name in names} == let_in


def test_the_gateway_waits_for_the_health_of_all_that_it_asks() -> None:
    (composed,) = documents(ROOT / "docker-compose.lua.yml")
    services = composed["services"]
    assert services["gateway"]["depends_on"] == {
        name: {"condition": "service_healthy"} for name in services if name != "gateway"
    }
    assert [name for name, one in services.items() if one["healthcheck"]["test"][0] != "CMD"] == []
    ports = {name: one["environment"]["PORT"] for name, one in services.items() if "environment" in one}
    assert [services[name]["command"] for name in ports] == [[f"{name}=:{port}"] for name, port in ports.items()]
