"""Every form of every page with one bad value or file: the field is named, what was typed stays.

The forms come from the pages themselves, as a browser without JavaScript reads them, so that a new
one is tried without being listed. Refused or not, the store is as before each try.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import doors
from api.security import PERMISSIONS
from api.services.sign_ins import start_sign_in
from data.engine import write_session
from data.schema import Account, CycleState, Role
from tests.api.pages.forms import CHOSEN, Field, Form, PageForms, forms_of
from tests.applications import browser
from tests.conftest import NOW
from tests.every_page import ELSEWHERE, FILES, fill, prepare
from tests.factories import make_cycle, make_match_run

pytestmark = [pytest.mark.slow, pytest.mark.stores("sqlite")]

SECRETS = {"code", "second_code"}
"""Codes of an app, which are typed anew; passwords are a kind of field of their own."""
BAD = "?! bukan isian 9x"
"""Fits no number, day, code or place."""
RECORD = re.compile(r"/([A-Z]+-[\w-]+|\d{4}-\d\d|\d+|[0-9a-f]{32})(?=/|$)")
MONTHS = {
    "2027-01": CycleState.DRAFT,
    "2027-02": CycleState.LOCKED,
    "2027-03": CycleState.PROPOSED,
    "2027-04": CycleState.IN_APPROVAL,
}
"""Months beside the one on its way, whose pages ask for other things."""
MATCHED = {CycleState.PROPOSED, CycleState.IN_APPROVAL}
NOT_HERE = FILES | set(ELSEWHERE)
EVERYBODY = [role for role in Role if role is not Role.AUDITOR]
"""Everybody who changes anything."""


class Office:
    """The people of an office at their browsers, over a store that can be put back."""

    def __init__(self, engine: Engine, app: FastAPI, people: dict[Role, Account]) -> None:
        self._engine = engine
        self._path = str(engine.url.database)
        self._app = app
        self._tokens: dict[Role, str] = {}
        for role, account in people.items():
            with write_session(engine) as session:
                self._tokens[role] = start_sign_in(session, account=account, now=NOW)
        self._copy(self._path, f"{self._path}.kept")

    def at(self, role: Role) -> TestClient:
        """A browser in which somebody of this role is signed in."""
        client = browser(self._app)
        client.cookies.set("__Host-asuh", self._tokens[role])
        return client

    def put_back(self) -> None:
        """Bring the store back to how it was at the start."""
        self._engine.dispose()
        self._copy(f"{self._path}.kept", self._path)

    def _copy(self, source: str, target: str) -> None:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
            read.backup(write)


def same_path(action: str, page: str) -> str:
    """Where a form leads, whatever record it stands for."""
    return RECORD.sub("/*", urlsplit(urljoin(page, action)).path)


def filled(form: Form, bad: Field, value: str) -> dict[str, list[str]]:
    """A form as a hurried person sends it: something everywhere, one field wrong."""
    return {
        each.name: [value, *each.values[1:]] if each.name == bad.name else likely(each)
        for each in form.fields.values()
    }


def likely(each: Field) -> list[str]:
    """What stands in a field, else something of its kind."""
    if each.kind in CHOSEN or each.kind == "button":
        return each.values or [option for option in each.options if option][:1]
    if each.kind == "hidden" or any(each.values):
        return each.values
    whole = {"date": "2026-12-02", "month": "2026-12"}
    return [whole.get(each.kind, "7" if each.inputmode in {"numeric", "decimal"} else "Contoh")]


def faults(html: str, page: str, form: Form, sent: dict[str, list[str]]) -> list[str]:
    """What the answer to a refused form owes: a summary that leads to fields, all that was sent."""
    shown = forms_of(html)
    found = [f"leads nowhere: {each}" for each in shown.summary if each[1:] not in shown.ids]
    found += [f"unnamed: {to} {said!r}" for to, said in shown.said.items() if is_unnamed(shown, to)]
    if not shown.summary and 'role="alert"' not in html:
        found.append("nothing says why")
    if html.count('id="kesalahan"') > 1:
        found.append("the summary stands twice")
    same = [
        each
        for each in shown.forms
        if same_path(each.action, page) == same_path(form.action, page)
        and form.fields.keys() <= each.fields.keys()
    ]
    lost = [[each.name for each in other.fields.values() if is_lost(each, sent)] for other in same]
    return found + (min(lost, key=len) if lost else ["the form is gone"])


def is_unnamed(shown: PageForms, to: str) -> bool:
    """Whether the summary says something of a field without what the field is called."""
    label = shown.labels.get(to[1:], "").strip()
    return bool(label) and not label.startswith(shown.said[to].strip().partition(":")[0])


def is_lost(shown: Field, sent: dict[str, list[str]]) -> bool:
    """Whether a field shows something else than what was typed or chosen."""
    if shown.kind in {"hidden", "password", "file", "button"} or shown.name in SECRETS:
        return False
    typed = [each for each in sent.get(shown.name, []) if each]
    return bool(typed) and [each for each in shown.values if each] != typed


def pages(app: FastAPI, known: dict[str, dict[str, str]]) -> Iterator[tuple[str, Role]]:
    """Every page with each role that it opens to."""
    for door in doors(app):
        if door.method != "GET" or door.path.startswith("/api/") or door.path in NOT_HERE:
            continue
        for month in ("", *(MONTHS if door.path.startswith("/bulan/{month}") else ())):
            values = known | {"any": known["any"] | ({"month": month} if month else {})}
            for role in EVERYBODY:
                if role in PERMISSIONS.get(door.permission, EVERYBODY):
                    yield fill(door.path, values), role


def file_faults(client: TestClient, page: str, form: Form) -> list[str]:
    """What a form with a file owes when none comes, and when one comes that nothing can read."""
    sent = {n: likely(each) for n, each in form.fields.items() if each.kind != "file"}
    name = next(each.name for each in form.fields.values() if each.kind == "file")
    owed = []
    for file in (("rusak.xlsx", b"PK\x03\x04"), ("", b"")):
        got = client.post(urljoin(page, form.action or page), data=sent, files={name: file})
        if not 400 <= got.status_code < 500:
            owed.append(f"{file[0]!r} answers {got.status_code}")
        else:
            owed += [f"{file[0]!r} {each}" for each in faults(got.text, page, form, sent)]
    return owed


def test_a_refused_form_names_its_field_and_keeps_what_was_typed(
    engine: Engine, app: FastAPI, person: Callable[[Role], Account]
) -> None:
    with write_session(engine) as session:
        known, own = prepare(session)
        for month, state in MONTHS.items():
            cycle = make_cycle(session, month=month, state=state)
            if state in MATCHED:
                make_match_run(session, cycle)
    app.state.settings.demo = True
    office = Office(engine, app, {role: own.get(role) or person(role) for role in Role})
    tried: dict[tuple[str, tuple[str, ...]], int] = {}
    with_files: set[str] = set()
    wrong: dict[str, list[str]] = {}
    for page, role in pages(app, known):
        answer = office.at(role).get(page)
        for form in forms_of(answer.text).forms:
            key = same_path(form.action, page), tuple(form.fields)
            if form.method != "post" or key in tried or not (form.typed or form.has_file):
                continue
            tried[key] = 0
            if form.has_file:
                with_files.add(key[0])
                if owed := file_faults(office.at(role), page, form):
                    wrong[f"{role} {page} {key[0]}"] = owed
                continue
            for bad in form.typed:
                for value in [""] * bad.is_required + [BAD]:
                    sent = filled(form, bad, value)
                    got = office.at(role).post(urljoin(page, form.action or page), data=sent)
                    if got.status_code < 400:
                        office.put_back()
                        continue
                    tried[key] += 1
                    if got.status_code >= 500 or (owed := faults(got.text, page, form, sent)):
                        what = f"{role} {page} {key[0]} {bad.name}={value!r} {got.status_code}"
                        wrong[what] = [] if got.status_code >= 500 else owed
    assert not wrong, "\n".join(f"{what}: {owed}" for what, owed in wrong.items())
    assert with_files == {"/berkas", "/bulan/*/hasil/berkas"}
    assert sum(1 for times in tried.values() if times) > 30
    assert sum(tried.values()) > 150
