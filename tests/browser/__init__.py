"""A headless Chromium for tests of pages.

In: addresses, clicks, keys. Out: what the page says, pictures. It is driven by the DevTools protocol through two pipes,
JSON objects with a NUL behind each, so it takes no port and no package. Refuses a machine without Chromium, with
`NoBrowser`, and whatever a page throws, with `PageError`.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
SECONDS: Final = 20.0
"""For an answer of the browser, and for what a page is waited for: a machine under load takes seconds to draw."""

_FLAGS: Final = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-extensions "
    "--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars "
    "--remote-debugging-pipe"
).split()

_KEYS: Final = {
    "Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, ""), "Space": (32, " "), "Backspace": (8, ""),
    "ArrowUp": (38, ""), "ArrowDown": (40, ""), "ArrowLeft": (37, ""), "ArrowRight": (39, ""), "Home": (36, ""),
    "End": (35, ""), "F8": (119, ""), "a": (65, "a"), "M": (77, "M"),
}  # fmt: skip
"""Name to Windows' key code, which the protocol wants, and the text that the key writes."""

SHIFT: Final = 8
CONTROL: Final = 2


class NoBrowser(Exception):
    """There is none, or it ended."""


class PageError(Exception):
    """What was thrown in the page."""


def command() -> str:
    """Where Chromium is. Raises NoBrowser."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        raise NoBrowser(f"tests of pages need one of {', '.join(NAMES)}")
    return found


class Browser:
    """One process; ``with`` ends it and removes its profile."""

    def __init__(self) -> None:
        program = command()
        self._folder = tempfile.mkdtemp(prefix="keystone-browser-")
        theirs_in, self._out = _high(os.pipe())
        self._in, theirs_out = _high(os.pipe())
        self._pid = os.posix_spawn(
            program,
            [program, *_FLAGS, f"--user-data-dir={self._folder}", "about:blank"],
            {**os.environ, "HOME": self._folder},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs_in, 3),
                (os.POSIX_SPAWN_DUP2, theirs_out, 4),
                (os.POSIX_SPAWN_OPEN, 2, f"{self._folder}/stderr", os.O_WRONLY | os.O_CREAT, 0o600),
            ],
            setpgroup=0,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._received = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._folder, ignore_errors=True)

    def page(self, url: str = "about:blank") -> Page:
        """A new tab of a context of its own: no storage is shared with another one."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, context)
        if url != "about:blank":
            page.open(url)
        return page

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One call of the protocol. Raises PageError for a refused one."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        for answer in self._messages(SECONDS):
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise PageError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)
        raise NoBrowser(f"no answer to {method} in {SECONDS:g} s")

    def _messages(self, seconds: float) -> Iterator[dict[str, Any]]:
        until = time.monotonic() + seconds
        while True:
            while b"\0" in self._received:
                message, _, self._received = self._received.partition(b"\0")
                yield json.loads(message)
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                return
            data = os.read(self._in, 1 << 20)
            if not data:
                stderr = Path(self._folder, "stderr").read_text(errors="replace")
                raise NoBrowser(f"the browser ended: {stderr[-2000:]}")
            self._received += data


def _high(pipe: tuple[int, int]) -> tuple[int, int]:
    """The pipe by numbers that are not those which the browser reads and writes."""
    made = []
    for descriptor in pipe:
        made.append(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10))
        os.close(descriptor)
    return made[0], made[1]


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str, context: str) -> None:
        self._browser = browser
        self._session = session
        self._context = context
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A call of the protocol, for this tab."""
        return self._browser.call(method, self._session, **params)

    def close(self) -> None:
        """Close it, and forget what it stored."""
        self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)

    def open(self, url: str) -> None:
        """Go there, and wait until it is loaded."""
        answer = self.call("Page.navigate", url=url)
        if answer.get("errorText"):
            raise PageError(f"{url}: {answer['errorText']}")
        self.wait("document.readyState === 'complete'")

    def reload(self) -> None:
        """Load the page again."""
        self.evaluate("window.__old = true")
        self.call("Page.reload")
        self.wait("!window.__old && document.readyState === 'complete'")

    def evaluate(self, script: str) -> Any:
        """The value of an expression, a promise's awaited. Raises PageError."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise PageError(thrown.get("exception", {}).get("description") or thrown["text"])
        return answer["result"].get("value")

    def wait(self, script: str, seconds: float = SECONDS) -> Any:
        """The value of an expression (of an element, true) as soon as it is true. Raises PageError if it does not
        become so."""
        asked = f"(value => value instanceof Node ? true : value)({script})"
        until = time.monotonic() + seconds
        while True:
            try:
                value = self.evaluate(asked)
            except PageError:  # of a page that is on its way
                if time.monotonic() > until:
                    raise
                value = None
            if value:
                return value
            if time.monotonic() > until:
                raise PageError(f"not true in {seconds:g} s: {script}")
            time.sleep(0.02)

    def text(self, selector: str) -> str:
        """What an element shows."""
        shown: str = self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText")
        return shown

    def click(self, selector: str) -> None:
        """Click on the middle of an element, with the mouse."""
        place = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            "const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def key(self, name: str, modifiers: int = 0) -> None:
        """Press a key of _KEYS and let go of it."""
        code, text = _KEYS[name]
        known = {"key": " " if name == "Space" else name, "code": name, "windowsVirtualKeyCode": code}
        written = {"text": text} if text and not modifiers & CONTROL else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", modifiers=modifiers, **known, **written)
        self.call("Input.dispatchKeyEvent", type="keyUp", modifiers=modifiers, **known)

    def type(self, text: str) -> None:
        """Write where the focus is, as an input method does: at once."""
        self.call("Input.insertText", text=text)

    def fill(self, selector: str, text: str) -> None:
        """Put ``text`` in the place of what a field holds, as a user does."""
        self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.focus(); e.select() }})()"
        )
        if text:
            self.type(text)
        else:
            self.key("Backspace")

    def look(self, width: int, height: int, dark: bool = False) -> None:
        """Another size of the window, another colour scheme; less than 600 is a phone."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, file: Path, whole: bool = True) -> None:
        """Write what is seen as PNG, or the ``whole`` page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """What the page threw, and what the browser said of it: refused styles, failed requests."""
        found = []
        for event in self._browser.events:
            if event.get("sessionId") != self._session:
                continue
            if event["method"] == "Runtime.exceptionThrown":
                found.append(str(event["params"]["exceptionDetails"].get("exception", {}).get("description")))
            elif event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] in ("error", "warning"):
                found.append(event["params"]["entry"]["text"])
        return found
