"""Every page with axe-core in a real browser, by phone in the dark or at a desk in the light.

The pages come from the application itself, so that a new one is looked at without being listed.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select

from api.app import doors
from api.security import PERMISSIONS
from data.engine import write_session
from data.schema import Account, Child, Pledge, Role, Route, Sponsor
from tests.axe import axe_faults
from tests.browser import DESK, PHONE
from tests.factories import make_measurement
from tests.factories_routes import make_dispatched_cycle, package_at
from tests.journeys.pages.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.stores("sqlite")]

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
NOT_HTML = re.compile(
    r"^/(api|healthz|readyz|static)|berkas$|unduh|ditolak|\.(js|json|png)$|surat|tautan"
)
FEWEST = 35
"""Pages that were looked at when this was written; fewer means that the test lost its way."""
FIRST = (Role.STAFF, Role.APPROVER, Role.COORDINATOR, Role.ADMIN, Role.AUDITOR, Role.DONOR)


def fill(path: str, known: dict[str, dict[str, str]]) -> str | None:
    """A page's address with what stands for each parameter; None when nothing is known for it."""
    prefix = path.split("/")[1]
    values = known["any"] | known.get(prefix, {})
    names = PARAMETER.findall(path)
    if any(name not in values for name in names):
        return None
    return PARAMETER.sub(lambda found: values[found[1]], path)


def addresses(engine: Engine, app: FastAPI) -> list[tuple[Role, str]]:
    with write_session(engine) as session:
        _, _, stops, _, _ = make_dispatched_cycle(session, num_children=3)
        child = session.exec(select(Child)).first()
        assert child
        make_measurement(session, child, measured_on=child.born_on, haz=-7.1, waz=-2.5)
        package = package_at(session, stops[0])
        sponsor = session.exec(select(Sponsor)).first()
        pledge = session.exec(select(Pledge)).first()
        route = session.exec(select(Route)).one()
        assert sponsor
        assert pledge
        known = {
            "any": {"month": "2026-12", "uid": stops[0].uid, "child_code": child.code},
            "anak": {"code": child.code},
            "rute": {"code": route.code},
            "orang-tua-asuh": {"code": sponsor.code, "pledge_code": pledge.code},
            "bulan": {"code": package.code},
            "admin": {"account_id": "1"},
        }
    found = []
    for door in doors(app):
        if door.method != "GET" or NOT_HTML.search(door.path):
            continue
        roles = PERMISSIONS.get(door.permission, frozenset(Role))
        role = next((each for each in FIRST if each in roles), None)
        path = fill(door.path, known)
        if role is not None and path is not None:
            found.append((role, path))
    return found


def test_no_page_shuts_anybody_out(
    web_app: FastAPI, visit: Visit, engine: Engine, person: Callable[[Role], Account]
) -> None:
    faults: dict[str, list[str]] = {}
    windows: dict[tuple[Role, int], Any] = {}
    seen = 0
    for at, (role, path) in enumerate(addresses(engine, web_app)):
        width, look = ((PHONE, "dark"), (DESK, "light"))[at % 2]
        if (role, width) not in windows:
            window = visit(person(role), width=width)
            window.emulate_media(color_scheme="dark" if look == "dark" else "light")
            windows[role, width] = window
        page = windows[role, width]
        answer = page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        if answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
            continue
        page.locator("h1:visible").first.wait_for()
        seen += 1
        faults[f"{path} ({width}, {look})"] = axe_faults(page)
    assert {path: found for path, found in faults.items() if found} == {}
    assert seen >= FEWEST


def test_the_first_visit_weighs_at_most_sixty_kilobytes(visit: Visit) -> None:
    """Everything that the sign-in page and the first page load, as it goes over the wire."""
    page = visit(Role.STAFF)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.context.clear_cookies()
    page.goto("/masuk", wait_until="networkidle")
    assert 3 <= len(sizes) <= 12
    assert sum(sizes) <= 60_000, sizes
