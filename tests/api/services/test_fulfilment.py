from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from api.services import fulfilment
from api.services.errors import Invalid, NotFound, Refused
from api.services.fulfilment import AckState, LineResult
from data.queries.deliveries import lines_of_package
from data.schema import (
    CycleState,
    DeliveryEvent,
    DeliveryException,
    DeliveryPhoto,
    ExceptionState,
    Outcome,
    Package,
    PackageState,
    Role,
    RouteState,
    StopState,
)
from tests.factories import NOW, make_account
from tests.factories_routes import make_dispatched_cycle, package_at, report
from tests.kept import build_anew


def results(
    session: Session, package: Package, rejected: dict[str, int], reason: str | None = None
) -> tuple[LineResult, ...]:
    return tuple(
        LineResult(
            line.uid,
            line.quantity - rejected.get(line.item_code, 0),
            rejected.get(line.item_code, 0),
            reason if rejected.get(line.item_code) else None,
        )
        for line in lines_of_package(session, package_id=package.id or 0)
    )


def test_an_accepted_package_fills_its_lines_and_ends_its_stop(session: Session) -> None:
    _, route, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    answer = fulfilment.record_delivery(session, report=report(package, "e1"), by=courier, now=NOW)
    assert (answer.state, answer.package_state) == (AckState.STORED, PackageState.ACCEPTED)
    assert stops[0].state == StopState.DELIVERED
    assert route.state == RouteState.DISPATCHED
    lines = lines_of_package(session, package_id=package.id or 0)
    assert all((line.accepted, line.rejected) == (line.quantity, 0) for line in lines)


def test_the_route_is_finished_when_its_last_stop_is(session: Session) -> None:
    _, route, stops, _, courier = make_dispatched_cycle(session, num_children=2)
    for number, stop in enumerate(stops):
        sent = report(package_at(session, stop), f"e{number}")
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    assert route.state == RouteState.FINISHED


