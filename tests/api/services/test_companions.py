"""Companion teams and what families were given, as the office keeps them."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from api.services import companions
from api.services.companions import Given
from api.services.errors import Invalid, Refused, StaleVersion
from data.queries.companions import places_to_accompany
from data.schema import Accompaniment, AuditEntry, ChildState, CompanionTeam
from tests.factories import KELURAHAN, NOW, make_account, make_child, make_household


def save(session: Session, name: str, *posyandu: str, **values: object) -> CompanionTeam:
    given = {"kelurahan_code": KELURAHAN, "is_active": True} | values
    return companions.save_team(
        session, name=name, posyandu=posyandu, by=make_account(session), now=NOW, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def test_two_teams_never_have_one_posyandu_nor_one_name(session: Session) -> None:
    first = save(session, "TPK 1", "Melati")
    with pytest.raises(Invalid, match=r"companion\.taken"):
        save(session, "TPK 2", "Mawar", "Melati")
    with pytest.raises(Invalid, match=r"companion\.name"):
        save(session, "TPK 1", "Mawar")
    with pytest.raises(Invalid, match=r"companion\.place"):
        save(session, "TPK 3", kelurahan_code="99")
    save(session, "TPK 1", "Melati", team=first, is_active=False)
    assert save(session, "TPK 2", "Melati").posyandu == ["Melati"]


def test_two_who_edit_a_team_do_not_lose_a_word(session: Session) -> None:
    team = save(session, "TPK 1", "Melati")
    save(session, "TPK 1", "Melati", "Mawar", team=team, base_version=1)
    with pytest.raises(StaleVersion, match=r"companion\.stale"):
        save(session, "TPK 1", "Melati", team=team, base_version=1)


def record(
    session: Session, *given: Given, month: str = "2026-12", posyandu: str = "Melati"
) -> int:
    return companions.record_accompaniment(
        session, month=month, kelurahan_code=KELURAHAN, posyandu=posyandu, given=given,
        by=make_account(session), now=NOW,
    )  # fmt: skip


def test_codes_are_kept_changed_and_taken_back_with_a_trace(session: Session) -> None:
    home = make_household(session, posyandu="Melati")
    make_child(session, household_id=home.id)
    number = home.id or 0
    assert record(session, Given(number, (6, 3, 3))) == 1
    assert session.exec(select(Accompaniment)).one().codes == [3, 6]
    assert record(session, Given(number, (3, 6))) == 0
    (place,) = places_to_accompany(session, month="2026-12")
    assert (place.posyandu, place.families, place.recorded) == ("Melati", 1, 1)
    assert places_to_accompany(session, month="2026-11")[0].recorded == 0
    assert record(session, Given(number, ())) == 1
    assert session.exec(select(Accompaniment)).all() == []
    trace = select(AuditEntry).where(AuditEntry.action == "accompaniment:record")
    assert len(session.exec(trace).all()) == 2


def test_codes_months_and_families_that_cannot_be_are_refused(session: Session) -> None:
    home = make_household(session, posyandu="Melati")
    make_child(session, household_id=home.id)
    gone = make_household(session, posyandu="Melati")
    make_child(session, household_id=gone.id, state=ChildState.EXITED)
    for codes in ((0,), (9,), (8, 1)):
        with pytest.raises(Invalid, match=r"companion\.codes"):
            record(session, Given(home.id or 0, codes))
    with pytest.raises(Invalid, match=r"companion\.month"):
        record(session, Given(home.id or 0, (1,)), month="2027-01")
    with pytest.raises(Refused, match=r"companion\.family"):
        record(session, Given(gone.id or 0, (1,)))
    with pytest.raises(Refused, match=r"companion\.family"):
        record(session, Given(home.id or 0, (1,)), posyandu="Mawar")
    assert session.exec(select(Accompaniment)).all() == []


def test_who_looks_at_families_is_noted_once_per_look(session: Session) -> None:
    home = make_household(session, posyandu="Melati")
    child = make_child(session, household_id=home.id)
    seen = companions.read_families(
        session, month="2026-12", kelurahan_code=KELURAHAN, posyandu="Melati",
        by=make_account(session), now=NOW + timedelta(hours=1),
    )  # fmt: skip
    assert [each.children for each in seen] == [(child.code,)]
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "accompaniment:read")).one()
    assert noted.subject_id == f"{KELURAHAN} Melati"
