"""Sponsors: registering and merging double registrations."""

from datetime import datetime
from functools import partial
from itertools import pairwise
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services.errors import Forbidden, Invalid, NotFound, Refused
from api.services.sponsors import (
    current_sponsor,
    edit_sponsor,
    find_sponsor,
    merge_sponsors,
    register_sponsor,
)
from data.engine import read_session, write_session
from data.schema import Pledge, PledgeForm, PledgeState, Role, Sponsor, SponsorState
from data.sealing import KeyRing, unseal
from tests.api.services.test_packing_race import at_once
from tests.factories import make_account, make_pledge, make_sponsor

NIK = "1971034506800012"


def register(session: Session, keys: KeyRing, now: datetime, nik: str | None = NIK) -> Sponsor:
    return register_sponsor(
        session,
        fields={"name": "Budi Contoh", "kind": "person"},
        by=make_account(session),
        now=now,
        keys=keys,
        nik=nik,
    )


def test_a_nik_is_sealed_to_its_row_and_masked(
    session: Session, keys: KeyRing, now: datetime
) -> None:
    sponsor = register(session, keys, now)
    assert sponsor.code == "OTA-0001"
    assert sponsor.nik_masked == "1971••••••••0012"
    assert sponsor.nik_sealed is not None
    assert NIK.encode() not in sponsor.nik_sealed
    assert unseal(keys, sponsor.nik_sealed, place=f"sponsor:nik:{sponsor.uid}") == NIK


