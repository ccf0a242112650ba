"""The command line as a whole: every command is found, and only what it needs is imported."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys

import pytest

from keystone_lua.cli import MODULES, main


@pytest.mark.parametrize("module", MODULES)
def test_modules_add_the_commands_that_stand_beside_their_names(module: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    importlib.import_module(f"keystone_lua.cli.{module}").add_commands(commands)
    assert tuple(commands.choices) == MODULES[module]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = {
        line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("    ") and line.split()
    }
    assert {command for commands in MODULES.values() for command in commands} <= listed


@pytest.mark.parametrize("arguments", [["nonsense"], [], ["--nonsense"]])
def test_wrong_usage_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: keystone-lua" in capsys.readouterr().err


def test_serving_imports_nothing_of_the_other_commands() -> None:
    program = """
import sys
from keystone_lua.cli import main
code = main(["serve", "-scripts", "/nonexistent", "-addr", "127.0.0.1:0"])
loaded = {name.split(".")[1] for name in sys.modules if name.startswith("keystone_lua.")}
print(code, *sorted(loaded))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "2",
        "cli",
        "hidden",
        "implementation",
        "interpreter",
        "routing",
        "server",
        "untrusted",
    ]
