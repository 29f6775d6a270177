"""A coordinator writes down how a family wants to be served; routes and sheets follow."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import planning
from data.engine import read_session, write_session
from data.schema import Household, Role, Route
from tests.api.pages.reading import text_of
from tests.api.services.test_planning import QUICK, packed_month
from tests.factories import NOW, make_vehicle

pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def code(engine: Engine) -> str:
    """The code of a family on a planned route."""
    with write_session(engine) as session:
        cycle, by, _ = packed_month(session)
        make_vehicle(session)
        planning.plan_routes(session, cycle=cycle, by=by, now=NOW, options=QUICK)
        return session.exec(select(Household).order_by("id")).all()[0].code


def _form(page: str) -> dict[str, str]:
    read = re.search(r'name="semula" value="([^"]*)"', page)
    assert read is not None
    text = unescape(read.group(1))
    return {**json.loads(text), "semula": text}


def test_wishes_are_typed_kept_by_the_route_and_shown_on_it(
    code: str, client_for: Callable[[Role], TestClient], engine: Engine
) -> None:
    coordinator, here = client_for(Role.COORDINATOR), f"/keluarga/{code}/antar"
    first, second = (_form(coordinator.get(here).text) for _ in range(2))
    for wrong, field, said in (
        ({"away_from": "12"}, "away_until", "Isi kedua jam"),
        ({"away_from": "13", "away_until": "12"}, "away_until", "Jam tidak di rumah harus"),
        ({"receives_from": "sore"}, "receives_from", "Tulis jam seperti"),
        ({"delivery_priority": "5"}, "delivery_priority", ""),
    ):
        answer = coordinator.post(here, data=first | wrong)
        assert answer.status_code == 422
        assert said in answer.text.split(f'id="{field}-error">')[1].split("<")[0]
    wishes = {
        "receives_from": "9", "receives_until": "15:00", "away_from": "12.00",
        "away_until": "13:00", "needs_skills": "female_courier", "delivery_priority": "1",
    }  # fmt: skip
    assert coordinator.post(here, data=first | wishes).status_code == 303
    answer = coordinator.post(here, data=second | {"receives_from": "10"})
    assert answer.status_code == 409
    assert re.search(r'id="receives_from-error">[^<]*menyimpan: 09\.00', answer.text)
    with read_session(engine) as session:
        route = session.exec(select(Route)).first()
        assert route is not None
    own = text_of(coordinator.get(here))
    assert route.code in own
    assert "Kendaraan atau kurir tidak memenuhi syarat" in own
    page = text_of(coordinator.get(f"/rute/{route.code}"))
    for shown in (
        "Jam menerima: 09.00–15.00", "Tidak ada orang 12.00–13.00", "kurir perempuan",
        "Urutan bila tidak semua muat: 1: paling dahulu", "Kendaraan atau kurir tidak memenuhi",
    ):  # fmt: skip
        assert shown in page
    assert client_for(Role.COURIER).get(here).status_code == 403
