"""Scenario 20 for goods and routes: a courier's view ends at midnight, exports are noted."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from api.services import dispatch, donor_letters, fulfilment
from api.services.errors import NotFound, Refused
from api.services.own_routes import courier_sheets
from data.schema import AuditEntry, Role, Sponsor
from tests.api.services.test_dispatch import confirmed_month
from tests.factories import NOW, make_account
from tests.factories_routes import make_dispatched_cycle, package_at, report


def test_a_couriers_view_ends_with_the_day(session: Session) -> None:
    courier = make_account(session, Role.COURIER)
    _, by, [route] = confirmed_month(session, courier_account_id=courier.id)
    morning = datetime.combine(route.day, time(1), UTC)
    dispatch.dispatch_route(session, route=route, by=by, now=morning)
    [sheet] = courier_sheets(session, by=courier, now=morning)
    assert sheet.code == route.code
    assert courier_sheets(session, by=courier, now=morning + timedelta(days=1)) == []


@pytest.mark.stores("sqlite")
def test_an_export_names_its_purpose_and_a_refused_look_leaves_a_trace(session: Session) -> None:
    cycle, by, _ = confirmed_month(session)
    with pytest.raises(Refused, match=r"dispatch\.purpose"):
        dispatch.export_routes(
            session, cycle=cycle, kind=dispatch.ExportKind.GPX, by=by, now=NOW, purpose=""
        )
    dispatch.export_routes(
        session, cycle=cycle, kind=dispatch.ExportKind.GPX, by=by, now=NOW, purpose="peta kurir"
    )
    other = make_account(session, Role.DONOR)
    sponsor = session.exec(select(Sponsor)).first()
    assert sponsor is not None
    with pytest.raises(NotFound, match=r"donor\.unknown"):
        donor_letters.donor_letter(session, sponsor=sponsor, cycle=cycle, by=other, now=NOW)
    entries = session.exec(select(AuditEntry)).all()
    assert [e.purpose for e in entries if e.action == "route:export"] == ["peta kurir"]
    assert [e.subject_id for e in entries if e.action == "donor:refused"] == [sponsor.code]


def test_who_changed_a_package_stands_in_the_trail_with_before_and_after(session: Session) -> None:
    _, _, stops, coordinator, _ = make_dispatched_cycle(session, num_children=1)
    package = package_at(session, stops[0])
    fulfilment.amend_delivery(
        session, report=report(package, "k"), by=coordinator, now=NOW, reason="ibu menelepon"
    )
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "delivery:amend")).one()
    assert (entry.by, entry.before, entry.after, entry.purpose) == (
        coordinator.username,
        {"state": "loaded"},
        {"state": "accepted"},
        "ibu menelepon",
    )
