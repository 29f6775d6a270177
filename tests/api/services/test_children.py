"""Children: two people editing, states, consent, moves; each with its counter-case."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from api.services.child_states import resettle
from api.services.children import (
    confirm_measurement,
    edit_child,
    edit_household,
    exit_child,
    find_child,
    graduate_child,
    pause_child,
    read_child,
    readmit_child,
    resume_child,
)
from api.services.errors import Forbidden, Invalid, NotFound, Refused, StaleVersion
from api.services.growth import compute_growth
from data.schema import (
    AuditEntry,
    Child,
    ChildState,
    Measurement,
    Role,
    Sex,
)
from tests.factories import (
    make_account,
    make_child,
    make_household,
    make_measurement,
)

TODAY = date(2026, 12, 1)


def state_of(child: Child) -> ChildState:
    return child.state


def test_reading_a_child_is_audited(session: Session, now: datetime) -> None:
    by, child = make_account(session), make_child(session)
    sheet = read_child(session, code=child.code, by=by, now=now, purpose="telaah")
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id, entry.by) == ("child:read", child.code, by.username)
    assert sheet.child is child
    assert len(sheet.measurements) == 1


def test_an_unknown_code_is_not_found_and_noted(session: Session, now: datetime) -> None:
    with pytest.raises(NotFound):
        find_child(session, code="B-999", by=make_account(session), now=now)
    assert session.exec(select(AuditEntry.action)).all() == ["child:unknown"]


def test_the_code_of_a_duplicate_leads_to_the_kept_child(session: Session, now: datetime) -> None:
    kept = make_child(session)
    other = make_child(session, state=ChildState.DUPLICATE, duplicate_of_id=kept.id)
    assert find_child(session, code=other.code, by=make_account(session), now=now) is kept


def test_two_editors_of_different_fields_merge_and_lose_nothing(
    session: Session, now: datetime
) -> None:
    staff, second = make_account(session), make_account(session)
    home = make_household(session, version=7, address="Jl. Lama", phone="+62811000111")
    edit_household(
        session, household=home, base_version=7, changes={"address": "Jl. Baru"}, by=second, now=now
    )
    with pytest.raises(StaleVersion) as caught:
        edit_household(
            session,
            household=home,
            base_version=7,
            changes={"phone": "+62812000111"},
            by=staff,
            now=now,
        )
    params = caught.value.params
    assert params["version"] == 8
    assert params["fields"] == {
        "phone": {"yours": "+62812000111", "theirs": "+62811000111", "base": "+62811000111"},
        "address": {"yours": "Jl. Lama", "theirs": "Jl. Baru", "base": "Jl. Lama"},
    }
    assert params["conflicts"] == []
    edit_household(
        session,
        household=home,
        base_version=8,
        changes={"phone": "+62812000111"},
        by=staff,
        now=now,
    )
    assert (home.address, home.phone, home.version) == ("Jl. Baru", "+62812000111", 9)


def test_two_editors_of_one_field_must_choose(session: Session, now: datetime) -> None:
    staff = make_account(session)
    home = make_household(session, address="Jl. Lama")
    edit_household(
        session, household=home, base_version=1, changes={"address": "Jl. A"}, by=staff, now=now
    )
    with pytest.raises(StaleVersion) as caught:
        edit_household(
            session, household=home, base_version=1, changes={"address": "Jl. B"}, by=staff, now=now
        )
    assert caught.value.params["conflicts"] == ["address"]
    assert home.address == "Jl. A"


def test_saving_what_stands_there_changes_no_version(session: Session, now: datetime) -> None:
    home = make_household(session)
    edit_household(
        session,
        household=home,
        base_version=1,
        changes={"address": home.address},
        by=make_account(session),
        now=now,
    )
    assert home.version == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kelurahan_code": "19.71.99.1001"}, "household.unknown_kelurahan"),
        ({"lat": None}, "household.half_point"),
        ({"kk_index": "x"}, "edit.unknown_field"),
    ],
)
def test_a_wrong_place_is_refused(
    session: Session, now: datetime, changes: dict[str, object], code: str
) -> None:
    home = make_household(session)
    with pytest.raises(Invalid) as caught:
        edit_household(
            session,
            household=home,
            base_version=1,
            changes=changes,
            by=make_account(session),
            now=now,
        )
    assert caught.value.code == code


def test_a_corrected_birth_date_recomputes_the_z_score(session: Session, now: datetime) -> None:
    child = make_child(session, haz=None)
    one = make_measurement(session, child, lenhei_mm=850)
    compute_growth([(child, one)])
    before = one.haz
    edit_child(
        session,
        child=child,
        base_version=1,
        changes={"born_on": date(2023, 6, 1)},
        by=make_account(session),
        now=now,
    )
    assert before is not None
    assert one.haz is not None
    assert one.haz < before
    assert child.confirmed_fields == {"born_on": "2026-12-01"}


def test_growth_of_a_girl_of_known_median(session: Session) -> None:
    # WHO: a girl of 730 days has a median length of 86.4 cm; standing 85.7 cm is the same child.
    child = make_child(session, haz=None, born_on=date(2024, 11, 10), sex=Sex.FEMALE)
    one = make_measurement(session, child, lenhei_mm=857, position="h", file_haz=0.06)
    compute_growth([(child, one)])
    assert one.haz == 0.0
    assert one.flags == ["haz_differs"]
    one.file_haz = 0.05
    compute_growth([(child, one)])
    assert one.flags == []


def test_an_implausible_child_is_eligible_after_confirmation(
    session: Session, now: datetime
) -> None:
    child = make_child(session, haz=-7.1, state=ChildState.NEEDS_REVIEW)
    by = make_account(session)
    with pytest.raises(Refused):
        confirm_measurement(session, child=child, by=by, now=now, reason=" ")
    confirm_measurement(session, child=child, by=by, now=now, reason="diukur ulang")
    assert state_of(child) is ChildState.ELIGIBLE
    with pytest.raises(Refused):
        confirm_measurement(session, child=child, by=by, now=now, reason="lagi")


@pytest.mark.parametrize(("was_in", "then"), [(True, "eligible"), (False, "not_eligible")])
def test_a_child_looked_at_comes_back_to_where_it_was(
    session: Session, was_in: bool, then: str
) -> None:
    """A mistyped height of one in the programme; the right one is no longer stunted."""
    state = ChildState.ELIGIBLE if was_in else ChildState.NOT_ELIGIBLE
    child = make_child(session, haz=-2.4 if was_in else -1.0, state=state)
    [first] = session.exec(select(Measurement)).all()
    wrong = make_measurement(
        session, child, measured_on=first.measured_on + timedelta(days=20), haz=-7.0
    )
    resettle(session, child, on=TODAY)
    assert (child.state, child.was_in_programme) == (ChildState.NEEDS_REVIEW, was_in)
    resettle(session, child, on=TODAY)
    assert child.was_in_programme == was_in, "looked at twice"
    wrong.haz = -1.9
    session.add(wrong)
    resettle(session, child, on=TODAY)
    assert (child.state.value, child.was_in_programme) == (then, False)
    assert child.review_reasons == [], "one good height proposes nothing"


def test_pause_and_resume(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    with pytest.raises(Invalid):
        pause_child(session, child=child, by=by, now=now, until=TODAY, reason="mudik")
    until = TODAY + timedelta(days=1)
    pause_child(session, child=child, by=by, now=now, until=until, reason="mudik")
    assert (child.state, child.paused_until) == (ChildState.PAUSED, until)
    resume_child(session, child=child, by=by, now=now)
    assert (child.state, child.paused_until) == (ChildState.ELIGIBLE, None)
    with pytest.raises(Refused):
        resume_child(session, child=child, by=by, now=now)


def test_only_an_approver_graduates_and_readmits(session: Session, now: datetime) -> None:
    child, staff = make_child(session), make_account(session)
    approver = make_account(session, Role.APPROVER)
    with pytest.raises(Forbidden):
        graduate_child(session, child=child, by=staff, now=now, effective_on=TODAY, reason="pulih")
    graduate_child(session, child=child, by=approver, now=now, effective_on=TODAY, reason="pulih")
    assert state_of(child) is ChildState.GRADUATED
    with pytest.raises(Refused) as caught:
        readmit_child(session, child=child, by=approver, now=now, reason="kambuh")
    assert caught.value.code == "child.measure_first"
    make_measurement(session, child, measured_on=date(2026, 12, 5), haz=-2.4)
    readmit_child(session, child=child, by=approver, now=now, reason="kambuh")
    assert state_of(child) is ChildState.ELIGIBLE


def test_an_exit_needs_a_listed_reason_and_happens_once(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    with pytest.raises(Invalid):
        exit_child(session, child=child, by=by, now=now, effective_on=TODAY, reason="malas")
    exit_child(session, child=child, by=by, now=now, effective_on=TODAY, reason="moved_out")
    assert (child.state, child.exit_reason) == (ChildState.EXITED, "moved_out")
    with pytest.raises(Refused):
        exit_child(session, child=child, by=by, now=now, effective_on=TODAY, reason="moved_out")
