"""Long work in the background: queued in the store, claimed by one worker at a time, fenced.

A worker holds a job by a lease that it renews. A worker that dies loses the lease and the job is
claimed again with the next ``attempt``; whatever a lost worker still wants to write carries the
old attempt and is refused. A handler writes its effects in ``context.transaction()``, which marks
the job as done in the same transaction: so its effects happen once, however often it was started.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, and_, func, or_, update
from sqlmodel import Session, col, select

from api.security import holds
from api.services.audit import record
from api.services.clock import utc_now
from api.services.errors import NotFound, Refused, ServiceError
from data.engine import read_session, wait_turn, write_session
from data.schema import Account, Job, JobState
from data.sealing import KeyRing

Handler = Callable[["JobContext"], dict[str, Any] | None]

HANDLERS: dict[str, str] = {
    "match": "api.services.solves:match",
    "weigh": "api.services.weighing:weigh",
    "what_if": "api.services.what_if:solve",
    "plan": "api.services.solves:plan",
    "replan": "api.services.solves:replan",
    "goals": "api.services.goal_menu:price",
    "closing": "api.services.month_closing:close",
    "recount": "api.services.month_closing:recount",
    "hiding": "api.services.public_report:hide",
}
"""Kind of job → ``module:function``, imported when the first such job is claimed."""

RESULT_PERMISSIONS: dict[str, frozenset[str]] = {
    "match": frozenset({"cycle:read"}),
    "weigh": frozenset({"assignment:read", "policy:read"}),
    "what_if": frozenset({"assignment:read"}),
    "plan": frozenset({"route:read"}),
    "replan": frozenset({"route:read"}),
    "goals": frozenset({"route:read"}),
    "closing": frozenset({"cycle:read"}),
    "recount": frozenset({"report:read"}),
    "hiding": frozenset({"report:read"}),
}
"""Kind of job → permissions that its result takes; nobody reads the result of another kind."""

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5
PROGRESS_EVERY_S = 0.5
_QUEUE = 0x6A6F6273
"""The queue's own number among the advisory locks of the database."""
ACTIVE = (JobState.QUEUED, JobState.RUNNING)
logger = logging.getLogger("asuh.jobs")


class JobCancelled(Exception):
    """Raised by ``context.check()`` when someone asked to stop."""


class LeaseLost(Exception):
    """Another worker has taken the job over; nothing of this attempt may be stored."""


def enqueue(
    session: Session, *, kind: str, payload: dict[str, Any], by: Account, now: datetime
) -> Job:
    """Queue a job; the same work already waiting or running is returned instead.

    Two who ask at once get one job: who asks waits for those who asked before.

    Parameters
    ----------
    payload
        Ids, settings and reasons that the month's history keeps too, never personal data.
    """
    wait_turn(session, _QUEUE)
    for waiting in session.exec(
        select(Job).where(Job.kind == kind, col(Job.state).in_(ACTIVE)).order_by(col(Job.id))
    ):
        if waiting.payload == payload and not waiting.cancel_requested:
            return waiting
    job = Job(kind=kind, payload=payload, by=by.username, created_at=now)
    session.add(job)
    session.flush()
    return job


