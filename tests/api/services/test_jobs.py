import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api import worker
from api.services import jobs
from api.services.clock import utc_now
from api.services.errors import NotFound, Refused
from data.engine import read_session, write_session
from data.schema import Account, AuditEntry, Job, JobState, Role, StockItem
from data.sealing import KeyRing
from tests.api.services import job_handlers
from tests.factories import make_account

WORKER = """
import sys, threading
from datetime import timedelta
from api import worker
from api.services import jobs
from tests.api.services.job_handlers import KINDS
from tests.stores import KEYS, open_engine
jobs.HANDLERS.update(KINDS)
worker.GRACE_S = 0.5
worker.work(open_engine(sys.argv[1]), keys=KEYS, stop=threading.Event(),
            lease=timedelta(seconds=0.8), poll_s=0.02, may_exit=True)
"""


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, place in job_handlers.KINDS.items():
        monkeypatch.setitem(jobs.HANDLERS, kind, place)


@pytest.fixture
def sari(engine: Engine) -> Account:
    with write_session(engine) as session:
        return make_account(session)


def queue(engine: Engine, by: Account, now: datetime, kind: str, count: int = 1) -> list[int]:
    with write_session(engine) as session:
        rows = [
            jobs.enqueue(session, kind=kind, payload={"n": n}, by=by, now=now) for n in range(count)
        ]
        return [row.id or 0 for row in rows]


def stored(engine: Engine, job_id: int) -> Job:
    with read_session(engine) as session:
        return jobs.get_job(session, job_id=job_id)


def add_stock(engine: Engine) -> None:
    from data.schema import Depot

    with write_session(engine) as session:
        depot = Depot(name="Gudang", lat=-2.1, lon=106.1)
        session.add(depot)
        session.flush()
        session.add(StockItem(depot_id=depot.id or 0, item_code="telur"))


def deposited(engine: Engine) -> int:
    with read_session(engine) as session:
        return session.exec(select(StockItem.on_hand)).one()


def take(engine: Engine, keys: KeyRing, now: datetime, worker: str = "one") -> jobs.JobContext:
    context = jobs.claim(engine, keys=keys, worker=worker, clock=lambda: now)
    assert context is not None
    return context


