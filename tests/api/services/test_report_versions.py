"""Closed months: reported as they were closed, corrected by versions, and compared."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from api.documents.report_models import Table
from api.services import reconcile, report_versions, reports
from api.services.errors import Forbidden, NotFound, Refused
from api.services.report_differences import (
    changed_figures,
    compared_month,
    comparison_tables,
    export_differences,
)
from data.schema import (
    Account,
    AuditEntry,
    Child,
    Cycle,
    CycleChild,
    CycleState,
    Fulfilment,
    Role,
    Sponsor,
)
from tests.api.services.test_reconcile import LATER, closed_month, delivered_month
from tests.factories import make_account, make_measurement, make_pledge

pytestmark = pytest.mark.stores("sqlite")

MUCH_LATER = LATER + timedelta(days=40)


def spoil_one(session: Session, cycle: Cycle, by: Account) -> Fulfilment:
    """Correct the first package: the family received nothing, the goods had spoiled."""
    row = session.exec(select(Fulfilment).order_by(col(Fulfilment.id))).first()
    assert row is not None
    reconcile.correct_closed(
        session,
        cycle=cycle,
        subject="fulfilment",
        subject_id=row.id or 0,
        after={"state": "unfulfilled", "moved_to": "spoiled"},
        reason="Keluarga menelepon",
        by=by,
        now=MUCH_LATER,
    )
    return row


def table(session: Session, cycle: Cycle, title: str, version: int | None = None) -> Table:
    tables = reports.monthly_tables(session, cycle=cycle, now=MUCH_LATER, version=version)
    return next(each for each in tables if each.title == title)


def delivered(session: Session, cycle: Cycle, version: int | None = None) -> tuple[object, ...]:
    """Return planned, delivered, partly delivered, not accepted of the only kelurahan."""
    return table(session, cycle, "Penyaluran per kelurahan", version).rows[0][1:5]


def test_closing_keeps_the_figures_as_the_first_version(session: Session) -> None:
    cycle, approver, _ = closed_month(session)

    (version,) = report_versions.list_versions(session, cycle=cycle)
    assert (version.number, version.by, version.at) == (1, approver.username, LATER)
    assert delivered(session, cycle) == (3, 3, 0, 0)


def test_what_is_edited_after_closing_does_not_change_what_was_reported(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    for frozen in session.exec(select(CycleChild)).all():
        frozen.is_eligible = False
        session.add(frozen)
    session.flush()

    shown = table(session, cycle, "Sasaran per kelurahan")
    assert shown.rows[0][2] == 3
    assert shown.as_of == LATER.date()


def test_an_open_month_is_counted_when_it_is_opened(session: Session) -> None:
    cycle, _, _, _ = delivered_month(session)
    assert delivered(session, cycle) == (3, 3, 0, 0)
    assert report_versions.list_versions(session, cycle=cycle) == []


def test_a_correction_makes_a_version_that_counts_it_and_leaves_the_first(
    session: Session,
) -> None:
    cycle, approver, _ = closed_month(session)
    spoil_one(session, cycle, approver)

    assert delivered(session, cycle) == (3, 2, 0, 1)
    assert delivered(session, cycle, version=1) == (3, 3, 0, 0)
    genting = {str(row[0]): row[1] for row in table(session, cycle, "Hitungan GENTING").rows}
    assert genting["Anak yang menerima bantuan"] == 2
    assert genting["Donatur yang bantuannya sampai"] == 2
    last = report_versions.list_versions(session, cycle=cycle)[-1]
    assert (last.number, last.reason, last.at) == (2, "Keluarga menelepon", MUCH_LATER)


def test_the_differences_are_the_figures_that_changed_and_no_others(session: Session) -> None:
    cycle, approver, _ = closed_month(session)
    spoil_one(session, cycle, approver)
    first, second = report_versions.list_versions(session, cycle=cycle)

    found = {
        (row.area, row.code): (row.before, row.after)
        for row in report_versions.differences(first, second)
        if row.level in ("city", "kelurahan")
    }
    teams = {
        (row.level, row.code): (row.before, row.after)
        for row in report_versions.differences(first, second)
        if row.level not in ("city", "kelurahan")
    }
    wanted = {("posyandu", "delivery_delivered"): (3, 2), ("sponsor", "sponsor_packages"): (1, 0)}
    assert teams | wanted == teams

    area = "Bukit Sari"
    assert found[area, "delivery_delivered"] == (3, 2)
    assert found[area, "delivery_failed"] == (0, 1)
    assert found[area, "delivery_stops_done"] == (3, 2)
    city = {code: change for (where, code), change in found.items() if not where}
    assert (city["genting_children"], city["genting_value_rp"]) == ((3, 2), (801_000, 534_000))
    assert {code for _, code in found} == {
        "delivery_days_late",  # of two packages no mean is given
        "delivery_delivered",
        "delivery_failed",
        "delivery_not_in_full:stopped.corrected",
        "delivery_reached",
        "delivery_stops_done",
        "genting_children",
        "genting_sponsors",
        "genting_value_rp",
        "target_packed:stopped.corrected",
        "target_received",
    }
    assert report_versions.differences(second, second) == ()


def test_the_foot_of_a_report_tells_versions_apart(session: Session) -> None:
    cycle, approver, _ = closed_month(session)
    spoil_one(session, cycle, approver)
    feet = [
        reports.monthly_report(
            session, cycle=cycle, by=approver, now=MUCH_LATER, version=number
        ).imprint
        for number in (1, 2, None)
    ]
    assert [foot.version for foot in feet] == [1, 2, 2]
    assert feet[0].digest != feet[1].digest == feet[2].digest
    # The same version gives the same bytes, whoever prints it when.
    made = [
        reports.export_report(
            session, cycle=cycle, file_format=kind, by=who, now=at, purpose="arsip", version=1,
            is_public=True,
        ).content
        for kind in ("pdf", "xlsx")
        for who, at in ((approver, LATER), (make_account(session), MUCH_LATER))
    ]  # fmt: skip
    assert made[0] == made[1]
    assert made[2] == made[3]


def test_a_correction_leaves_what_the_register_said_to_a_recount(session: Session) -> None:
    cycle, approver, _ = closed_month(session)
    make_pledge(session, first_month=cycle.month)
    child = session.exec(select(Child)).first()
    assert child is not None
    make_measurement(session, child, measured_on=LATER.date())
    spoil_one(session, cycle, approver)
    first, second = report_versions.list_versions(session, cycle=cycle)
    changed = {row.code for row in report_versions.differences(first, second)}
    assert "delivery_delivered" in changed
    assert not {code for code in changed if code.startswith(("sponsors_", "growth_"))}
    third = report_versions.recount_month(
        session, cycle=cycle, by=approver, now=MUCH_LATER, reason="Daftar terlambat"
    )
    found = {row.code for row in report_versions.differences(second, third)}
    assert {"sponsors_registered", "sponsors_active", "sponsors_new"} <= found


def test_a_measurement_that_came_late_counts_after_a_recount_with_a_reason(
    session: Session,
) -> None:
    cycle, approver, _ = closed_month(session)
    child = session.exec(select(Child)).first()
    assert child is not None
    make_measurement(session, child, measured_on=LATER.date())
    before = table(session, cycle, "Gizi per kelurahan").rows[0][2]

    version = report_versions.recount_month(
        session, cycle=cycle, by=approver, now=MUCH_LATER, reason="Ukuran puskesmas terlambat"
    )

    assert version.number == 2
    assert table(session, cycle, "Gizi per kelurahan").rows[0][2] == int(str(before)) + 1
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "report:recount")).one()
    assert entry.purpose == "Ukuran puskesmas terlambat"


def test_a_month_closed_before_versions_were_kept_keeps_its_figures_at_the_first_correction(
    session: Session,
) -> None:
    cycle, approver, _ = closed_month(session)
    for version in report_versions.list_versions(session, cycle=cycle):
        session.delete(version)
    cycle.approved_by = approver.username
    session.flush()
    assert delivered(session, cycle) == (3, 3, 0, 0)

    spoil_one(session, cycle, approver)

    assert delivered(session, cycle, version=1) == (3, 3, 0, 0)
    assert delivered(session, cycle, version=2) == (3, 2, 0, 1)


def test_a_recount_needs_a_closed_month_an_approver_a_reason_and_a_change(
    session: Session,
) -> None:
    cycle, approver, _ = closed_month(session)
    staff = make_account(session, Role.STAFF)

    def recount(by: Account, reason: str = "x") -> None:
        report_versions.recount_month(session, cycle=cycle, by=by, now=MUCH_LATER, reason=reason)

    with pytest.raises(Forbidden, match=r"report\.recount_role"):
        recount(staff)
    with pytest.raises(Refused, match=r"report\.recount_reason"):
        recount(approver, " ")
    with pytest.raises(Refused, match=r"report\.unchanged"):
        recount(approver)
    cycle.state = CycleState.RECONCILING
    session.add(cycle)
    with pytest.raises(Refused, match=r"report\.not_closed"):
        recount(approver)


def test_a_version_that_does_not_exist_is_not_found(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    with pytest.raises(NotFound, match=r"report\.version"):
        reports.monthly_tables(session, cycle=cycle, now=LATER, version=2)


def test_no_name_is_kept_in_a_version(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    (version,) = report_versions.list_versions(session, cycle=cycle)
    content = str(version.figures)
    for sponsor in session.exec(select(Sponsor)).all():
        assert sponsor.name not in content
        assert sponsor.code in content


def test_differences_are_printed_under_the_hashes_of_both_versions(session: Session) -> None:
    cycle, approver, _ = closed_month(session)
    spoil_one(session, cycle, approver)
    old, new = report_versions.list_versions(session, cycle=cycle)
    both = compared_month(old), compared_month(new)
    facts, changed = comparison_tables(*both, changed_figures(old, new, month=cycle.month))
    assert [str(cell).replace(" ", "") for cell in facts.rows[-1][1:]] == [old.digest, new.digest]
    rows = {(row[0], row[1]): row[2:] for row in changed.rows}
    assert rows["Bukit Sari", "Paket diterima"] == (3, 2, -1)
    assert len(changed.rows) == len(report_versions.differences(old, new))
    assert changed_figures(new, new, month=cycle.month) == ()
    made = [
        export_differences(
            session, cycle=cycle, before=1, after=2, file_format=kind, by=who, now=at,
            purpose="arsip",
        ).content
        for kind in ("pdf", "xlsx")
        for who, at in ((approver, LATER), (make_account(session, Role.AUDITOR), MUCH_LATER))
    ]  # fmt: skip
    assert made[0] == made[1]
    assert made[2] == made[3]
    with pytest.raises(Refused, match=r"dispatch\.purpose"):
        export_differences(
            session, cycle=cycle, before=1, after=2, file_format="pdf", by=approver, now=LATER,
            purpose=" ",
        )  # fmt: skip
