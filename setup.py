"""What pyproject.toml cannot say: the readme as a package index shows it, and where the source is.

A readme's links lead to files beside it, which an index has not. So a build says where they are, as in

    KEYSTONE_LUA_SOURCE=https://example.org/keystone-lua/blob/v0.2.0 python -m build

and links lead there. A build that says nothing has no links but whole addresses: the names of files stay, as text.
"""

import os
import re
from pathlib import Path

from setuptools import setup


def shown(readme: str, source: str) -> str:
    """The readme with links that lead somewhere from everywhere."""
    text = r"[\1](" + source.rstrip("/") + r"/\2)" if source else r"\1"
    return re.sub(r"\[([^\]]*)\]\((?!https?:)([^)]*)\)", text, readme)


if __name__ == "__main__":
    where = os.environ.get("KEYSTONE_LUA_SOURCE", "")
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    setup(
        long_description=shown(readme, where),
        long_description_content_type="text/markdown",
        project_urls={"Source": where, "Documentation": f"{where.rstrip('/')}/docs/index.md"} if where else {},
    )
