"""What every answer carries and what no request may do, whatever its route.

``SecurityHeaders`` sets one table of headers; ``CrossSiteGuard`` refuses unsafe requests that come
from another site, by the browser's own word (``Sec-Fetch-Site``, else ``Origin``) instead of tokens
in forms.
"""

import re
from html import escape
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STATIC = "/static/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: with that, browsers send "Origin: null" for our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}
FOR_FILES = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")
"""What means something for a style sheet or a script; the rest is about pages and workers."""
FILES = ("text/css", "text/javascript")
TRANSPORT = "max-age=31536000"
NO_STORE = "no-store"
CROSS_SITE = "Permintaan dari situs lain ditolak. / Request from another site refused."
TOO_LARGE = (
    "Kiriman terlalu besar. Bagi berkasnya lalu kirim satu per satu. / "
    "The upload is too large. Split the file and send the parts one by one."
)
CONTROL = (
    "Isian memuat karakter kendali yang tidak dapat disimpan. Ketik ulang isian itu. / "
    "The input holds a control character that cannot be stored. Type it again."
)
IN_ADDRESS = re.compile(rb"%(?:0[0-8bcef]|1[0-9a-f]|7f)", re.IGNORECASE)
IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BODIES = {
    "application/x-www-form-urlencoded": IN_ADDRESS,
    "application/json": re.compile(
        rb"(?<!\\)(?:\\\\)*\\(?:[bf]|u00(?:0[0-8bcef]|1[0-9a-f]|7f))", re.IGNORECASE
    ),
}
"""What to look for in bodies, by their kind; JSON writes control characters as escapes only."""


REFUSAL = """<!doctype html>
<html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Asuh</title><link rel="stylesheet" href="/static/asuh.css">
<main class="container"><h1>Asuh</h1><p>%(text)s</p>
<p><a href="%(back)s">← Kembali / Back</a></p></main></html>
"""
"""A page that needs nothing of the application, for what is refused before it runs."""


class SecurityHeaders:
    """Add the headers; everything but static files is never stored by browser or proxy.

    Static style sheets and scripts carry only the headers that mean something for them: a page
    that loads twenty of them on a slow line is 9 KB lighter.
    """

    def __init__(self, app: ASGIApp, *, over_https: bool) -> None:
        self.app = app
        transport = {"Strict-Transport-Security": TRANSPORT} if over_https else {}
        self.headers = HEADERS | transport
        self.for_files = {name: HEADERS[name] for name in FOR_FILES} | transport

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, adding headers to the answer's start."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_static = scope["path"].startswith(STATIC)
                is_file = is_static and headers.get("content-type", "").startswith(FILES)
                for name, value in (self.for_files if is_file else self.headers).items():
                    headers.setdefault(name, value)
                if not is_static:
                    headers.setdefault("Cache-Control", NO_STORE)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class CrossSiteGuard:
    """Refuse unsafe requests that another site's page makes a browser send."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or answer 403."""
        if (
            scope["type"] == "http"
            and scope["method"] not in SAFE_METHODS
            and not is_same_site(Headers(scope=scope))
        ):
            await _refusal(scope, 403, "http.cross_site", CROSS_SITE)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class SizeGuard:
    """Refuse a body that says it is too large before it is read.

    One that does not say its size is cut off while it is read.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or answer 413."""
        if scope["type"] == "http":
            size = Headers(scope=scope).get("content-length", "0")
            if size.isdecimal() and int(size) > self.max_bytes:
                await _refusal(scope, 413, "http.too_large", TOO_LARGE)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class TextGuard:
    """Refuse control characters in addresses, JSON and forms; line breaks and tabs may come.

    No store, sheet or label can hold them. Fields beside an uploaded file are looked at once they
    are read (``api.dependencies.refuse_control_characters``); what files hide is refused where it
    would be stored (``data.engine.UnstorableText``).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the body as it came, or answer 422."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
        pattern = BODIES.get(kind)
        messages: list[Message] = []
        if pattern is not None:
            while not messages or messages[-1].get("more_body", False):
                messages.append(await receive())
        body = b"".join(message.get("body", b"") for message in messages)
        is_bad = pattern is not None and pattern.search(body) is not None
        if is_bad or IN_ADDRESS.search(scope["query_string"]):
            await _refusal(scope, 422, "http.control", CONTROL)(scope, receive, send)
            return

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        await self.app(scope, again, send)


def _refusal(scope: Scope, status: int, code: str, text: str) -> Response:
    """Answer before anything of the application has run: both languages in one sentence."""
    if scope["path"].startswith("/api/"):
        body = {"status": status, "code": code, "title": text, "params": {}}
        return JSONResponse(body, status, media_type="application/problem+json")
    referrer = urlsplit(Headers(scope=scope).get("referer", ""))
    is_ours = referrer.netloc == Headers(scope=scope).get("host")
    back = referrer.path if is_ours and not referrer.path.startswith("//") else "/"
    return HTMLResponse(REFUSAL % {"text": escape(text), "back": escape(back)}, status)


def is_same_site(headers: Headers) -> bool:
    """Whether a request comes from our own pages, from the address bar, or from no browser.

    A request with cookies but without either header is refused: every browser since 2020 sends at
    least ``Origin`` with an unsafe request.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host")
    return "cookie" not in headers
