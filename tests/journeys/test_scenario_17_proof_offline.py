"""Scenario 17 through the API: an afternoon without signal arrives once, the last stop first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from data.engine import read_session, write_session
from data.schema import Account, DeliveryPhoto, Role
from tests.api.services.test_fulfilment import JPEG
from tests.factories import NOW
from tests.factories_routes import make_dispatched_cycle, package_at

pytestmark = pytest.mark.stores("sqlite")

Browsers = Callable[[Role | Account], TestClient]
NUM_STOPS, NUM_PHOTOS, FIFTH = 22, 3, 4
NIGHT = NOW + timedelta(hours=12)
SAFE = {"stored", "repeated"}


class Afternoon:
    """What a phone wrote down at 22 stops, one of them wrongly, and took back there."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes
        self.outcomes = [
            self._event(f"hp1-stop-{at:02d}", at, minutes=10 * at, seq=10 * at)
            for at in range(NUM_STOPS)
        ]
        wrong = self._event(
            "hp1-salah", FIFTH, minutes=10 * FIFTH - 5, seq=10 * FIFTH - 4, outcome="failed",
            reason="nobody_home",
        )  # fmt: skip
        undo = self._event(
            "hp1-batal", FIFTH, minutes=10 * FIFTH - 2, seq=10 * FIFTH - 2, outcome="undo",
            undoes_uid="hp1-salah",
        )  # fmt: skip
        self.backwards = [*reversed(self.outcomes), undo, wrong]
        self.photos = [
            (event["event_uid"], f"{event['event_uid']}-foto-{number}", event["happened_at"])
            for event in reversed(self.outcomes)
            for number in range(NUM_PHOTOS)
        ]

    def _event(
        self, uid: str, at: int, *, minutes: int, seq: int, outcome: str = "accepted", **more: str
    ) -> dict[str, Any]:
        return {
            "event_uid": uid,
            "package_code": self.codes[at],
            "outcome": outcome,
            "happened_at": (NOW + timedelta(minutes=minutes)).isoformat(),
            "device_id": "hp1",
            "device_seq": seq,
            **more,
        }


def send_photo(phone: TestClient, photo: tuple[str, str, str]) -> Any:
    event_uid, photo_uid, taken_at = photo
    return phone.put(
        f"/api/v1/deliveries/{event_uid}/photos/{photo_uid}",
        params={"taken_at": taken_at},
        content=JPEG,
        headers={"Content-Type": "image/jpeg"},
    )


def answers(phone: TestClient, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sent = phone.post("/api/v1/deliveries", json={"events": events})
    assert sent.status_code == 200, sent.text
    found: list[dict[str, Any]] = sent.json()["answers"]
    assert [one["event_uid"] for one in found] == [event["event_uid"] for event in events]
    return found


def test_an_afternoon_without_signal_arrives_whole_and_once(
    app: FastAPI, client_for: Browsers, engine: Engine
) -> None:
    with write_session(engine) as session:
        _, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=NUM_STOPS)
        afternoon = Afternoon([package_at(session, stop).code for stop in stops])
    app.state.clock = lambda: NIGHT
    phone, office = client_for(courier), client_for(coordinator)

    early = send_photo(phone, afternoon.photos[-1])
    assert early.status_code == 404, "a photo never comes before what it shows"
    last_stop = afternoon.backwards[:1]
    assert [one["state"] for one in answers(phone, last_stop)] == ["stored"]
    confirmed = answers(phone, afternoon.backwards)
    assert {one["state"] for one in confirmed} == SAFE
    assert confirmed[0]["state"] == "repeated"
    lost_on_the_way_back = answers(phone, afternoon.backwards)
    assert {one["state"] for one in lost_on_the_way_back} == {"repeated"}

    first = [send_photo(phone, photo).json()["is_new"] for photo in afternoon.photos]
    again = [send_photo(phone, photo).json()["is_new"] for photo in afternoon.photos]
    assert (sum(first), sum(again)) == (NUM_STOPS * NUM_PHOTOS, 0)
    with read_session(engine) as session:
        assert len(session.exec(select(DeliveryPhoto)).all()) == NUM_STOPS * NUM_PHOTOS

    [sheet] = phone.get("/api/v1/my/routes").json()
    assert {stop["state"] for stop in sheet["stops"]} == {"delivered"}
    assert len({one["package_code"] for one in confirmed}) == NUM_STOPS
    told = office.get(f"/api/v1/packages/{afternoon.codes[FIFTH]}/events").json()
    in_order = sorted(told, key=lambda event: event["happened_at"])
    assert [event["outcome"] for event in in_order] == ["failed", "undo", "accepted"]
    for code in afternoon.codes[:FIFTH]:
        assert len(office.get(f"/api/v1/packages/{code}/events").json()) == 1
    assert office.get("/api/v1/cycles/2026-12/exceptions").json() == []


@pytest.mark.parametrize(("minutes", "is_undone"), [(9, True), (11, False)])
def test_a_stop_closed_wrongly_is_taken_back_within_ten_minutes(
    app: FastAPI, client_for: Browsers, engine: Engine, minutes: int, is_undone: bool
) -> None:
    with write_session(engine) as session:
        _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
        afternoon = Afternoon([package_at(session, stops[0]).code] * NUM_STOPS)
    phone = client_for(courier)
    assert answers(phone, afternoon.outcomes[:1])[0]["package_state"] == "accepted"
    app.state.clock = lambda: NOW + timedelta(minutes=minutes)
    undone = phone.post("/api/v1/deliveries/hp1-stop-00/undo", json={"undo_uid": "hp1-batal-0"})
    [sheet] = phone.get("/api/v1/my/routes").json()
    [package] = sheet["stops"][0]["packages"]
    if is_undone:
        assert undone.json()["package_state"] == "loaded"
        assert package["state"] == "loaded"
    else:
        assert undone.status_code == 409
        assert "10" in undone.json()["title"]
        assert package["state"] == "accepted"
