"""What a use case asks of a person's permissions where no door did."""

import pytest
from sqlmodel import Session

from api.services.access import must_hold
from api.services.errors import Forbidden
from data.schema import Role
from tests.factories import KELURAHAN, make_account


def test_a_role_that_holds_a_permission_goes_on(session: Session) -> None:
    must_hold(make_account(session, Role.STAFF), "import:edit")


def test_another_role_is_told_which_permission_it_lacks(session: Session) -> None:
    with pytest.raises(Forbidden) as refused:
        must_hold(make_account(session, Role.AUDITOR), "import:edit")
    assert refused.value.code == "access.role"
    assert refused.value.params == {"permission": "import:edit", "role": "auditor"}


def test_who_is_bound_to_a_place_is_told_that_it_is_the_place(session: Session) -> None:
    bound = make_account(session, Role.STAFF, area_code=KELURAHAN)
    must_hold(bound, "child:edit")
    with pytest.raises(Forbidden) as refused:
        must_hold(bound, "import:edit")
    assert refused.value.code == "access.place"


def test_a_permission_that_nobody_declared_is_no_refusal(session: Session) -> None:
    with pytest.raises(KeyError):
        must_hold(make_account(session, Role.STAFF), "child:fly")
