"""The courier's pages: own stops of the day, safe to send twice, undone within ten minutes."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import (
    Account,
    DeliveryEvent,
    Outcome,
    Package,
    PackageLine,
    PackageState,
    Role,
    Route,
    Stop,
    StopKind,
)
from tests.conftest import NOW
from tests.factories_routes import make_dispatched_cycle, package_at

ClientFor = Callable[[Role | Account], TestClient]


@pytest.fixture
def stops(engine: Engine) -> list[Stop]:
    with write_session(engine) as session:
        return make_dispatched_cycle(session)[2]


@pytest.fixture
def courier(client_for: ClientFor, engine: Engine, stops: list[Stop]) -> TestClient:
    with read_session(engine) as session:
        account = session.exec(select(Account).where(Account.role == Role.COURIER)).one()
    return client_for(account)


def uid_in(page: str) -> str:
    """The event id of the stop's own form."""
    return str(re.findall(r'name="uid" value="(\w+)"', page)[-1])


def outcomes(engine: Engine) -> list[Outcome]:
    with read_session(engine) as session:
        return [event.outcome for event in session.exec(select(DeliveryEvent))]


def test_the_first_page_lists_the_doors_in_order_and_notes_that_it_was_opened(
    courier: TestClient, stops: list[Stop], engine: Engine
) -> None:
    page = courier.get("/kurir").text
    places = [page.index(f"/kurir/{stop.uid}") for stop in stops]
    assert places == sorted(places)
    with read_session(engine) as session:
        assert session.exec(select(Route)).one().opened_at == NOW


def test_another_courier_sees_an_empty_day_and_none_of_the_stops(
    client_for: ClientFor, stops: list[Stop]
) -> None:
    other = client_for(Role.COURIER)
    assert "Tidak ada rute Anda" in other.get("/kurir").text
    assert other.get(f"/kurir/{stops[0].uid}").status_code == 404
    form = {"uid": "x1", "hasil": "accepted"}
    assert other.post(f"/kurir/{stops[0].uid}", data=form).status_code == 404


def test_tomorrow_what_is_open_needs_a_new_sign_in_and_says_when_it_left(
    courier: TestClient, stops: list[Stop], app: FastAPI, engine: Engine, client_for: ClientFor
) -> None:
    assert "belum selesai" not in courier.get("/kurir").text
    app.state.clock = lambda: NOW + timedelta(hours=23)
    assert courier.get(f"/kurir/{stops[0].uid}").status_code == 303
    with read_session(engine) as session:
        account = session.exec(select(Account).where(Account.role == Role.COURIER)).one()
    again = client_for(account)
    page = again.get("/kurir").text
    assert "Berangkat Selasa, 1 Desember 2026 dan belum selesai." in page
    assert again.get("/api/v1/my/day").json()["routes"][0]["left_on"] == "2026-12-01"
    uid = uid_in(again.get(f"/kurir/{stops[0].uid}").text)
    again.post(f"/kurir/{stops[0].uid}", data={"uid": uid, "hasil": "accepted"})
    assert outcomes(engine) == [Outcome.ACCEPTED]


def test_a_double_click_records_once(
    courier: TestClient, stops: list[Stop], engine: Engine
) -> None:
    url = f"/kurir/{stops[0].uid}"
    form = {"uid": uid_in(courier.get(url).text), "hasil": "accepted"}
    assert [courier.post(url, data=form).status_code for _ in range(3)] == [303, 303, 303]
    assert outcomes(engine) == [Outcome.ACCEPTED]
    page = courier.get(url).text
    assert "sudah tercatat" in page
    assert "Berikutnya: 2." in page


def test_a_slip_is_undone_within_ten_minutes_and_not_later(
    courier: TestClient, stops: list[Stop], engine: Engine, app: FastAPI
) -> None:
    url = f"/kurir/{stops[0].uid}"
    courier.post(url, data={"uid": "first", "hasil": "accepted"})
    app.state.clock = lambda: NOW + timedelta(minutes=9)
    courier.post(f"{url}/urungkan", data={"uid": "undo"})
    assert outcomes(engine) == [Outcome.ACCEPTED, Outcome.UNDO]
    assert "Diterima semua" in courier.get(url).text
    courier.post(url, data={"uid": "second", "hasil": "accepted"})
    app.state.clock = lambda: NOW + timedelta(minutes=20)
    assert "Urungkan" not in courier.get(url).text
    courier.post(f"{url}/urungkan", data={"uid": "late"})
    assert outcomes(engine) == [Outcome.ACCEPTED, Outcome.UNDO, Outcome.ACCEPTED]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"hasil": "failed"}, "alasan"),
        ({"hasil": "failed", "alasan": "other"}, "alasan"),
        ({"hasil": "left_with_receiver"}, "penerima"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    courier: TestClient, stops: list[Stop], engine: Engine, form: dict[str, str], field: str
) -> None:
    answer = courier.post(f"/kurir/{stops[0].uid}", data=form | {"uid": "u1"})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert uid_in(answer.text) == "u1"
    assert outcomes(engine) == []


def test_a_part_is_recorded_item_by_item(
    courier: TestClient, stops: list[Stop], engine: Engine
) -> None:
    with read_session(engine) as session:
        package = package_at(session, stops[0])
        lines = session.exec(select(PackageLine).where(PackageLine.package_id == package.id)).all()
    url = f"/kurir/{stops[0].uid}/{package.code}"
    nothing = ["0" for _ in lines[1:]]
    form: dict[str, object] = {
        "uid": uid_in(courier.get(url).text),
        "baris": [line.uid for line in lines],
        "diterima": [str(lines[0].quantity - 2), *(str(line.quantity) for line in lines[1:])],
        "ditolak": ["2", *nothing],
        "alasan_baris": ["", *("" for _ in nothing)],
    }
    refused = courier.post(url, data=form)
    assert refused.status_code == 422
    assert f'id="diterima-{lines[0].uid}-error"' in refused.text
    with_reason = form | {"alasan_baris": ["goods_damaged", *("" for _ in nothing)]}
    assert courier.post(url, data=with_reason).status_code == 303
    with read_session(engine) as session:
        assert session.get_one(Package, package.id).state == PackageState.PARTLY_ACCEPTED
    assert courier.get(f"/kurir/{stops[1].uid}/{package.code}").status_code == 404


def test_at_a_drop_point_packages_are_left(
    courier: TestClient, stops: list[Stop], engine: Engine
) -> None:
    at_home = courier.get(f"/kurir/{stops[0].uid}").text
    assert "Dititipkan di posyandu<" in at_home
    assert "titik bagi" not in at_home
    with write_session(engine) as session:
        stop = session.get_one(Stop, stops[0].id)
        stop.kind = StopKind.DROP_POINT
        session.add(stop)
    assert "Dititipkan di posyandu atau titik bagi" in courier.get(f"/kurir/{stops[0].uid}").text


def test_the_pages_hold_nothing_of_the_child(
    courier: TestClient, stops: list[Stop], engine: Engine
) -> None:
    from data.schema import Child, Sponsor

    shown = courier.get("/kurir").text + courier.get(f"/kurir/{stops[0].uid}").text
    with read_session(engine) as session:
        names = [child.name for child in session.exec(select(Child))]
        names += [sponsor.name for sponsor in session.exec(select(Sponsor))]
    assert names
    assert [name for name in names if name in shown] == []
