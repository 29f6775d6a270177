"""What guardians say: from which day it holds, and why it does not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services.consents import (
    answer_of,
    grant_consent,
    refusal,
    refuse_consent,
    why_no_consent,
    withdraw_consent,
)
from api.services.donor import has_consent
from api.services.errors import Invalid, Refused
from data.schema import Consent, ConsentPurpose
from tests.factories import make_account, make_child, make_consent

TODAY = date(2026, 12, 1)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def yes(on: date, *, is_withdrawn: bool = False, **values: Any) -> Consent:
    fields: dict[str, Any] = {
        "child_id": 1,
        "purpose": ConsentPurpose.PROGRAMME,
        "guardian_name": "Ibu",
    }
    fields |= {"recorded_by": "test", "granted_on": on}
    fields |= {"withdrawn_at": datetime(2026, 11, 20, tzinfo=UTC)} if is_withdrawn else {}
    return Consent(**fields | values)


def no(on: date) -> Consent:
    return refusal(
        child_id=1, purpose=ConsentPurpose.PROGRAMME, guardian_name="Ibu", refused_on=on,
        recorded_by="test",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("papers", "why"),
    [
        ([], "no_consent"),
        ([yes(OCTOBER)], None),
        ([yes(OCTOBER, expires_on=NOVEMBER)], "consent_expired"),
        ([yes(OCTOBER, expires_on=NOVEMBER), yes(NOVEMBER)], None),
        ([no(OCTOBER)], "consent_refused"),
        ([no(OCTOBER), no(NOVEMBER)], "consent_refused"),
        ([no(OCTOBER), yes(NOVEMBER)], None),
        ([yes(OCTOBER, is_withdrawn=True)], "consent_withdrawn"),
        ([yes(OCTOBER, is_withdrawn=True), no(NOVEMBER)], "consent_withdrawn"),
        ([yes(NOVEMBER, is_withdrawn=True), no(NOVEMBER)], "consent_contradictory"),
        ([no(NOVEMBER), yes(NOVEMBER, is_withdrawn=True), yes(TODAY)], None),
    ],
)
def test_papers_say_whether_consent_holds_or_why_not(
    papers: list[Consent], why: str | None
) -> None:
    assert why_no_consent(papers, TODAY) == why
    answer = answer_of(papers, TODAY)
    assert (answer.code, answer.is_given) == (why or "given", why is None)
    assert (answer.paper is None) == (not papers)


def test_consent_counts_from_its_day_until_it_runs_out_or_is_withdrawn(
    session: Session, now: datetime
) -> None:
    child, by = make_child(session, consented=False), make_account(session)
    grant_consent(
        session,
        child=child,
        purpose=ConsentPurpose.DISPLAY,
        guardian_name="Ibu",
        granted_on=date(2026, 11, 1),
        expires_on=date(2026, 11, 30),
        by=by,
        now=now,
    )

    def holds(purpose: ConsentPurpose, on: date) -> bool:
        return has_consent(session, child.id or 0, purpose, on)

    assert not holds(ConsentPurpose.DISPLAY, date(2026, 10, 31))
    assert holds(ConsentPurpose.DISPLAY, date(2026, 11, 30))
    assert not holds(ConsentPurpose.DISPLAY, date(2026, 12, 1))
    assert not holds(ConsentPurpose.PROGRAMME, date(2026, 11, 15))
    withdraw_consent(session, child=child, purpose=ConsentPurpose.DISPLAY, by=by, now=now)
    assert not holds(ConsentPurpose.DISPLAY, date(2026, 11, 15))
    with pytest.raises(Refused):
        withdraw_consent(session, child=child, purpose=ConsentPurpose.DISPLAY, by=by, now=now)


def test_display_withdrawal_leaves_programme_consent(session: Session, now: datetime) -> None:
    child, by = make_child(session), make_account(session)
    make_consent(session, child, ConsentPurpose.DISPLAY)
    withdraw_consent(session, child=child, purpose=ConsentPurpose.DISPLAY, by=by, now=now)
    assert has_consent(session, child.id or 0, ConsentPurpose.PROGRAMME, TODAY)


def test_a_refusal_is_kept_as_a_paper_that_never_holds(session: Session, now: datetime) -> None:
    child, by = make_child(session, consented=False), make_account(session)
    purpose = ConsentPurpose.PROGRAMME
    said: dict[str, Any] = {"child": child, "purpose": purpose, "by": by, "now": now}
    paper = refuse_consent(session, **said, guardian_name=" Ibu ", refused_on=now.date())
    assert (paper.guardian_name, paper.is_refusal) == ("Ibu", True)
    assert not has_consent(session, child.id or 0, purpose, now.date())
    with pytest.raises(Invalid, match=r"consent\.guardian"):
        refuse_consent(session, **said, guardian_name=" ", refused_on=now.date())
    with pytest.raises(Invalid, match=r"consent\.in_future"):
        refuse_consent(session, **said, guardian_name="Ibu", refused_on=date(2027, 5, 1))
    grant_consent(session, **said, guardian_name="Ibu", granted_on=OCTOBER)
    assert not has_consent(session, child.id or 0, purpose, now.date()), "the later paper counts"
    grant_consent(session, **said, guardian_name="Ibu", granted_on=now.date())
    assert has_consent(session, child.id or 0, purpose, now.date())
    with pytest.raises(Refused, match=r"consent\.given"):
        refuse_consent(session, **said, guardian_name="Ibu", refused_on=now.date())
    assert len(session.exec(select(Consent)).all()) == 3
