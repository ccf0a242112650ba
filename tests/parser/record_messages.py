"""Records what the real lua5.1 says of each source in messages.json: ``python -m tests.parser.record_messages``.

To add a source, write ``["source", ""]`` into the file and run this. Needs lua5.1; the tests do not.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

MESSAGES = Path(__file__).with_name("messages.json")
ASK = "local _, message = loadstring(io.read('*a'), '@x.lua') io.write(message or '')"


def lua_says(source: str) -> str:
    """The message, "" where lua5.1 takes the source."""
    answer = subprocess.run(["lua5.1", "-e", ASK], input=source.encode("latin-1"), capture_output=True, check=True)
    return answer.stdout.decode("latin-1")


def main() -> None:
    sources = [source for source, _ in json.loads(MESSAGES.read_text())]
    lines = [json.dumps([source, lua_says(source)]) for source in sources]
    MESSAGES.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
