"""Who heads the office: by day, with an entry of the same day taking over."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.documents.report_models import Signatory
from api.services.errors import Forbidden, Invalid
from api.services.office_heads import enter_head, head_on, signatory_on
from data.engine import write_session
from data.schema import Account, OfficeHead, Role
from tests.conftest import NOW
from tests.factories import make_account

NIP = "197103052000031004"
pytestmark = pytest.mark.stores("sqlite")


def enter(session: Session, by: Account, name: str, day: int, **more: object) -> OfficeHead:
    values: dict[str, object] = {"office_number": "", "is_acting": False, **more}
    return enter_head(
        session, name=name, effective_from=date(2026, 12, day), by=by, now=NOW,
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_head_of_a_day_signs_and_before_the_first_nobody(engine: Engine) -> None:
    with write_session(engine) as session:
        admin = make_account(session, Role.ADMIN)
        enter(session, admin, "dr. Ani", 5, office_number=f"{NIP[:8]} {NIP[8:]}")
        enter(session, admin, "Budi, S.T.", 9, is_acting=True)
        enter(session, admin, "Budi, S.Tr.", 9, is_acting=True)
        assert head_on(session, date(2026, 12, 4)) is None
        by_day = [signatory_on(session, date(2026, 12, day), language="id") for day in (4, 8, 9)]
        assert by_day == [
            Signatory("Kepala Dinas"),
            Signatory("Kepala Dinas", "dr. Ani", NIP),
            Signatory("Plt. Kepala Dinas", "Budi, S.Tr."),
        ]
        assert signatory_on(session, date(2026, 12, 9), language="en").role.startswith("Acting")


def test_only_an_admin_enters_a_name_and_a_whole_number_of_office(engine: Engine) -> None:
    with write_session(engine) as session:
        admin, staff = make_account(session, Role.ADMIN), make_account(session, Role.STAFF)
        with pytest.raises(Forbidden):
            enter(session, staff, "dr. Ani", 5)
        for name, number, field, code in (
            (" ", "", "name", "field.required"),
            ("dr. Ani", NIP[:-1], "office_number", "office.number"),
        ):
            with pytest.raises(Invalid) as refused:
                enter(session, admin, name, 5, office_number=number)
            assert refused.value.params["fields"] == {field: code}
