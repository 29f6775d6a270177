"""Nothing of a family outside reaches an account that is bound to a place, by whatever page.

A town whose families carry marks (:mod:`tests.town`); an account of each kind of place opens every
page and endpoint that it may, with what is inside and what is outside, follows the links, filters
and pages, and sends every form at what is outside.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import product
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from api.app import doors
from api.doors import Door
from api.security import LOCAL, PERMISSIONS, holds, may
from data.engine import read_session, write_session
from data.schema import Account, Role
from tests.api.test_doors import ends_sign_in
from tests.factories import make_account
from tests.town import (
    FAR_NAME,
    FAR_WARD,
    HOMES,
    NEXT_NAME,
    NEXT_WARD,
    WARD,
    WARD_NAME,
    Town,
    is_inside,
    mark,
)

ClientFor = Callable[[Role | Account], TestClient]
ASKED_BY_UNIT = {
    "/monev/angka/{code}", "/monev/pendampingan/{month}", "/monev/konsumsi/{month}",
    "/monev/mutu-ukur/bacaan",
}  # fmt: skip
"""Doors that refuse by the same code what is not the own unit: the city's, where none is named."""
KINDS = (
    "kecamatan", "kelurahan", "posyandu", "puskesmas", "puskesmas clerk", "approver",
    "coordinator", "kader",
)  # fmt: skip
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
LINK = re.compile(r'href="(/[^"#]*)')
ADDRESS = re.compile(r'(?:href|action)="(/[^"#]*)')
HUGE = 400
"""Links followed per account: more than there are."""


