"""Scenario 17: no signal all afternoon; 22 stops and 66 photos arrive once, the last one first."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.services import fulfilment
from api.services.fulfilment import AckState
from data.schema import DeliveryEvent, DeliveryPhoto, Outcome, RouteState, StopState
from tests.api.services.test_fulfilment import JPEG
from tests.factories import NOW
from tests.factories_routes import make_dispatched_cycle, package_at, report, stops_of


@pytest.mark.stores("sqlite")
def test_an_afternoon_without_signal_arrives_whole(session: Session) -> None:
    cycle, route, stops, _, courier = make_dispatched_cycle(session, num_children=22)
    night = NOW + timedelta(hours=12)
    reports = [
        report(
            package_at(session, stop),
            f"hp1-{number:03d}",
            happened_at=NOW + timedelta(minutes=10 * number),
            device_id="hp1",
            device_seq=2 * number,
        )
        for number, stop in enumerate(stops, start=1)
    ]
    wrong = report(
        package_at(session, stops[4]),
        "hp1-salah",
        Outcome.FAILED,
        reason="nobody_home",
        happened_at=NOW + timedelta(minutes=46),
        device_id="hp1",
        device_seq=7,
    )
    undone = report(
        package_at(session, stops[4]),
        "hp1-batal",
        Outcome.UNDO,
        happened_at=NOW + timedelta(minutes=48),
        device_id="hp1",
        device_seq=9,
        undoes_uid="hp1-salah",
    )
    everything = [*reversed(reports), undone, wrong]
    for expected in (AckState.STORED, AckState.REPEATED):
        answers = fulfilment.record_batch(session, reports=everything, by=courier, now=night)
        assert expected in {answer.state for answer in answers}
        assert AckState.REFUSED not in {answer.state for answer in answers}
        assert [answer.event_uid for answer in answers] == [r.event_uid for r in everything]
        for each in reversed(reports):
            for number in range(3):
                fulfilment.add_photo(
                    session,
                    photo_uid=f"{each.event_uid}-{number}",
                    event_uid=each.event_uid,
                    content=JPEG,
                    taken_at=each.happened_at,
                    by=courier,
                    now=night,
                )
    assert len(session.exec(select(DeliveryPhoto)).all()) == 66
    assert len(session.exec(select(DeliveryEvent)).all()) == 24
    assert {stop.state for stop in stops_of(session, cycle)} == {StopState.DELIVERED}
    assert route.state == RouteState.FINISHED
