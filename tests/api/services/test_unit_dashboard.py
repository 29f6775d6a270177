"""The last month of a unit in figures, by what a role looks at first, and the parts of the unit."""

from datetime import date

import pytest
from sqlmodel import Session, select

from api.services.monitoring import Level
from api.services.unit_dashboard import (
    FIGURES,
    ORDER,
    PART_SHARES,
    home_unit,
    unit_month,
    unit_parts,
)
from api.services.unit_growth import heights_of_unit
from data.reference.indicators import indicators
from data.schema import Account, AuditEntry, ChildState, Role
from tests.api.services.test_monitoring import AREAS, reported
from tests.api.services.test_reconcile import closed_month
from tests.factories import NOW, make_account, make_child, make_household, make_measurement

pytestmark = pytest.mark.stores("sqlite")


def test_the_last_month_stands_beside_the_one_before(session: Session) -> None:
    reported(session, "2026-11", {"19.71.04.1002": (18, 9)})
    reported(session, "2026-12", AREAS)
    found = unit_month(session, level="kelurahan", unit="Bintang", role=Role.STAFF)
    assert found is not None
    assert (found.month, found.before) == ("2026-12", "2026-11")
    told: dict[str, object] = {
        each.indicator.code: (each.now, each.before) for each in found.figures
    }
    assert told["target_eligible"] == (20, 18)
    assert told["matching_matched"] == (10, 9)
    # Never happened is nought; who is new was not counted in either month.
    assert told["delivery_failed"] == (0, 0)
    assert told["target_new"] == (None, None)
    city = unit_month(session, level="city", unit="", role=Role.STAFF, first_month="2026-12")
    assert city is not None
    assert city.before == ""
    assert {each.indicator.code: each.now for each in city.figures}["target_eligible"] == 64


def test_each_role_reads_first_what_is_its_own(session: Session) -> None:
    reported(session, "2026-12", AREAS)
    first = {}
    for role in ORDER:
        found = unit_month(session, level="city", unit="", role=role)
        assert found is not None
        first[role] = found.figures[0].indicator.code
        assert len(found.figures) == sum(map(len, FIGURES.values()))
    assert first == {
        Role.STAFF: "target_known",
        Role.APPROVER: "matching_matched",
        Role.COORDINATOR: "delivery_planned",
        Role.AUDITOR: "delivery_planned",
    }


def test_a_posyandu_has_the_figures_that_are_counted_for_it(session: Session) -> None:
    closed_month(session)
    found = unit_month(session, level="posyandu", unit="", role=Role.STAFF)
    assert found is not None
    told = {each.indicator.code: each.now for each in found.figures}
    assert told["target_eligible"] == 3
    assert told["delivery_delivered"] == 3
    assert "nutrition_gain_n" not in told


def test_the_parts_of_a_unit_are_those_that_lie_in_it(session: Session) -> None:
    reported(session, "2026-12", AREAS)
    ratios, parts = unit_parts(session, level="kecamatan", unit="Rangkui")
    assert tuple(each.code for each in ratios) == PART_SHARES
    assert [part.name for part in parts] == ["Bintang", "Pintu Air"]
    assert parts[0].shares[0] == (10, 20)
    assert [part.name for part in unit_parts(session, level="city", unit="")[1]] == [
        "Gabek", "Rangkui",
    ]  # fmt: skip
    assert unit_parts(session, level="posyandu", unit="Melati · Bukit Sari") == ((), ())
    also, _ = unit_parts(session, level="kecamatan", unit="Rangkui", also="gained")
    assert [each.code for each in also] == [*PART_SHARES, "gained"]


def test_a_persons_place_is_what_the_dashboard_opens_with(session: Session) -> None:
    homes = {
        code: home_unit(by=make_account(session, area_code=code))
        for code in ("19.71.04.1002", "19.71.04", "19.71.99", "", None)
    }
    assert homes["19.71.04.1002"] == ("kelurahan", "Bintang")
    assert homes["19.71.04"] == ("kecamatan", "Rangkui")
    # An area that is none holds nothing: the city, which the place refuses.
    assert homes["19.71.99"] == homes[""] == homes[None] == ("city", "")
    posyandu = make_account(session, area_code="19.71.04.1002", posyandu=["Melati"])
    assert home_unit(by=posyandu) == ("posyandu", "Melati · Bintang")
    assert home_unit(by=make_account(session, puskesmas="Girimaya")) == ("puskesmas", "Girimaya")


def test_the_curves_have_the_last_height_of_each_child_and_the_look_is_noted(
    session: Session,
) -> None:
    melati = make_household(session, posyandu="Melati")
    mawar = make_household(session, posyandu="Mawar")
    here, gone, beside = (
        make_child(session, household_id=home.id, state=state)
        for home, state in (
            (melati, ChildState.ELIGIBLE), (melati, ChildState.EXITED),
            (mawar, ChildState.ELIGIBLE),
        )
    )  # fmt: skip
    for child, day, height in ((here, 3, 700), (here, 4, None), (gone, 3, 710), (beside, 3, 720)):
        make_measurement(session, child, measured_on=date(2026, 12, day), lenhei_mm=height)
    by = make_account(session, Role.AUDITOR)

    def heights(level: Level, unit: str, who: Account = by) -> list[int]:
        found = heights_of_unit(session, level=level, unit=unit, by=who, now=NOW)
        return [each.lenhei_mm for each in found]

    assert heights("posyandu", "Melati · Bukit Sari") == [700]
    assert sorted(heights("kelurahan", "Bukit Sari")) == [700, 720]
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")).all()
    assert [each.after for each in noted] == [
        {"level": "posyandu", "unit": "Melati · Bukit Sari", "rows": 1},
        {"level": "kelurahan", "unit": "Bukit Sari", "rows": 2},
    ]
    # Neither for a whole kecamatan, nor for who may not read children.
    assert heights("kecamatan", "Gerunggang") == []
    coordinator = make_account(session, Role.COORDINATOR)
    assert heights("kelurahan", "Bukit Sari", coordinator) == []


def test_without_a_closed_month_there_is_nothing(session: Session) -> None:
    assert unit_month(session, level="city", unit="", role=Role.STAFF) is None
    assert unit_parts(session, level="city", unit="")[1] == ()


def test_all_that_is_told_is_defined() -> None:
    known = {each.code for each in indicators()}
    assert {code for group in FIGURES.values() for code in group} <= known
    assert all(set(order) == set(FIGURES) for order in ORDER.values())
