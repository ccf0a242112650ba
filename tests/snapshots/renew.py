"""The generated Python of small scripts, kept beside them: what a change of the compiler changes is seen in its diff.

python -m tests.snapshots.renew      writes NAME.txt anew for each NAME.lua of this folder
"""

from __future__ import annotations

from pathlib import Path

from keystone_lua.interpreter.dump import dump

FOLDER = Path(__file__).parent


def snapshot(path: Path) -> str:
    """The text for a script."""
    return "\n".join([*dump("python", path.read_bytes(), path.name, {}), ""])


def main() -> None:
    """Write all."""
    for path in sorted(FOLDER.glob("*.lua")):
        path.with_suffix(".txt").write_text(snapshot(path))


if __name__ == "__main__":
    main()
