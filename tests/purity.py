"""Proves that this Python runs the engine without native code of others.

    .venv-pure/bin/python tests/purity.py

Refuses an environment that holds a shared library, and one in which serving a request loads a module that is neither
Python nor the standard library's. Exit code 1, and a line for each.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

NATIVE = (".so", ".pyd", ".dylib", ".dll", *EXTENSION_SUFFIXES)


def shared_libraries() -> Iterator[Path]:
    """Every file in the environment's packages that is native code."""
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for path in Path(folder).rglob("*"):
            # Versioned names end in digits: libx.so.1
            if path.is_file() and (path.name.endswith(NATIVE) or ".so." in path.name):
                yield path


def native_modules() -> Iterator[str]:
    """Modules that were loaded from native code outside the standard library."""
    library = Path(sysconfig.get_path("stdlib")).resolve()
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and file.endswith(NATIVE) and not Path(file).resolve().is_relative_to(library):
            yield f"{name}: {file}"


def main() -> int:
    """Look, and print what is wrong. Returns the exit code."""
    import prometheus_client
    import pydantic

    from keystone_lua.server.api import models
    from keystone_lua.server.ext_authz import agent
    from keystone_lua.server.process import app, supervisor
    from keystone_lua.server.telemetry import exposition

    used = (agent, app, exposition, models, supervisor, prometheus_client, pydantic)
    found = [*map(str, shared_libraries()), *native_modules()]
    for line in found:
        print(f"native code: {line}")
    if not found:
        print(f"no native code beside Python's own ({len(sys.modules)} modules, pydantic {used[-1].VERSION})")
    return 1 if found else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    sys.exit(main())
