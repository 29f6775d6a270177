"""Take the pictures of docs/month.md from the demonstration: `python tools/pictures.py`.

Serves a fresh demonstration on a free port in a temporary folder, walks the next month by hand in
a real browser, and writes docs/images/*.png. The courier's phone has a month of its own on its way:
tools/phone_pictures.py; `make pictures` takes both.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
BROWSERS = (
    os.environ.get("CHROMIUM", ""),
    "/usr/bin/chromium",
    str(ROOT / ".cache/chromium/chromium"),
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers: its first start makes the sample month."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit(f"the server ended with {server.returncode}")


class Walk:
    """One signed-in person in a browser, whose pages are pictured."""

    def __init__(self, browser: Browser, address: str, out: Path, width: int, height: int) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": height})
        self.address = address
        self.out = out

    def sign_in(self, username: str, password: str) -> "Walk":
        self.page.goto(f"{self.address}/masuk")
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        self.page.click("main form button")
        self.page.wait_for_load_state()
        return self

    def see(self, path: str, name: str, *, whole: bool = False, settles: bool = False) -> None:
        """Picture a page; one that ``settles`` draws itself after it was loaded."""
        if path:
            self.page.goto(self.address + path)
        if settles:
            self.page.wait_for_load_state("networkidle")
        self.page.screenshot(path=self.out / f"{name}.png", full_page=whole)
        print(name, self.page.url.removeprefix(self.address))


def months(page: Page) -> tuple[str, str]:
    """Return the matched month and the next one from the first page of staff."""
    found = sorted(set(re.findall(r"/bulan/(\d{4}-\d{2})", page.content())))
    return found[-2], found[-1]


def walk(browser: Browser, address: str, password: str, out: Path) -> None:
    wide = (1280, 900)
    staff = Walk(browser, address, out, *wide).sign_in("petugas", password)
    staff.see("", "month", whole=True)
    now, following = months(staff.page)
    staff.see(f"/bulan/{now}/pasangan", "pairs")
    staff.see(f"/bulan/{now}/belum", "uncovered")
    staff.see("/berkas", "files")
    staff.see("/ganda", "duplicates")
    staff.see(f"/bulan/{following}", "next-month")
    coordinator = Walk(browser, address, out, *wide).sign_in("koordinator", password)
    coordinator.see(f"/bulan/{now}/paket", "packages")
    coordinator.see(f"/bulan/{now}/rute", "routes")
    link = coordinator.page.locator('main a[href^="/rute/"]').first
    link.click()
    coordinator.page.wait_for_load_state()
    coordinator.see("", "route")
    coordinator.see(f"/bulan/{now}/papan", "board", settles=True)
    Walk(browser, address, out, 360, 740).sign_in("donatur", password).see("/donatur", "donor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    executable = next(path for path in BROWSERS if path and Path(path).exists())
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--demo", "--port", str(port)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        try:
            wait_for(address, server)
            password = (Path(folder) / "var/demo/demo-password").read_text().strip()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
                walk(browser, address, password, out)
                browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
