"""What every state of the playground is held to: it can be read at every width, in both schemes, and by keyboard alone."""

from __future__ import annotations

import pytest

from tests.browser import SHIFT, Page, audits
from tests.browser.steps import run, write

# what every state is held to


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_it_can_be_read_everywhere(width: int, dark: bool, page: Page) -> None:
    page.look(width, 844, dark)

    def hold() -> None:
        assert audits.contrast(page) == []
        assert audits.too_wide(page) == []
        assert audits.nameless(page) == []

    hold()
    run(page)
    page.evaluate("document.querySelector('#more').open = true")
    hold()
    write(
        page, "function on_route_request()\nlocal t = {}\nwhile true do t[#t + 1] = ('x'):rep(1000) print(1) end\nend"
    )
    run(page)
    hold()
    page.click("#tab-tests")
    page.click("#run-tests")
    page.wait("document.querySelector('#tests-status').innerText.includes('failed')")
    hold()
    page.click("#tab-python")
    page.wait("document.querySelector('#python .cm-content')?.innerText.includes('def ')")
    hold()
    page.click("#what-if")
    page.wait("document.querySelectorAll('#records-list button').length")
    hold()
    page.click("#records-list button")
    page.wait("!document.querySelector('#recorded').hidden")
    page.fill("#path", "/changed")
    run(page)
    hold()


def test_the_keyboard_comes_everywhere_and_out_again(page: Page) -> None:
    run(page)
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    names, wrong = audits.tabbed(page, 8)
    assert names == ["skip", "skip", "skip", "tenant", "what-if", "copy-link", "tab-script", "cm-content"]
    assert wrong == ["no end after 8 keys"]
    before = page.text("#script .cm-content")
    page.key("Tab")  # indents
    assert page.evaluate("document.activeElement.closest('#script') !== null")
    assert page.text("#script .cm-content") != before
    page.key("Tab", SHIFT)
    assert page.text("#script .cm-content") == before
    page.key("Escape")
    names, wrong = audits.tabbed(page)
    assert wrong == []
    for name in (
        "findings",
        "method",
        "path",
        "host",
        "query",
        "headers",
        "body",
        "name",
        "url",
        "add-backend",
        "place mono",
        "run",
    ):
        assert name in names
    assert names[-1] == "run"
    assert page.text("#script .cm-content") == before
    names, wrong = audits.tabbed(page, 200, backwards=True)
    assert "cm-content" in names
    assert page.evaluate("document.activeElement.closest('#script') !== null")  # until Escape is pressed
    page.key("Escape")
    names, wrong = audits.tabbed(page, 7, backwards=True)
    assert names == ["tab-script", "copy-link", "what-if", "tenant", "skip", "skip", "skip"]
    assert wrong == ["no end after 7 keys"]


def test_a_skip_link_is_seen_when_it_has_the_focus(page: Page) -> None:
    page.key("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the script"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    page.key("Enter")
    page.wait("document.activeElement.id === 'code'")


def test_tabs_move_by_arrows(page: Page) -> None:
    page.evaluate("document.querySelector('#tab-script').focus()")
    for key, tab in (("ArrowRight", "tab-tests"), ("ArrowRight", "tab-python"), ("ArrowRight", "tab-script"), ("End", "tab-python"), ("Home", "tab-script")):  # fmt: skip
        page.key(key)
        assert page.evaluate("document.activeElement.id") == tab
        assert page.evaluate("document.querySelector('[role=tab][aria-selected=true]').id") == tab
        shown = page.evaluate(
            "[...document.querySelectorAll('[role=tabpanel]')].filter((e) => !e.hidden).map((e) => e.getAttribute('aria-labelledby'))"
        )
        assert shown == [tab]


def test_backends_are_added_and_removed_by_keys(page: Page) -> None:
    page.evaluate("document.querySelector('#add-backend').focus()")
    page.key("Enter")
    page.type("third")
    assert page.evaluate("[...document.querySelectorAll('.backend .name')].map((e) => e.value)") == [
        "api-stable",
        "api-canary",
        "third",
    ]
    for _ in range(3):
        page.evaluate("document.querySelector('.backend button').focus()")
        page.key("Enter")
        assert page.evaluate("document.activeElement !== document.body")
    assert page.evaluate("document.activeElement.id") == "add-backend"
    assert run(page).startswith("Rejected with 503")


def test_the_status_is_a_live_region(page: Page) -> None:
    region = page.evaluate(
        "(() => { const e = document.querySelector('#status'); return [e.getAttribute('role'), e.getAttribute('aria-live')] })()"
    )
    assert region == ["status", "polite"]


def test_the_dialog_gives_the_focus_back(page: Page) -> None:
    page.evaluate("document.querySelector('#what-if').focus()")
    page.key("Enter")
    page.wait("document.querySelector('#records').open && document.querySelectorAll('#records-list button').length")
    page.key("Escape")
    page.wait("!document.querySelector('#records').open")
    assert page.evaluate("document.activeElement.id") == "what-if"
