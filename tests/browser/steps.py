"""Steps of the tours through the playground, as an author takes them."""

from __future__ import annotations

import json

from . import CONTROL, Page

READY = "document.querySelector('.cm-content') && document.querySelector('#findings').innerText"
HEADLINE = "document.querySelector('#decision .headline')?.innerText"
STATUS = "document.querySelector('#status').innerText"


def write(page: Page, text: str) -> None:
    """Put ``text`` in the script's place, by keys."""
    page.evaluate("document.querySelector('#script .cm-content').focus()")
    page.key("a", CONTROL)
    page.type(text)


def run(page: Page) -> str:
    """Run, and what the status line then says."""
    page.evaluate("document.querySelector('#status').textContent = ''")
    page.key("Enter", CONTROL)
    said: str = page.wait(f"!document.querySelector('#run').disabled && {STATUS}")
    return said


def lines(page: Page, selector: str) -> list[str]:
    """What the elements show."""
    found: list[str] = page.evaluate(
        f"[...document.querySelectorAll({json.dumps(selector)})].map((e) => e.innerText.trim())"
    )
    return found