def held_by_second_net(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What doors let in and the store then refused: a page that nobody tried from a place."""
    told = [record.getMessage() for record in caplog.records]
    return [each for each in told if each.startswith("beyond the place")]


def betrayed(town: Town, account: Account, answer: httpx.Response, asked: str) -> list[str]:
    """Marks of families outside on a page, beside those that its address brought along."""
    text = unescape(answer.text) + str(answer.headers)
    outside = [n for n in range(len(HOMES)) if not is_inside(n, account)]
    found = [each for n in outside for each in town.marks(n) if each in text and each not in asked]
    return found + (["SponsorZqmark"] if "SponsorZqmark" in text else [])


QUERIES: dict[str, list[dict[str, str]]] = {
    "/anak": [{"cari": mark(n)} for n in range(len(HOMES))]
    + [{"cari": "Zq"}, {"halaman": "2"}, {"keadaan": "needs_review"}]
    + [{"wilayah": each} for each in (WARD, NEXT_WARD, FAR_WARD, "19.71.05", "19.71")],
    "/api/v1/children": [{"text": "zq"}, {"limit": "200"}, {"after": "Zq00"}]
    + [{"kelurahan_code": each} for each in (WARD, NEXT_WARD, FAR_WARD)],
    "/monev/wilayah": [{}]
    + [
        {"tingkat": level, "wilayah": unit}
        for level, unit in (
            ("city", ""), ("kecamatan", "Gerunggang"), ("kecamatan", "Bukit Intan"),
            ("kelurahan", WARD_NAME), ("kelurahan", NEXT_NAME), ("kelurahan", FAR_NAME),
            ("posyandu", f"Mawar · {WARD_NAME}"), ("posyandu", f"Melati · {WARD_NAME}"),
            ("posyandu", f"Mawar · {FAR_NAME}"), ("puskesmas", "Girimaya"), ("posyandu", ""),
            ("puskesmas", "Selindung"), ("tpk", f"TPK {mark(4)}"), ("kader", "x"),
            ("kelurahan", ""), ("kelurahan", "Nirwana"),
        )
    ],
    "/monev/pertumbuhan": [{}, {"sebab": "severe"}, {"sebab": "unmeasured"}, {"halaman": "2"}],
    "/monev/mutu-ukur": [{}, {"bulan": "2026-12"}],
    "/monev/mutu-ukur/bacaan": [
        {"bulan": "2026-12", "kelurahan": ward, "posyandu": place}
        for ward, place in product((WARD_NAME, NEXT_NAME, FAR_NAME, ""), ("Mawar", "Melati", ""))
    ],
    "/bulan/{month}/laporan": [{}, {"publik": "1"}, {"versi": "1"}]
    + [{"untuk": f"kelurahan {each}"} for each in (WARD_NAME, NEXT_NAME, FAR_NAME)]
    + [{"untuk": "kecamatan Gerunggang"}, {"untuk": "kelurahan Nirwana"}],
    "/monev/pendampingan/{month}": [
        {"kelurahan": ward, "posyandu": place}
        for ward, place in product((WARD, NEXT_WARD, FAR_WARD, ""), ("Mawar", "Melati", ""))
    ],
}  # fmt: skip
QUERIES["/monev/konsumsi/{month}"] = QUERIES["/monev/pendampingan/{month}"]
UNITS = [dict(each) for each in QUERIES["/monev/wilayah"] if each]
QUERIES["/monev/baris"] = [
    {"angka": figure, "bulan": "2026-12", **unit}
    for figure, unit in product(("served", "nutrition_measured"), UNITS)
]
QUERIES["/monev/angka/{code}"] = UNITS
QUERIES["/api/v1/monitoring/units/{level}"] = [
    {"unit": each["wilayah"]} for each in UNITS
]  # fmt: skip
QUERIES["/api/v1/monitoring/rows/{figure}"] = [
    {"month": "2026-12", "level": each["tingkat"], "unit": each["wilayah"]} for each in UNITS
]


def values_of(town: Town, path: str, name: str) -> list[str]:
    """What stands for a parameter of an address: of every family, and of nobody."""
    if name == "code" and "households" in path:
        return [*town.households, "K-NOBODY"]
    if path == "/monev/angka/{code}":
        return ["target_eligible"]
    if name == "code":
        return [*town.children, f"{mark(0)}-2", f"{mark(5)}-3", "T-NOBODY"]
    known = {
        "month": [town.month],
        "level": ["city", "kelurahan", "posyandu", "puskesmas"],
        "figure": ["served"],
        "finding_id": [*map(str, town.findings), "99999"],
        "review_id": ["1", "99999"],
        "sign_in_id": ["99999"],
        "purpose": ["programme", "display"],
        "token": ["x"],
        "filename": ["x"],
    }
    return known[name]


def addresses(town: Town, door: Door) -> Iterator[tuple[str, dict[str, str]]]:
    """A door's paths with every value of its parameters, and each query that it is asked with."""
    names = PARAMETER.findall(door.path)
    for chosen in product(*(values_of(town, door.path, name) for name in names)):
        given = dict(zip(names, chosen, strict=True))
        path = PARAMETER.sub(lambda found, given=given: given[found[1]], door.path)  # type: ignore[misc]
        for query in QUERIES.get(door.path, [{}]):
            yield path, query


def held(app: FastAPI, account: Account, *methods: str) -> list[Door]:
    """The doors of some methods that an account may open, whoever else does."""
    return [
        door
        for door in doors(app)
        if door.method in methods
        and (door.permission == "public" or holds(account, door.permission))
        and not door.path.startswith(("/kurir/", "/masuk", "/tautan", "/styleguide"))
    ]


@dataclass
class Walk:
    """What an account is shown on its way; no address is asked twice."""

    client: TestClient
    town: Town
    account: Account
    asked: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    links: list[tuple[str, str]] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    seen_inside: set[int] = field(default_factory=set)
    wrong: list[tuple[str, object]] = field(default_factory=list)
    refused: list[tuple[str, str, int]] = field(default_factory=list)

    def look(self, url: str, query: dict[str, str]) -> None:
        """Ask an address as it is."""
        self._note(url, query, follow=False)

    def follow(self, link: str, source: str) -> None:
        """Go where a link leads that stands on a page: it is no refusal."""
        answer = self._note(link, {}, follow=True)
        if answer is not None and answer.status_code not in (200, 405):
            self.refused.append((source, link, answer.status_code))

    def _note(self, url: str, query: dict[str, str], *, follow: bool) -> httpx.Response | None:
        whole = str(self.client.build_request("GET", url, params=query or None).url)
        if whole in self.asked:
            return None
        self.asked.add(whole)
        self.paths.add(url.partition("?")[0])
        said = f"{url} {query}"
        answer = self.client.get(whole, follow_redirects=follow)
        for each in (*answer.history, answer):
            if found := betrayed(self.town, self.account, each, said):
                self.wrong.append((said, found))
            told = [n for n in range(len(HOMES)) if mark(n) in each.text and mark(n) not in said]
            self.seen_inside.update(told)
        if answer.status_code >= 500:
            self.wrong.append((said, answer.status_code))
        self.links += [(unescape(link), url) for link in LINK.findall(answer.text)]
        self.named += [unescape(link) for link in ADDRESS.findall(answer.text)]
        return answer


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_page_tells_of_a_family_outside(
    app: FastAPI,
    town: Town,
    bound: dict[str, Account],
    client_for: ClientFor,
    kind: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nor does a link lead to a refusal. First the links from the first page on, then all else."""
    account = bound[kind]
    walk = Walk(client_for(account), town, account)
    doors_held = held(app, account, "GET")
    assert "/wilayah" in {door.path for door in doors_held}
    walk.follow("/", "")
    while walk.links and len(walk.asked) < HUGE:
        link, source = walk.links.pop(0)
        if not link.startswith(("/static", "/keluar", "/api")):
            walk.follow(link, source)
    assert len(walk.asked) > 5
    assert walk.refused == []
    for door in doors_held:
        for url, query in addresses(town, door):
            walk.look(url, query)
    while walk.named and len(walk.paths) < HUGE:
        link = walk.named.pop()
        is_way_out = link.startswith(("/static", "/keluar", "/masuk", "/api/v1/openapi"))
        if not is_way_out and link.partition("?")[0] not in walk.paths:
            walk.look(link, {})
    assert walk.wrong == []
    assert held_by_second_net(caplog) == []
    assert walk.seen_inside == {n for n in range(len(HOMES)) if is_inside(n, account)}


OUTSIDE_BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/children/{code}": {"base_version": 1, "changes": {"name": "Curian"}},
    "/api/v1/children/{code}/confirm-measurement": {"reason": "benar"},
    "/api/v1/children/{code}/ask-measurement": {"reason": "ukur"},
    "/api/v1/children/{code}/pause": {"until": "2027-02-01", "reason": "pergi"},
    "/api/v1/children/{code}/exit": {"effective_on": "2026-12-02", "reason": "moved_out"},
    "/api/v1/children/{code}/consents": {
        "purpose": "photo", "guardian_name": "Curian", "granted_on": "2026-12-01",
    },
    "/api/v1/children/{code}/moves": {"to": {"kelurahan_code": WARD, "address": "Curian"}},
    "/api/v1/households/{code}": {"base_version": 1, "changes": {"address": "Curian"}},
}  # fmt: skip


def forms_of(town: Town, path: str, number: int) -> dict[str, Any]:
    """Fields of a form that would change a family, were it inside."""
    ward, posyandu, _ = HOMES[number]
    home, package = town.home_ids[number], town.packages[number][0]
    fields: dict[str, dict[str, Any]] = {
        "/monev/pendampingan/{month}": {
            "kelurahan": ward, "posyandu": posyandu, "keluarga": str(home), "semula": "",
            "kode": f"{home} 1",
        },
        "/monev/konsumsi/{month}": {
            "kelurahan": ward, "posyandu": posyandu, "tanggal": "2026-12-02",
            "paket": str(package), "semula": "", "jawaban": "eaten", "catatan": "Curian",
        },
        "/anak/{code}/data": {"version": "1", "name": "Curian"},
        "/anak/{code}/rumah": {"version": "1", "address": "Curian"},
        "/anak/{code}/ukur": {"measured_on": "2026-12-01", "weight_g": "9,1", "lenhei_mm": "81"},
        "/anak/{code}/persetujuan": {"tujuan": "display", "tindakan": "cabut"},
        "/anak/{code}/keadaan": {"tindakan": "keluar", "sebab": "other", "alasan": "x"},
        "/anak/{code}/pindah": {"kelurahan": WARD, "alamat": "Curian"},
        "/monev/pertumbuhan/{code}": {"keputusan": "refer", "catatan": "Curian"},
        "/wilayah/temuan/{finding_id}": {"jawaban": "Curian"},
        "/anak/baru": {"name": "Baru", "sex": "female", "born_on": "2024-06-01",
                       "guardian_name": "Baru", "kelurahan_code": ward, "serumah": ""},
    }  # fmt: skip
    return fields.get(path, {})


def rows_outside(engine: Engine) -> dict[str, Any]:
    """Everything that the store holds, but what looking at it writes."""
    looked = {"auditentry", "audithead", "signin", "attemptcount"}
    with read_session(engine) as session:
        return {
            name: session.connection().execute(table.select()).fetchall()
            for name, table in SQLModel.metadata.tables.items()
            if name not in looked
        }


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_is_sent_at_what_is_outside_changes_anything(
    app: FastAPI,
    engine: Engine,
    town: Town,
    bound: dict[str, Account],
    client_for: ClientFor,
    kind: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    account = bound[kind]
    client = client_for(account)
    before = rows_outside(engine)
    outside = [n for n in range(len(HOMES)) if not is_inside(n, account)]
    answers: list[tuple[str, str, int]] = []
    betraying = []
    for door in held(app, account, "POST", "PATCH", "PUT", "DELETE"):
        if door.permission in ("public", "self:edit"):
            continue
        for number in outside:
            given = {
                "code": town.households[number] if "households" in door.path
                else town.children[number],
                "month": town.month, "finding_id": str(town.findings[number]), "review_id": "1",
                "purpose": "display", "lembar": "wilayah",
            }  # fmt: skip
            url = PARAMETER.sub(lambda found, given=given: given[found[1]], door.path)  # type: ignore[misc]
            sent: dict[str, Any] = (
                {"json": OUTSIDE_BODIES.get(door.path, {})}
                if door.path.startswith("/api/")
                else {"data": forms_of(town, door.path, number)}
            )
            answer = client.request(door.method, url, **sent)
            answers.append((door.method, url, answer.status_code))
            asked = f"{url} {sent}"
            if found := betrayed(town, account, answer, asked):
                betraying.append((asked, found))
    assert betraying == []
    assert held_by_second_net(caplog) == []
    assert rows_outside(engine) == before
    lawful = [each for each in answers if each[2] not in (403, 404, 409, 422)]
    assert lawful == []
    is_reader = account.role is Role.AUDITOR
    deeds = [each for each in answers if not each[1].endswith("/unduh")]
    assert (len(deeds) >= 2 * len(outside)) is not is_reader


@pytest.mark.parametrize("kind", ["kelurahan", "approver", "coordinator", "kader"])
def test_what_is_inside_is_worked_on(
    app: FastAPI,
    town: Town,
    bound: dict[str, Account],
    client_for: ClientFor,
    kind: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No form of the own place meets what a place does not see: it is done, or refused in words."""
    account = bound[kind]
    client = client_for(account)
    inside = next(n for n in range(len(HOMES)) if is_inside(n, account))
    wrong, done = [], 0
    for door in held(app, account, "POST", "PATCH", "PUT", "DELETE"):
        if door.permission in ("public", "self:edit"):
            continue
        given = {
            "code": town.households[inside] if "households" in door.path
            else town.children[inside],
            "month": town.month, "finding_id": str(town.findings[inside]), "review_id": "1",
            "purpose": "display", "lembar": "wilayah",
        }  # fmt: skip
        url = PARAMETER.sub(lambda found, given=given: given[found[1]], door.path)  # type: ignore[misc]
        sent: dict[str, Any] = (
            {"json": OUTSIDE_BODIES.get(door.path, {})}
            if door.path.startswith("/api/")
            else {"data": forms_of(town, door.path, inside)}
        )
        answer = client.request(door.method, url, **sent)
        if answer.status_code >= 500 or "access.place" in answer.text:
            wrong.append((door.method, url, answer.status_code))
        done += answer.status_code in (200, 201, 204, 303)
    assert wrong == []
    assert held_by_second_net(caplog) == []
    assert done >= 1


@pytest.mark.parametrize("kind", ["kelurahan", "posyandu", "puskesmas clerk"])
def test_a_code_outside_answers_exactly_as_one_that_does_not_exist(
    town: Town, bound: dict[str, Account], client_for: ClientFor, kind: str
) -> None:
    account = bound[kind]
    client = client_for(account)
    outside = next(n for n in range(len(HOMES)) if not is_inside(n, account))
    child, home = town.children[outside], town.households[outside]
    for path, there, nowhere in (
        ("/anak/{}", child, "Zq99mark-1"),
        ("/monev/pertumbuhan/{}", child, "Zq99mark-1"),
        ("/api/v1/children/{}", child, "Zq99mark-1"),
        ("/api/v1/households/{}", home, "K-Zq99mark"),
        ("/anak?cari={}", child, "Zq99mark-1"),
    ):
        told = [client.get(path.format(code)) for code in (there, nowhere)]
        assert told[0].status_code == told[1].status_code
        assert told[0].text.replace(there, "X") == told[1].text.replace(nowhere, "X")


@pytest.mark.parametrize(
    "role", [Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.AUDITOR, Role.KADER]
)
def test_doors_let_a_bound_account_keep_what_is_local_alone(
    app: FastAPI,
    engine: Engine,
    client_for: ClientFor,
    caplog: pytest.LogCaptureFixture,
    role: Role,
) -> None:
    """Every door by every role with a place: let in by role and table, refused otherwise."""
    with write_session(engine) as session:
        account = make_account(session, role, **({} if role is Role.KADER else {"area_code": WARD}))
    client = client_for(account)
    wrong, refused = [], 0
    for door in sorted(doors(app), key=ends_sign_in):
        if door.permission == "public":
            continue
        if ends_sign_in(door):
            client = client_for(account)
        answer = client.request(door.method, PARAMETER.sub("1", door.path))
        code = next((each for each in ("access.role", "access.place") if each in answer.text), "")
        expected = (
            "" if holds(account, door.permission)
            else "access.place" if may(role, door.permission) else "access.role"
        )  # fmt: skip
        refused += bool(expected)
        is_right = answer.status_code == 403 and code == expected
        if not expected:
            is_right = answer.status_code < 500 and (not code or door.path in ASKED_BY_UNIT)
        if not is_right:
            wrong.append((door.method, door.path, answer.status_code, code))
    assert wrong == []
    assert held_by_second_net(caplog) == []
    assert refused > 200


def test_what_is_local_is_declared_and_concerns_no_whole_office() -> None:
    assert set(PERMISSIONS) >= LOCAL
    office = ("cycle:", "assignment:", "policy:", "route:", "stock:", "import:", "duplicate:",
              "account:", "audit:", "sponsor:", "pledge:", "report:", "job:", "package:",
              "delivery:", "photo:", "link:", "semester:", "published:",
              "comparison:")  # fmt: skip
    assert [each for each in LOCAL if each.startswith(office)] == []


def test_a_kader_holds_these_alone() -> None:
    held = {name for name in PERMISSIONS if may(Role.KADER, name)}
    assert held == {
        "self:read", "self:edit", "place:read", "posyandu:read", "posyandu:record", "finding:own",
        "accompaniment:record", "consumption:record", "child:report",
    }  # fmt: skip
    assert held <= LOCAL