def test_the_same_event_again_answers_the_same_and_changes_nothing(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    sent = report(package_at(session, stops[0]), "e1")
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    again = fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    assert (again.state, again.package_state) == (AckState.REPEATED, PackageState.ACCEPTED)
    assert len(session.exec(select(DeliveryEvent)).all()) == 1


def test_other_content_under_a_known_id_is_refused(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    fulfilment.record_delivery(session, report=report(package, "e1"), by=courier, now=NOW)
    other = report(package, "e1", Outcome.FAILED, reason="nobody_home")
    with pytest.raises(Refused, match=r"delivery\.other_content"):
        fulfilment.record_delivery(session, report=other, by=courier, now=NOW)


def test_accepted_and_rejected_must_be_what_was_loaded(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    lines = list(results(session, package, {}))
    lines[0] = LineResult(lines[0].line_uid, lines[0].accepted - 1, 0)
    with pytest.raises(Invalid) as refusal:
        fulfilment.record_delivery(
            session,
            report=report(package, "e", Outcome.PARTLY_ACCEPTED, lines=tuple(lines)),
            by=courier,
            now=NOW,
        )
    assert refusal.value.params["fields"] == {lines[0].line_uid: "delivery.line_sum"}


def test_nothing_accepted_still_asks_for_the_reason_of_every_line(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    kit = {"telur": 30, "beras": 5, "susu_uht": 12, "kacang_hijau": 2, "madu": 1}
    zero = report(package, "e", Outcome.ACCEPTED, lines=results(session, package, kit))
    with pytest.raises(Invalid) as refusal:
        fulfilment.record_delivery(session, report=zero, by=courier, now=NOW)
    fields = refusal.value.params["fields"]
    assert isinstance(fields, dict)
    assert list(fields.values()) == ["delivery.line_reason"] * 5
    said = report(package, "e", lines=results(session, package, kit, "refused"))
    answer = fulfilment.record_delivery(session, report=said, by=courier, now=NOW)
    assert answer.package_state == PackageState.REJECTED


def test_broken_eggs_make_a_partly_accepted_package_and_a_case(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    lines = results(session, package, {"telur": 4}, "goods_damaged")
    sent = report(package, "e", Outcome.PARTLY_ACCEPTED, lines=lines)
    answer = fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    assert answer.package_state == PackageState.PARTLY_ACCEPTED
    assert stops[0].state == StopState.PARTLY_DELIVERED
    [case] = session.exec(select(DeliveryException)).all()
    assert (case.reason, case.state) == ("goods_damaged", ExceptionState.OPEN)


@pytest.mark.parametrize(
    ("outcome", "values", "code"),
    [
        (Outcome.FAILED, {}, "delivery.reason"),
        (Outcome.FAILED, {"reason": "sun_too_hot"}, "delivery.reason"),
        (Outcome.FAILED, {"reason": "other"}, "delivery.reason"),
        (Outcome.LEFT_WITH_RECEIVER, {}, "delivery.receiver"),
        (Outcome.PARTLY_ACCEPTED, {}, "delivery.lines"),
    ],
)
def test_what_is_missing_is_asked_for(
    session: Session, outcome: Outcome, values: dict[str, str], code: str
) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    with pytest.raises(Invalid) as refusal:
        fulfilment.record_delivery(
            session,
            report=report(package_at(session, stops[0]), "e", outcome, **values),
            by=courier,
            now=NOW,
        )
    assert refusal.value.code == code


def test_a_failed_stop_opens_a_case_and_the_package_stays_on_the_vehicle(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    sent = report(package, "e", Outcome.FAILED, reason="nobody_home")
    answer = fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    assert answer.package_state == PackageState.LOADED
    assert stops[0].state == StopState.FAILED


def test_an_event_taken_back_within_ten_minutes_is_gone_and_its_case_closed(
    session: Session,
) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    sent = report(package, "e", Outcome.FAILED, reason="nobody_home")
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    later = NOW + timedelta(minutes=10)
    fulfilment.undo_delivery(session, event_uid="e", undo_uid="u", by=courier, now=later)
    assert stops[0].state == StopState.EN_ROUTE
    assert session.exec(select(DeliveryException)).one().state == ExceptionState.CLOSED
    again = fulfilment.undo_delivery(session, event_uid="e", undo_uid="u", by=courier, now=later)
    assert again.state == AckState.REPEATED


def test_after_ten_minutes_an_event_stands(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    fulfilment.record_delivery(
        session, report=report(package_at(session, stops[0]), "e"), by=courier, now=NOW
    )
    with pytest.raises(Refused, match=r"delivery\.undo_late"):
        fulfilment.undo_delivery(
            session,
            event_uid="e",
            undo_uid="u",
            by=courier,
            now=NOW + timedelta(minutes=10, seconds=1),
        )


def test_a_coordinator_amends_what_a_courier_recorded_and_does_not_undo_it(
    session: Session,
) -> None:
    _, _, stops, coordinator, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    fulfilment.record_delivery(session, report=report(package, "e"), by=courier, now=NOW)
    with pytest.raises(Refused, match=r"delivery\.undo_amend"):
        fulfilment.undo_delivery(session, event_uid="e", undo_uid="u", by=coordinator, now=NOW)
    assert len(session.exec(select(DeliveryEvent)).all()) == 1


def test_a_correction_is_corrected_and_not_undone(session: Session) -> None:
    _, _, stops, coordinator, _ = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    fulfilment.amend_delivery(
        session, report=report(package, "a"), by=coordinator, now=NOW, reason="ibu menelepon"
    )
    with pytest.raises(Refused, match=r"delivery\.undo_amend"):
        fulfilment.undo_delivery(session, event_uid="a", undo_uid="u", by=coordinator, now=NOW)


@pytest.mark.parametrize(
    ("minutes", "by_whom", "state", "code"),
    [
        (30, "courier", AckState.KEPT, "delivery.undo_kept"),
        (5, "coordinator", AckState.KEPT, "delivery.undo_kept"),
        (5, "courier", AckState.STORED, ""),
    ],
)
def test_an_undo_that_takes_nothing_back_says_so(
    session: Session, minutes: int, by_whom: str, state: AckState, code: str
) -> None:
    _, _, stops, coordinator, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    fulfilment.record_delivery(session, report=report(package, "e"), by=courier, now=NOW)
    at = NOW + timedelta(minutes=minutes)
    undo = report(package, "u", Outcome.UNDO, undoes_uid="e", happened_at=at)
    by = {"courier": courier, "coordinator": coordinator}[by_whom]
    answer = fulfilment.record_delivery(session, report=undo, by=by, now=at)
    assert (answer.state, answer.code) == (state, code)
    taken_back = state is AckState.STORED
    assert package.state == (PackageState.LOADED if taken_back else PackageState.ACCEPTED)


def test_an_undo_that_arrives_after_distribution_ended_changes_nothing(session: Session) -> None:
    cycle, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    fulfilment.record_delivery(session, report=report(package, "e"), by=courier, now=NOW)
    cycle.state = CycleState.RECONCILING
    session.flush()
    undo = report(package, "u", Outcome.UNDO, undoes_uid="e")
    answer = fulfilment.record_delivery(session, report=undo, by=courier, now=NOW)
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.after_closing_differs")
    assert package.state == PackageState.ACCEPTED


def test_a_correction_wins_over_a_phone_that_comes_late_with_older_news(session: Session) -> None:
    _, _, stops, coordinator, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    fulfilment.amend_delivery(
        session,
        report=report(package, "office1"),
        by=coordinator,
        now=NOW + timedelta(hours=3),
        reason="ibu menelepon",
    )
    late = report(
        package, "p1", Outcome.FAILED, reason="nobody_home", happened_at=NOW + timedelta(hours=1)
    )
    answer = fulfilment.record_delivery(
        session, report=late, by=courier, now=NOW + timedelta(hours=8)
    )
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.before_correction")
    assert package.state == PackageState.ACCEPTED
    kept = session.exec(select(DeliveryEvent).where(DeliveryEvent.event_uid == "p1")).one()
    assert (kept.flag, kept.is_superseded) == ("before_correction", True)


def test_a_correction_wins_over_a_phone_whose_clock_runs_ahead(session: Session) -> None:
    _, _, stops, coordinator, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    ahead = report(package, "p1", happened_at=NOW + timedelta(days=2), device_id="hp", device_seq=7)
    fulfilment.record_delivery(session, report=ahead, by=courier, now=NOW)
    corrected = report(package, "o1", Outcome.FAILED, reason="nobody_home")
    answer = fulfilment.amend_delivery(
        session,
        report=corrected,
        by=coordinator,
        now=NOW + timedelta(hours=1),
        reason="ibu menelepon",
    )
    assert (answer.state, package.state) == (AckState.STORED, PackageState.LOADED)
    assert all(line.accepted == 0 for line in lines_of_package(session, package_id=package.id or 0))


def test_news_of_another_stop_is_kept_and_said_to_have_no_effect(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    sent = report(package, "e1", stop_uid=stops[1].uid)
    answer = fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.superseded")
    assert package.state == PackageState.LOADED


def test_an_amendment_needs_a_reason_and_a_coordinator(session: Session) -> None:
    _, _, stops, coordinator, courier = make_dispatched_cycle(session)
    sent = report(package_at(session, stops[0]), "a")
    with pytest.raises(Refused, match=r"delivery\.amend_reason"):
        fulfilment.amend_delivery(session, report=sent, by=coordinator, now=NOW, reason=" ")
    with pytest.raises(Exception, match=r"delivery\.role"):
        fulfilment.amend_delivery(session, report=sent, by=courier, now=NOW, reason="x")


def test_a_courier_finds_only_packages_of_the_own_routes(session: Session) -> None:
    _, _, stops, _, _ = make_dispatched_cycle(session)
    stranger = make_account(session, Role.COURIER)
    with pytest.raises(NotFound, match=r"delivery\.package"):
        fulfilment.record_delivery(
            session, report=report(package_at(session, stops[0]), "e"), by=stranger, now=NOW
        )


def test_news_after_the_month_was_closed_is_kept_with_a_flag_and_has_no_effect(
    session: Session,
) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    cycle.state = CycleState.CLOSED
    session.add(cycle)
    answer = fulfilment.record_delivery(session, report=report(package, "e"), by=courier, now=NOW)
    assert (answer.state, answer.code) == (AckState.KEPT, "delivery.month_closed_differs")
    assert package.state == PackageState.LOADED
    with pytest.raises(Refused, match=r"delivery\.cycle_state"):
        fulfilment.record_delivery(
            session, report=report(package, "f", channel="page"), by=coordinator, now=NOW
        )


def test_a_batch_answers_per_event_and_a_bad_one_keeps_no_other_out(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    one, two, three = (package_at(session, stop) for stop in stops)
    answers = fulfilment.record_batch(
        session,
        reports=[
            report(three, "e3", device_id="hp", device_seq=3),
            report(two, "e2", Outcome.FAILED, device_id="hp", device_seq=2),
            report(one, "e1", device_id="hp", device_seq=1),
        ],
        by=courier,
        now=NOW,
    )
    assert [answer.state for answer in answers] == [
        AckState.STORED,
        AckState.REFUSED,
        AckState.STORED,
    ]
    assert answers[1].code == "delivery.reason"
    assert (one.state, two.state) == (PackageState.ACCEPTED, PackageState.LOADED)


def test_the_counter_of_a_device_beats_its_clock(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    package = package_at(session, stops[0])
    first = report(
        package, "e1", Outcome.FAILED, reason="nobody_home", device_id="hp", device_seq=1
    )
    second = report(
        package, "e2", device_id="hp", device_seq=2, happened_at=NOW - timedelta(hours=5)
    )
    for sent in (second, first):
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    assert package.state == PackageState.ACCEPTED


STEPS = [
    ("e1", Outcome.FAILED, {"reason": "nobody_home"}, 0),
    ("u1", Outcome.UNDO, {"undoes_uid": "e1"}, 5),
    ("e2", Outcome.REJECTED, {"reason": "refused"}, 20),
    ("e3", Outcome.ACCEPTED, {}, 40),
]


@pytest.mark.stores("sqlite")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(4)), repeats=st.lists(st.integers(0, 3), max_size=4))
def test_events_in_any_order_and_repeated_come_to_the_same_state(
    session: Session, order: list[int], repeats: list[int]
) -> None:
    build_anew(session)
    session.rollback()
    _, _, stops, _, courier = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    for i in [*order, *repeats]:
        uid, outcome, values, minutes = STEPS[i]
        sent = report(
            package,
            uid,
            outcome,
            happened_at=NOW + timedelta(minutes=minutes),
            device_id="hp",
            device_seq=i + 1,
            **values,
        )
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    assert package.state == PackageState.ACCEPTED
    assert stops[0].state == StopState.DELIVERED
    assert len(session.exec(select(DeliveryEvent)).all()) == 4
    cases = session.exec(select(DeliveryException)).all()
    assert all(case.state == ExceptionState.CLOSED for case in cases)
    session.rollback()


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04JF\xff\xe1\x00\x0aExif-GPS\xff\xdb\x00\x04QT\xff\xda\x00\x02"
    b"picture\xff\xd9"
)


def test_a_photo_is_kept_once_and_without_its_place(session: Session) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    sent = report(package_at(session, stops[0]), "e")
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    kept = [
        fulfilment.add_photo(
            session, photo_uid="f1", event_uid="e", content=JPEG, taken_at=NOW, by=courier, now=NOW
        )
        for _ in range(2)
    ]
    assert kept == [True, False]
    photo = session.exec(select(DeliveryPhoto)).one()
    assert b"Exif" not in photo.content
    assert photo.content.endswith(b"picture\xff\xd9")


@pytest.mark.parametrize("content", [b"", b"GIF89a", JPEG[:20], b"\xff\xd8" + b"x" * 3_000_001])
def test_what_is_no_small_whole_jpeg_is_refused(session: Session, content: bytes) -> None:
    _, _, stops, _, courier = make_dispatched_cycle(session)
    sent = report(package_at(session, stops[0]), "e")
    fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    with pytest.raises(Invalid, match=r"delivery\.photo"):
        fulfilment.add_photo(
            session,
            photo_uid="f",
            event_uid="e",
            content=content,
            taken_at=NOW,
            by=courier,
            now=NOW,
        )
