"""The profile's page as a browser shows it: on a phone and a desk, light and dark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keystone_lua.cli import main
from tests.browser import Browser, Page, audits

ROOT = Path(__file__).parents[2]
REQUEST = {
    "method": "GET", "path": "/", "headers": {"X-Canary-Percent": "50"},
    "backends": [{"name": "api-stable", "url": "", "health": True}],
}  # fmt: skip
ENDLESS = """\
function on_route_request(request, backends)
  local names = {} --[[ grows ]]
  while #names < 1e6 do names[#names + 1] = ("%s-%d"):format(request.path, #names) end
end
"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with Browser() as browser:
        yield browser.page()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "request.json").write_text(json.dumps(REQUEST))
    (folder / "endless.lua").write_text(ENDLESS)
    made = []
    for script in (ROOT / "scripts" / "canary.lua", folder / "endless.lua"):
        made.append(folder / f"{script.stem}.html")
        arguments = ["profile", str(script), "--request", str(folder / "request.json"), "--html", str(made[-1])]
        assert main(arguments) == (0 if script.stem == "canary" else 1)
    return made


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_can_be_read(width: int, dark: bool, page: Page, pages: list[Path]) -> None:
    page.look(width, 900, dark)
    for file in pages:
        page.open(file.as_uri())
        assert audits.contrast(page) == []
        assert audits.too_wide(page) == []
        assert audits.nameless(page) == []
        assert page.complaints() == []


def test_a_hot_line_leads_to_its_source(page: Page, pages: list[Path]) -> None:
    page.look(1280, 300)
    page.open(pages[0].as_uri())
    for number in range(page.evaluate("document.querySelectorAll('td.source').length")):
        page.key("Tab")
        if page.evaluate("document.activeElement.tagName") == "A":
            break
        assert number < 20
    target = page.evaluate("document.activeElement.getAttribute('href')")
    page.key("Enter")
    place = page.wait(f"location.hash && document.getElementById({target[1:]!r}).getBoundingClientRect().toJSON()")
    assert 0 <= place["top"] < 300


def test_full_budgets_are_red(page: Page, pages: list[Path]) -> None:
    page.look(1280, 900)
    page.open(pages[1].as_uri())
    names = page.evaluate("[...document.querySelectorAll('.gauge.full b')].map((e) => e.textContent)")
    assert names == ["Memory"]
    red, green, blue = page.evaluate(
        "getComputedStyle(document.querySelector('.gauge.full .fill')).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert red > 2 * max(green, blue)
