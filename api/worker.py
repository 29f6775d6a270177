"""The worker process: claims jobs, renews leases, and is started anew when it dies.

``api.worker_process`` is the process that a server starts. A job that does not stop within
``GRACE_S`` after it was cancelled takes its process down with it; ``WorkerGroup`` starts another.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from types import FrameType, TracebackType
from typing import Self
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.safe_logs import guard_logs
from api.services import jobs
from api.services.clock import utc_now
from api.services.import_details import drop_old_details
from api.settings import Settings
from data.engine import write_session
from data.schema import JobState
from data.sealing import KeyRing

POLL_S = 0.5
GRACE_S = 20.0
KILLED_BY_CANCEL = 75
TIDY_EVERY = timedelta(hours=1)
PARENT = "ASUH_WORKER_PARENT"
"""Tells a worker process who started it (see ``api.worker_process``)."""
logger = logging.getLogger("asuh.worker")


def work(
    engine: Engine,
    *,
    keys: KeyRing,
    stop: threading.Event,
    clock: Callable[[], datetime] = utc_now,
    lease: timedelta = jobs.LEASE,
    poll_s: float = POLL_S,
    may_exit: bool = False,
) -> None:
    """Run jobs until told to stop; a job under way is finished first. Drops old uploads between.

    Parameters
    ----------
    may_exit
        Whether this process may end itself to stop a job that does not listen.
    """
    worker = f"{os.getpid()}-{uuid4().hex[:8]}"
    tidied: datetime | None = None
    while not stop.is_set():
        try:
            if tidied is None or clock() - tidied >= TIDY_EVERY:
                with write_session(engine) as session:
                    drop_old_details(session, now=clock())
                tidied = clock()
            context = jobs.claim(engine, keys=keys, worker=worker, clock=clock, lease=lease)
            if context is None:
                stop.wait(poll_s)
                continue
            with _Heartbeat(context, may_exit=may_exit):
                jobs.run(context)
        except SQLAlchemyError:  # the store is away or busy; jobs stay claimable
            logger.exception("the store did not answer; trying again")
            stop.wait(4 * poll_s)


class _Heartbeat:
    """Renews a job's lease beside its handler, and ends the process when it will not stop."""

    def __init__(self, context: jobs.JobContext, *, may_exit: bool) -> None:
        self._context = jobs.JobContext(
            engine=context.engine,
            keys=context.keys,
            job_id=context.job_id,
            attempt=context.attempt,
            worker=context.worker,
            payload={},
            username=context.username,
            clock=context.clock,
            lease=context.lease,
        )
        self._job = context
        self._may_exit = may_exit
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        every = self._context.lease.total_seconds() / 3
        asked_at: float | None = None
        while not self._over.wait(min(every, 1.0) if asked_at else every):
            try:
                self._context.beat()
            except jobs.LeaseLost:
                return
            except SQLAlchemyError:
                logger.warning("no heartbeat for job %s", self._context.job_id)
                continue
            if self._context.cancelled() and self._may_exit:
                asked_at = asked_at or monotonic()
                if monotonic() - asked_at > GRACE_S and not self._job.is_finished:
                    self._context.end(JobState.CANCELLED)
                    os._exit(KILLED_BY_CANCEL)


class WorkerGroup:
    """Worker processes of a server: started, started anew when they die, stopped with it.

    Use as a context manager around serving.
    """

    def __init__(self, settings: Settings, *, count: int = 1) -> None:
        self._environment = os.environ | worker_environment(settings)
        self._count = count
        self._processes: list[subprocess.Popen[bytes]] = []
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._processes = [self._start() for _ in range(self._count)]
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._watcher.join()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [process.pid for process in self._processes]

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "api.worker_process"]
        return subprocess.Popen(command, env=self._environment, start_new_session=True)  # noqa: S603

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            for place, process in enumerate(self._processes):
                if process.poll() is not None:
                    logger.warning("worker %s ended with %s", process.pid, process.returncode)
                    self._processes[place] = self._start()


def worker_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that make a worker process see the same installation."""
    found = {
        "ASUH_VAR_DIR": str(settings.var_dir.resolve()),
        PARENT: str(os.getpid()),
    }
    if settings.database_url is not None:
        found["ASUH_DATABASE_URL"] = settings.database_url.get_secret_value()
    if settings.keys is not None:
        found["ASUH_KEYS"] = settings.keys.get_secret_value()
    return found


def run_worker(stop: threading.Event) -> None:
    """Run one worker with the settings of the environment until it is told to stop."""
    guard_logs()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    settings = Settings()
    engine = settings.open_engine()
    work(engine, keys=settings.key_ring, stop=stop, may_exit=True)
    engine.dispose()
