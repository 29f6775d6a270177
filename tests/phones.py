"""A courier's phone: a Chromium of its own that can be killed, on a line that loses answers."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.browser import EXPECTED, FLAGS, PHONE, PLACES

RECORDS = ("/api/v1/deliveries", "/api/v1/my/pickups")
LOST = ("net::ERR_", "Failed to load resource")
"""What Chromium says of a line that breaks: that is what these tests are about."""


class LosingLine:
    """An application whose every n-th answer to a phone's records breaks off on the way.

    With ``refuses_photos`` a proxy before it takes no photo, in words of its own. Where a request
    names what ``fails_on`` says, the server fails on it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.lose_every = 0
        self.refuses_photos = False
        self.fails_on = b""
        self.num_answers = 0
        self.num_lost = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; after the request was carried out, cut the answer where it is its turn."""
        is_record = scope["type"] == "http" and scope["path"].startswith(RECORDS)
        if not is_record:
            await self.app(scope, receive, send)
            return
        if self.refuses_photos and "/photos/" in scope["path"]:
            while (await receive()).get("more_body"):
                pass
            await PlainTextResponse("too large", 413)(scope, receive, send)
            return
        asked: list[Message] = []
        while not asked or asked[-1].get("more_body"):
            asked.append(await receive())
        if self.fails_on and any(self.fails_on in message.get("body", b"") for message in asked):
            await PlainTextResponse("failure", 500)(scope, receive, send)
            return

        async def again() -> Message:
            return asked.pop(0) if asked else await receive()

        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, again, keep)
        self.num_answers += 1
        if self.lose_every and self.num_answers % self.lose_every == 0:
            self.num_lost += 1
            await send(messages[0])
            msg = "the line broke"
            raise ConnectionResetError(msg)
        for message in messages:
            await send(message)


class Signal:
    """A line between phones and the server that goes down and up, whatever a browser believes."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.is_up = True
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Signal":
        self._thread.start()
        starting = asyncio.start_server(self._carry, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        await self._cut()
        ending = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def go(self, *, up: bool) -> None:
        """Lose or find the signal; what is on its way when it goes down is lost."""
        self.is_up = up
        if not up:
            asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(10)

    async def _cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.is_up:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        ends = {writer, back}
        self._open |= ends
        with suppress(OSError):
            await asyncio.gather(self._pipe(reader, back), self._pipe(there, writer))
        self._open -= ends

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
        finally:
            sink.close()


class Phone:
    """One phone with its own storage; ``kill`` ends its battery, ``start`` is the next morning."""

    def __init__(self, driver: Playwright, signal: Signal, *flags: str) -> None:
        self.driver, self.line, self.flags = driver, signal, flags
        self.address = signal.address
        self.profile = Path(tempfile.mkdtemp(prefix="phone-"))
        self.complaints: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.context: BrowserContext
        self.page: Page

    def start(self, *, token: str = "", at: str = "about:blank") -> Page:
        """Switch on; ``at`` is the page that stands there first, as an installed one does."""
        found = next((place for place in PLACES if place and Path(place).exists()), None)
        if found is None:
            pytest.skip("no chromium: set CHROMIUM to its path")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [
                found, *FLAGS, "--headless=new", f"--remote-debugging-port={port}", *self.flags,
                f"--user-data-dir={self.profile}", at,
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.browser = self._connect(port)
        self.context = self.browser.contexts[0]
        self.context.set_default_timeout(20_000)
        self.context.set_default_navigation_timeout(60_000)
        if token:
            self.context.add_cookies([{"name": "asuh", "value": token, "url": self.address}])
        self.page = self.context.pages[0]
        self.page.set_viewport_size({"width": PHONE, "height": 740})
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.context.set_offline(not self.line.is_up)
        return self.page

    def signal(self, *, up: bool) -> None:
        """Go out of or into signal: the line itself, and what the browser believes of it."""
        self.line.go(up=up)
        self.context.set_offline(not up)

    def _connect(self, port: int) -> Any:
        for _ in range(100):
            with suppress(Exception):
                return self.driver.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            time.sleep(0.1)
        msg = "chromium did not start"
        raise RuntimeError(msg)

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not said.text.startswith((EXPECTED, *LOST)):
            self.complaints.append(said.text)

    def kill(self) -> None:
        """End it at once, as a flat battery does (SIGKILL to what was started here)."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        with suppress(Exception):
            self.browser.close()
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self.profile / name).unlink(missing_ok=True)

    def logs(self) -> list[Path]:
        """The logs of the page's databases on the disk: the first copy's, then the second's."""
        places = ("Default/IndexedDB/*.leveldb/*.log", "Default/WebStorage/*/IndexedDB/**/*.log")
        return [max(found) for place in places if (found := list(self.profile.glob(place)))]

    def stored(self) -> str:
        """Everything that a script can find in the browser's storage, as one text."""
        found: str = self.page.evaluate(
            """async () => {
              const shown = [];
              const show = async value => {
                if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
                  shown.push(new TextDecoder("latin1").decode(value));
                } else if (value instanceof Blob) await show(await value.arrayBuffer());
                else if (value && typeof value === "object" && !(value instanceof CryptoKey)) {
                  for (const each of Object.entries(value).flat()) await show(each);
                } else shown.push(String(value));
              };
              const places = [indexedDB];
              for (const name of await navigator.storageBuckets.keys()) {
                places.push((await navigator.storageBuckets.open(name)).indexedDB);
              }
              for (const place of places) {
                for (const { name } of await place.databases()) {
                  const db = await new Promise(done => {
                    const asked = place.open(name);
                    asked.onsuccess = () => done(asked.result);
                  });
                  for (const store of db.objectStoreNames) {
                    const all = db.transaction(store).objectStore(store);
                    for (const asked of [all.getAllKeys(), all.getAll()]) {
                      await show(await new Promise(done => {
                        asked.onsuccess = () => done(asked.result);
                      }));
                    }
                  }
                  db.close();
                }
              }
              for (const storage of [localStorage, sessionStorage]) await show({ ...storage });
              for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                  shown.push(request.url);
                  await show(await (await cache.match(request)).arrayBuffer());
                }
              }
              shown.push(document.cookie);
              return shown.join("\\n");
            }"""
        )
        return found


@contextmanager
def phone_of(driver: Playwright, signal: Signal, *flags: str) -> Iterator[Phone]:
    """Give a phone; in the end it is switched off, its storage removed, its complaints told."""
    phone = Phone(driver, signal, *flags)
    try:
        yield phone
    finally:
        phone.kill()
        shutil.rmtree(phone.profile, ignore_errors=True)
    assert phone.complaints == []
