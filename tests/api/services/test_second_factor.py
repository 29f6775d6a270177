import base64
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from api.services import accounts, second_factor
from api.services.errors import Invalid
from data.engine import read_session, write_session
from data.schema import Account, Role
from data.sealing import KeyRing

GOOD = "hujan di teluk bayur"
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, SHA-1, the last six of eight digits."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert second_factor.code_at(RFC_SECRET, seconds // 30) == code
    assert second_factor.step_of(RFC_SECRET, f"{code[:3]} {code[3:]}", now) == seconds // 30


@pytest.mark.parametrize(("off_s", "fits"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_phones_clock_may_be_off_by_one_step(off_s: int, fits: bool, now: datetime) -> None:
    step = int((now + timedelta(seconds=off_s)).timestamp()) // 30
    code = second_factor.code_at(RFC_SECRET, step)
    assert (second_factor.step_of(RFC_SECRET, code, now) is not None) is fits


@pytest.fixture
def sari(engine: Engine, keys: KeyRing, now: datetime) -> Account:
    with write_session(engine) as session:
        account = accounts.create_account(
            session, username="sari", full_name="Sari", role=Role.STAFF, by="system", now=now,
            password=GOOD, profile="cheap",
        )  # fmt: skip
        second_factor.enrol(
            session, by=account, secret=RFC_SECRET, code=code(now), keys=keys, now=now
        )
    return account


def code(now: datetime) -> str:
    return second_factor.code_at(RFC_SECRET, int(now.timestamp()) // 30)


def try_in(engine: Engine, keys: KeyRing, now: datetime, second_code: str) -> str:
    answer = accounts.sign_in(
        engine, username="sari", password=GOOD, address="10.0.0.1", now=now, keys=keys,
        profile="cheap", second_code=second_code,
    )  # fmt: skip
    return "in" if answer.token else answer.code


def test_the_password_alone_is_not_enough(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    later = now + timedelta(minutes=1)
    assert try_in(engine, keys, later, "") == "sign_in.code_needed"
    assert try_in(engine, keys, later, "000000") == "sign_in.code_wrong"
    assert try_in(engine, keys, later, code(later)) == "in"


def test_a_code_is_used_once(engine: Engine, sari: Account, keys: KeyRing, now: datetime) -> None:
    assert try_in(engine, keys, now, code(now)) == "sign_in.code_wrong"
    later = now + timedelta(minutes=1)
    assert try_in(engine, keys, later, code(later)) == "in"
    assert try_in(engine, keys, later, code(later)) == "sign_in.code_wrong"


def test_the_secret_is_sealed_to_its_account(engine: Engine, sari: Account) -> None:
    with read_session(engine) as session:
        account = session.get(Account, sari.id)
    assert account is not None
    assert account.code_sealed is not None
    assert RFC_SECRET.encode() not in account.code_sealed


@pytest.mark.parametrize("secret", ["", "AAAA", "not base 32!", RFC_SECRET])
def test_a_wrong_proof_puts_nothing_on(
    engine: Engine, keys: KeyRing, now: datetime, secret: str
) -> None:
    with write_session(engine) as session:
        account = accounts.create_account(
            session, username="budi", full_name="Budi", role=Role.STAFF, by="system", now=now,
            password=GOOD, profile="cheap",
        )  # fmt: skip
        with pytest.raises(Invalid):
            second_factor.enrol(
                session, by=account, secret=secret, code="000000", keys=keys, now=now
            )
        assert account.code_sealed is None


def test_an_admin_removes_it_when_a_phone_is_lost(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    with write_session(engine) as session:
        account = accounts.get_account(session, account_id=sari.id or 0)
        second_factor.remove(session, account=account, by=account, now=now)
    assert try_in(engine, keys, now, "") == "in"
