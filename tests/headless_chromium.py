"""A headless Chromium over the DevTools pipe, with nothing but the standard library.

The fixture ``chromium`` is there in every test (``tests/conftest.py``)::

    chromium.view(390, 900, "dark")
    chromium.open(page.as_uri())
    chromium.press("ArrowRight")
    assert chromium.evaluate("document.title") == "..."
    assert chromium.complaints() == []
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-pipe",
]
# Keys with a name: their code, the number that old handlers look at, and the text they type.
KEYS = {
    "Enter": ("Enter", 13, "\r"),
    " ": ("Space", 32, " "),
    "Tab": ("Tab", 9, None),
    "Escape": ("Escape", 27, None),
    "ArrowLeft": ("ArrowLeft", 37, None),
    "ArrowUp": ("ArrowUp", 38, None),
    "ArrowRight": ("ArrowRight", 39, None),
    "ArrowDown": ("ArrowDown", 40, None),
}
COMPLAINTS = ("Log.entryAdded", "Runtime.exceptionThrown", "Network.loadingFailed")
# Chromium speaks on descriptors 3 and 4, which the child must put in place itself.
LAUNCH = (
    "import os, sys; r, w = map(int, sys.argv[1:3]); os.dup2(r, 3); os.dup2(w, 4); os.execv(sys.argv[3], sys.argv[3:])"
)


def find() -> str | None:
    """Path of a Chromium or Chrome, or None."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


class Chromium:
    """One browser with one page; every event it sends is kept in ``events``."""

    def __init__(self, program: str, profile: Path, timeout: float = 60) -> None:
        self.timeout = timeout
        self.events: list[dict[str, Any]] = []
        self.count = 0
        self.pending = b""
        reads, self.writer = os.pipe()
        self.reader, writes = os.pipe()
        # Numbers above 9 cannot be overwritten by the child's two dup2 calls.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (reads, writes)]
        command = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *map(str, ends), *command],
            pass_fds=ends,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (reads, writes, *ends):
            os.close(end)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the browser."""
        self.process.terminate()
        self.process.wait(20)
        os.close(self.writer)
        os.close(self.reader)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One DevTools command and its result."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def receive(self) -> dict[str, Any]:
        """The next message; events are kept as they pass."""
        end = time.monotonic() + self.timeout
        while b"\0" not in self.pending:
            if not select.select([self.reader], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError(f"Chromium said nothing for {self.timeout} s")
            part = os.read(self.reader, 1 << 20)
            if not part:
                raise RuntimeError("Chromium ended")
            self.pending += part
        text, self.pending = self.pending.split(b"\0", 1)
        message = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    def open(self, address: str) -> None:
        """Go to a page and wait until it has loaded."""
        self.events.clear()
        self.call("Page.navigate", url=address)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.receive()

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression, awaited if it is a promise."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release a key of the focused element: a character, or a name such as ``"ArrowRight"``."""
        letter = key.upper()
        code, number, text = KEYS.get(key) or (f"Key{letter}" if key.isalpha() else f"Digit{key}", ord(letter), key)
        shared = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        down = {"type": "rawKeyDown"} if text is None else {"type": "keyDown", "text": text}
        self.call("Input.dispatchKeyEvent", **shared, **down)
        self.call("Input.dispatchKeyEvent", **shared, type="keyUp")

    def click(self, selector: str) -> None:
        """Click the middle of the first element of a selector, once it has been scrolled to, as a mouse does."""
        x, y = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});"
            " const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def complaints(self) -> list[dict[str, Any]]:
        """What the page has complained of since it was opened: exceptions, errors and warnings, failed loads."""
        return [
            event
            for event in self.events
            if event["method"] in COMPLAINTS
            or (event["method"] == "Runtime.consoleAPICalled" and event["params"]["type"] in ("error", "warning"))
        ]

    def asked(self) -> list[str]:
        """Addresses that the page has asked for since it was opened, its own among them; not those within it."""
        requests = [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]
        return [address for address in requests if not address.startswith("data:")]

    def view(self, width: int, height: int, scheme: str) -> None:
        """Set the window's size and the preferred colour scheme."""
        phone = width < 600
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path: Path) -> None:
        """The whole page as a PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser for the whole session; skips where none is installed."""
    program = find()
    if program is None:
        pytest.skip("no chromium on this machine (apt-get install chromium, or set CHROMIUM)")
    with Chromium(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser
