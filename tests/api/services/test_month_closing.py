"""Closing and recounting as jobs: once, whole, or not at all, while others go on recording."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from api.services import jobs, month_closing, public_report, reconcile, reports
from api.services.errors import Refused
from api.services.jobs import JobContext
from api.services.kept_figures import digest_of
from api.services.report_versions import count_to_keep, figures_of
from data.engine import read_session, write_session
from data.schema import (
    Account,
    Cycle,
    CycleState,
    HiddenFigures,
    Job,
    JobState,
    Package,
    ReportVersion,
    Role,
)
from tests.api.services.test_reconcile import LATER, answer_all, delivered_month
from tests.factories import make_account
from tests.stores import KEYS

pytestmark = pytest.mark.stores("sqlite")

MONTH = "2026-12"


class Killed(BaseException):
    """As when the process ends in the middle."""


@pytest.fixture
def approver(engine: Engine) -> Account:
    """Who closes a month in which all adds up."""
    with write_session(engine) as session:
        cycle, _, coordinator, _ = delivered_month(session)
        reconcile.start_reconciling(session, cycle=cycle, by=coordinator, now=LATER)
        answer_all(session, coordinator)
        return make_account(session, Role.APPROVER)


def asked(engine: Engine, by: Account, kind: str = "closing", reason: str = "") -> int:
    with write_session(engine) as session:
        wish = {"month": MONTH, "reason": reason}
        return jobs.enqueue(session, kind=kind, payload=wish, by=by, now=LATER).id or 0


def run(engine: Engine) -> int:
    return jobs.run_pending(engine, keys=KEYS, clock=lambda: LATER)


def taken(engine: Engine, at: datetime = LATER, worker: str = "one") -> JobContext:
    context = jobs.claim(engine, keys=KEYS, worker=worker, clock=lambda: at)
    assert context is not None
    return context


def stands(engine: Engine) -> tuple[CycleState, int]:
    """State of the month, and how many versions its report has."""
    with read_session(engine) as session:
        versions = session.exec(select(ReportVersion)).all()
        return session.exec(select(Cycle)).one().state, len(versions)


def job(engine: Engine, number: int) -> Job:
    with read_session(engine) as session:
        return jobs.get_job(session, job_id=number)


def in_the_middle(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], None]) -> None:
    """Do something once, after a month was counted and before it is closed."""
    done: list[bool] = []

    def counting(*given: object, **asked: object) -> object:
        content = count_to_keep(*given, **asked)  # type: ignore[arg-type]
        if not done:
            done.append(True)
            deed()
        return content

    monkeypatch.setattr(month_closing, "count_to_keep", counting)


def change_a_package(engine: Engine) -> None:
    with write_session(engine) as session:
        session.exec(select(Package)).first().version += 1  # type: ignore[union-attr]
        session.exec(select(Cycle)).one().version += 1


@pytest.mark.stores("sqlite", "postgresql")
def test_two_who_press_get_one_job_that_keeps_what_one_transaction_would(
    engine: Engine, approver: Account
) -> None:
    with write_session(engine) as session:
        other = make_account(session, Role.APPROVER)
    first, second = asked(engine, approver), asked(engine, other)
    assert first == second
    assert stands(engine) == (CycleState.RECONCILING, 0)
    assert run(engine) == 1
    assert stands(engine) == (CycleState.CLOSED, 1)
    done = job(engine, first)
    assert (done.state, done.progress, done.result) == (JobState.DONE, 1.0, {"month": MONTH})
    with read_session(engine) as session:
        version = session.exec(select(ReportVersion)).one()
        now = count_to_keep(session, cycle=session.exec(select(Cycle)).one())
        assert (version.by, version.digest) == (approver.username, digest_of(now))
    again = asked(engine, other)
    assert run(engine) == 1
    assert (job(engine, again).error or {})["code"] == "move.state"
    assert stands(engine) == (CycleState.CLOSED, 1)


def test_what_is_recorded_while_it_is_counted_is_counted_too(
    engine: Engine, approver: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle(monkeypatch, lambda: change_a_package(engine))
    asked(engine, approver)
    assert run(engine) == 1
    assert stands(engine) == (CycleState.CLOSED, 1)


def test_figures_from_before_a_record_are_never_stored(
    engine: Engine, approver: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle(monkeypatch, lambda: change_a_package(engine))
    with pytest.raises(Refused, match=r"reconcile\.changed"):
        month_closing.close_month(engine, month=MONTH, by=approver, now=LATER)
    assert stands(engine) == (CycleState.RECONCILING, 0)
    month_closing.close_month(engine, month=MONTH, by=approver, now=LATER)
    assert stands(engine) == (CycleState.CLOSED, 1)


def test_cancelled_while_it_is_counted_the_month_stays_open(
    engine: Engine, approver: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PROGRESS_EVERY_S", 0.0)
    number = asked(engine, approver)

    def counting(
        session: object, *, cycle: object, reached: Callable[[float, str], None]
    ) -> object:
        reached(0.4, "growth")
        with write_session(engine) as other:
            jobs.cancel_job(
                other, job=jobs.get_job(other, job_id=number), by=approver, now=LATER
            )  # fmt: skip
        reached(0.6, "readings")
        raise AssertionError("it goes on although somebody asked to stop")

    monkeypatch.setattr(month_closing, "count_to_keep", counting)
    assert run(engine) == 1
    assert job(engine, number).state == JobState.CANCELLED
    assert stands(engine) == (CycleState.RECONCILING, 0)


@pytest.mark.stores("sqlite", "postgresql")
def test_cancelled_after_the_last_look_the_month_stays_open_all_the_same(
    engine: Engine, approver: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asked(engine, approver)

    def stop() -> None:
        with write_session(engine) as other:
            jobs.cancel_job(
                other, job=jobs.get_job(other, job_id=number), by=approver, now=LATER
            )  # fmt: skip

    monkeypatch.setattr(jobs, "PROGRESS_EVERY_S", 3600.0)  # nothing looks again on the way
    in_the_middle(monkeypatch, stop)
    assert run(engine) == 1
    assert job(engine, number).state == JobState.CANCELLED
    assert stands(engine) == (CycleState.RECONCILING, 0)


def test_a_worker_that_dies_in_the_middle_closes_nothing_and_the_next_closes_once(
    engine: Engine, approver: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise Killed

    in_the_middle(monkeypatch, die)
    number = asked(engine, approver)
    lost = taken(engine)
    with pytest.raises(Killed):
        jobs.run(lost)
    assert stands(engine) == (CycleState.RECONCILING, 0)
    later = LATER + jobs.LEASE + timedelta(seconds=1)
    jobs.run(taken(engine, later, "two"))
    assert stands(engine) == (CycleState.CLOSED, 1)
    with pytest.raises(Refused, match=r"move\.state"):
        month_closing.close(lost)  # it comes back from the dead
    assert stands(engine) == (CycleState.CLOSED, 1)
    assert (job(engine, number).state, job(engine, number).attempt) == (JobState.DONE, 2)


def test_what_the_public_report_hides_is_kept_with_the_version(
    engine: Engine, approver: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_report, "MANY_SMALL", 0)
    with write_session(engine) as session:
        cycle = session.exec(select(Cycle)).one()
        reconcile.close_cycle(session, cycle=cycle, by=approver, now=LATER)
    ask: Any = {"cycle": cycle, "now": LATER, "is_public": True}
    with read_session(engine) as session, pytest.raises(Refused, match=r"report\.hiding"):
        reports.monthly_tables(session, **ask)
    with write_session(engine) as session:
        wanted: Any = {"months": [MONTH], "by": approver, "now": LATER}
        waiting = public_report.ask_to_work_out(session, **wanted)
        number = (waiting.id if waiting else 0) or 0
    assert run(engine) == 1
    assert (job(engine, number).state, job(engine, number).result) == (
        JobState.DONE,
        {"versions": 1},
    )
    with write_session(engine) as session:
        assert public_report.ask_to_work_out(session, **wanted) is None
        assert reports.monthly_tables(session, **ask)
        kept = session.exec(select(HiddenFigures)).one()
    with read_session(engine) as session:
        figures = figures_of(session, cycle=cycle)
        hidden = public_report.work_out_hidden(session, figures, version=figures.version)
    assert [tuple(cell) for cell in kept.cells] == sorted(hidden)
    assert hidden


def test_what_is_known_to_be_hidden_is_not_worked_out_again(
    engine: Engine, approver: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    month_closing.close_month(engine, month=MONTH, by=approver, now=LATER)  # keeps it too
    with write_session(engine) as session:
        wish = {"versions": [session.exec(select(ReportVersion)).one().id]}
        number = jobs.enqueue(session, kind="hiding", payload=wish, by=approver, now=LATER).id or 0
    monkeypatch.delattr(month_closing, "work_out_hidden")
    assert run(engine) == 1
    assert job(engine, number).state == JobState.DONE


def test_a_recount_tells_when_nothing_is_new_and_asks_for_a_reason(
    engine: Engine, approver: Account
) -> None:
    month_closing.close_month(engine, month=MONTH, by=approver, now=LATER)
    for reason, code in (("", "report.recount_reason"), ("terlambat", "report.unchanged")):
        number = asked(engine, approver, "recount", reason)
        run(engine)
        assert (job(engine, number).error or {})["code"] == code
    assert stands(engine) == (CycleState.CLOSED, 1)
