"""Scenario 19: the month adds up or stays open; a sample is called; reports equal the stop rows."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.services import exceptions, fulfilment, packing, reconcile, reports
from api.services.errors import Refused
from data.schema import (
    CycleState,
    DeliveryException,
    ExceptionAction,
    Outcome,
    Role,
    StopState,
    VerificationCall,
)
from tests.factories import NOW, make_account
from tests.factories_routes import make_dispatched_cycle, package_at, report, stops_of

LATER = NOW + timedelta(days=2)


def test_a_month_from_the_last_stop_to_the_frozen_books(session: Session) -> None:
    cycle, _, stops, coordinator, courier = make_dispatched_cycle(session, num_children=8)
    approver = make_account(session, Role.APPROVER)
    for number, stop in enumerate(stops[:-1]):
        sent = report(package_at(session, stop), f"e{number}")
        fulfilment.record_delivery(session, report=sent, by=courier, now=NOW)
    failed = report(package_at(session, stops[-1]), "f", Outcome.FAILED, reason="moved")
    fulfilment.record_delivery(session, report=failed, by=courier, now=NOW)
    reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)

    with pytest.raises(Refused, match=r"reconcile\.open_packages"):
        reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    case = session.exec(select(DeliveryException)).one()
    exceptions.choose_action(
        session,
        case=case,
        action=ExceptionAction.RETURN,
        by=coordinator,
        now=LATER,
        base_version=case.version,
    )
    exceptions.close_exception(
        session, case=case, by=coordinator, now=LATER, base_version=case.version
    )
    [call] = session.exec(select(VerificationCall)).all()
    reconcile.answer_call(session, call=call, answer="not_received", by=coordinator, now=LATER)
    cases = exceptions.list_exceptions(session, cycle=cycle, by=coordinator)
    assert sorted(case.reason for case in cases) == ["not_received"] + ["same_courier"] * 7
    for view in cases:
        row = session.get_one(DeliveryException, view.id)
        exceptions.close_exception(
            session, case=row, by=coordinator, now=LATER, base_version=row.version, text="diperiksa"
        )
    state = reconcile.reconciliation(session, cycle=cycle)
    for item in state.items:
        assert item.packed == item.delivered + item.returned
    reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    assert cycle.state == CycleState.CLOSED

    with pytest.raises(Refused, match=r"packing\.state"):
        packing.pack_cycle(session, cycle=cycle, by=coordinator, now=LATER)
    tables = reports.monthly_tables(session, cycle=cycle, now=LATER)
    table = next(each for each in tables if each.title == "Penyaluran per kelurahan")
    row_of = dict(zip([c.name for c in table.columns], table.total or (), strict=True))
    rows = stops_of(session, cycle)
    assert row_of["Perhentian"] == len(rows)
    assert row_of["Diterima"] == sum(stop.state == StopState.DELIVERED for stop in rows)
