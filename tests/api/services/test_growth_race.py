"""Two people decide about the same family at once: the second sees what the first did."""

from threading import Thread
from time import sleep

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.services import companions, consumption, growth_reviews
from api.services.companions import Given
from api.services.consumption import Answer
from api.services.errors import Refused
from data.engine import read_session, write_session
from data.schema import (
    Accompaniment,
    AuditEntry,
    Child,
    ConsumptionCheck,
    Eaten,
    Household,
    Package,
    ReviewDecision,
    Role,
)
from tests.api.services.test_growth_reviews import recovered
from tests.api.services.test_reconcile import LATER, closed_month
from tests.factories import KELURAHAN, NOW, make_account, make_child, make_household

pytestmark = pytest.mark.stores("postgresql")


def test_a_child_that_graduated_meanwhile_is_not_kept(engine: Engine) -> None:
    with write_session(engine) as session:
        number = recovered(session).id
        by = make_account(session, Role.APPROVER)
    with Session(engine) as page:
        child = page.get_one(Child, number)
        with write_session(engine) as session:
            growth_reviews.record_review(
                session, child=session.get_one(Child, number), decision=ReviewDecision.GRADUATE,
                note="pulih", by=by, now=NOW,
            )  # fmt: skip
        with pytest.raises(Refused, match=r"review\.not_followed"):
            growth_reviews.record_review(
                page, child=child, decision=ReviewDecision.KEEP, note="belum", by=by, now=NOW
            )


def test_two_answers_about_one_package_at_once_are_one_answer_with_both_in_the_trail(
    engine: Engine,
) -> None:
    with write_session(engine) as session:
        cycle, _, _ = closed_month(session)
        by = make_account(session, Role.COORDINATOR)
        package = session.exec(select(Package.id)).first() or 0
        ward = session.exec(select(Household.kelurahan_code)).first() or ""

    def say(session: Session, eaten: Eaten) -> None:
        consumption.record_answers(
            session, cycle=cycle, kelurahan_code=ward, posyandu="",
            answers=[Answer(package, eaten)], checked_on=LATER.date(), by=by, now=LATER,
        )  # fmt: skip

    def second() -> None:
        with write_session(engine) as session:
            say(session, Eaten.SHARED)

    with write_session(engine) as session:
        say(session, Eaten.CHILD)
        other = Thread(target=second)
        other.start()
        sleep(0.5)
    other.join()
    with read_session(engine) as session:
        assert session.exec(select(ConsumptionCheck)).one().eaten is Eaten.SHARED
        trail = select(AuditEntry).where(AuditEntry.action == "consumption:record")
        assert [(each.before or {})["eaten"] for each in session.exec(trail)] == [None, "child"]


def test_two_who_fill_in_one_family_at_once_keep_the_first_ones_codes(engine: Engine) -> None:
    with write_session(engine) as session:
        home = make_household(session, posyandu="Melati")
        make_child(session, household_id=home.id)
        by, number, changed = make_account(session, Role.COORDINATOR), home.id or 0, []

    def fill(session: Session, *codes: int) -> None:
        changed.append(
            companions.record_accompaniment(
                session, month="2026-12", kelurahan_code=KELURAHAN, posyandu="Melati",
                given=[Given(number, codes)], by=by, now=NOW, only_new=True,
            )
        )  # fmt: skip

    def second() -> None:
        with write_session(engine) as session:
            fill(session, 3)

    with write_session(engine) as session:
        fill(session, 1, 2)
        other = Thread(target=second)
        other.start()
        sleep(0.5)
    other.join()
    with read_session(engine) as session:
        assert (session.exec(select(Accompaniment)).one().codes, changed) == ([1, 2], [1, 0])
