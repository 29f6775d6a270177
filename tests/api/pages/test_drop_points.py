"""Drop points by hand: their day and hours bind plans, and routes there follow a change."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import planning, routes
from api.services.plan_options import DeliveryMode
from data.engine import read_session, write_session
from data.schema import DropPoint, Role, Route, RouteState, Stop
from tests.api.pages.reading import text_of
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_drop_point, make_vehicle

pytestmark = pytest.mark.stores("sqlite")
PAGE = "/titik-bagi"
OFFICE = {
    "kind": "kelurahan_office", "name": "Kantor Bukit Sari", "kelurahan_code": "19.71.01.1004",
    "lat": "-2,118", "lon": "106,101", "opens": "8", "closes": "15", "pause_from": "12",
    "pause_until": "13", "is_active": "ya",
}  # fmt: skip


def _form(page: str) -> dict[str, str]:
    read = re.search(r'name="semula" value="([^"]*)"', page)
    assert read is not None
    text = unescape(read.group(1))
    return {**json.loads(text), "semula": text}


def test_a_drop_point_is_added_changed_by_one_person_and_closed(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    coordinator = client_for(Role.COORDINATOR)
    for wrong, field, said in (
        ({"closes": "7"}, "closes", "Jam tutup harus"),
        ({"pause_until": ""}, "pause_until", "Isi kedua jam"),
        ({"pause_until": "16"}, "pause_until", "Jam istirahat harus"),
        ({"day_of_month": "12"}, "day_of_month", "Hanya posyandu"),
        ({"day_of_month": "32", "kind": "posyandu"}, "day_of_month", "Tulis tanggal"),
        ({"lon": ""}, "lon", ""),
        ({"kelurahan_code": ""}, "kelurahan_code", "Wajib"),
    ):
        answer = coordinator.post(f"{PAGE}/baru", data=OFFICE | wrong)
        assert answer.status_code == 422
        assert said in answer.text.split(f'id="{field}-error">')[1].split("<")[0]
    led = coordinator.post(f"{PAGE}/baru", data=OFFICE)
    page = text_of(coordinator.get(led.headers["location"]))
    assert re.search(
        r"Kantor Bukit Sari kantor kelurahan [\w ]+ – 08\.00–15\.00 kecuali 12\.00–13\.00", page
    )
    assert led.headers["location"].startswith(f"{PAGE}?kelurahan={OFFICE['kelurahan_code']}")
    assert "Kantor Bukit Sari" in text_of(coordinator.get(f"{PAGE}?cari=bukit sari"))
    assert "Belum ada titik bagi di sini" in text_of(coordinator.get(f"{PAGE}?cari=mawar"))
    with read_session(engine) as session:
        number = session.exec(select(DropPoint)).one().id
    here = f"{PAGE}/{number}"
    first, second = (_form(coordinator.get(here).text) for _ in range(2))
    assert coordinator.post(here, data=first | {"opens": "09:00"}).status_code == 303
    answer = coordinator.post(here, data=second | {"opens": "10:00"})
    assert answer.status_code == 409
    assert re.search(r'id="opens-error">[^<]*menyimpan: 09\.00', answer.text)
    answer = coordinator.post(here, data=_form(coordinator.get(here).text) | {"is_active": ""})
    assert "satu-satunya titik bagi" in text_of(answer)
    assert "Sudah ada titik bagi" in text_of(coordinator.post(f"{PAGE}/baru", data=OFFICE))
    assert coordinator.get(f"{PAGE}/999").status_code == 404
    auditor = client_for(Role.AUDITOR)
    assert (auditor.get(PAGE).status_code, auditor.get(here).status_code) == (200, 403)


def test_confirmed_routes_follow_a_drop_point_that_moved(
    client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    with write_session(engine) as session:
        cycle, by, _ = packed_month(session)
        make_vehicle(session)
        number = make_drop_point(session, day_of_month=3).id
        options = replace(QUICK, mode=DeliveryMode.DROP_POINTS, days=(date(2026, 12, 3),))
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=options)
        routes.confirm_all(session, cycle=cycle, by=by, now=NOW)
        before = session.exec(select(Route)).one().distance_m
    coordinator, here = client_for(Role.COORDINATOR), f"{PAGE}/{number}"
    form = _form(coordinator.get(here).text) | {"lat": "-2,2", "day_of_month": "20"}
    assert coordinator.post(here, data=form).status_code == 303
    with read_session(engine) as session:
        [route], [stop] = session.exec(select(Route)).all(), session.exec(select(Stop)).all()
    assert (route.state, stop.lat) == (RouteState.STALE, -2.2)
    assert route.distance_m > before
    page = text_of(coordinator.get(f"/rute/{route.code}"))
    waits = "Makanan menunggu 17 hari sampai hari posyandu 20 Desember 2026; paling lama 4 hari"
    assert waits in page
