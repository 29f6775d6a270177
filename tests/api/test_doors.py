"""Every route against every role, derived from the routes and the permission table.

A route that nobody thought of is still here: ``create_app`` refuses routes without a door, and the
expected outcome comes from ``api.security``, not from the route.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import get_args

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from starlette.testclient import TestClient

from api.app import doors
from api.dependencies import WriteSession
from api.doors import Door
from api.pages.shell import home_of
from api.security import PERMISSIONS, holds, may
from data.schema import Account, Role
from tests.applications import browser

ClientFor = Callable[[Role], TestClient]
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
SAFE = {"GET", "HEAD"}
HUGE = 2**40


def address(door: Door, value: int = 1) -> str:
    """The door's path with something in place of each parameter."""
    return PARAMETER.sub(str(value), door.path)


def knock(client: TestClient, door: Door) -> tuple[int, str]:
    """Status and, for refusals, the code that says which door refused."""
    return outcome(client.request(door.method, address(door)))


def outcome(answer: httpx.Response) -> tuple[int, str]:
    """Status of an answer, and whether a door refused or where else it leads."""
    why = answer.headers.get("location", "")
    codes = ("access.role", "access.not_signed_in")
    refused = answer.status_code in {401, 403} and any(code in answer.text for code in codes)
    refused = refused or why.startswith("/masuk?lanjut")
    return answer.status_code, "door" if refused else why


def ends_sign_in(door: Door) -> bool:
    """Whether knocking here signs the client out."""
    return door.method != "GET" and door.path.endswith(
        ("keluar", "current", "{sign_in_id}", "akhiri")
    )


@pytest.fixture
def tried(app: FastAPI) -> list[Door]:
    """Every route; those that end the very sign-in that knocks are tried last."""
    return sorted(doors(app), key=ends_sign_in)


def asked_of(dependant: Dependant) -> Iterator[object]:
    """What a route asks for in its signature, and what that asks for."""
    for each in dependant.dependencies:
        yield each.call
        yield from asked_of(each)


OF_ROUTES = {"/bulan/{month}/rute/unduh", "/rute/{code}/unduh"}
"""Files of routes alone are made with the lock: a route may not change or leave meanwhile."""


def test_reading_keeps_nobody_from_writing(tried: list[Door]) -> None:
    """A GET reads; who looked is noted after that, in a step of its own (``LookSession``).

    So are files, which take long to typeset.
    """
    writes = get_args(WriteSession)[1].dependency
    held = [each for each in tried if writes in asked_of(each.route.dependant)]
    assert [each.path for each in held if each.method in SAFE] == []
    files = {each.path for each in held if "/unduh" in each.path}
    assert files == OF_ROUTES
    assert len(held) > 200


@pytest.mark.slow
def test_every_route_answers_by_role_without_failing_and_uncached(
    tried: list[Door], client_for: ClientFor
) -> None:
    """It lets in exactly the roles of its permission, also on an empty store; no page is kept."""
    wrong, failed, kept, outcomes = [], [], set(), Counter[str]()
    for role in Role:
        client = client_for(role)
        for door in tried:
            knocking = client_for(role) if ends_sign_in(door) else client
            answer = knocking.request(door.method, address(door))
            status, why = outcome(answer)
            if status >= 500 and door.path != "/readyz":
                failed.append((role.value, door.method, door.path, status))
            if door.method in SAFE and "no-store" not in answer.headers["cache-control"]:
                kept.add(door.path)
            let_in = door.permission == "public" or may(role, door.permission)
            is_right = (why != "door") if let_in else (status == 403 and why == "door")
            outcomes["let in" if let_in else "refused"] += 1
            if not is_right:
                wrong.append((role.value, door.method, door.path, status))
    assert wrong == [], "the role's permission says otherwise"
    assert failed == [], "an empty store is no failure"
    assert kept == set(), "a browser or a proxy would keep the page"
    assert outcomes["refused"] > 50