def test_a_job_runs_and_keeps_its_result(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    (job_id,) = queue(engine, sari, now, "answer")
    assert jobs.run_pending(engine, keys=keys, clock=lambda: now) == 1
    job = stored(engine, job_id)
    assert (job.state, job.progress, job.attempt) == (JobState.DONE, 1.0, 1)
    assert job.result == {"by": sari.username, "n": 0}
    assert jobs.run_pending(engine, keys=keys) == 0


def test_the_same_work_is_not_queued_twice(session: Session, now: datetime) -> None:
    sari = make_account(session)
    first = jobs.enqueue(session, kind="answer", payload={"n": 1}, by=sari, now=now)
    again = jobs.enqueue(session, kind="answer", payload={"n": 1}, by=sari, now=now)
    other = jobs.enqueue(session, kind="answer", payload={"n": 2}, by=sari, now=now)
    assert first.id == again.id != other.id


def test_jobs_are_taken_in_their_order_and_by_one_worker_each(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    ids = queue(engine, sari, now, "answer", 3)
    taken = [take(engine, keys, now, f"worker{n}").job_id for n in range(3)]
    assert taken == ids
    assert jobs.claim(engine, keys=keys, worker="late", clock=lambda: now) is None


def test_a_refusal_is_kept_with_its_code(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    (job_id,) = queue(engine, sari, now, "refuse")
    jobs.run_pending(engine, keys=keys)
    job = stored(engine, job_id)
    assert (job.state, job.error) == (JobState.FAILED, {"code": "job.over", "params": {"n": 0}})


def test_a_failure_shows_a_number_and_no_inner_text(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    (job_id,) = queue(engine, sari, now, "break_down")
    jobs.run_pending(engine, keys=keys)
    job = stored(engine, job_id)
    assert job.error is not None
    assert job.error["code"] == "job.failure"
    assert "no such thing" not in str(job.error)
    assert str(job.error["params"]["number"]) in caplog.text  # type: ignore[index]


def test_a_job_of_an_account_deactivated_since_does_nothing(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    (job_id,) = queue(engine, sari, now, "answer")
    with write_session(engine) as session:
        session.get_one(Account, sari.id).is_active = False
    jobs.run_pending(engine, keys=keys)
    job = stored(engine, job_id)
    assert (job.state, job.result) == (JobState.FAILED, None)
    assert job.error == {"code": "job.account", "params": {"username": sari.username}}


def test_an_unknown_kind_fails_by_name(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    (job_id,) = queue(engine, sari, now, "fly")
    jobs.run_pending(engine, keys=keys)
    assert stored(engine, job_id).error == {"code": "job.kind", "params": {"kind": "fly"}}


def test_a_lost_worker_can_store_nothing_more(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    add_stock(engine)
    queue(engine, sari, now, "deposit")
    lost = take(engine, keys, now, "lost")
    later = now + jobs.LEASE + timedelta(seconds=1)
    heir = take(engine, keys, later, "heir")
    assert (heir.job_id, heir.attempt) == (lost.job_id, 2)
    jobs.run(lost)
    assert deposited(engine) == 0
    jobs.run(heir)
    assert deposited(engine) == 1
    assert stored(engine, heir.job_id).state is JobState.DONE


def test_a_held_lease_is_not_taken(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    queue(engine, sari, now, "deposit")
    holder = take(engine, keys, now)
    holder.clock = lambda: now + timedelta(seconds=29)
    holder.beat()
    late = now + timedelta(seconds=50)
    assert jobs.claim(engine, keys=keys, worker="thief", clock=lambda: late) is None


def test_a_job_that_keeps_losing_its_worker_is_given_up(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    add_stock(engine)
    (job_id,) = queue(engine, sari, now, "deposit")
    for round_ in range(jobs.MOST_ATTEMPTS):
        take(engine, keys, now + round_ * timedelta(minutes=5))
    jobs.run(take(engine, keys, now + timedelta(hours=1)))
    assert stored(engine, job_id).error == {"code": "job.lost", "params": {}}
    assert deposited(engine) == 0


def test_a_waiting_job_is_cancelled_at_once(session: Session, now: datetime) -> None:
    sari = make_account(session)
    job = jobs.enqueue(session, kind="wait", payload={}, by=sari, now=now)
    jobs.cancel_job(session, job=job, by=sari, now=now)
    assert job.state is JobState.CANCELLED
    assert session.exec(select(AuditEntry.action)).all() == ["job:cancel"]
    with pytest.raises(Refused):
        jobs.cancel_job(session, job=job, by=sari, now=now)


def test_an_unknown_job_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        jobs.get_job(session, job_id=1)


@pytest.fixture
def working(engine: Engine, keys: KeyRing) -> Iterator[None]:
    """A worker in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(
        target=worker.work, args=(engine,), kwargs={"keys": keys, "stop": stop, "poll_s": 0.02}
    )
    thread.start()
    yield
    stop.set()
    thread.join()


def wait_for(engine: Engine, job_id: int, *states: JobState, seconds: float = 120) -> Job:
    until = monotonic() + seconds
    while monotonic() < until:
        job = stored(engine, job_id)
        if job.state in states:
            return job
        sleep(0.02)
    raise AssertionError(f"job {job_id} is still {stored(engine, job_id).state}")


def test_a_running_job_that_listens_stops_when_cancelled(
    engine: Engine, sari: Account, working: None
) -> None:
    now = utc_now()
    (job_id,) = queue(engine, sari, now, "wait")
    wait_for(engine, job_id, JobState.RUNNING)
    with write_session(engine) as session:
        jobs.cancel_job(session, job=jobs.get_job(session, job_id=job_id), by=sari, now=now)
    assert wait_for(engine, job_id, JobState.CANCELLED).progress < 1


def test_a_job_whose_work_was_stopped_by_a_person_did_not_fail(
    engine: Engine, sari: Account, now: datetime, keys: KeyRing
) -> None:
    (job_id,) = queue(engine, sari, now, "give_up")
    jobs.run_pending(engine, keys=keys)
    job = stored(engine, job_id)
    assert (job.state, job.error) == (JobState.CANCELLED, None)


@pytest.mark.slow
@pytest.mark.stores("sqlite")
def test_a_running_job_that_does_not_listen_is_ended_with_its_process(
    engine: Engine, sari: Account
) -> None:
    now = utc_now()
    (job_id,) = queue(engine, sari, now, "deaf")
    process = start_worker(engine)
    try:
        wait_for(engine, job_id, JobState.RUNNING)
        with write_session(engine) as session:
            jobs.cancel_job(session, job=jobs.get_job(session, job_id=job_id), by=sari, now=now)
        wait_for(engine, job_id, JobState.CANCELLED)
        assert process.wait(60) == worker.KILLED_BY_CANCEL
    finally:
        process.kill()
        process.wait()


def start_worker(engine: Engine) -> subprocess.Popen[bytes]:
    url = engine.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", WORKER, url])


@pytest.mark.slow
def test_workers_killed_again_and_again_do_every_job_once(engine: Engine, sari: Account) -> None:
    """Kill -9 at random moments: every effect is there, none is there twice."""
    count, kills = 60, 2
    add_stock(engine)
    with write_session(engine) as session:
        for n in range(count):
            jobs.enqueue(
                session, kind="deposit", payload={"n": n, "seconds": 0.005}, by=sari, now=utc_now()
            )
    chance = random.Random(6)
    process = start_worker(engine)
    try:
        for _ in range(kills):
            before = deposited(engine)
            while deposited(engine) <= before + 5 and not all_ended(engine):
                sleep(0.02)
            sleep(chance.random() / 20)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process = start_worker(engine)
        until = monotonic() + 240
        while not all_ended(engine) and monotonic() < until:
            sleep(0.05)
    finally:
        process.kill()
        process.wait()
    with read_session(engine) as session:
        states = session.exec(select(Job.state)).all()
        attempts = sum(session.exec(select(Job.attempt)).all())
    assert set(states) == {JobState.DONE}
    assert deposited(engine) == count
    assert attempts >= count


def all_ended(engine: Engine) -> bool:
    with read_session(engine) as session:
        active = select(Job.id).where(Job.state.in_(jobs.ACTIVE)).limit(1)  # type: ignore[attr-defined]
        return session.exec(active).first() is None


@pytest.mark.parametrize("role", list(Role))
def test_a_result_is_read_only_with_the_permissions_of_its_kind(
    session: Session, now: datetime, role: Role
) -> None:
    by = make_account(session, role)
    kinds = ("match", "weigh", "plan", "replan", "unheard_of")
    made = [Job(kind=kind, by=by.username, created_at=now, payload={}) for kind in kinds]
    office = {Role.STAFF, Role.APPROVER, Role.AUDITOR}
    expected = {
        "match": office | {Role.COORDINATOR},
        "weigh": office,
        "plan": office | {Role.COORDINATOR},
        "replan": office | {Role.COORDINATOR},
        "unheard_of": set(),
    }
    assert {job.kind: jobs.may_read_result(job, by=by) for job in made} == {
        kind: role in roles for kind, roles in expected.items()
    }


@pytest.mark.stores("sqlite")
def test_a_solver_that_begins_another_round_takes_no_progress_back(
    engine: Engine, sari: Account, keys: KeyRing, now: datetime
) -> None:
    (job_id,) = queue(engine, sari, now, "answer")
    context = take(engine, keys, now)
    for share, step in ((0.9, "1000"), (0.1, "1200")):
        context.progress(share, {"step": step})
    context.beat()
    job = stored(engine, job_id)
    assert (job.progress, job.progress_note) == (0.9, {"step": "1200"})


def test_asking_often_whether_to_stop_lets_the_progress_through(
    engine: Engine, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[float | None] = []

    class Watched(jobs.JobContext):
        def _update(self, session: Session, **values: Any) -> bool:
            del session
            written.append(values.get("progress"))
            return False

    seconds = [100.0]
    monkeypatch.setattr(jobs, "monotonic", lambda: seconds[0])
    context = Watched(engine, keys, 1, 1, "w", {}, "sari")
    for step in range(1, 40):
        seconds[0] += 0.1
        context.cancelled()
        seconds[0] += 0.1
        context.cancelled()
        context.progress(step / 40)
    told = [share for share in written if share is not None]
    assert len(set(told)) > 5
    assert told == sorted(told)
