"""When a delivery happened: between departure and receipt, whatever a clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from api.services import fulfilment, reconcile
from api.services.delivery_times import earliest_moment
from api.services.errors import Refused
from api.services.fulfilment import AckState
from data.schema import DeliveryEvent, Fulfilment, Outcome, PackageState
from tests.factories import NOW
from tests.factories_routes import make_dispatched_cycle, package_at, report

pytestmark = pytest.mark.stores("sqlite")
MIDNIGHT = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
"""The start of 1 December in Pangkalpinang, the day of the factory's route."""
EVENING = NOW + timedelta(hours=8)


@pytest.mark.parametrize(
    ("reported", "counted"),
    [
        (datetime(2031, 1, 1, tzinfo=UTC), EVENING),
        (EVENING + timedelta(seconds=1), EVENING),
        (EVENING, EVENING),
        (NOW, NOW),
        (MIDNIGHT, MIDNIGHT),
        (MIDNIGHT - timedelta(seconds=1), MIDNIGHT),
        (datetime(1970, 1, 1, tzinfo=UTC), MIDNIGHT),
    ],
)
def test_the_time_that_counts_lies_between_departure_and_receipt(
    session: Session, reported: datetime, counted: datetime
) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
    sent = report(package_at(session, stops[0]), "e1", happened_at=reported)
    fulfilment.record_delivery(session, report=sent, by=courier, now=EVENING)
    event = session.exec(select(DeliveryEvent)).one()
    assert (event.happened_at, event.reported_at) == (counted, reported)


def test_an_impossible_clock_is_said_and_the_same_again_says_it_again(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
    sent = report(
        package_at(session, stops[0]), "e1", happened_at=datetime(2031, 1, 1, 3, 0, tzinfo=UTC)
    )
    first = fulfilment.record_delivery(session, report=sent, by=courier, now=EVENING)
    again = fulfilment.record_delivery(session, report=sent, by=courier, now=EVENING)
    assert (first.state, again.state) == (AckState.STORED, AckState.REPEATED)
    for answer in (first, again):
        assert answer.code == "delivery.clock"
        assert answer.params == {"reported": "2031-01-01 10:00", "counted": "2026-12-01 17:00"}


def test_a_clock_a_few_minutes_ahead_is_not_worth_a_word(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
    sent = report(package_at(session, stops[0]), "e1", happened_at=EVENING + timedelta(minutes=5))
    answer = fulfilment.record_delivery(session, report=sent, by=courier, now=EVENING)
    assert (answer.code, answer.params) == ("", {})


def test_a_clock_years_ahead_does_not_outlive_a_later_result(session: Session) -> None:
    """The hand-over on the second try counts, though the first phone lives in 2031."""
    _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    ahead = report(
        package, "e1", Outcome.FAILED, reason="nobody_home", device_id="a", device_seq=1,
        happened_at=datetime(2031, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    fulfilment.record_delivery(session, report=ahead, by=courier, now=NOW)
    later = report(package, "e2", happened_at=NOW + timedelta(hours=1), device_id="b", device_seq=1)
    answer = fulfilment.record_delivery(session, report=later, by=courier, now=EVENING)
    assert (answer.state, package.state) == (AckState.STORED, PackageState.ACCEPTED)


def test_a_correction_is_not_outrun_by_a_clock_that_is_ahead(session: Session) -> None:
    _, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    fulfilment.record_delivery(session, report=report(package, "e1"), by=courier, now=NOW)
    fixed = report(package, "e2", Outcome.FAILED, reason="nobody_home")
    fulfilment.amend_delivery(
        session, report=fixed, by=coordinator, now=NOW + timedelta(hours=2), reason="salah pintu"
    )
    before = report(package, "e3", happened_at=datetime(1999, 1, 1, tzinfo=UTC))
    answer = fulfilment.record_delivery(session, report=before, by=courier, now=EVENING)
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.before_correction")
    assert package.state is PackageState.LOADED


def test_a_future_clock_gives_no_more_than_ten_minutes_to_undo(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
    sent = report(package_at(session, stops[0]), "e1", happened_at=datetime(2031, 1, 1, tzinfo=UTC))
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    with pytest.raises(Refused, match=r"delivery\.undo_late"):
        fulfilment.undo_delivery(
            session, event_uid="e1", undo_uid="u1", by=courier, now=NOW + timedelta(minutes=11)
        )


@pytest.mark.parametrize(("minutes", "state"), [(9, PackageState.LOADED), (11, "accepted")])
def test_a_phone_measures_the_ten_minutes_by_its_own_clock(
    session: Session, minutes: int, state: str
) -> None:
    """Both events count from the start of the day, because the phone lives in 1970."""
    _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
    package, then = package_at(session, stops[0]), datetime(1970, 1, 1, tzinfo=UTC)
    for uid, seq, values in (
        ("e1", 1, {"happened_at": then}),
        (
            "u1", 2,
            {
                "happened_at": then + timedelta(minutes=minutes), "outcome": Outcome.UNDO,
                "undoes_uid": "e1",
            },
        ),
    ):  # fmt: skip
        sent = report(package, uid, device_id="a", device_seq=seq, **values)
        fulfilment.record_delivery(session, report=sent, by=courier, now=EVENING)
    assert package.state == state


def test_the_day_that_is_reported_is_the_day_that_counts(session: Session) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=1)
    sent = report(package_at(session, stops[0]), "e1", happened_at=datetime(2031, 1, 1, tzinfo=UTC))
    fulfilment.record_delivery(session, report=sent, by=courier, now=EVENING)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=EVENING)
    row = session.exec(select(Fulfilment)).one()
    assert row.delivered_on is not None
    assert row.delivered_on.isoformat() == "2026-12-01"


def test_a_departure_noted_only_on_the_way_back_does_not_move_the_day(session: Session) -> None:
    _, route, stops, _, _ = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    route.dispatched_at = NOW + timedelta(days=1)
    session.flush()
    assert earliest_moment(session, package=package, stop_id=stops[0].id) == MIDNIGHT
    route.dispatched_at = MIDNIGHT - timedelta(hours=3)
    session.flush()
    left = earliest_moment(session, package=package, stop_id=stops[0].id)
    assert left == MIDNIGHT - timedelta(hours=3)


def test_a_stop_without_a_route_goes_by_the_first_departure_of_the_month(
    session: Session,
) -> None:
    _, route, stops, _, _ = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    stops[0].route_id = None
    session.flush()
    assert earliest_moment(session, package=package, stop_id=stops[0].id) == MIDNIGHT
    route.dispatched_at = None
    session.flush()
    assert earliest_moment(session, package=package, stop_id=stops[0].id) is None
