"""How long goods may wait and bear the heat, set by hand and kept by routes that are there."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import planning, routes
from data.engine import read_session, write_session
from data.schema import GoodsLimit, Role, Route, RouteState
from tests.api.pages.reading import text_of
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_vehicle

pytestmark = pytest.mark.stores("sqlite")
PAGE, EGGS = "/barang", "/barang/telur"


def _form(page: str) -> dict[str, str]:
    fields = re.findall(r'name="(max_[a-z_]+)"[^>]*?(?: value="([^"]*)")', page)
    read = re.search(r'name="semula" value="([^"]*)"', page)
    assert read is not None
    return {**dict(fields), "semula": unescape(read.group(1))}


def test_limits_are_shown_set_by_one_person_and_taken_back(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    coordinator = client_for(Role.COORDINATOR)
    shown = text_of(coordinator.get(PAGE))
    assert "Telur ayam 60 g, 90 ml paling lama 4 hari paling lama 480 menit data acuan" in shown
    assert "Ikan segar kotak dingin 1.000 g, 1.400 ml hanya pada harinya" in shown
    first, second = (_form(coordinator.get(EGGS).text) for _ in range(2))
    for field, bad, said in (
        ("max_days_before_delivery", "", "Wajib diisi"),
        ("max_days_before_delivery", "400", "Tulis hari dengan bilangan bulat"),
        ("max_heat_minutes", "0", "Tulis menit dengan bilangan bulat"),
        ("max_heat_minutes", "dua jam", "Tulis menit dengan bilangan bulat"),
    ):
        answer = coordinator.post(EGGS, data=first | {field: bad})
        assert answer.status_code == 422
        assert said in answer.text.split(f'id="{field}-error">')[1].split("<")[0]
    led = coordinator.post(EGGS, data=first | {"max_days_before_delivery": "2"})
    assert "Batas Telur ayam tersimpan" in text_of(coordinator.get(led.headers["location"]))
    answer = coordinator.post(EGGS, data=second | {"max_days_before_delivery": "1"})
    assert answer.status_code == 409
    assert "orang lain menyimpan: 2" in answer.text
    assert coordinator.post(EGGS, data=second | {"max_heat_minutes": ""}).status_code == 303
    assert "paling lama 2 hari tidak dibatasi" in text_of(coordinator.get(PAGE))
    with read_session(engine) as session:
        row = session.exec(select(GoodsLimit)).one()
    assert (row.max_days_before_delivery, row.max_heat_minutes) == (2, None)
    coordinator.post(f"{EGGS}/acuan")
    assert "paling lama 4 hari paling lama 480 menit data acuan" in text_of(coordinator.get(PAGE))
    assert coordinator.get("/barang/emas").status_code == 404
    auditor = client_for(Role.AUDITOR)
    assert (auditor.get(PAGE).status_code, auditor.get(EGGS).status_code) == (200, 403)


def test_a_confirmed_route_that_breaks_a_new_limit_is_asked_for_again(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    with write_session(engine) as session:
        cycle, by, _ = packed_month(session)
        make_vehicle(session)
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
        routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
    coordinator = client_for(Role.COORDINATOR)
    form = _form(coordinator.get(EGGS).text)
    assert coordinator.post(EGGS, data=form | {"max_heat_minutes": "1"}).status_code == 303
    with read_session(engine) as session:
        found = session.exec(select(Route)).all()
    assert {route.state for route in found} == {RouteState.STALE}
    assert {str(v["code"]) for route in found for v in route.violations} == {
        "violation.too_long_in_heat"
    }
    page = text_of(coordinator.get(f"/rute/{found[0].code}"))
    assert re.search(r"Terlalu lama di panas: \d+ menit, batasnya 1 menit", page)
