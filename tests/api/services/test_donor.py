"""What a donor may see and ask for: features §6, scenarios 6, 12 and 14."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from api.services import child_states, donor_wishes, fulfilment, photos
from api.services import donor as donors
from api.services.amendments import amend_cycle
from api.services.child_merges import merge_children
from api.services.donor import DonorMonth, DonorView
from api.services.donor_aliases import aliases_of, name_children
from api.services.donor_letters import donor_certificate, donor_letter, yearly_letter
from api.services.donor_photos import own_photo
from api.services.errors import Invalid, NotFound, Refused
from api.services.fulfilment import add_photo
from api.services.payment_guides import enter_guide
from api.services.sponsors import merge_sponsors
from data.queries import registers
from data.schema import (
    Account,
    Assignment,
    AssignmentState,
    AuditEntry,
    Child,
    Consent,
    ConsentPurpose,
    Cycle,
    CycleState,
    DeliveryPhoto,
    DonorMessage,
    Fulfilment,
    Package,
    PackageState,
    Pledge,
    PledgeForm,
    PledgeReceipt,
    PledgeState,
    Replacement,
    Role,
    Sponsor,
)
from tests.api.documents.pdf_reading import whole_text
from tests.api.services.test_fulfilment import JPEG
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import (
    NOW,
    make_account,
    make_approved_cycle,
    make_assignment,
    make_child,
    make_consent,
    make_cycle,
    make_match_run,
    make_sponsor,
)
from tests.factories_routes import make_dispatched_cycle, report
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")
TODAY = date(2026, 12, 1)


@pytest.fixture
def donor(session: Session) -> Account:
    """The sponsor of the first of three children whose packages are on their way."""
    make_dispatched_cycle(session)
    pair = session.exec(select(Assignment).order_by(Assignment.id)).first()  # type: ignore[arg-type]
    assert pair is not None
    sponsor_id = session.get_one(Pledge, pair.pledge_id).sponsor_id
    make_consent(session, session.get_one(Child, pair.child_id), purpose=ConsentPurpose.DISPLAY)
    return make_account(session, Role.DONOR, sponsor_id=sponsor_id)


def alias_of(session: Session, donor: Account) -> str:
    """What the donor knows the first child by."""
    sponsor = sponsor_of(session, donor)
    name_children(session, sponsor)
    return aliases_of(session, sponsor)[child_of(session, donor).id or 0]


def donor_view(session: Session, *, sponsor: Sponsor, now: datetime) -> DonorView:
    """What the page shows, its children named as they are before it is read."""
    name_children(session, sponsor)
    return donors.donor_view(session, sponsor=sponsor, now=now)


def sponsor_of(session: Session, donor: Account) -> Sponsor:
    return donor_wishes.own_sponsor(session, by=donor)


def pledge_of(session: Session, donor: Account) -> Pledge:
    return session.exec(select(Pledge).where(Pledge.sponsor_id == donor.sponsor_id)).one()


def child_of(session: Session, donor: Account) -> Child:
    pledge = pledge_of(session, donor)
    pair = session.exec(select(Assignment).where(Assignment.pledge_id == pledge.id)).one()
    return session.get_one(Child, pair.child_id)


def deliver(session: Session, donor: Account) -> Package:
    package = session.exec(
        select(Package).where(Package.child_id == child_of(session, donor).id)
    ).one()
    by = session.exec(select(Account).where(Account.role == Role.COORDINATOR)).one()
    event = report(package, "sampai", channel="page")
    fulfilment.record_delivery(session, report=event, by=by, now=NOW)
    return package


def agree(session: Session, child: Child, purpose: ConsentPurpose) -> Consent:
    known = session.exec(
        select(Consent).where(Consent.child_id == child.id, Consent.purpose == purpose)
    ).first()
    return known or make_consent(session, child, purpose=purpose)


def test_this_months_pledge_is_awaited_until_the_fifth(session: Session, donor: Account) -> None:
    (pledge,) = donor_view(session, sponsor=sponsor_of(session, donor), now=NOW).pledges
    assert pledge.is_running
    assert not pledge.is_received
    assert pledge.due_on == date(2026, 12, 5)
    assert not pledge.is_late


@pytest.mark.parametrize(("day", "late"), [(5, False), (6, True)])
def test_a_pledge_is_late_from_the_sixth(
    session: Session, donor: Account, day: int, late: bool
) -> None:
    sponsor = sponsor_of(session, donor)
    (pledge,) = donor_view(session, sponsor=sponsor, now=NOW.replace(day=day)).pledges
    assert pledge.is_late is late


def test_withdrawn_consent_hides_the_child_at_once_and_the_package_goes_on(
    session: Session, donor: Account
) -> None:
    child = child_of(session, donor)
    consent = agree(session, child, ConsentPurpose.DISPLAY)
    sponsor = sponsor_of(session, donor)
    (shown,) = donor_view(session, sponsor=sponsor, now=NOW).children
    assert shown.age_months is not None
    consent.withdrawn_at = NOW
    session.add(consent)
    session.flush()
    hidden = donor_view(session, sponsor=sponsor, now=NOW)
    assert (hidden.children, hidden.num_hidden, hidden.num_received) == ((), 1, 0)
    assert child.code not in repr(hidden)
    assert shown.alias not in repr(hidden)
    deliver(session, donor)
    served = donor_view(session, sponsor=sponsor, now=NOW)
    assert (served.children, served.num_hidden, served.num_received) == ((), 1, 1)
    letter = donor_letter(
        session, sponsor=sponsor, cycle=session.exec(select(Cycle)).one(), by=donor, now=NOW
    )
    printed = whole_text(letter.content)
    assert "1 paket sampai pada keluarga yang memilih agar anaknya tidak diceritakan" in printed
    assert shown.alias not in printed
    paper = whole_text(donor_certificate(session, sponsor=sponsor, by=donor, now=NOW).content)
    assert "1 paket makanan bergizi yang sampai kepada seorang anak di kota ini." in paper
    year = yearly_letter(session, sponsor=sponsor, year=2026, by=donor, now=NOW)
    assert "pada 2026" in whole_text(year.content)
    exit_note = {
        "effective_on": TODAY,
        "reason": "refused",
        "by": make_account(session),
        "now": NOW,
    }
    child_states.exit_child(session, child=child, **exit_note)  # type: ignore[arg-type]
    assert donor_view(session, sponsor=sponsor, now=NOW).num_hidden == 0


def test_a_donor_never_reads_the_offices_code_and_the_alias_stays(
    session: Session, donor: Account
) -> None:
    sponsor, child = sponsor_of(session, donor), child_of(session, donor)
    (shown,) = donor_view(session, sponsor=sponsor, now=NOW).children
    assert re.fullmatch(r"[A-Z][a-z]+-[1-9][0-9]{2}", shown.alias)
    assert child.code not in repr(donor_view(session, sponsor=sponsor, now=NOW))
    _, pairs = make_approved_cycle(session, month="2027-01", num_children=2)
    pairs[0].child_id, pairs[0].pledge_id = child.id or 0, pledge_of(session, donor).id or 0
    session.flush()
    (later,) = donor_view(session, sponsor=sponsor, now=NOW).children
    assert (later.alias, [each.month for each in later.months]) == (
        shown.alias, ["2026-12", "2027-01"],
    )  # fmt: skip
    other = session.get_one(Sponsor, session.get_one(Pledge, pairs[1].pledge_id).sponsor_id)
    pairs[1].child_id = child.id or 0
    session.flush()
    (theirs,) = donor_view(session, sponsor=other, now=NOW).children
    assert theirs.alias != shown.alias, "two sponsors cannot tell that it is the same child"
    for words, found in ((shown.alias.upper(), [child.code]), (shown.alias[:4], [])):
        rows, _ = registers.children(session, words=words, by_name=False)
        assert [one.code for one, _ in rows] == found


def test_merged_records_keep_the_alias_that_a_donor_knows(session: Session, donor: Account) -> None:
    alias, child = alias_of(session, donor), child_of(session, donor)
    kept = make_child(session)
    make_consent(session, kept, purpose=ConsentPurpose.DISPLAY)
    merge_children(
        session, kept=kept, dropped=child, by=make_account(session, Role.APPROVER), now=NOW,
        keys=KEYS,
    )  # fmt: skip
    (shown,) = donor_view(session, sponsor=sponsor_of(session, donor), now=NOW).children
    assert shown.alias == alias
    other = make_sponsor(session)
    merge_sponsors(
        session, kept=other, dropped=sponsor_of(session, donor), sum_pledges=True,
        by=make_account(session, Role.APPROVER), now=NOW,
    )  # fmt: skip
    (shown,) = donor_view(session, sponsor=other, now=NOW).children
    assert shown.alias == alias


@pytest.mark.parametrize(
    ("form", "received", "promised"),
    [("money", 0, 450_000), ("both", 300_000, 450_000), ("goods", 300_000, 0)],
)
def test_a_donor_reads_what_money_is_promised_and_what_came_in(
    session: Session, donor: Account, form: str, received: int, promised: int
) -> None:
    pledge, sponsor = pledge_of(session, donor), sponsor_of(session, donor)
    pledge.form, pledge.amount_rp = PledgeForm(form), 450_000
    if received:
        receive(session, pledge, received)
    view = donor_view(session, sponsor=sponsor, now=NOW)
    assert [(one.promised_rp, one.received_rp) for one in view.pledges] == [(promised, received)]
    assert view.payment is None, "nothing is invented"
    enter_guide(
        session, bank_name="Bank Contoh", account_number="123-45 678", account_holder="Dinas",
        instructions="", by=make_account(session, Role.ADMIN), now=NOW,
    )  # fmt: skip
    payment = donor_view(session, sponsor=sponsor, now=NOW).payment
    assert (payment.account_number if payment else None) == ("123-45 678" if promised else None)
    for changes in ({"is_standby": True}, {"first_month": "2027-01"}):
        for name, value in changes.items():
            setattr(pledge, name, value)
        assert donor_view(session, sponsor=sponsor, now=NOW).pledges[0].promised_rp == 0


def receive(session: Session, pledge: Pledge, amount_rp: int) -> None:
    session.add(
        PledgeReceipt(
            receipt_uid="r-1", pledge_id=pledge.id or 0, month="2026-12", received_on=TODAY,
            amount_rp=amount_rp, recorded_by="test", recorded_at=NOW,
        )
    )  # fmt: skip
    session.flush()


def photo_of(session: Session, package: Package) -> DeliveryPhoto:
    by = session.exec(select(Account).where(Account.role == Role.COORDINATOR)).one()
    add_photo(
        session, photo_uid="foto-1", event_uid="sampai", content=JPEG, taken_at=NOW, by=by, now=NOW
    )
    return session.exec(select(DeliveryPhoto)).one()


def test_a_photo_needs_consent_and_a_look_and_goes_with_either(
    session: Session, donor: Account
) -> None:
    child, package = child_of(session, donor), deliver(session, donor)
    agree(session, child, ConsentPurpose.DISPLAY)
    photo, staff = photo_of(session, package), make_account(session, Role.STAFF)
    ask = {"alias": alias_of(session, donor), "month": "2026-12", "by": donor, "now": NOW}
    assert photos.photos_to_decide(session, now=NOW)[1] == 0, "no consent, nothing to look at"
    look = {"photo_id": photo.id or 0, "by": staff, "now": NOW}
    with pytest.raises(NotFound):
        photos.look_at_photo(session, **look)  # type: ignore[arg-type]
    consent = agree(session, child, ConsentPurpose.PHOTO)
    (waiting,), total = photos.photos_to_decide(session, now=NOW)
    assert (waiting.package_code, total) == (package.code, 1)
    assert photos.look_at_photo(session, **look) == photo.content  # type: ignore[arg-type]
    seen = session.exec(select(AuditEntry).where(AuditEntry.action == "photo:read")).one()
    assert (seen.subject_id, seen.after) == (package.code, {"photo": photo.id})
    with pytest.raises(NotFound):
        own_photo(session, **ask)  # type: ignore[arg-type]
    photos.decide_photo(session, **look, is_shown=True)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        photos.look_at_photo(session, **look)  # type: ignore[arg-type]
    assert photos.photos_to_decide(session, now=NOW)[1] == 0
    assert own_photo(session, **ask).startswith(b"\xff\xd8")  # type: ignore[arg-type]
    stranger = make_account(session, Role.DONOR, sponsor_id=_other_sponsor(session, donor))
    with pytest.raises(NotFound):
        own_photo(session, **(ask | {"by": stranger}))  # type: ignore[arg-type]
    consent.withdrawn_at = NOW
    session.add(consent)
    session.flush()
    with pytest.raises(NotFound):
        own_photo(session, **ask)  # type: ignore[arg-type]


def _other_sponsor(session: Session, donor: Account) -> int:
    rows = session.exec(select(Pledge.sponsor_id).where(Pledge.sponsor_id != donor.sponsor_id))
    return rows.all()[0]


@pytest.mark.parametrize(("leaving", "news"), [("graduate", "graduated"), ("exit", "left")])
def test_a_child_who_leaves_does_not_vanish_in_silence(
    session: Session, donor: Account, leaving: str, news: str
) -> None:
    child, approver = child_of(session, donor), make_account(session, Role.APPROVER)
    if leaving == "graduate":
        child_states.graduate_child(
            session, child=child, by=approver, now=NOW, effective_on=TODAY, reason="pulih"
        )
    else:
        child_states.exit_child(
            session, child=child, by=approver, now=NOW, effective_on=TODAY, reason="died"
        )
    (shown,) = donor_view(session, sponsor=sponsor_of(session, donor), now=NOW).children
    assert (shown.news, shown.is_current) == (news, False)
    assert (shown.age_months, shown.trend) == (None, None)


def test_a_donor_who_stops_is_thanked_and_reads_the_proof_for_ninety_days(
    session: Session, donor: Account
) -> None:
    deliver(session, donor)
    sponsor, pledge = sponsor_of(session, donor), pledge_of(session, donor)
    keep = donor_wishes.keep_place_choices(now=NOW)[1]
    assert keep == date(2027, 2, 28)
    donor_wishes.stop_pledge(
        session, pledge=pledge, reason="cannot_continue", keep_until=keep, by=donor, now=NOW
    )
    assert (pledge.state, pledge.hold_until) == (PledgeState.ENDED, keep)
    for days, num_children in ((0, 1), (90, 1), (91, 0)):
        view = donor_view(session, sponsor=sponsor, now=NOW + timedelta(days=days))
        assert (view.ended_on, len(view.children)) == (TODAY, num_children)
        assert view.num_received == 1
    with pytest.raises(Refused):
        donor_wishes.stop_pledge(
            session, pledge=pledge, reason="other", keep_until=None, by=donor, now=NOW
        )


def test_packages_on_their_way_arrive_though_the_donor_stopped(
    session: Session, donor: Account
) -> None:
    donor_wishes.stop_pledge(
        session, pledge=pledge_of(session, donor), reason="finished", keep_until=None, by=donor,
        now=NOW,
    )  # fmt: skip
    assert session.exec(select(Replacement)).all() == []
    deliver(session, donor)
    (child,) = donor_view(session, sponsor=sponsor_of(session, donor), now=NOW).children
    assert child.months[0].status == "received"


def test_stopping_before_that_proposes_who_takes_over(session: Session) -> None:
    _, pairs = make_approved_cycle(session)
    pledge = session.get_one(Pledge, pairs[0].pledge_id)
    by = make_account(session, Role.DONOR, sponsor_id=pledge.sponsor_id)
    agree(session, session.get_one(Child, pairs[0].child_id), ConsentPurpose.DISPLAY)

    def status() -> str:
        (child,) = donor_view(session, sponsor=sponsor_of(session, by), now=NOW).children
        return child.months[0].status

    assert status() == "planned"
    donor_wishes.stop_pledge(
        session, pledge=pledge, reason="finished", keep_until=None, by=by, now=NOW
    )
    (proposed,) = session.exec(select(Replacement)).all()
    assert (proposed.child_id, proposed.proposed_by) == (pairs[0].child_id, by.username)
    assert status() == "handed_on", "whose it becomes is not decided yet"
    proposed.state = "superseded"
    session.flush()
    assert status() == "planned"


def test_only_offered_reasons_and_days_count(session: Session, donor: Account) -> None:
    pledge = pledge_of(session, donor)
    for reason, keep in (("safeguarding", None), ("other", date(2030, 1, 1))):
        with pytest.raises(Invalid):
            donor_wishes.stop_pledge(
                session, pledge=pledge, reason=reason, keep_until=keep, by=donor, now=NOW
            )


def test_a_rest_begins_next_month_and_ends_by_itself(session: Session, donor: Account) -> None:
    pledge = pledge_of(session, donor)
    donor_wishes.pause_pledge(session, pledge=pledge, num_months=2, by=donor, now=NOW)
    assert (pledge.suspended_from, pledge.suspended_until) == (date(2027, 1, 1), date(2027, 2, 28))
    with pytest.raises(Refused):
        donor_wishes.pause_pledge(session, pledge=pledge, num_months=1, by=donor, now=NOW)
    donor_wishes.resume_pledge(session, pledge=pledge, by=donor, now=NOW)
    assert pledge.suspended_from is None
    for number in (0, 4):
        with pytest.raises(Invalid):
            donor_wishes.pause_pledge(session, pledge=pledge, num_months=number, by=donor, now=NOW)


def test_another_donors_pledge_does_not_exist(session: Session, donor: Account) -> None:
    other = session.exec(select(Pledge).where(Pledge.sponsor_id != donor.sponsor_id)).first()
    assert other is not None
    with pytest.raises(NotFound):
        donor_wishes.own_pledge(session, code=other.code, by=donor)


def test_a_message_is_sent_once_and_answered(session: Session, donor: Account) -> None:
    staff = make_account(session, Role.STAFF)
    for _ in range(2):
        donor_wishes.send_message(
            session, message_uid="m-1", topic="contact", text=" Nomor baru ", by=donor, now=NOW
        )
    message = session.exec(select(DonorMessage)).one()
    assert message.text == "Nomor baru"
    donor_wishes.answer_message(
        session, message_id=message.id or 0, answer="Terima kasih", by=staff, now=NOW
    )
    donor_wishes.answer_message(
        session, message_id=message.id or 0, answer="Terima kasih", by=staff, now=NOW
    )
    with pytest.raises(Refused, match=r"donor\.answered"):
        donor_wishes.answer_message(
            session, message_id=message.id or 0, answer="Lain", by=staff, now=NOW
        )
    rows, total = donor_wishes.list_messages(session, sponsor=sponsor_of(session, donor))
    assert (rows[0][0].answer, total) == ("Terima kasih", 1)
    stranger = make_account(session, Role.DONOR, sponsor_id=_other_sponsor(session, donor))
    assert donor_wishes.list_messages(session, sponsor=sponsor_of(session, stranger))[1] == 0
    for topic, text in (("gossip", "x"), ("other", " "), ("other", "x" * 1001)):
        with pytest.raises(Invalid):
            donor_wishes.send_message(
                session, message_uid=f"{topic}{len(text)}", topic=topic, text=text, by=donor,
                now=NOW,
            )  # fmt: skip


def test_certificate_and_yearly_letter_come_with_the_first_package(
    session: Session, donor: Account
) -> None:
    sponsor = sponsor_of(session, donor)
    for year in (2026, 2025):
        with pytest.raises(NotFound):
            yearly_letter(session, sponsor=sponsor, year=year, by=donor, now=NOW)
    with pytest.raises(NotFound):
        donor_certificate(session, sponsor=sponsor, by=donor, now=NOW)
    deliver(session, donor)
    name_children(session, sponsor)
    letter = yearly_letter(session, sponsor=sponsor, year=2026, by=donor, now=NOW)
    paper = donor_certificate(session, sponsor=sponsor, by=donor, now=NOW, language="en")
    before = make_cycle(session, "2026-11", state=CycleState.CLOSED)
    run = make_match_run(session, before)
    child, later = child_of(session, donor), NOW + timedelta(days=31)
    fulfilled = AssignmentState.FULFILLED
    make_assignment(session, run, child, pledge_of(session, donor), state=fulfilled)
    cycle = session.exec(select(Cycle).where(Cycle.month == "2026-12")).one()
    months = donor_letter(session, sponsor=sponsor, cycle=cycle, by=donor, now=NOW)
    assert "Jumlah: 1 paket" in whole_text(months.content), "of that month, not of all"
    years = yearly_letter(session, sponsor=sponsor, year=2026, by=donor, now=NOW)
    assert "Jumlah: 2 paket" in whole_text(years.content)
    for born_on, band in ((date(2024, 12, 1), "24–59 bulan"), (date(2024, 12, 2), "12–23 bulan")):
        child.born_on = born_on
        session.add(child)
        session.flush()
        told = donor_letter(session, sponsor=sponsor, cycle=cycle, by=donor, now=later)
        assert band in whole_text(told.content), "the age in the month told of, not today's"
    assert letter.content.startswith(b"%PDF")
    assert paper.content.startswith(b"%PDF")
    stranger = make_account(session, Role.DONOR, sponsor_id=_other_sponsor(session, donor))
    with pytest.raises(NotFound):
        donor_certificate(session, sponsor=sponsor, by=stranger, now=NOW)


@pytest.fixture
def closed(session: Session) -> tuple[Cycle, Fulfilment, Account, Account]:
    """A closed month, the judgement of a package that arrived, the approver and the donor."""
    cycle, approver, _ = closed_month(session)
    row = session.exec(select(Fulfilment).order_by(Fulfilment.id)).first()  # type: ignore[arg-type]
    assert row is not None
    pair = session.get_one(Assignment, row.assignment_id)
    make_consent(session, session.get_one(Child, pair.child_id), purpose=ConsentPurpose.DISPLAY)
    sponsor_id = session.get_one(Pledge, pair.pledge_id).sponsor_id
    name_children(session, session.get_one(Sponsor, sponsor_id))
    return cycle, row, approver, make_account(session, Role.DONOR, sponsor_id=sponsor_id)


def test_a_package_left_for_next_month_waits_and_is_missed_once_the_month_closed(
    session: Session, donor: Account
) -> None:
    child, sponsor = child_of(session, donor), sponsor_of(session, donor)
    package = session.exec(select(Package).where(Package.child_id == child.id)).one()
    package.state = PackageState.CARRIED
    cycle = session.get_one(Cycle, package.cycle_id)
    for state, status in ((cycle.state, "waiting"), (CycleState.CLOSED, "missed")):
        cycle.state = state
        session.flush()
        (seen,) = donor_view(session, sponsor=sponsor, now=NOW).children
        assert seen.months[-1].status == status


def test_a_donor_is_told_what_a_correction_of_a_closed_month_says(
    session: Session, closed: tuple[Cycle, Fulfilment, Account, Account]
) -> None:
    cycle, row, approver, donor = closed
    sponsor = sponsor_of(session, donor)

    def seen(**after: object) -> tuple[DonorMonth, int]:
        if after:
            amend_cycle(
                session, cycle=cycle, subject="fulfilment", subject_id=row.id or 0, after=after,
                reason="ibu melapor", by=approver, now=LATER,
            )  # fmt: skip
        view = donor_view(session, sponsor=sponsor, now=LATER)
        (month,) = view.children[0].months
        return month, view.num_received

    arrived, total = seen()
    assert (arrived.status, arrived.received_month, total) == ("received", "2026-12", 1)
    never, total = seen(state="unfulfilled", moved_to="lost")
    assert (never.status, never.received_month, total) == ("missed", None, 0)
    with pytest.raises(Refused, match=r"donor\.nothing"):
        donor_letter(session, sponsor=sponsor, cycle=cycle, by=donor, now=LATER)
    with pytest.raises(NotFound):
        donor_certificate(session, sponsor=sponsor, by=donor, now=LATER)
    with pytest.raises(NotFound):
        yearly_letter(session, sponsor=sponsor, year=2026, by=donor, now=LATER)
    partly, total = seen(items={"telur": 7}, moved_to="lost", delivered_on="2026-12-01")
    assert (partly.status, partly.contents, total) == ("received", (("telur", 7),), 1)
    assert seen(state="fulfilled", moved_to="lost") == (arrived, 1)


@pytest.mark.parametrize(
    ("state", "is_current"), [(CycleState.DISTRIBUTING, True), (CycleState.CLOSED, False)]
)
def test_a_child_is_a_former_one_only_once_its_last_month_is_over(
    session: Session, donor: Account, state: CycleState, is_current: bool
) -> None:
    mine = alias_of(session, donor)
    _, pairs = make_approved_cycle(session, month="2027-01", num_children=1)
    pairs[0].pledge_id = pledge_of(session, donor).id or 0
    session.exec(select(Cycle).where(Cycle.month == "2026-12")).one().state = state
    session.flush()
    shown = donor_view(session, sponsor=sponsor_of(session, donor), now=NOW).children
    assert [child.is_current for child in shown if child.alias == mine] == [is_current]
