"""CodeMirror's bundle: which it is, how it was made, under which licences; and all files of the page in the wheel."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib

from .support import ROOT

PAGE = ROOT / "keystone_lua" / "playground" / "page"
VENDOR = PAGE / "vendor"


def test_the_bundle_is_the_one_that_was_built() -> None:
    readme = (VENDOR / "README.md").read_text()
    digest = hashlib.sha256((VENDOR / "codemirror.js").read_bytes()).hexdigest()
    assert re.findall("[0-9a-f]{64}", readme) == [digest]


def test_every_package_in_it_has_its_licence() -> None:
    packages = json.loads((VENDOR / "package-lock.json").read_text())["packages"]
    built_in = {
        f"{name.removeprefix('node_modules/')} {one['version']}"
        for name, one in packages.items()
        if name and "esbuild" not in name
    }
    texts = (VENDOR / "LICENSE.txt").read_text()
    assert set(re.findall("^==== (.*) ====$", texts, re.MULTILINE)) == built_in
    assert texts.count("Permission is hereby granted, free of charge") == len(built_in)
    assert {one["license"] for name, one in packages.items() if name} == {"MIT"}


def test_the_packages_are_those_of_its_list() -> None:
    wanted = json.loads((VENDOR / "package.json").read_text())["dependencies"]
    locked = json.loads((VENDOR / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert "--legal-comments" in (VENDOR / "package.json").read_text()


def test_the_page_takes_nothing_from_elsewhere() -> None:
    for path in PAGE.iterdir():
        if path.suffix in (".html", ".css", ".js"):
            text = path.read_text()
            assert not re.search(r"(?:src|href)=\"(?!/|#)|@import|url\((?!#)|from \"(?!/)|innerHTML|eval\(", text), (
                path.name
            )
            assert not re.search(r"https?://(?!www\.w3\.org|127\.0\.0\.1|10\.|…)", text), path.name


def test_every_file_of_the_page_is_package_data() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    patterns = [PAGE.parent.glob(pattern) for pattern in data["keystone_lua.playground"]]
    listed = {path for paths in patterns for path in paths}
    assert {path for path in PAGE.rglob("*") if path.is_file()} <= listed
