"""What only matching again tells is a job: asked once, cancelled, answered until the next run."""

from collections import OrderedDict
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.services import jobs, what_if
from api.services.errors import Forbidden, Refused
from api.services.matching import propose_matching
from data.engine import read_session, write_session
from data.schema import Account, Child, Cycle, Job, JobState, Pledge, Role
from matcher.residual import TooLargeError
from tests.api.services.test_matching import Month
from tests.conftest import NOW
from tests.factories import make_account, make_child
from tests.stores import KEYS


@pytest.fixture
def too_large(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Take every month for one that no path answers."""

    def refuse(*_: object) -> None:
        raise TooLargeError

    monkeypatch.setattr("matcher.asking.questions", refuse)
    monkeypatch.setattr("api.services.match_questions._at_hand", OrderedDict())
    return monkeypatch


@pytest.fixture
def month(engine: Engine) -> Engine:
    """A matched month of four children and three places."""
    with write_session(engine) as session:
        Month(session, NOW, num_children=4, places=(2, 1)).lock().propose()
    return engine


def question(session: Session) -> dict[str, Any]:
    """Ask of the neediest child and the pledge with one place."""
    child = session.exec(select(Child).order_by(col(Child.id))).first()
    pledge = session.exec(select(Pledge).order_by(col(Pledge.id).desc())).first()
    return {"cycle": session.exec(select(Cycle)).one(), "child": child, "pledge": pledge}


def staff(session: Session) -> Account:
    """Return who works on the month."""
    return session.exec(select(Account).where(Account.role == Role.STAFF)).all()[0]


def answered(engine: Engine) -> what_if.WhatIf | None:
    """Return what a page would say now."""
    with read_session(engine) as session:
        return what_if.what_if(session, **question(session))


def ask(engine: Engine) -> int:
    """Ask for the month to be matched again; return the number of the job."""
    with write_session(engine) as session:
        asked = question(session)
        job = what_if.solve_again(session, **asked, by=staff(session), now=NOW)
        return job.id or 0


def test_matching_again_finds_what_a_path_finds(
    month: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = answered(month)
    assert quick is not None
    assert quick.is_exact
    monkeypatch.setattr("api.services.match_questions._at_hand", OrderedDict())
    monkeypatch.setattr("matcher.contrast.Contrast.ask", lambda *_: None)
    assert answered(month) is None
    assert ask(month) == ask(month)
    assert jobs.run_pending(month, keys=KEYS, clock=lambda: NOW) == 1
    assert answered(month) == quick
    with read_session(month) as session:
        working, is_solved = what_if.solving_again(session, **question(session))
        assert (working, is_solved) == (None, True)


@pytest.mark.usefixtures("too_large")
def test_an_answer_ends_with_the_result_it_speaks_of(month: Engine) -> None:
    ask(month)
    jobs.run_pending(month, keys=KEYS, clock=lambda: NOW)
    assert answered(month) is not None
    late = ask(month)
    with write_session(month) as session:
        cycle = session.exec(select(Cycle)).one()
        propose_matching(session, cycle=cycle, by=staff(session), now=NOW, seed=2)
    assert answered(month) is None
    jobs.run_pending(month, keys=KEYS, clock=lambda: NOW)
    with read_session(month) as session:
        job = session.get_one(Job, late)
        assert (job.state, job.error) == (
            JobState.FAILED,
            {"code": "what_if.matched_anew", "params": {"month": "2026-12"}},
        )


@pytest.mark.usefixtures("too_large")
def test_a_search_is_heard_and_cancelled_on_its_way(
    month: Engine, too_large: pytest.MonkeyPatch
) -> None:
    too_large.setattr(jobs, "PROGRESS_EVERY_S", 0)
    ask(month)
    context = jobs.claim(month, keys=KEYS, worker="w", clock=lambda: NOW)
    assert context is not None
    heard: list[str] = []
    tell = jobs.JobContext.progress

    def and_stop(self: jobs.JobContext, share: float, note: dict[str, object]) -> None:
        heard.append(str(note["step"]))
        tell(self, share, note)
        if len(heard) == 2:
            with write_session(month) as session:
                job = session.get_one(Job, context.job_id)
                jobs.cancel_job(session, job=job, by=staff(session), now=NOW)

    too_large.setattr(jobs.JobContext, "progress", and_stop)
    jobs.run(context)
    assert heard == ["read", "tier"]
    with read_session(month) as session:
        assert session.get_one(Job, context.job_id).state is JobState.CANCELLED
    assert answered(month) is None


def test_who_may_ask_and_of_whom(month: Engine) -> None:
    with write_session(month) as session:
        asked = question(session)
        auditor = make_account(session, Role.AUDITOR)
        with pytest.raises(Forbidden):
            what_if.solve_again(session, **asked, by=auditor, now=NOW)
        asked["child"] = make_child(session)
        with pytest.raises(Refused) as caught:
            what_if.solve_again(session, **asked, by=staff(session), now=NOW)
        assert caught.value.code == "matching.not_in_month"
