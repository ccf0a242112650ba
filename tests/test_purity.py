"""Every dependency can be had without native code: it stands in requirements/pure.txt with the hash of a pure wheel."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import purity

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WITHOUT = {"mypy", "ruff", "backports-zstd", "cryptography", "pyarrow", "distributed"}
"""What has native code: the first two look at the code and run none of it, the others are extras, see tests/native."""

LINE = re.compile(r"([\w.-]+)==([\w.]+) --hash=sha256:[0-9a-f]{64}  # (\S+)")
LINES = [line for line in (ROOT / "requirements" / "pure.txt").read_text().splitlines() if not line.startswith("#")]
PINNED = {canonicalize_name(match[1]): match for match in map(LINE.fullmatch, LINES) if match is not None}


def test_every_line_is_one_wheel_for_any_platform() -> None:
    assert len(PINNED) == len(LINES)
    for match in PINNED.values():
        assert match[3].startswith(f"{match[1]}-{match[2]}-")
        assert re.search(r"-(py2\.)?py3-none-any\.whl$", match[3]), match[3]


@pytest.mark.parametrize("text", sorted({*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())}))
def test_every_dependency_is_there(text: str) -> None:
    requirement = Requirement(text)
    name = canonicalize_name(requirement.name)
    if name in WITHOUT:
        assert name not in PINNED
    else:
        assert requirement.specifier.contains(PINNED[name][2])


def test_native_code_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purity.sysconfig, "get_path", lambda _: str(tmp_path))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").write_text("")
    assert [*purity.shared_libraries()] == []
    for name in ("c.so", "libd.so.1", "e.pyd", "f.dylib"):
        (tmp_path / "a" / name).write_text("")
    assert len([*purity.shared_libraries()]) == 4
