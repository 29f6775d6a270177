"""The month in Sigizi's columns: our facts with their codes, and no number of anybody."""

import io
from datetime import date

import msoffcrypto
import openpyxl
import pytest
from sqlmodel import Session, select

from api.services.errors import Forbidden, Invalid, Refused
from api.services.pmt_export import COLUMNS, export_pmt, pmt_rows
from data.schema import AuditEntry, Child, ChildState, Cycle, Package, PackageState, Role
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import make_account, make_cycle, make_measurement

pytestmark = pytest.mark.stores("sqlite")
PASSWORD = "sepuluh-huruf"


def take(session: Session, cycle: Cycle, role: Role = Role.STAFF, **values: str) -> bytes:
    given = {"purpose": "laporan", "password": PASSWORD} | values
    by = make_account(session, role)
    return export_pmt(session, cycle=cycle, by=by, now=LATER, **given).content


def opened(content: bytes) -> list[tuple[object, ...]]:
    book = msoffcrypto.OfficeFile(io.BytesIO(content))
    book.load_key(password=PASSWORD)
    plain = io.BytesIO()
    book.decrypt(plain)
    sheet = openpyxl.load_workbook(plain)["Sheet1"]
    return list(sheet.iter_rows(values_only=True))


def test_reasons_and_follow_up_have_sigizis_codes(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    wasted, light, fine = session.exec(select(Child)).all()
    make_measurement(session, wasted, measured_on=date(2026, 12, 5), whz=-3.2, waz=-3.0)
    make_measurement(session, light, measured_on=date(2026, 12, 5), whz=-1.0, waz=-2.1)
    make_measurement(session, fine, measured_on=date(2026, 12, 5), whz=-2.0, waz=-2.0,
                     weight_g=11000)  # fmt: skip
    fine.state = ChildState.GRADUATED
    session.add(fine)
    session.flush()
    rows = [row for _, row in pmt_rows(session, cycle=cycle)]
    assert [(row.reason, row.follow_up) for row in rows] == [(1, 3), (2, 1), (None, 2)]
    assert (rows[2].weight_kg, rows[2].height_cm, rows[2].position) == (11.0, 80.0, "Berdiri")


def test_who_got_nothing_is_not_in_it_and_cycles_are_counted(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    packages = session.exec(select(Package)).all()
    packages[0].state = PackageState.RETURNED
    later = make_cycle(session, "2027-01")
    again = Package(**packages[1].model_dump(exclude={"id", "code"}), code="P-2")
    again.cycle_id, again.deliver_on = later.id or 0, date(2027, 1, 8)
    session.add_all([packages[0], again])
    session.flush()
    assert [row.cycle for _, row in pmt_rows(session, cycle=cycle)] == [1, 1]
    ((code, row),) = pmt_rows(session, cycle=later)
    assert code == session.get_one(Child, packages[1].child_id).code
    assert (row.cycle, row.first_on) == (2, packages[1].deliver_on)


def test_the_file_is_encrypted_and_holds_no_number(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    children = session.exec(select(Child)).all()
    content = take(session, cycle)
    assert children[0].name.encode() not in content
    head, *lines = opened(content)
    assert head == COLUMNS
    assert [line[1] for line in lines] == [child.name for child in children]
    assert {line[0] for line in lines} == {None}
    noted = session.exec(select(AuditEntry).where(AuditEntry.action == "pmt:export")).one()
    assert noted.after == {"children": [child.code for child in children]}


def test_it_asks_for_role_purpose_password_and_something_to_tell(session: Session) -> None:
    cycle, _, _ = closed_month(session)
    with pytest.raises(Forbidden, match=r"access\.role"):
        take(session, cycle, Role.COORDINATOR)
    with pytest.raises(Refused, match=r"export\.purpose"):
        take(session, cycle, purpose=" ")
    with pytest.raises(Invalid, match=r"export\.password"):
        take(session, cycle, password="pendek")
    with pytest.raises(Refused, match=r"export\.nothing"):
        take(session, make_cycle(session, "2027-01"))