def get_job(session: Session, *, job_id: int) -> Job:
    """Return one job.

    Raises
    ------
    NotFound
        ``job.unknown``.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound("job.unknown")
    return job


def may_read_result(job: Job, *, by: Account) -> bool:
    """Whether a reader of jobs may also see what this one brought out."""
    needed = RESULT_PERMISSIONS.get(job.kind, frozenset())
    return bool(needed) and all(holds(by, one) for one in needed)


def list_jobs(session: Session, *, offset: int = 0, limit: int = 50) -> tuple[list[Job], int]:
    """Return a page of jobs, newest first, and how many there are."""
    total = session.exec(select(func.count()).select_from(Job)).one()
    newest = select(Job).order_by(col(Job.id).desc()).offset(offset).limit(limit)
    return list(session.exec(newest)), total


def cancel_job(session: Session, *, job: Job, by: Account, now: datetime) -> Job:
    """Stop a job: a waiting one at once, a running one at its next look.

    Raises
    ------
    Refused
        ``job.over`` when it has ended already.
    """
    waiting = session.execute(
        update(Job)
        .where(col(Job.id) == job.id, col(Job.state) == JobState.QUEUED)
        .values(state=JobState.CANCELLED, cancel_requested=True, finished_at=now)
    )
    running = session.execute(
        update(Job)
        .where(col(Job.id) == job.id, col(Job.state) == JobState.RUNNING)
        .values(cancel_requested=True)
    )
    if not _rows(waiting) + _rows(running):
        raise Refused("job.over")
    record(session, by=by, action="job:cancel", subject="job", subject_id=job.id or 0, now=now)
    session.refresh(job)
    return job


STOPPED = frozenset({"matching.cancelled"})
"""Refusals that say no more than that a person asked a job to stop."""


@dataclass
class JobContext:
    """What a handler gets: its payload, the store, and ways to say how far it is.

    Never call ``progress`` or ``cancelled`` inside a transaction: on SQLite it would wait for
    itself.
    """

    engine: Engine
    keys: KeyRing
    job_id: int
    attempt: int
    worker: str
    payload: dict[str, Any]
    username: str
    clock: Callable[[], datetime] = utc_now
    lease: timedelta = LEASE
    is_finished: bool = False
    _cancelled: bool = False
    _looked_at: float = field(default=0.0)
    _reached: dict[str, Any] = field(default_factory=dict)

    def progress(self, fraction: float, note: dict[str, Any] | None = None) -> None:
        """Say how far it is (0 to 1), with values that a page can show; cheap to call often.

        It never goes back: a solver that begins another round does not undo what was told.
        What was said last is stored with the next look at the store, whoever asks for it: a solver
        that asks often whether to stop would otherwise never let its progress through.
        """
        share = max(min(fraction, 1.0), self._reached.get("progress", 0.0))
        self._reached = {"progress": share, "progress_note": note or {}}
        if monotonic() - self._looked_at >= PROGRESS_EVERY_S:
            self.beat()

    def cancelled(self) -> bool:
        """Whether someone asked to stop; a solver returns the best it has, or raises."""
        if not self._cancelled and monotonic() - self._looked_at >= PROGRESS_EVERY_S:
            self.beat()
        return self._cancelled

    def check(self) -> None:
        """Raise ``JobCancelled`` when someone asked to stop."""
        if self.cancelled():
            raise JobCancelled

    def beat(self, **values: Any) -> None:
        """Renew the lease, store values and how far it is, and look whether to stop."""
        self._looked_at = monotonic()
        values = {**self._reached, **values}
        with write_session(self.engine) as session:
            wish = self._update(session, lease_until=self.clock() + self.lease, **values)
        self._cancelled = wish

    @contextmanager
    def transaction(self, result: dict[str, Any] | None = None) -> Iterator[Session]:
        """Give the session for the effects; when it commits, the job is done.

        Raises
        ------
        LeaseLost
            When another worker has taken over; nothing is stored.
        JobCancelled
            When someone asked to stop since the last look; nothing is stored.
        """
        outcome: dict[str, Any] = {} if result is None else result
        with write_session(self.engine) as session:
            yield session
            self._cancelled = self._update(
                session,
                state=JobState.DONE,
                progress=1.0,
                result=outcome,
                finished_at=self.clock(),
                lease_until=None,
            )
            if self._cancelled:
                raise JobCancelled
        self.is_finished = True

    @contextmanager
    def step(self) -> Iterator[Session]:
        """Give a session for an effect on the way (idempotent by itself); the job goes on."""
        with write_session(self.engine) as session:
            yield session
            self._update(session, lease_until=self.clock() + self.lease)

    def person(self, session: Session) -> Account:
        """Return who asked for the job.

        Raises
        ------
        Refused
            ``job.account`` when that account was deactivated since.
        """
        found = session.exec(select(Account).where(Account.username == self.username)).one()
        if not found.is_active:
            raise Refused("job.account", username=found.username)
        return found

    def end(self, state: JobState, **values: Any) -> None:
        """Write how the job ended, unless another worker has taken over."""
        with write_session(self.engine) as session:
            self._update(session, state=state, finished_at=self.clock(), lease_until=None, **values)
        self.is_finished = True

    def _update(self, session: Session, **values: Any) -> bool:
        found = session.execute(
            update(Job)
            .where(
                col(Job.id) == self.job_id,
                col(Job.state) == JobState.RUNNING,
                col(Job.worker) == self.worker,
                col(Job.attempt) == self.attempt,
            )
            .values(**values)
            .returning(col(Job.cancel_requested))
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()
        if found is None:
            raise LeaseLost
        return bool(found)


def claim(
    engine: Engine,
    *,
    keys: KeyRing,
    worker: str,
    clock: Callable[[], datetime] = utc_now,
    lease: timedelta = LEASE,
) -> JobContext | None:
    """Take the oldest job that waits or whose worker was lost; ``None`` when there is none."""
    now = clock()
    free = or_(
        col(Job.state) == JobState.QUEUED,
        and_(col(Job.state) == JobState.RUNNING, col(Job.lease_until) < now),
    )
    with read_session(engine) as session:
        if session.exec(select(Job.id).where(free).limit(1)).first() is None:
            return None
    oldest = (
        select(Job.id)
        .where(free)
        .order_by(col(Job.id))
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    with write_session(engine) as session:
        taken = session.execute(
            update(Job)
            .where(col(Job.id) == oldest)
            .values(
                state=JobState.RUNNING,
                attempt=col(Job.attempt) + 1,
                worker=worker,
                lease_until=now + lease,
                started_at=now,
            )
            .returning(col(Job.id), col(Job.attempt), col(Job.payload), col(Job.by))
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if taken is None:
        return None
    return JobContext(
        engine=engine,
        keys=keys,
        job_id=taken.id,
        attempt=taken.attempt,
        worker=worker,
        payload=dict(taken.payload),
        username=taken.by,
        clock=clock,
        lease=lease,
    )


def run(context: JobContext) -> None:
    """Run a claimed job's handler and write how it ended; a lost lease ends it silently."""
    try:
        if context.attempt > MOST_ATTEMPTS:
            context.end(JobState.FAILED, error={"code": "job.lost", "params": {}})
            return
        result = _handler(context)(context)
        if not context.is_finished:
            context.end(JobState.DONE, progress=1.0, result=_plain(result))
    except LeaseLost:
        logger.warning("job %s attempt %s was taken over", context.job_id, context.attempt)
    except JobCancelled:
        _end_quietly(context, JobState.CANCELLED)
    except ServiceError as error:
        if error.code in STOPPED:
            _end_quietly(context, JobState.CANCELLED)
            return
        _end_quietly(
            context,
            JobState.FAILED,
            error=_plain({"code": error.code, "params": error.params}),
        )
    except Exception:  # a handler may fail in any way; the worker goes on
        number = uuid4().hex[:8]
        logger.exception("failure %s of job %s", number, context.job_id)
        failure = {"code": "job.failure", "params": {"number": number}}
        _end_quietly(context, JobState.FAILED, error=failure)


def run_pending(
    engine: Engine, *, keys: KeyRing, clock: Callable[[], datetime] = utc_now, most: int = 1000
) -> int:
    """Run what waits, here and now, one after another (tests, command line); return how many."""
    for done in range(most):
        context = claim(engine, keys=keys, worker=f"here-{uuid4().hex[:8]}", clock=clock)
        if context is None:
            return done
        run(context)
    return most


def _handler(context: JobContext) -> Handler:
    with read_session(context.engine) as session:
        kind = get_job(session, job_id=context.job_id).kind
        context.person(session)  # before hours of work for somebody who may not have it
    if kind not in HANDLERS:
        raise Refused("job.kind", kind=kind)
    module, _, name = HANDLERS[kind].partition(":")
    handler: Handler = getattr(import_module(module), name)
    return handler


def _end_quietly(context: JobContext, state: JobState, **values: Any) -> None:
    try:
        context.end(state, **values)
    except LeaseLost:
        logger.warning("job %s attempt %s was taken over", context.job_id, context.attempt)


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(values or {}, default=str))
    return plain


def _rows(outcome: Any) -> int:
    count: int = outcome.rowcount
    return count