def test_one_nik_registers_once(session: Session, keys: KeyRing, now: datetime) -> None:
    register(session, keys, now)
    with pytest.raises(Refused) as caught:
        register(session, keys, now)
    assert caught.value.params == {"sponsor": "OTA-0001", "nik": "1971••••••••0012"}
    assert register(session, keys, now, nik=None).code == "OTA-0002"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "sponsor.name"),
        ({"name": "A", "nik_index": "x"}, "edit.unknown_field"),
        ({"name": "A", "kelurahan_code": "19.71.99.1001"}, "household.unknown_kelurahan"),
        ({"name": "A", "lat": -2.1}, "household.half_point"),
    ],
)
def test_wrong_fields_are_named(
    session: Session, keys: KeyRing, now: datetime, fields: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        register_sponsor(session, fields=fields, by=make_account(session), now=now, keys=keys)
    assert caught.value.code == code


def merged(
    session: Session, now: datetime, *, sum_pledges: bool = False, form: str = "goods"
) -> tuple[Sponsor, Sponsor, Pledge, Pledge]:
    kept, dropped = make_sponsor(session, phone=None), make_sponsor(session, phone="+628")
    own = make_pledge(session, sponsor_id=kept.id, num_children=1)
    office = make_pledge(session, sponsor_id=dropped.id, num_children=2, form=PledgeForm(form))
    merge_sponsors(
        session,
        kept=kept,
        dropped=dropped,
        by=make_account(session, Role.APPROVER),
        now=now,
        sum_pledges=sum_pledges,
    )
    return kept, dropped, own, office


def test_merged_pledges_are_not_summed(session: Session, now: datetime) -> None:
    kept, dropped, own, office = merged(session, now)
    assert (own.state, own.end_reason) == (PledgeState.ENDED, "merged")
    assert (office.state, office.sponsor_id) == (PledgeState.ACTIVE, kept.id)
    assert (dropped.state, dropped.merged_into_id) == (SponsorState.MERGED, kept.id)
    assert kept.phone == "+628"


def test_merged_pledges_are_summed_when_said_so(session: Session, now: datetime) -> None:
    kept, *_ = merged(session, now, sum_pledges=True)
    active = session.exec(
        select(Pledge).where(Pledge.sponsor_id == kept.id, Pledge.state == PledgeState.ACTIVE)
    ).all()
    assert sum(pledge.num_children for pledge in active) == 3


def test_money_and_goods_are_two_gifts(session: Session, now: datetime) -> None:
    _, _, own, office = merged(session, now, form="money")
    assert own.state is office.state is PledgeState.ACTIVE


def test_the_old_code_still_leads_to_the_sponsor(session: Session, now: datetime) -> None:
    kept, dropped, *_ = merged(session, now)
    assert find_sponsor(session, code=dropped.code) is kept
    with pytest.raises(NotFound):
        find_sponsor(session, code="OTA-9999")


def test_a_merge_is_an_approvers_and_happens_once(session: Session, now: datetime) -> None:
    kept, dropped, *_ = merged(session, now)
    other = make_sponsor(session)
    with pytest.raises(Forbidden):
        merge_sponsors(session, kept=kept, dropped=other, by=make_account(session), now=now)
    approver = make_account(session, Role.APPROVER)
    with pytest.raises(Refused):
        merge_sponsors(session, kept=kept, dropped=dropped, by=approver, now=now)
    with pytest.raises(Refused):
        merge_sponsors(session, kept=kept, dropped=kept, by=approver, now=now)


def merge(session: Session, kept: Sponsor, dropped: Sponsor, now: datetime) -> None:
    approver = make_account(session, Role.APPROVER)
    merge_sponsors(session, kept=kept, dropped=dropped, by=approver, now=now)


@pytest.mark.parametrize("length", [2, 3, 4])
def test_no_merges_lead_back_to_where_they_began(
    session: Session, now: datetime, length: int
) -> None:
    ring = [make_sponsor(session) for _ in range(length)]
    for dropped, kept in pairwise(ring):
        merge(session, kept, dropped, now)
    with pytest.raises(Refused, match=r"sponsor\.merged_before"):
        merge(session, ring[0], ring[-1], now)
    assert {find_sponsor(session, code=each.code).code for each in ring} == {ring[-1].code}


@pytest.mark.stores("postgresql")
@pytest.mark.parametrize("length", [2, 3])
def test_people_who_merge_in_a_ring_at_once_leave_one_that_stands(
    engine: Engine, now: datetime, length: int
) -> None:
    """A into B while B goes into A (or B into C and C into A): each read all as standing."""
    with write_session(engine) as session:
        ring = [make_sponsor(session).id for _ in range(length)]
    read, done = Barrier(length), list[bool]()

    def merge_next(at: int) -> None:
        with write_session(engine) as session:
            dropped = session.get_one(Sponsor, ring[at])
            kept = session.get_one(Sponsor, ring[(at + 1) % length])
            read.wait(timeout=30)
            try:
                merge(session, kept, dropped, now)
            except Refused:
                session.rollback()
                done.append(False)
            else:
                done.append(True)

    at_once(*(partial(merge_next, at) for at in range(length)))
    assert 1 <= done.count(True) < length
    with read_session(engine) as session:
        found = session.exec(select(Sponsor)).all()
        assert [each.merged_into_id for each in found].count(None) == length - done.count(True)
        for each in found:
            assert current_sponsor(session, each).state is SponsorState.ACTIVE


def test_a_donor_follows_the_kept_sponsor(session: Session, now: datetime) -> None:
    kept, dropped = make_sponsor(session), make_sponsor(session)
    donor = make_account(session, Role.DONOR, sponsor_id=dropped.id)
    approver = make_account(session, Role.APPROVER)
    merge_sponsors(session, kept=kept, dropped=dropped, by=approver, now=now)
    assert donor.sponsor_id == kept.id


def test_an_edited_field_carries_its_day(session: Session, now: datetime) -> None:
    sponsor = make_sponsor(session)
    edit_sponsor(
        session,
        sponsor=sponsor,
        base_version=1,
        changes={"phone": "+62899000111"},
        by=make_account(session),
        now=now,
    )
    assert (sponsor.phone, sponsor.version) == ("+62899000111", 2)
    assert sponsor.confirmed_fields == {"phone": "2026-12-01"}
