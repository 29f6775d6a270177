from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from api.services import accounts, links, second_factor, sign_ins
from api.services.errors import Refused
from data.schema import Account, OneTimeLink, Role
from data.sealing import KeyRing
from tests.api.services.test_second_factor import RFC_SECRET, code
from tests.factories import make_account, make_household, make_sponsor


def test_a_donors_link_works_once_and_opening_it_changes_nothing(
    session: Session, now: datetime
) -> None:
    donor, admin = make_account(session, Role.DONOR), make_account(session, Role.ADMIN)
    token = links.create_link(session, account=donor, by=admin, now=now)
    for _ in range(2):
        assert links.find_link(session, token=token, now=now) is not None
    account, sign_in_token = links.redeem_link(session, token=token, now=now)
    assert account.id == donor.id
    assert sign_ins.find_sign_in(session, token=sign_in_token, now=now) is not None
    with pytest.raises(Refused):
        links.redeem_link(session, token=token, now=now)


def test_a_couriers_link_works_until_midnight(session: Session, now: datetime) -> None:
    courier, admin = make_account(session, Role.COURIER), make_account(session, Role.ADMIN)
    token = links.create_link(session, account=courier, by=admin, now=now)
    evening = now + timedelta(hours=14, minutes=59)
    links.redeem_link(session, token=token, now=now)
    _, sign_in_token = links.redeem_link(session, token=token, now=evening)
    midnight = now + timedelta(hours=15)
    with pytest.raises(Refused):
        links.redeem_link(session, token=token, now=midnight)
    assert sign_ins.find_sign_in(session, token=sign_in_token, now=midnight) is None


def test_a_new_link_ends_the_older_one(session: Session, now: datetime) -> None:
    donor, admin = make_account(session, Role.DONOR), make_account(session, Role.ADMIN)
    older = links.create_link(session, account=donor, by=admin, now=now)
    links.create_link(session, account=donor, by=admin, now=now)
    assert links.find_link(session, token=older, now=now) is None
    assert older not in str(session.exec(select(OneTimeLink)).all())


def test_staff_have_no_links(session: Session, now: datetime) -> None:
    staff, admin = make_account(session), make_account(session, Role.ADMIN)
    with pytest.raises(Refused):
        links.create_link(session, account=staff, by=admin, now=now)


def kader_with_link(session: Session, now: datetime) -> tuple[Account, Account, str]:
    """A kader, the admin who looks after the account, and the link of the day."""
    admin = make_account(session, Role.ADMIN)
    make_household(session, posyandu="Mawar")  # so that the kader's posyandu is known
    kader = make_account(session, Role.KADER)
    return kader, admin, links.create_link(session, account=kader, by=admin, now=now)


TO_STAFF: dict[str, Any] = {"role": Role.STAFF, "area_code": None, "posyandu": []}


@pytest.mark.parametrize(
    ("changes", "works"),
    [(TO_STAFF, False), ({"is_active": False}, False), ({"full_name": "Ibu Tini"}, True)],
)
def test_a_new_role_ends_the_link_of_the_day(
    session: Session, now: datetime, changes: dict[str, Any], works: bool
) -> None:
    kader, admin, token = kader_with_link(session, now)
    later = now + timedelta(minutes=1)

    def edit(wished: dict[str, Any]) -> None:
        accounts.edit_account(
            session, account=kader, changes=wished, base_version=kader.version, by=admin, now=later
        )

    before = {name: getattr(kader, name) for name in changes}
    edit(changes)
    assert (links.find_link(session, token=token, now=later) is not None) is works
    edit(before)
    assert (links.find_link(session, token=token, now=later) is not None) is works, "it came back"


def test_a_link_is_for_the_role_that_it_was_made_for(session: Session, now: datetime) -> None:
    sponsor = make_sponsor(session)
    for role in (Role.KADER, Role.COURIER, Role.DONOR, Role.STAFF):
        kader, _, token = kader_with_link(session, now)
        if role is not Role.KADER:  # by whatever way: no link was ended
            kader.role, kader.area_code, kader.posyandu = role, None, []
            kader.sponsor_id = sponsor.id if role is Role.DONOR else None
        session.flush()
        assert (links.find_link(session, token=token, now=now) is not None) is (role is Role.KADER)


def test_a_code_or_a_new_password_ends_the_link_of_the_day(
    session: Session, now: datetime, keys: KeyRing
) -> None:
    kader, admin, token = kader_with_link(session, now)
    second_factor.enrol(session, by=kader, secret=RFC_SECRET, code=code(now), keys=keys, now=now)
    assert links.find_link(session, token=token, now=now) is None
    second_factor.remove(session, account=kader, by=admin, now=now)
    assert links.find_link(session, token=token, now=now) is None, "it came back with the code gone"

    other, admin, token = kader_with_link(session, now)
    accounts.set_password(
        session, account=other, password="hujan di teluk bayur", by=admin, now=now, profile="cheap"
    )
    with pytest.raises(Refused, match=r"link\.dead"):
        links.redeem_link(session, token=token, now=now)
