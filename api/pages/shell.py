"""The frame of every page: rendering, language, navigation, flash messages, paging."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api.dependencies import Visitor, WriteSession
from api.i18n import (
    LANGUAGES,
    N_,
    Formats,
    choose_language,
    counted,
    sentence,
    translator,
    unbroken,
    word,
)
from api.kept_words import told
from api.pages.deed_words import DeedWords
from api.security import (
    holds,
    seen_fields,
    seen_name,
    seen_purpose,
    seen_text,
    sees_homes,
    sees_names,
)
from api.services.errors import Invalid
from data.place import place_of
from data.schema import Account, Role

FOLDER = Path(__file__).parent
STATIC_FOLDER = FOLDER / "static"
LANGUAGE_COOKIE = "bahasa"
LOOK_COOKIE = "tampilan"
FLASH_COOKIE = "pesan"
ONLY_PARTLY = frozenset(
    {
        "packing.did.short", "packing.did.signed_none", "pledge.did_come_in_but",
        "pledge.none_ticked", "posyandu.did_accompany_but", "posyandu.did_ask_but",
        "route.did.moved_against", "route.did.moved_breaking",
        "routes.did.confirmed_some", "routes.did.left_some", "sign_in.not_sent",
    }
)  # fmt: skip
"""Messages of what was done in part or not at all; they do not stand in green."""
YEAR_S = 365 * 24 * 3600
PAGE_SIZE = 25
"""Rows of a list: some three screens of a phone."""
HASH_DIGITS = 12
CELL = re.compile(
    r'<tr\b[^>]*>|(?P<name><t[dh])(?P<rest>\b(?:[^>]*?colspan="(?P<span>\d+)")?[^>]*>)'
    r"(?P<none>(?=\s*–\s*</t[dh]>))?"
)
"""A row's or a cell's opening tag; ``none`` before a dash that stands for nothing."""
NAMED_FIELD = re.compile(
    r'<label for="(?P<field>[^"]+)"[^>]*>(?P<label>.*?)</label>'
    r'|<fieldset\b[^>]*? id="(?P<group>[^"]+)"[^>]*>\s*<legend[^>]*>(?P<legend>.*?)</legend>',
    re.DOTALL,
)
ASIDE = re.compile(r'\s*<span class="(?:quiet|hint)".*?</span>|<[^>]*>', re.DOTALL)
HOMES = {
    Role.STAFF: "/petugas",
    Role.APPROVER: "/petugas",
    Role.AUDITOR: "/petugas",
    Role.COORDINATOR: "/koordinator",
    Role.COURIER: "/kurir",
    Role.DONOR: "/donatur",
    Role.ADMIN: "/admin",
    Role.KADER: "/posyandu",
}
HOME_OF_PLACE = "/wilayah"

LOOKS = (("", N_("Ikut perangkat")), ("light", N_("Terang")), ("dark", N_("Gelap")))
"""How a page looks: as the device has it, light, dark."""

router = APIRouter()


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation; a page module lists its own as ``NAVIGATION``.

    Parameters
    ----------
    label
        Indonesian text (mark it with ``N_``).
    url
        Path of the page.
    permission
        Who sees the entry.
    roles
        Narrows it further where a permission is wider than the habit; empty: all who may.
    only_bound
        Whether only accounts that are bound to a place see it.
    """

    label: str
    url: str
    permission: str
    roles: frozenset[Role] = frozenset()
    only_bound: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a stepper: ``state`` is ``done``, ``current`` or ``todo``.

    ``note`` is a text that names ``counts``: how many are done, of how many.
    """

    label: str
    state: str
    note: str = ""
    counts: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Page:
    """Which part of a long list is shown."""

    number: int
    total: int
    size: int = PAGE_SIZE
    offset: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "number", min(max(1, self.number), self.last))
        object.__setattr__(self, "offset", (self.number - 1) * self.size)

    @property
    def span(self) -> slice:
        """Which rows of the whole list are shown."""
        return slice(self.offset, self.offset + self.size)

    @property
    def last(self) -> int:
        """Number of the last page (1 for an empty list)."""
        return max(1, math.ceil(self.total / self.size))


def home_of(person: Account) -> str:
    """Return the first page of a person: of the role, or of the place that they are bound to."""
    is_office = place_of(person) is None or person.role is Role.KADER
    return HOMES[person.role] if is_office else HOME_OF_PLACE


def person_of(request: Request) -> Account | None:
    """Return who is signed in, as far as this request has asked already."""
    account: Account | None = getattr(request.state, "account", None)
    return account


def language_of(request: Request) -> str:
    """Return the language of the reader: account, cookie, browser, Indonesian."""
    person = person_of(request)
    return choose_language(
        person.language if person else None,
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language"),
    )


def look_of(request: Request) -> str:
    """Return ``light`` or ``dark`` when this browser chose one, else nothing (as the device)."""
    wish = request.cookies.get(LOOK_COOKIE, "")
    return wish if any(wish == value for value, _ in LOOKS) else ""


def _here(request: Request) -> str:
    """Return the page with its filters, to come back to; a page that a form gave has none."""
    query = request.url.query if request.method == "GET" else ""
    return f"{request.url.path}?{query}" if query else request.url.path


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_url
    environment.globals["labelled"] = labelled
    environment.globals["field_names"] = field_names
    environment.globals["column_heads"] = column_heads
    environment.globals["counted"] = counted
    return environment


def labelled(rows: str, headers: Sequence[str], plain: Sequence[int] = ()) -> Markup:
    """Return a table's rows with the header of its column in each cell that has no name yet.

    The first cell is what a row is about and needs none, nor do those of ``plain`` columns, which
    speak for themselves; a phone shows rows as cards, without the cells of words that hold a dash
    only (a number that is not known stays to be seen).
    """
    at = 0

    def named(found: re.Match[str]) -> str:
        nonlocal at
        tag = found[0]
        if tag.startswith("<tr"):
            at = 0
            return tag
        place, at = at, at + int(found["span"] or 1)
        if not place or place >= len(headers) or not headers[place] or "data-label" in tag:
            return tag
        is_none = found["none"] is not None and "number" not in tag
        name = found["name"] + (" data-none" if is_none else "")
        label = "" if place in plain else f' data-label="{escape(headers[place])}"'
        return name + label + found["rest"]

    return Markup(CELL.sub(named, str(rows)))  # noqa: S704 - rows come from a template


def field_names(html: str) -> dict[str, Markup]:
    """Return what a page calls its fields, by their ids: labels and legends without asides."""
    named = {
        found["field"] or found["group"]: found["label"] or found["legend"]
        for found in NAMED_FIELD.finditer(html)
    }
    return {
        name: Markup(ASIDE.sub("", text).strip(" :"))  # noqa: S704 - escaped where it stands
        for name, text in named.items()
    }


ONE_OF_EACH = {
    "Children": "Child",
    "Sponsors": "Sponsor",
    "Families": "Family",
    "Stops": "Stop",
    "Changes": "Change",
    "Replacements": "Replacement",
}
"""English words that head a page or a figure → the head of a column with one of them in a row.

