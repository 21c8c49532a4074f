"""A real browser, spoken to over the WebDriver protocol: Debian's Chromium and its driver."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import requests

_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # nothing beyond loopback
]


@dataclass
class Browser:
    """One window of it."""

    session: str  # its URL at the driver

    def size(self, width: int, height: int) -> None:
        """The viewport, in CSS pixels: a window of Chromium cannot be as narrow as a phone, a viewport can."""
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )

    def prefer(self, scheme: Literal["light", "dark"]) -> None:
        """The colour scheme that the visitor likes."""
        self._devtools("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def language(self, accept_language: str) -> None:
        """What it sends as Accept-Language."""
        self._devtools("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": accept_language}})

    def open(self, url: str) -> None:
        """Go there, and wait until it is loaded."""
        self._call("url", {"url": url})

    def press(self, key: Literal["Tab", "Enter"]) -> None:
        """A key, as somebody without a mouse does."""
        code = {"Tab": 9, "Enter": 13}[key]
        down = {"key": key, "code": key, "windowsVirtualKeyCode": code, **({"text": "\r"} if key == "Enter" else {})}
        self._devtools("Input.dispatchKeyEvent", {"type": "keyDown", **down})
        self._devtools("Input.dispatchKeyEvent", {"type": "keyUp", "key": key, "code": key})

    def before(self, script: str) -> None:
        """JavaScript that runs in every document from now on, in those of frames too, before any of their own."""
        self._devtools("Page.addScriptToEvaluateOnNewDocument", {"source": script})

    def run(self, script: str) -> Any:
        """The value of a piece of JavaScript, run beside the page's own policy."""
        return self._call("execute/sync", {"script": script, "args": []})

    def complaints(self) -> list[str]:
        """What it wrote to the console since the last call: violations of the policy, resources that failed."""
        return [entry["message"] for entry in self._call("se/log", {"type": "browser"})]

    def picture(self, scale: float = 1) -> bytes:
        """The viewport as PNG, that large or smaller."""
        width, height = self.run("return [innerWidth, innerHeight]")
        clip = {"x": 0, "y": self.run("return scrollY"), "width": width, "height": height, "scale": scale}
        return base64.b64decode(self._devtools("Page.captureScreenshot", {"format": "png", "clip": clip})["data"])

    def _devtools(self, command: str, parameters: dict[str, Any]) -> Any:
        return self._call("goog/cdp/execute", {"cmd": command, "params": parameters})

    def _call(self, path: str, body: dict[str, Any]) -> Any:
        return _value(requests.post(f"{self.session}/{path}", json=body, timeout=60))


@contextmanager
def a_browser(*flags: str) -> Iterator[Browser]:
    """A browser with a profile of its own, gone afterwards; with these flags besides."""
    driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
    profile = tempfile.mkdtemp(prefix="browser-")
    assert driver.stdout
    try:
        found = next(found for line in driver.stdout if (found := re.search(r"successfully on port (\d+)", line)))
        browser = _session(f"http://127.0.0.1:{found[1]}/session", profile, flags)
        browser._devtools("Network.enable", {})
        yield browser
        requests.delete(browser.session, timeout=30)
    finally:
        driver.terminate()
        driver.wait(10)
        driver.stdout.close()
        shutil.rmtree(profile, ignore_errors=True)


def _session(url: str, profile: str, flags: Sequence[str]) -> Browser:
    options = {"binary": shutil.which("chromium"), "args": [*_FLAGS, *flags, f"--user-data-dir={profile}"]}
    wanted = {
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": {"browser": "ALL"},
        "unhandledPromptBehavior": "dismiss",
    }
    value = _value(requests.post(url, json={"capabilities": {"alwaysMatch": wanted}}, timeout=60))
    return Browser(f"{url}/{value['sessionId']}")


def _value(response: requests.Response) -> Any:
    value = response.json()["value"]
    if not response.ok:
        raise RuntimeError(value["message"])
    return value
