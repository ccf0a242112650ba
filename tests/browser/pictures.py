"""``python -m tests.browser.pictures FOLDER``: the playground's states as pictures, to be looked at.

On a phone, a tablet and a desk, light and dark: before it has a key, after a run, after a failed one, tests, Python, the
list of decisions, a decision with a field changed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.audit.support import write_log
from tests.playground.support import ROOT, Client, playground

from . import Browser, Page
from .steps import run, write

SIZES = ((390, 844), (768, 1024), (1280, 900))
FAILING = """\
function on_route_request(request)
  local t = {}
  local unused = request.pth
  while true do t[#t + 1] = ('x'):rep(1000) end
end"""


def main() -> int:
    """The command. Returns the exit code."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as logs:
        log = Path(logs) / "decisions.log"
        write_log(log, 44)
        with playground(ROOT / "scripts", "--log", log) as client, Browser() as browser:
            for width, height in SIZES:
                for dark in (False, True):
                    page = browser.page()
                    page.look(width, height, dark)
                    _states(page, client, folder / f"{width}-{'dark' if dark else 'light'}")
                    page.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return 0


def _states(page: Page, client: Client, name: Path) -> None:
    def picture(state: str, whole: bool = True) -> None:
        page.evaluate("window.scrollTo(0, 0)")
        page.picture(name.with_name(f"{name.name}-{state}.png"), whole)

    page.open(f"http://127.0.0.1:{client.port}/")
    page.wait("!document.querySelector('#key-form').hidden")
    picture("key", whole=False)
    page.fill("#key", client.address)
    page.key("Enter")
    page.wait("document.querySelector('#findings').innerText")
    run(page)
    picture("run", whole=False)
    write(page, FAILING)
    page.wait("document.querySelector('#findings').innerText.includes('pth')")
    run(page)
    picture("failed")
    page.click("#tab-tests")
    page.click("#run-tests")
    page.wait("document.querySelector('#tests-status').innerText.includes('failed')")
    picture("tests")
    page.click("#tab-python")
    page.wait("document.querySelector('#python .cm-content')?.innerText.includes('def ')")
    picture("python", whole=False)
    page.click("#what-if")
    page.wait("document.querySelectorAll('#records-list button').length")
    picture("records", whole=False)
    page.fill("#records-words", "canary get")
    page.click("#records-list li:last-child button")
    page.wait("!document.querySelector('#recorded').hidden")
    page.click("#tab-script")
    page.fill("#headers", "X-Canary: true")
    page.evaluate("document.querySelector('#more').open = true")
    run(page)
    picture("what-if")


if __name__ == "__main__":
    sys.exit(main())