def test_without_signing_in_only_public_routes_open(app: FastAPI, client: TestClient) -> None:
    wrong = []
    for door in doors(app):
        status, why = knock(client, door)
        if door.permission == "public":
            is_right = why != "door"
        elif door.path.startswith("/api/"):
            is_right = status == 401
        else:
            is_right = status == 303 and (why in {"door", "/masuk"})
        if not is_right:
            wrong.append((door.method, door.path, status, why))
    assert wrong == []


def test_the_public_routes_are_these(app: FastAPI) -> None:
    """A new public route is a decision: it is written down here."""
    public = {(door.method, door.path) for door in doors(app) if door.permission == "public"}
    assert public == {
        ("GET", "/"),
        ("POST", "/bahasa"),
        ("POST", "/tampilan"),
        ("GET", "/masuk"),
        ("POST", "/masuk"),
        ("GET", "/tautan/{token}"),
        ("GET", "/kurir/hp"),
        ("GET", "/kurir/sw.js"),
        ("GET", "/kurir/manifest.webmanifest"),
        ("POST", "/tautan/{token}"),
        ("GET", "/api"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("POST", "/api/v1/sessions"),
    }


def test_every_unsafe_route_refuses_other_sites(app: FastAPI, client: TestClient) -> None:
    opened = [
        (door.method, door.path)
        for door in doors(app)
        if door.method not in SAFE
        and client.request(
            door.method, address(door), headers={"Sec-Fetch-Site": "cross-site"}
        ).status_code
        != 403
    ]
    assert opened == []


@pytest.mark.slow
def test_no_route_fails_on_numbers_beyond_what_a_store_holds(
    tried: list[Door], client_for: ClientFor
) -> None:
    """The answer may be anything but a 500; here in English."""
    failed = []
    clients: dict[Role, TestClient] = {}
    for door in tried:
        role = min(PERMISSIONS.get(door.permission, frozenset(Role)))
        if role not in clients or ends_sign_in(door):
            clients[role] = client_for(role)
            clients[role].cookies.set("bahasa", "en")
        status = clients[role].request(door.method, address(door, HUGE)).status_code
        if status >= 500 and door.path != "/readyz":
            failed.append((door.method, door.path, status))
    assert failed == []


@pytest.mark.parametrize("role", list(Role))
def test_every_menu_entry_and_first_page_opens_for_those_who_see_it(
    app: FastAPI, client_for: ClientFor, person: Callable[[Role], Account], role: Role
) -> None:
    client = client_for(role)
    seen = [
        entry.url
        for entry in app.state.navigation
        if holds(person(role), entry.permission)
        and (not entry.roles or role in entry.roles)
        and (not entry.only_bound or role is Role.KADER)
    ]
    answers = {url: client.get(url).status_code for url in [home_of(person(role)), *seen]}
    assert {url: status for url, status in answers.items() if status != 200} == {}


def test_every_declared_permission_is_held_by_someone_and_used(app: FastAPI) -> None:
    used = {door.permission for door in doors(app)}
    assert {name for name, roles in PERMISSIONS.items() if not roles} == set()
    assert used - {"public"} <= set(PERMISSIONS)


def test_admins_read_no_children_and_auditors_change_nothing() -> None:
    personal = ("child:", "household:", "consent:", "sponsor:", "import:", "duplicate:")
    assert [
        name for name in PERMISSIONS if name.startswith(personal) and may(Role.ADMIN, name)
    ] == []
    writes = [name for name in PERMISSIONS if may(Role.AUDITOR, name)]
    reading = (":read", ":verify", ":print", ":export")
    assert [name for name in writes if not name.endswith(reading) and name != "self:edit"] == []


def test_donors_and_couriers_hold_no_permission_of_the_office() -> None:
    office = ("child:", "household:", "sponsor:", "pledge:", "import:", "cycle:", "account:")
    for role in (Role.DONOR, Role.COURIER):
        held = [name for name in PERMISSIONS if may(role, name) and name.startswith(office)]
        assert (role, held) == (role, [])


def test_a_forged_token_is_nobody(app: FastAPI) -> None:
    client = browser(app)
    client.cookies.set("__Host-asuh", "forged")
    assert client.get("/akun").status_code == 303
    assert (
        client.get("/api/v1/sessions/me", headers={"Authorization": "Bearer x"}).status_code == 401
    )