Indonesian has one word for both.
"""


def column_heads(headers: Sequence[str], numeric: Sequence[int] = ()) -> list[str]:
    """Return headers with one of each in a row named as one; columns of numbers count many."""
    return [
        text if place in numeric else ONE_OF_EACH.get(text, text)
        for place, text in enumerate(headers)
    ]


@cache
def static_url(name: str) -> str:
    """Return the address of a static file, with its hash so that browsers may keep it a year."""
    digest = hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:HASH_DIGITS]}"


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a page in the reader's language.

    Templates get ``_`` (translate), ``sentence`` (code, params), ``word`` (of a state or kind, by
    its ``word.…`` sentence, else itself), ``fmt`` (numbers and dates), ``did`` (what was
    done, in words), ``account``, ``language``, ``navigation``, ``messages``, ``path``,
    ``page_url`` (of a page of the list, or of one of several), ``asked`` (the query without the
    page's number), ``may``,
    ``errors`` (field → sentence, empty unless given), ``field_names`` (:func:`field_names`),
    ``seen`` (the name of a child, guardian or
    receiver as the reader may see it), ``seen_text`` (a text kept about a family),
    ``seen_purpose`` and ``seen_fields`` (the same of an audit entry), and ``sees_homes`` (whether
    streets and phones are shown).
    """
    language = language_of(request)
    person = person_of(request)

    asked = {key: text for key, text in request.query_params.items() if key != "halaman"}

    def page_url(number: int, table: int = 0, address: str = "", anchor: str = "") -> str:
        where = {"tabel": str(table)} if table else {}
        query = urlencode(asked | where | {"halaman": str(number)})
        at = f"tabel-{table}" if table else anchor
        return f"{address or request.url.path}?{query}{f'#{at}' if at else ''}"

    frame = {
        "_": translator(language),
        "sentence": lambda code, params=None: unbroken(sentence(code, params or {}, language)),
        "word": lambda value: word(str(value), language),
        "fmt": Formats(language),
        "did": DeedWords(language),
        "language": language,
        "languages": LANGUAGES,
        "account": person,
        "home": home_of(person) if person else "/masuk",
        "navigation": navigation(request, person),
        "messages": _messages(request, language),
        "path": request.url.path,
        "here": _here(request),
        "look": look_of(request),
        "looks": LOOKS,
        "page_url": page_url,
        "asked": asked,
        "may": lambda permission: person is not None and holds(person, permission),
        "seen": lambda name: seen_name(name, person.role) if person else "",
        "seen_text": lambda kept: (
            told(seen_text(kept or "", person.role), language) if person else ""
        ),
        "seen_purpose": lambda entry: (
            told(seen_purpose(entry, person.role), language) if person else ""
        ),
        "seen_fields": lambda fields, subject: (
            seen_fields(fields, subject, person.role) if person else {}
        ),
        "sees_homes": person is not None and sees_homes(person.role),
        "sees_names": person is not None and sees_names(person.role),
        "demo": request.app.state.settings.demo,
        "errors": {},
    }
    html = _environment().get_template(template).render(frame | context)
    answer = HTMLResponse(html, status_code=status)
    if FLASH_COOKIE in request.cookies:
        answer.delete_cookie(FLASH_COOKIE, path="/")
    return answer


