"""The donor's pages: own children by alias, what arrived, and nothing else."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from starlette.testclient import TestClient

from api.services import fulfilment, reconcile
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Assignment,
    AuditEntry,
    Child,
    Household,
    Package,
    Pledge,
    Role,
    Sponsor,
)
from tests.conftest import NOW
from tests.factories import make_account
from tests.factories_routes import make_dispatched_cycle, report

ClientFor = Callable[[Role | Account], TestClient]


@pytest.fixture
def donor(client_for: ClientFor, engine: Engine) -> TestClient:
    """The sponsor of the first of three children whose packages have arrived."""
    with write_session(engine) as session:
        cycle, _, _, coordinator, _ = make_dispatched_cycle(session)
        for number, package in enumerate(session.exec(select(Package)).all()):
            event = report(package, f"e{number}", channel="page")
            fulfilment.record_delivery(session, report=event, by=coordinator, now=NOW)
        reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=NOW)
        pair = session.exec(select(Assignment).order_by(Assignment.id)).first()  # type: ignore[arg-type]
        assert pair is not None
        sponsor_id = session.get_one(Pledge, pair.pledge_id).sponsor_id
        account = make_account(session, Role.DONOR, sponsor_id=sponsor_id)
    return client_for(account)


def test_a_donor_sees_the_own_child_and_that_the_package_arrived(donor: TestClient) -> None:
    page = donor.get("/donatur").text
    assert page.count('href="/donatur/anak/') == 1
    assert "diterima Desember 2026" in page
    assert "30 butir Telur ayam" in page


def test_the_pages_hold_nothing_that_identifies_a_child(donor: TestClient, engine: Engine) -> None:
    home = donor.get("/donatur").text
    own = re.findall(r'href="(/donatur/anak/[^"]+)"', home)[0]
    shown = home + donor.get(own).text
    with read_session(engine) as session:
        children = session.exec(select(Child)).all()
        homes = session.exec(select(Household)).all()
    secret = [child.name for child in children]
    secret += [str(child.born_on) for child in children]
    for family in homes:
        secret += [family.guardian_name, family.code, family.address, family.phone or "–none–"]
    assert [word for word in secret if word and word in shown] == []


def test_other_children_do_not_exist_and_the_attempt_is_noted(
    donor: TestClient, engine: Engine
) -> None:
    own = re.findall(r'href="/donatur/anak/([^"]+)"', donor.get("/donatur").text)[0]
    with read_session(engine) as session:
        others = [child.code for child in session.exec(select(Child)) if child.code != own]
    assert others
    assert {donor.get(f"/donatur/anak/{code}").status_code for code in others} == {404}
    with read_session(engine) as session:
        noted = session.exec(select(AuditEntry).where(AuditEntry.action == "refused")).all()
    assert len(noted) == len(others)


def test_the_letter_is_there_for_months_in_which_something_arrived(donor: TestClient) -> None:
    assert 'href="/donatur/surat/2026-12"' in donor.get("/donatur").text
    letter = donor.get("/donatur/surat/2026-12")
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.content.startswith(b"%PDF")
    assert donor.get("/donatur/surat/2026-11").status_code == 404


def test_an_account_without_a_sponsor_is_told_whom_to_ask(client_for: ClientFor) -> None:
    assert "Hubungi dinas" in client_for(Role.DONOR).get("/donatur").text


def test_a_sponsor_without_children_sees_an_empty_page(
    client_for: ClientFor, engine: Engine
) -> None:
    from tests.factories import make_sponsor

    with write_session(engine) as session:
        sponsor: Sponsor = make_sponsor(session)
        account = make_account(session, Role.DONOR, sponsor_id=sponsor.id)
    page = client_for(account).get("/donatur").text
    assert "Belum ada anak yang dipasangkan" in page
    assert "Belum ada janji" in page
