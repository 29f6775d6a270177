"""The worker process: it never outlives the server that started it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.settings import Settings
from api.worker import PARENT, worker_environment
from data.engine import migrate

pytestmark = pytest.mark.slow
ENDS_WITHIN_S = 120


def test_a_worker_whose_server_died_while_it_started_ends_by_itself(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path)
    engine = settings.open_engine()
    migrate(engine)
    engine.dispose()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    environment = os.environ | worker_environment(settings) | {PARENT: str(gone.pid)}
    worker = subprocess.Popen([sys.executable, "-m", "api.worker"], env=environment)
    try:
        assert worker.wait(ENDS_WITHIN_S) == 0
    finally:
        worker.kill()
        worker.wait()


def test_a_worker_is_told_who_started_it(tmp_path: Path) -> None:
    assert worker_environment(Settings(var_dir=tmp_path))[PARENT] == str(os.getpid())