def navigation(request: Request, person: Account | None) -> list[Entry]:
    """Return the entries that a person sees."""
    if person is None:
        return []
    entries: list[Entry] = request.app.state.navigation
    return [
        entry
        for entry in entries
        if holds(person, entry.permission)
        and (not entry.roles or person.role in entry.roles)
        and (not entry.only_bound or place_of(person) is not None)
    ]


def redirect(
    request: Request, url: str, message: str | None = None, /, **params: Any
) -> RedirectResponse:
    """Lead on after a form (303), with a message by code that the next page shows once."""
    answer = RedirectResponse(url, status_code=303)
    if message is not None:
        text = json.dumps([message, params], default=str).encode()
        answer.set_cookie(
            FLASH_COOKIE,
            base64.urlsafe_b64encode(text).decode(),
            max_age=60,
            httponly=True,
            samesite="lax",
            secure=request.app.state.settings.secure_cookies,
        )
    return answer


def _messages(request: Request, language: str) -> list[tuple[str, str]]:
    """Return what the last form did, each with the kind of its panel."""
    try:
        code, params = json.loads(base64.urlsafe_b64decode(request.cookies[FLASH_COOKIE]))
        kind = "care" if code in ONLY_PARTLY else "good"
        return [(kind, sentence(str(code), dict(params), language))]
    except (KeyError, ValueError, TypeError):
        return []


def field_errors(request: Request, error: Invalid) -> dict[str, str]:
    """Return field → sentence of an ``Invalid``, for the error summary and the fields."""
    language = language_of(request)
    fields: Mapping[str, Any] = error.params.get("fields", {})  # type: ignore[assignment]
    return {
        name: sentence(found[0], found[1], language)
        if isinstance(found, list | tuple)
        else sentence(str(found), {**error.params, "field": name}, language)
        for name, found in fields.items()
    }


def local_path(wish: str | None, *, otherwise: str) -> str:
    """Return a path of this site that someone asked to be led back to, never another site."""
    if wish and wish.startswith("/") and not wish.startswith(("//", "/\\")) and wish.isprintable():
        return wish
    return otherwise


@router.get("/", include_in_schema=False)
def first_page(visitor: Visitor) -> RedirectResponse:
    """Lead everyone to the page where their work begins."""
    return RedirectResponse(home_of(visitor) if visitor else "/masuk", status_code=303)


@router.post("/bahasa", include_in_schema=False)
def choose(
    request: Request,
    visitor: Visitor,
    session: WriteSession,
    bahasa: Annotated[str, Form()],
    kembali: Annotated[str, Form()] = "/",
) -> RedirectResponse:
    """Switch the language of this browser, and of the account when signed in."""
    language = bahasa if bahasa in LANGUAGES else LANGUAGES[0]
    if visitor is not None:
        account = session.get(Account, visitor.id)
        if account is not None:
            account.language = language
    return _remember(request, LANGUAGE_COOKIE, language, kembali)


@router.post("/tampilan", include_in_schema=False)
def choose_look(
    request: Request,
    visitor: Visitor,
    tampilan: Annotated[str, Form()] = "",
    kembali: Annotated[str, Form()] = "/",
) -> RedirectResponse:
    """Switch this browser between light, dark and what the device has."""
    del visitor
    known = any(tampilan == value for value, _ in LOOKS)
    return _remember(request, LOOK_COOKIE, tampilan if known else "", kembali)


def _remember(request: Request, cookie: str, value: str, back: str) -> RedirectResponse:
    answer = RedirectResponse(local_path(back, otherwise="/"), status_code=303)
    keep_choice(request, answer, cookie, value)
    return answer


def keep_choice(request: Request, answer: Response, cookie: str, value: str) -> None:
    """Let this browser remember a choice for a year: the language, the look."""
    answer.set_cookie(
        cookie,
        value,
        max_age=YEAR_S,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.secure_cookies,
    )
