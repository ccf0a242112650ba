"""Completion for shells, made from the parser: commands, their options, and files for everything else.

Input: the parser of all commands. Output: the text for a shell's start-up file.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

PROGRAM = "keystone-lua"

_BASH = """\
_keystone_lua() {
  local word="${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="%(commands)s"
  elif [ "${word#-}" != "$word" ]; then
    case "${COMP_WORDS[1]}" in
%(cases)s
    esac
  else
    case "${COMP_WORDS[1]}" in
%(choices)s
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [ "$COMP_CWORD" -gt 1 ] && [ "${word#-}" = "$word" ] && [ -z "$words" ]; then
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _keystone_lua keystone-lua
"""


def script_for(shell: str, parser: argparse.ArgumentParser) -> str:
    """The text for a shell."""
    commands = dict(_commands(parser))
    if shell == "fish":
        return "".join(_fish(parser, commands))
    text = _BASH % {
        "commands": " ".join(commands),
        "cases": "\n".join(f'      {name}) words="{" ".join(_options(own))}" ;;' for name, own in commands.items()),
        "choices": "\n".join(
            f'      {name}) words="{" ".join(_choices(own))}" ;;' for name, own in commands.items() if _choices(own)
        ),
    }
    return f"autoload -U +X bashcompinit && bashcompinit\n{text}" if shell == "zsh" else text


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [text for action in parser._actions for text in action.option_strings if text.startswith("--")]


def _choices(parser: argparse.ArgumentParser) -> list[str]:
    """What stands in place of a file."""
    return [str(c) for a in parser._actions if not a.option_strings and a.choices for c in a.choices]


def _fish(parser: argparse.ArgumentParser, commands: dict[str, argparse.ArgumentParser]) -> Iterator[str]:
    helps = {
        choice.dest: choice.help or ""
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for choice in action._choices_actions
    }
    for name, own in commands.items():
        yield f"complete -c {PROGRAM} -n __fish_use_subcommand -f -a {name} -d {_quoted(helps.get(name, ''))}\n"
        seen = f"'__fish_seen_subcommand_from {name}'"
        for action in own._actions:
            for text in action.option_strings:
                if text.startswith("--"):
                    needs = "" if action.nargs == 0 else " -r"
                    yield f"complete -c {PROGRAM} -n {seen} -l {text[2:]}{needs} -d {_quoted(action.help or '')}\n"
        if _choices(own):
            yield f"complete -c {PROGRAM} -n {seen} -f -a {_quoted(' '.join(_choices(own)))}\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("%%", "%").replace("\\", "\\\\").replace("'", "\\'") + "'"
