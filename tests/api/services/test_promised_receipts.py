"""Ticking off what came in as promised: the month it is for, and only what was promised."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services.errors import Invalid
from api.services.pledges import find_pledge, record_receipt
from api.services.promised_receipts import months_open, record_as_promised
from data.engine import read_session, write_session
from data.schema import PledgeForm, PledgeReceipt, PledgeState
from tests.factories import make_account, make_pledge

NOW = datetime(2026, 12, 2, 3, tzinfo=UTC)
TODAY = date(2026, 12, 2)
MONEY: dict[str, Any] = {"form": PledgeForm.MONEY, "amount_rp": 900_000, "first_month": "2026-09"}
LATE = PledgeState.LATE


def booked(session: Session) -> list[tuple[str, int]]:
    rows = session.exec(select(PledgeReceipt.month, PledgeReceipt.amount_rp)).all()
    return sorted((month, amount_rp) for month, amount_rp in rows)


def test_what_is_late_since_last_month_is_booked_for_that_month(session: Session) -> None:
    by, pledge = make_account(session), make_pledge(session, num_months=3, state=LATE, **MONEY)
    assert months_open(session, pledge=pledge, on=TODAY) == ["2026-10", "2026-11"]
    came = [(pledge.code, "2026-11")]
    assert record_as_promised(session, came=came, by=by, now=NOW).count == 1
    assert booked(session) == [("2026-11", 900_000)]
    assert pledge.state is PledgeState.ACTIVE
    assert months_open(session, pledge=pledge, on=TODAY) == ["2026-10"]
    assert record_as_promised(session, came=came * 2, by=by, now=NOW).count == 0
    with pytest.raises(Invalid, match=r"month\.unreadable"):
        record_as_promised(session, came=[(pledge.code, "")], by=by, now=NOW)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"num_months": 3, "state": LATE}, "no_promise"),
        ({"num_months": 12, "state": PledgeState.ENDED}, "not_running"),
        ({"num_months": 12, "state": PledgeState.SUSPENDED}, "not_running"),
        ({"num_months": 12, "state": LATE, "amount_rp": 0, "num_children": 1}, "no_amount"),
        ({"num_months": 12, "state": LATE}, None),
        ({"num_months": 12, "state": PledgeState.ACTIVE}, None),
    ],
)
def test_only_a_month_that_was_promised_comes_in(
    session: Session, values: dict[str, Any], reason: str | None
) -> None:
    by, pledge = make_account(session), make_pledge(session, **MONEY | values)
    assert ("2026-12" in months_open(session, pledge=pledge, on=TODAY)) is (reason is None)
    found = record_as_promised(session, came=[(pledge.code, "2026-12")], by=by, now=NOW)
    assert [each.reason for each in found.left] == ([f"as_promised.{reason}"] if reason else [])
    assert booked(session) == ([] if reason else [("2026-12", 900_000)])
    assert pledge.state is (values["state"] if reason else PledgeState.ACTIVE)


@pytest.mark.stores("postgresql")
def test_what_a_colleague_types_meanwhile_is_not_ticked_a_second_time(engine: Engine) -> None:
    with write_session(engine) as session:
        by = make_account(session)
        code = make_pledge(session, num_months=12, state=LATE, **MONEY).code

    def tick() -> int:
        with write_session(engine) as session:
            came = [(code, "2026-12")]
            return record_as_promised(session, came=came, by=by, now=NOW).count

    with ThreadPoolExecutor(1) as threads:
        with write_session(engine) as session:
            record_receipt(
                session, pledge=find_pledge(session, code=code), receipt_uid="typed",
                month="2026-12", received_on=TODAY, amount_rp=900_000, by=by, now=NOW,
            )  # fmt: skip
            ticked = threads.submit(tick)
            wait([ticked], timeout=0.5)
        assert ticked.result(timeout=60) == 0
    with read_session(engine) as session:
        assert booked(session) == [("2026-12", 900_000)]
