"""A tour of the playground in a headless Chromium, as an author makes it; and another page in the same browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.browser import CONTROL, SHIFT, Browser, Page, audits
from tests.browser.steps import HEADLINE, READY, STATUS, lines, run, write
from tests.playground.support import Client

# the tour


def test_a_mistake_is_found_while_it_is_typed(page: Page) -> None:
    write(page, "function on_route_request(request, backends)\nreturn { selected_backend = request.pth }\nend")
    page.wait("document.querySelector('#findings').innerText.includes('pth')")
    assert "the request has no field 'pth': did you mean 'path'? [unknown-request-field]" in page.text("#findings")
    assert lines(page, "#findings .kind") == ["warning"]
    assert page.wait("document.querySelector('.cm-lintRange-warning')?.innerText") == "pth"
    assert page.evaluate("document.querySelectorAll('.cm-lint-marker-warning').length") == 1
    page.click("#findings button")
    assert page.evaluate("document.activeElement.closest('#script') !== null")
    assert "pth" in page.text(".cm-activeLine")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_findings_are_reached_by_keys_and_can_be_read_there(dark: bool, page: Page) -> None:
    page.look(1280, 900, dark)
    write(page, "function on_route_request(request)\nlocal x = request.pth\nreturn { reject = true }\nend")
    page.wait("document.querySelector('#findings').innerText.includes('pth')")
    page.key("F8")
    page.wait("document.querySelector('.cm-tooltip .cm-diagnostic')")
    assert audits.contrast(page) == []
    page.key("M", CONTROL | SHIFT)
    page.wait("document.querySelectorAll('.cm-panel-lint li').length")
    assert "pth" in page.text(".cm-panel-lint")
    assert audits.contrast(page) == []
    page.key("Escape")
    page.wait("!document.querySelector('.cm-panel-lint')")


def test_a_script_is_run_and_its_decision_budgets_log_and_heat_are_shown(page: Page) -> None:
    assert run(page) == "Routed to api-canary. 288 instructions, 9,645 bytes."
    assert page.evaluate(HEADLINE) == "Routed to api-canary"
    assert json.loads(page.text("#decision pre"))["modified_headers"] == {"X-Routed-By": "beta"}
    assert page.text("#log") == "beta.lua:18  customer 4711 goes to api-canary"
    meters = page.evaluate(
        "[...document.querySelectorAll('[role=meter]')].map((e) => [e.ariaLabel, e.ariaValueNow, e.ariaValueMax])"
    )
    assert meters == [["Instructions", "288", "10000000"], ["Memory", "9645", "10485760"], ["Log", "33", "65536"]]
    hottest = lines(page, "#heat tbody th")
    assert hottest[:2] == ["beta.lua:18", "beta.lua:5"]
    beside = page.evaluate("[...document.querySelectorAll('#script .heat')].map((e) => e.textContent)")
    assert "20%" in beside
    bars = page.evaluate(
        "[...document.querySelectorAll('#script .heat')].map((e) => parseFloat(getComputedStyle(e, '::before').width))"
    )
    assert bars[beside.index("20%")] == max(bars) > 5
    page.click("#heat button")
    assert page.text("#script .cm-activeLine").strip().startswith("log(")


def test_an_edit_makes_the_heat_old_and_a_run_makes_it_new(page: Page) -> None:
    run(page)
    assert page.evaluate("document.querySelectorAll('#script .heat.stale').length") == 0
    page.evaluate("document.querySelector('#script .cm-content').focus()")
    page.key("End", CONTROL)
    page.type("\n-- more\n")
    assert page.wait("document.querySelectorAll('#script .heat.stale').length") > 5
    run(page)
    assert page.evaluate("document.querySelectorAll('#script .heat.stale').length") == 0


def test_a_field_of_the_request_changes_the_decision(page: Page) -> None:
    page.fill("#headers", "X-Customer: 1")
    assert run(page).startswith("Routed to api-stable.")
    page.click("#backends input[type=checkbox]")
    assert run(page).startswith("Rejected with 503: No healthy backend.")
    assert page.evaluate("document.querySelector('#decision .headline').classList.contains('warn')")


def test_a_budget_that_is_used_up_is_red_and_its_line_is_marked(page: Page) -> None:
    write(page, "function on_route_request()\nlocal t = {}\nwhile true do t[#t + 1] = ('x'):rep(1000) end\nend")
    assert run(page) == "Failed (memory): memory budget exceeded (10485760)"
    assert lines(page, "#budgets .full b") == ["Memory"]
    assert "all used up" in page.text("#budgets .full")
    marked = page.wait("document.querySelector('.cm-lintRange-error')?.closest('.cm-line').innerText")
    assert marked.strip().startswith("while true")
    page.click("#decision button.place")
    assert page.text("#script .cm-activeLine").strip().startswith("while true")


def test_a_field_that_is_wrong_is_marked_and_gets_the_focus(page: Page) -> None:
    page.fill("#headers", "no colon")
    page.key("Enter", CONTROL)
    page.wait("document.querySelector('#form-error').innerText")
    assert page.text("#form-error") == 'headers: line 1 is no "Name: value"'
    assert page.evaluate("[document.activeElement.id, document.activeElement.getAttribute('aria-invalid')]") == [
        "headers",
        "true",
    ]
    page.fill("#headers", "A: b")
    page.evaluate("document.querySelector('#more').open = true")
    page.fill("#others", '{"pth": 1}')
    page.key("Enter", CONTROL)
    page.wait("document.querySelector('#form-error').innerText.includes('pth')")
    assert "did you mean 'path'?" in page.text("#form-error")
    assert page.evaluate("document.activeElement.id") == "others"
    page.fill("#others", "")
    assert run(page).startswith("Routed to")
    assert page.text("#form-error") == ""


def test_tests_are_run_with_the_script_as_it_stands(page: Page) -> None:
    page.click("#tab-tests")
    page.click("#run-tests")
    page.wait("document.querySelector('#tests-status').innerText.includes('passed')")
    assert "failed" not in page.text("#tests-status")
    page.click("#tab-script")
    write(page, "function on_route_request(request, backends) return { selected_backend = 'api-stable' } end")
    page.click("#tab-tests")
    page.click("#run-tests")
    page.wait("document.querySelector('#tests-status').innerText.includes('failed')")
    assert page.text("#tests-status").startswith("2 failed, ")
    assert "test_a_customer_of_the_list_gets_the_canary" in page.text("#tests li")
    first, second, passed = lines(page, "#tests li strong")
    assert (first, second) == ("✗ failed", "✗ failed")
    assert passed.startswith("✓ ")


def test_findings_of_the_tests_stand_in_their_editor(page: Page) -> None:
    page.click("#tab-tests")
    page.evaluate("document.querySelector('#test .cm-content').focus()")
    page.key("a", CONTROL)
    page.type("function test_x()\nlocal unused = route('beta', {})\nend")
    assert page.wait("document.querySelector('#test .cm-lintRange-warning')?.innerText") == "unused"
    page.click("#tab-script")
    assert page.text("#findings") == "No findings."


def test_the_generated_python_is_shown(page: Page) -> None:
    page.click("#tab-python")
    page.wait("document.querySelector('#python .cm-content')?.innerText.includes('def ')")
    assert page.evaluate("document.querySelector('#python .cm-content').getAttribute('aria-readonly')") == "true"


def test_a_script_of_the_folder_is_opened(page: Page) -> None:
    page.evaluate(
        "(() => { const s = document.querySelector('#tenant'); s.value = 'blue-green'; s.dispatchEvent(new Event('change')) })()"
    )
    page.wait(f"{STATUS}.includes('blue-green is open')")
    assert "X-Deployment-State" in page.text("#script .cm-content")
    assert page.evaluate("document.querySelector('#backends .name').value") != "api-stable"
    assert run(page).startswith("Routed to")
    assert any(text.startswith("lib/backends.lua:") for text in lines(page, "#heat tbody th"))


def test_a_recorded_decision_is_asked_what_if(page: Page) -> None:
    page.click("#what-if")
    page.wait("document.querySelectorAll('#records-list button').length")
    everything = len(lines(page, "#records-list button"))
    page.fill("#records-words", "canary get /p/")
    page.wait(f"document.querySelectorAll('#records-list button').length < {everything}")
    number = next(number for number, text in enumerate(lines(page, "#records-list button"), 1) if "\ncanary\n" in text)
    page.click(f"#records-list li:nth-child({number}) button")
    page.wait("!document.querySelector('#recorded').hidden")
    assert page.evaluate("document.activeElement.id") == "request"
    run(page)
    assert page.text("#compared").endswith("The same as recorded, to the instruction.")
    was = page.evaluate(HEADLINE).removeprefix("Routed to ")
    wanted = "false" if was == "api-canary" else "true"
    page.fill("#headers", f"X-Canary: {wanted}")
    run(page)
    table = lines(page, "#compared tbody tr")
    assert any(row.startswith("selected_backend") and was in row for row in table), table
    assert "Changed in the request" in page.evaluate("document.querySelector('#recorded .scroll').ariaLabel")
    assert "headers.X-Canary" in page.text("#recorded")


def test_a_link_holds_what_is_on_the_page_and_no_key(page: Page, browser: Browser, client: Client) -> None:
    write(page, "-- é 𝄞 </script>\nfunction on_route_request() return { reject = true, reject_reason = 'linked' } end")
    page.fill("#headers", "X-Linked: yes")
    page.click("#copy-link")
    link = page.wait("location.hash.startsWith('#s=') && location.href")
    assert client.key not in link
    assert client.key not in page.evaluate("location.href + document.referrer")
    page.open("about:blank")
    page.open(link)
    page.wait(READY)
    page.wait(f"{STATUS}.includes('Nothing has been run')")
    assert page.evaluate(HEADLINE) is None
    assert page.text("#script .cm-content").startswith("-- é 𝄞 </script>")
    assert page.evaluate("document.querySelector('#headers').value") == "X-Linked: yes"
    assert run(page).startswith("Rejected with 403: linked.")
    other = browser.page()
    other.open(link)
    other.wait("!document.querySelector('#key-form').hidden")
    assert not other.evaluate("document.querySelector('main').checkVisibility()")
    other.fill("#key", client.address)
    other.key("Enter")
    other.wait(READY)
    assert "linked" in other.text("#script .cm-content")


STATES = {
    "script": 5,
    "request": 5,
    "request.headers": 5,
    "name": "/",
    "recorded": {"masked": 7},
    "asked": "x",
    "modules": 7,
}


@pytest.mark.parametrize("field", STATES)
def test_a_link_with_something_else_in_a_field_breaks_nothing(field: str, browser: Browser, client: Client) -> None:
    page = browser.page(client.address)
    page.wait(READY)
    state = {"request": {"headers": 5}} if "." in field else {field: STATES[field]}
    packed = page.evaluate(f"import('/link.js').then((m) => m.pack({json.dumps(state)}))")
    page.evaluate(f"location.hash = '#s={packed}'")
    page.wait(f"/cannot be read|has been run|refused/.test({STATUS})")
    page.evaluate("location.hash = ''")
    page.reload()
    page.wait("document.querySelector('#script .cm-content')")
    assert [one for one in page.complaints() if "400 (Bad Request)" not in one] == []
    page.close()


@pytest.mark.parametrize("state", ["AAAA", "e30", "%", "x" * 5000])
def test_a_link_that_was_not_made_here_is_told(state: str, page: Page) -> None:
    page.evaluate(f"location.hash = '#s={state}'")
    page.wait(
        f"{STATUS}.includes('cannot be read') || {STATUS}.includes('Nothing has been run') || location.hash === '#s=%'"
    )
    assert page.text("#script .cm-content").startswith("-- Customers")


def test_a_link_that_unpacks_to_more_than_there_is_room_for_is_told(page: Page) -> None:
    made = page.evaluate(
        "import('/link.js').then((m) => m.pack({script: ' '.repeat(9 << 20)})).then((text) => (location.hash = '#s=' + text, text.length))"
    )
    assert made < 20_000
    page.wait(f"{STATUS}.includes('cannot be read')")


def test_without_a_key_nothing_happens(browser: Browser, client: Client) -> None:
    page = browser.page()
    page.open(f"http://127.0.0.1:{client.port}/")
    page.wait("!document.querySelector('#key-form').hidden")
    assert page.evaluate("document.activeElement.id") == "key"
    assert not page.evaluate("document.querySelector('main').checkVisibility()")


def test_links_within_the_page_lose_nothing(page: Page) -> None:
    write(page, "-- mine\nfunction on_route_request() return { reject = true } end")
    run(page)
    page.look(390, 844)
    page.click("#jump")
    page.wait("location.hash === '#result' && document.activeElement.id === 'result'")
    assert page.evaluate("document.querySelector('#result').getBoundingClientRect().top") < 400
    page.evaluate("document.querySelector('.skip').click()")
    page.wait("location.hash === '#code'")
    assert page.text("#script .cm-content").startswith("-- mine")
    assert page.evaluate(HEADLINE) == "Rejected with 403"


def test_a_page_that_is_loaded_again_keeps_what_was_written(page: Page) -> None:
    write(page, "-- mine\nfunction on_route_request() return { reject = true } end")
    page.fill("#headers", "X-Mine: yes")
    page.reload()
    page.wait(READY)
    assert page.text("#script .cm-content").startswith("-- mine")
    assert page.evaluate("document.querySelector('#headers').value") == "X-Mine: yes"


def test_the_key_is_not_left_in_the_address(page: Page, client: Client) -> None:
    assert client.key not in page.evaluate("location.href")


# another page in the same browser


def test_another_origins_page_gets_nothing(browser: Browser, client: Client, tmp_path: Path) -> None:
    """It knows the port and even the key, and is in the very browser that has the playground open."""
    (tmp_path / "evil.html").write_text("<h1>evil</h1>")
    page = browser.page()
    page.open((tmp_path / "evil.html").as_uri())
    here = f"http://127.0.0.1:{client.port}"
    tries = {
        "call": f"fetch('{here}/api/start', {{method: 'POST', body: '{{}}', headers: {{'Content-Type': 'application/json', 'X-Playground-Key': '{client.key}'}}}})",
        "simple": f"fetch('{here}/api/start', {{method: 'POST', body: '{{}}'}})",
        "read": f"fetch('{here}/')",
        "script": f"new Promise((yes, no) => {{ const s = document.createElement('script'); s.src = '{here}/server.js'; s.type = 'module'; s.onload = yes; s.onerror = () => no(new Error('refused')); document.head.append(s) }})",
    }
    for name, script in tries.items():
        told = page.evaluate(f"({script}).then(() => 'taken', () => 'refused')")
        assert told == "refused", name
    quiet = page.evaluate(
        f"fetch('{here}/api/start', {{method: 'POST', mode: 'no-cors', body: '{{}}'}}).then((a) => a.type + a.status, () => 'refused')"
    )
    assert quiet in ("opaque0", "refused")
    page.evaluate(
        f"new Promise((done) => {{ const f = document.createElement('iframe'); f.src = '{here}/'; f.onload = done; document.body.append(f) }})"
    )
    assert (
        page.evaluate(
            "(() => { try { return document.querySelector('iframe').contentDocument?.body.innerText ?? '' } catch { return '' } })()"
        )
        == ""
    )
