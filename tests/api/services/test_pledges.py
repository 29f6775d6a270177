"""Pledges: capacity by exact amounts, receipts once, lateness after the fifth, ends with reason."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services.capacity import Capacity, capacity_in, package_price_rp
from api.services.errors import Invalid, NotFound, Refused
from api.services.pledges import (
    add_pledge,
    edit_pledge,
    end_pledge,
    find_pledge,
    mark_late,
    pledge_month,
    record_receipt,
    reminder_text,
    renew_pledge,
    resume_pledge,
    suspend_pledge,
)
from data.reference.items import price_on
from data.reference.kits import kits
from data.schema import Pledge, PledgeForm, PledgeReceipt, PledgeState, Sponsor, SponsorState
from tests.factories import make_account, make_child, make_pledge, make_sponsor

DECEMBER = date(2026, 12, 1)
PRICE = package_price_rp(DECEMBER)


def state_of(pledge: Pledge) -> PledgeState:
    return pledge.state


def capacity(session: Session, month: str = "2026-12", **values: Any) -> Capacity:
    pledge = make_pledge(session, **values)
    return capacity_in(pledge, session.get_one(Sponsor, pledge.sponsor_id), month)


def test_the_package_price_is_the_dearest_kit_of_the_day() -> None:
    costs = []
    for kit in kits():
        if kit.from_on <= DECEMBER and (kit.until_on is None or kit.until_on >= DECEMBER):
            prices = [(price_on(line.item, DECEMBER), line.quantity) for line in kit.lines]
            costs.append(sum(price.price_rp * number for price, number in prices if price))
    assert max(costs) == PRICE > 0


@pytest.mark.parametrize(
    ("children", "amount", "packages", "leftover"),
    [
        (0, 2 * PRICE + 500, 2, 500),
        (1, 2 * PRICE + 500, 1, PRICE + 500),
        (5, 2 * PRICE, 2, 0),
        (3, 0, 3, 0),
    ],
)
def test_money_buys_whole_packages(
    session: Session, children: int, amount: int, packages: int, leftover: int
) -> None:
    found = capacity(session, form=PledgeForm.MONEY, num_children=children, amount_rp=amount)
    budget = amount or None
    assert found == Capacity(num_packages=packages, leftover_rp=leftover, budget_rp=budget)


def test_too_little_money_is_left_over(session: Session) -> None:
    found = capacity(session, form=PledgeForm.MONEY, num_children=0, amount_rp=PRICE - 1)
    assert found == Capacity(
        num_packages=0,
        leftover_rp=PRICE - 1,
        budget_rp=PRICE - 1,
        reason="pledge.below_package_price",
    )


def test_goods_are_not_bounded_by_money(session: Session) -> None:
    assert capacity(session, form=PledgeForm.BOTH, num_children=4, amount_rp=1).num_packages == 4


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"first_month": "2027-01"}, "pledge.not_started"),
        ({"first_month": "2026-06", "num_months": 6}, "pledge.run_out"),
        ({"first_month": "2026-07", "num_months": 6}, None),
        ({"state": PledgeState.ENDED}, "pledge.ended"),
        ({"state": PledgeState.ENDING, "ended_on": date(2026, 12, 30)}, "pledge.ended"),
        ({"state": PledgeState.ENDING, "ended_on": date(2026, 12, 31)}, None),
        ({"state": PledgeState.SUBMITTED}, "pledge.not_active"),
        ({"state": PledgeState.LATE}, None),
        ({"num_children": 0}, "pledge.no_capacity"),
        ({"suspended_from": date(2026, 12, 31)}, "pledge.suspended"),
        ({"suspended_from": date(2027, 1, 1)}, None),
        (
            {"suspended_from": date(2026, 11, 1), "suspended_until": date(2026, 11, 30)},
            None,
        ),
        (
            {"suspended_from": date(2026, 11, 1), "suspended_until": date(2026, 12, 1)},
            "pledge.suspended",
        ),
    ],
)
def test_why_a_pledge_gives_nothing(
    session: Session, values: dict[str, Any], reason: str | None
) -> None:
    found = capacity(session, **values)
    assert found.reason == reason
    assert (found.num_packages == 0) is (reason is not None)


def test_an_inactive_sponsor_gives_nothing(session: Session) -> None:
    sponsor = make_sponsor(session, state=SponsorState.ENDED)
    assert capacity(session, sponsor_id=sponsor.id).reason == "pledge.sponsor_inactive"


def receive(session: Session, pledge: Pledge, uid: str = "r1", **values: Any) -> PledgeReceipt:
    fields: dict[str, Any] = {
        "month": "2026-12",
        "received_on": date(2026, 12, 1),
        "amount_rp": 1000,
        "by": make_account(session),
        "now": datetime(2026, 12, 7, 2, 0, tzinfo=UTC),
    }
    return record_receipt(session, pledge=pledge, receipt_uid=uid, **fields | values)


def test_the_same_receipt_twice_is_one(session: Session) -> None:
    pledge = make_pledge(session)
    assert receive(session, pledge) is receive(session, pledge, amount_rp=9999)
    assert len(session.exec(select(PledgeReceipt)).all()) == 1
    with pytest.raises(Refused):
        receive(session, make_pledge(session))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"amount_rp": 0}, "receipt.empty"),
        ({"amount_rp": -1}, "pledge.negative"),
        ({"received_on": date(2026, 12, 8)}, "receipt.in_future"),
        ({"month": "2026-13"}, "month.unreadable"),
    ],
)
def test_an_impossible_receipt_is_refused(
    session: Session, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        receive(session, make_pledge(session), **values)
    assert caught.value.code == code


def test_a_pledge_is_late_after_the_fifth_until_something_comes(session: Session) -> None:
    by, pledge = make_account(session), make_pledge(session)
    make_pledge(session, is_standby=True)
    paid = make_pledge(session)
    receive(session, paid, "paid")
    fifth = datetime(2026, 12, 5, 16, 59, tzinfo=UTC)
    assert mark_late(session, month="2026-12", by=by, now=fifth) == []
    sixth = datetime(2026, 12, 5, 17, 0, tzinfo=UTC)  # midnight in Pangkalpinang
    assert mark_late(session, month="2026-12", by=by, now=sixth) == [pledge]
    assert state_of(pledge) == PledgeState.LATE
    receive(session, pledge, goods=[{"item_code": "telur", "quantity": 30}])
    assert state_of(pledge) == PledgeState.ACTIVE
    month = pledge_month(session, pledge=pledge, month="2026-12", on=date(2026, 12, 9))
    assert (month.received_items, month.is_received, month.is_late) == (30, True, False)
    assert month.promised_rp == 2 * PRICE


def test_the_reminder_names_sponsor_and_month_but_no_child(session: Session) -> None:
    child, pledge = make_child(session), make_pledge(session)
    name = session.get_one(Sponsor, pledge.sponsor_id).name
    for language in ("id", "en"):
        text = reminder_text(session, pledge=pledge, month="2026-12", language=language)
        assert name in text
        assert child.name not in text


def test_suspending_and_resuming(session: Session, now: datetime) -> None:
    by, pledge = make_account(session), make_pledge(session)
    days: dict[str, Any] = {
        "suspended_from": date(2026, 12, 1),
        "suspended_until": date(2027, 1, 31),
    }
    with pytest.raises(Invalid):
        suspend_pledge(
            session,
            pledge=pledge,
            suspended_from=date(2026, 12, 2),
            suspended_until=date(2026, 12, 1),
            by=by,
            now=now,
        )
    suspend_pledge(session, pledge=pledge, by=by, now=now, **days)
    assert state_of(pledge) == PledgeState.SUSPENDED
    resume_pledge(session, pledge=pledge, by=by, now=now)
    assert (state_of(pledge), pledge.suspended_from) == (PledgeState.ACTIVE, None)
    with pytest.raises(Refused):
        resume_pledge(session, pledge=pledge, by=by, now=now)


@pytest.mark.parametrize(
    ("ended_on", "state"),
    [(date(2026, 12, 1), PledgeState.ENDED), (date(2026, 12, 2), PledgeState.ENDING)],
)
def test_ending_has_a_listed_reason_and_a_day(
    session: Session, now: datetime, ended_on: date, state: PledgeState
) -> None:
    by, pledge = make_account(session), make_pledge(session)
    with pytest.raises(Invalid):
        end_pledge(session, pledge=pledge, reason="?", ended_on=ended_on, by=by, now=now)
    end_pledge(session, pledge=pledge, reason="moved_away", ended_on=ended_on, by=by, now=now)
    assert (pledge.state, pledge.end_reason) == (state, "moved_away")


@pytest.mark.parametrize(
    ("first_month", "keeps_code", "begins", "num_months"),
    [("2026-06", True, "2026-06", 9), ("2026-05", False, "2027-01", 3)],
)
def test_months_that_are_renewed_lie_ahead(
    session: Session,
    now: datetime,
    first_month: str,
    keeps_code: bool,
    begins: str,
    num_months: int,
) -> None:
    """Six months from June end with November: in December they go on; from May they begin anew."""
    pledge = make_pledge(session, first_month=first_month, num_months=6)
    again = renew_pledge(session, pledge=pledge, num_months=3, by=make_account(session), now=now)
    assert (again.code == pledge.code) == keeps_code
    assert (again.first_month, again.num_months) == (begins, num_months)
    if not keeps_code:
        assert (pledge.state, pledge.ended_on) == (PledgeState.ENDED, date(2026, 10, 31))


def test_an_ended_pledge_does_not_end_again(session: Session, now: datetime) -> None:
    by, pledge = make_account(session), make_pledge(session, state=PledgeState.ENDED)
    with pytest.raises(Refused):
        end_pledge(session, pledge=pledge, reason="other", ended_on=DECEMBER, by=by, now=now)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "num_children"),
        ({"num_children": -1}, "num_children"),
        ({"num_children": 1, "num_months": 0}, "num_months"),
        ({"num_children": 1, "area_codes": ["19.71.99"]}, "area_codes"),
        ({"num_children": 2**31}, "num_children"),
        ({"amount_rp": 10**12 + 1}, "amount_rp"),
        ({"num_children": 1, "num_months": 2**31}, "num_months"),
    ],
)
def test_a_wrong_pledge_is_named_by_field(
    session: Session, now: datetime, fields: dict[str, object], wrong: str
) -> None:
    base = {"first_month": "2026-12", "num_months": 6}
    with pytest.raises(Invalid) as caught:
        add_pledge(
            session,
            sponsor=make_sponsor(session),
            fields=base | fields,
            by=make_account(session),
            now=now,
        )
    assert wrong in caught.value.params["fields"]  # type: ignore[operator]


def test_adding_finding_and_editing(session: Session, now: datetime) -> None:
    by = make_account(session)
    fields = {"first_month": "2026-12", "num_months": 6, "num_children": 2, "form": "money"}
    pledge = add_pledge(session, sponsor=make_sponsor(session), fields=fields, by=by, now=now)
    assert find_pledge(session, code="J-0001") is pledge
    edit_pledge(session, pledge=pledge, base_version=1, changes={"num_children": 3}, by=by, now=now)
    assert (pledge.num_children, pledge.version) == (3, 2)
    with pytest.raises(NotFound):
        find_pledge(session, code="J-0002")


def test_a_company_s_billions_are_kept(session: Session, now: datetime) -> None:
    by = make_account(session)
    fields = {"first_month": "2026-12", "num_months": 12, "amount_rp": 25_000_000_000}
    pledge = add_pledge(session, sponsor=make_sponsor(session), fields=fields, by=by, now=now)
    receipt = record_receipt(
        session, pledge=pledge, receipt_uid="r", month="2026-12", received_on=now.date(), by=by,
        now=now, amount_rp=25_000_000_000,
    )  # fmt: skip
    session.expire_all()
    assert pledge.amount_rp == receipt.amount_rp == 25_000_000_000
    with pytest.raises(Invalid, match=r"field\.long"):
        record_receipt(
            session, pledge=pledge, receipt_uid="s", month="2026-12", received_on=now.date(), by=by,
            now=now, amount_rp=1, note="x" * 301,
        )  # fmt: skip
