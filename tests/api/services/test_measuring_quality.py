"""Digits per posyandu from the stored readings."""

from datetime import date

import pytest
from sqlmodel import Session, select

from api.services.errors import Refused
from api.services.measuring_quality import (
    Reading,
    measuring_places,
    measuring_tables,
    readings_behind,
)
from api.services.monitoring_sheets import Wanted
from data.schema import AuditEntry, Role
from tests.factories import NOW, make_account, make_child, make_household, make_measurement


def readings(
    session: Session,
    posyandu: str,
    heights_mm: list[int],
    weight_g: int = 9510,
    **home: str | None,
) -> None:
    household = make_household(session, posyandu=posyandu, **home)
    for number, height_mm in enumerate(heights_mm):
        child = make_child(session, haz=None, household_id=household.id)
        make_measurement(
            session, child, measured_on=date(2026, 7 + number % 5, 3), lenhei_mm=height_mm,
            weight_g=weight_g + 100 * (number % 10),
        )  # fmt: skip


def test_rounded_heights_are_told_from_read_ones(session: Session) -> None:
    readings(session, "Melati", [800 + 5 * (n % 9) for n in range(40)])
    readings(session, "Mawar", [800 + n for n in range(40)])
    readings(session, "Anggrek", [800, 805])

    found = {place.posyandu: place for place in measuring_places(session, last_month="2026-12")}

    assert (found["Melati"].heights.count, found["Melati"].heights.num_round) == (40, 40)
    assert found["Melati"].heights.verdict.value == "rounded"
    assert (found["Mawar"].heights.num_round, found["Mawar"].heights.verdict.value) == (8, "within")
    assert found["Anggrek"].heights.verdict.value == "too_few"
    # Weights are read to a hundred grams: 9510, 9610 … end in 5, 6, 7, … and none is rounded.
    assert (found["Mawar"].weights.count, found["Mawar"].weights.num_round) == (40, 8)


def test_the_readings_behind_a_place_are_as_many_as_it_counts(session: Session) -> None:
    readings(session, "Melati", [800 + n for n in range(12)], weight_g=9010)
    readings(session, "Mawar", [800])
    readings(session, "Melati", [805], kelurahan_code=None)
    by = make_account(session, Role.STAFF)

    def behind(kelurahan: str, month: str = "2026-12") -> list[Reading]:
        return readings_behind(
            session, kelurahan=kelurahan, posyandu="Melati", last_month=month, by=by, now=NOW
        )

    found = {place.kelurahan: place for place in measuring_places(session, last_month="2026-12")
             if place.posyandu == "Melati"}  # fmt: skip
    assert sorted(found) == ["", "Bukit Sari"]
    for ward, place in found.items():
        rows = behind(ward)
        assert len(rows) == place.heights.count == place.weights.count
        assert sum(each.height_ends_round for each in rows) == place.heights.num_round
        assert sum(each.weight_ends_round for each in rows) == place.weights.num_round
    assert found["Bukit Sari"].heights.num_round == 3  # 800, 805 and 810 of twelve
    assert behind("Bukit Sari", "2026-06") == []
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "figure:read")).all()
    assert len(noted) == 2


def test_only_six_months_up_to_the_one_asked_for_count(session: Session) -> None:
    readings(session, "Melati", [800])
    assert measuring_places(session, last_month="2026-06") == []
    (place,) = measuring_places(session, last_month="2026-12")
    assert place.heights.count == 1
    assert measuring_places(session, last_month="2027-01") == []


@pytest.mark.stores("sqlite")
def test_the_table_has_a_verdict_and_stays_in_the_office(session: Session) -> None:
    readings(session, "Melati", [800 + 5 * (n % 9) for n in range(40)])
    readings(session, "Anggrek", [800, 805, 807])
    inside = measuring_tables(session, Wanted(now=NOW, last_month="2026-12"))[0]
    rows = {str(row[0]).split(" · ")[0]: row for row in inside.rows}
    assert list(rows) == ["Melati", "Anggrek"]  # those to train come first
    assert rows["Melati"][1:4] == (40, 40, 1.0)
    assert rows["Melati"][-1] == "dibulatkan: latih cara membaca alat"
    assert rows["Anggrek"][-1] == "terlalu sedikit untuk dinilai"
    with pytest.raises(Refused, match=r"monitoring\.inside"):
        measuring_tables(session, Wanted(now=NOW, last_month="2026-12", is_public=True))


@pytest.mark.stores("sqlite")
def test_places_without_a_known_kelurahan_stand_together(session: Session) -> None:
    for code, height_mm in ((None, 800), ("99.99.99.9999", 803)):
        readings(session, "Melati", [height_mm], kelurahan_code=code)
    places = measuring_places(session, last_month="2026-12")
    assert [(place.posyandu, place.heights.count) for place in places] == [("Melati", 2)]
