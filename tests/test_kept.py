"""A month that is lived once gives every test the same: the first that asks, and the later ones."""

import pytest
from sqlmodel import Session, select

from data.schema import Account, Role
from tests.factories import make_account
from tests.kept import kept

pytestmark = pytest.mark.stores("sqlite")

MELATI = ("Melati",)


@kept
def two_accounts(session: Session) -> tuple[Account, Account]:
    kader = make_account(session, Role.KADER, area_code="19.71.05.1004", posyandu=MELATI)
    return kader, make_account(session, Role.STAFF)


@pytest.mark.parametrize("time", ["first", "second"])
def test_whoever_asks_first_gets_what_later_ones_get(session: Session, time: str) -> None:
    """Rows as they are read, in a session that holds nothing else."""
    kader, staff = two_accounts(session)
    assert list(kader.posyandu) == list(MELATI)
    assert type(kader.posyandu) is list, time
    assert not session.in_transaction()
    assert len(session.identity_map) == 2
    assert session.exec(select(Account)).all() == [kader, staff]
