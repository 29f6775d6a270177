"""The worker process: it never outlives the server that started it, whatever it is doing."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.settings import Settings
from api.worker import PARENT, worker_environment
from api.worker_process import LAST_WORDS_S
from api.worker_process import PARENT as NAMED
from data.engine import migrate

pytestmark = pytest.mark.slow
ENDS_WITHIN_S = 30
"""Far more than it takes, for machines that are busy."""
SERVER = """
import os, subprocess, sys
worker = subprocess.Popen(
    [sys.executable, *sys.argv[1:]], env=os.environ | {"ASUH_WORKER_PARENT": str(os.getpid())}
)
print(worker.pid, flush=True)
worker.wait()
"""
"""Stands for a server: starts a worker, says which, and waits to be killed."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    settings = Settings(var_dir=tmp_path)
    engine = settings.open_engine()
    migrate(engine)
    engine.dispose()
    return os.environ | worker_environment(settings)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    until = time.monotonic() + ENDS_WITHIN_S
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_alive(pid)


@pytest.fixture
def killed() -> Iterator[list[int]]:
    """Process ids that must not survive a failing test."""
    pids: list[int] = []
    yield pids
    for pid in pids:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def test_a_worker_whose_server_died_while_it_started_ends_by_itself(
    environment: dict[str, str],
) -> None:
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    worker = subprocess.Popen(
        [sys.executable, "-m", "api.worker_process"], env=environment | {PARENT: str(over.pid)}
    )
    try:
        assert worker.wait(ENDS_WITHIN_S) == 0
    finally:
        worker.kill()
        worker.wait()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
@pytest.mark.parametrize("after_s", [0.0, 0.3, 4.0])
def test_a_worker_does_not_outlive_a_server_that_is_killed(
    environment: dict[str, str], killed: list[int], after_s: float
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, "-m", "api.worker_process"],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    worker = int(server.stdout.readline())
    killed.append(worker)
    time.sleep(after_s)
    assert is_alive(worker)
    server.kill()
    server.wait()
    server.stdout.close()
    assert gone(worker)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_a_job_that_does_not_listen_goes_down_with_its_server(killed: list[int]) -> None:
    """A solver in C holds on to its thread; the process ends all the same."""
    deaf = textwrap.dedent("""
        import threading, time
        from api import worker_process
        worker_process.watch_server(threading.Event())
        worker_process.is_ready.set()
        time.sleep(600)
    """)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, "-c", deaf], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    worker = int(server.stdout.readline())
    killed.append(worker)
    time.sleep(1.0)
    began = time.monotonic()
    server.kill()
    server.wait()
    server.stdout.close()
    assert gone(worker)
    assert time.monotonic() - began < ENDS_WITHIN_S
    assert LAST_WORDS_S < ENDS_WITHIN_S


def test_a_worker_is_told_who_started_it(tmp_path: Path) -> None:
    assert PARENT == NAMED
    assert worker_environment(Settings(var_dir=tmp_path))[PARENT] == str(os.getpid())
