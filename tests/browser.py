"""A real browser on a real server, for tests of pages as people meet them.

Whatever the browser complains about (scripts, content security policy) fails the test. Where no
chromium is found the tests are skipped.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
PLACES = (
    os.environ.get("CHROMIUM", ""),
    "/usr/bin/chromium",
    str(ROOT / ".cache/chromium/chromium"),
)
WITHOUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AcceptCHFrame", "AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding",
    "PreconnectToSearch", "ThirdPartyStoragePartitioning", "Translate",
)  # fmt: skip
"""Features of a browser that no test meets: a page in the address bar, which each window loads for
two thirds of a second of processor time, and what Playwright leaves out (this list replaces its).
"""
FLAGS = [
    f"--disable-features={','.join(WITHOUT)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = 360
DESK = 1280
expect.set_options(timeout=20_000)  # a loaded machine is slow, not wrong
EXPECTED = "Failed to load resource: the server responded with a status of 4"
"""What Chromium says of an answer that refuses: the refusal is what the test is about."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser; one at a time, as its driver wants."""
    found = next((place for place in PLACES if place and Path(place).exists()), None)
    if found is None:
        pytest.skip("no chromium: set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of this machine; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", ws="none", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        for _ in range(200):
            if server.started:
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def person_at(
    browser: Browser,
    address: str,
    *,
    width: int = DESK,
    token: str = "",
    has_scripts: bool = True,
) -> Iterator[Page]:
    """Open a window of somebody's own; ``token`` is that of a sign-in."""
    complaints: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not said.text.startswith(EXPECTED):
            complaints.append(said.text)

    context = browser.new_context(
        viewport={"width": width, "height": 740 if width < DESK else 900},
        base_url=address,
        java_script_enabled=has_scripts,
        accept_downloads=True,
        locale="id-ID",
    )
    context.set_default_timeout(15_000)
    if token:
        context.add_cookies([{"name": "asuh", "value": token, "url": address}])
    page = context.new_page()
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def faults_of(page: Page) -> list[str]:
    """Return what makes a page hard to use: sideways scrolling, fields without names, twins."""
    found: list[str] = page.evaluate(
        """() => {
          const faults = [];
          const wide = document.documentElement.scrollWidth;
          if (wide > window.innerWidth) faults.push(`scrolls sideways: ${wide}`);
          if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
          const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
          ids.filter((id, at) => ids.indexOf(id) !== at).forEach(id => faults.push(`twice: ${id}`));
          document.querySelectorAll("input:not([type=hidden]), select, textarea").forEach(e => {
            if (!e.labels.length && !e.ariaLabel) faults.push(`no label: ${e.name}`);
          });
          document.querySelectorAll("a[href], button").forEach(e => {
            if (!e.textContent.trim() && !e.ariaLabel) faults.push(`no name: ${e.outerHTML}`);
          });
          document.querySelectorAll("button, [role=button], summary").forEach(e => {
            const box = e.getBoundingClientRect();
            if (box.width && box.height < 24) faults.push(`too small: ${e.textContent.trim()}`);
          });
          return faults;
        }"""
    )
    return found


def pale_or_small(page: Page) -> list[str]:
    """Return texts below WCAG's contrast of 4.5 (3 when large), and targets below 24 px."""
    found: list[str] = page.evaluate(
        """() => {
          const parse = text => text.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
          const ground = each => {
            for (let at = each; at; at = at.parentElement) {
              const colour = parse(getComputedStyle(at).backgroundColor);
              if (colour.length < 4 || colour[3] === 1) return colour;
            }
            return [255, 255, 255];
          };
          const faults = [];
          document.querySelectorAll("body *").forEach(each => {
            const words = [...each.childNodes].filter(n => n.nodeType === 3 && n.data.trim());
            const box = each.getBoundingClientRect();
            if (!words.length || !each.checkVisibility() || box.width < 2) return;
            const style = getComputedStyle(each);
            const pair = [light(parse(style.color)), light(ground(each))].sort((a, b) => b - a);
            const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
            const size = parseFloat(style.fontSize);
            const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
            if (contrast < (isLarge ? 3 : 4.5)) {
              faults.push(`pale ${contrast.toFixed(1)}: ${words[0].data.trim().slice(0, 40)}`);
            }
          });
          document.querySelectorAll("button, [role=button], summary, select").forEach(each => {
            const box = each.getBoundingClientRect();
            if (each.checkVisibility() && box.width && Math.min(box.width, box.height) < 24) {
              faults.push(`small: ${each.textContent.trim().slice(0, 40)}`);
            }
          });
          return faults;
        }"""
    )
    return found
