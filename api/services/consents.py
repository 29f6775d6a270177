"""What guardians say to the programme's questions: agree, refuse, withdraw; and what holds now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from api.services.audit import record
from api.services.clock import ZONE
from api.services.editing import hold_rows, today
from api.services.errors import Invalid, Refused
from data.schema import Account, Child, Consent, ConsentPurpose

__all__ = [
    "Answer",
    "answer_of",
    "grant_consent",
    "in_force",
    "refusal",
    "refuse_consent",
    "why_no_consent",
    "withdraw_consent",
]


def in_force(consent: Consent, on: date) -> bool:
    """Return whether a consent counts on a day: given, not run out, not withdrawn."""
    runs = consent.expires_on is None or on <= consent.expires_on
    return consent.granted_on <= on and runs and consent.withdrawn_at is None


def why_no_consent(papers: Iterable[Consent], on: date) -> str | None:
    """Return why the papers of one purpose give no consent on a day, or None when one holds.

    ``no_consent`` without any paper, ``consent_expired``, ``consent_contradictory`` when papers of
    the last day say both yes and no, ``consent_refused`` when no paper ever said yes, else
    ``consent_withdrawn``.
    """
    given = list(papers)
    running = [one for one in given if one.withdrawn_at is None]
    if not given:
        return "no_consent"
    if running:
        is_over = all(one.expires_on is not None and one.expires_on < on for one in running)
        return "consent_expired" if is_over else None
    last = max(one.granted_on for one in given)
    said = {one.is_refusal for one in given if one.granted_on == last}
    if len(said) > 1:
        return "consent_contradictory"
    return "consent_refused" if all(one.is_refusal for one in given) else "consent_withdrawn"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the papers of one purpose say on a day: ``given``, or why not, and the last of them."""

    code: str
    paper: Consent | None

    @property
    def is_given(self) -> bool:
        """Whether a consent holds."""
        return self.code == "given"


def answer_of(papers: Sequence[Consent], on: date) -> Answer:
    """Return what the papers of one purpose say on a day."""
    missing = why_no_consent(papers, on)
    telling = [one for one in papers if in_force(one, on)] if missing is None else papers
    last = max(telling, key=lambda one: (one.granted_on, one.id or 0), default=None)
    return Answer(missing or "given", last)


def refusal(
    *,
    child_id: int,
    purpose: ConsentPurpose,
    guardian_name: str,
    refused_on: date,
    recorded_by: str,
    evidence: str = "",
) -> Consent:
    """Return the paper on which a guardian says no: a consent that never was in force."""
    return Consent(
        child_id=child_id,
        purpose=purpose,
        guardian_name=guardian_name,
        evidence=evidence,
        granted_on=refused_on,
        is_refusal=True,
        withdrawn_at=datetime.combine(refused_on, time(), ZONE),
        recorded_by=recorded_by,
    )


def grant_consent(
    session: Session,
    *,
    child: Child,
    purpose: ConsentPurpose,
    guardian_name: str,
    granted_on: date,
    by: Account,
    now: datetime,
    expires_on: date | None = None,
    evidence: str = "",
) -> Consent:
    """Write down a guardian's consent to one purpose; a no of a later day has ended it already.

    Raises
    ------
    Invalid
        ``consent.guardian`` without a name, ``consent.in_future``, ``consent.expires_first``.
    """
    hold_rows(session, child)
    _check_paper(guardian_name, granted_on, now)
    if expires_on is not None and expires_on < granted_on:
        raise Invalid("consent.expires_first", fields={"expires_on": "consent.expires_first"})
    consent = Consent(
        child_id=child.id or 0,
        purpose=purpose,
        guardian_name=guardian_name.strip(),
        evidence=evidence,
        granted_on=granted_on,
        expires_on=expires_on,
        withdrawn_at=now if _refused_after(session, child, purpose, granted_on) else None,
        recorded_by=by.username,
    )
    session.add(consent)
    session.flush()
    record(
        session,
        by=by,
        action="consent:grant",
        subject="child",
        subject_id=child.code,
        now=now,
        after={"purpose": purpose.value, "granted_on": granted_on, "expires_on": expires_on},
    )
    return consent


def refuse_consent(
    session: Session,
    *,
    child: Child,
    purpose: ConsentPurpose,
    guardian_name: str,
    refused_on: date,
    by: Account,
    now: datetime,
    evidence: str = "",
) -> Consent:
    """Write down that a guardian says no to one purpose, asked for the first time or again.

    Raises
    ------
    Invalid
        ``consent.guardian`` without a name, ``consent.in_future``.
    Refused
        ``consent.given`` while a consent is in force: that is withdrawn instead.
    """
    hold_rows(session, child)
    _check_paper(guardian_name, refused_on, now)
    for consent in _running(session, child, purpose):
        if in_force(consent, today(now)):
            raise Refused("consent.given", child=child.code)
        consent.withdrawn_at = now  # run out: the no is the last word
        session.add(consent)
    paper = refusal(
        child_id=child.id or 0,
        purpose=purpose,
        guardian_name=guardian_name.strip(),
        refused_on=refused_on,
        recorded_by=by.username,
        evidence=evidence,
    )
    session.add(paper)
    session.flush()
    record(
        session,
        by=by,
        action="consent:refuse",
        subject="child",
        subject_id=child.code,
        now=now,
        after={"purpose": purpose.value, "granted_on": refused_on},
    )
    return paper


def withdraw_consent(
    session: Session, *, child: Child, purpose: ConsentPurpose, by: Account, now: datetime
) -> list[Consent]:
    """Withdraw consent to one purpose; it takes effect at once.

    Withdrawing display hides the child from its sponsor; the package is still delivered.

    Raises
    ------
    Refused
        ``consent.none`` when none is in force.
    """
    hold_rows(session, child)
    running = _running(session, child, purpose)
    if not running:
        raise Refused("consent.none", child=child.code, purpose=purpose.value)
    for consent in running:
        consent.withdrawn_at = now
        session.add(consent)
    session.flush()
    record(
        session,
        by=by,
        action="consent:withdraw",
        subject="child",
        subject_id=child.code,
        now=now,
        after={"purpose": purpose.value},
    )
    return running


def _check_paper(guardian_name: str, signed_on: date, now: datetime) -> None:
    if not guardian_name.strip():
        raise Invalid("consent.guardian", fields={"guardian_name": "consent.guardian"})
    if signed_on > today(now):
        raise Invalid("consent.in_future", fields={"granted_on": "consent.in_future"})


def _refused_after(session: Session, child: Child, purpose: ConsentPurpose, day: date) -> bool:
    later = select(Consent.id).where(
        Consent.child_id == child.id,
        Consent.purpose == purpose,
        col(Consent.is_refusal),
        Consent.granted_on > day,
    )
    return session.exec(later).first() is not None


def _running(session: Session, child: Child, purpose: ConsentPurpose) -> list[Consent]:
    rows = select(Consent).where(
        Consent.child_id == child.id,
        Consent.purpose == purpose,
        col(Consent.withdrawn_at).is_(None),
    )
    return list(session.exec(rows.order_by(col(Consent.id))))
