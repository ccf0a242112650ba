"""A playground with a log, a browser, and a page that is open and has had no complaints when its test ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.audit.support import write_log
from tests.playground.support import ROOT, Client, playground

from . import Browser, Page
from .steps import READY


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    log = tmp_path_factory.mktemp("log") / "decisions.log"
    write_log(log, 44)
    with playground(ROOT / "scripts", "--log", log) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, client: Client) -> Iterator[Page]:
    page = browser.page()
    page.look(1280, 900)
    page.open(client.address)
    page.wait(READY)
    yield page
    assert page.complaints() == []
    page.close()
