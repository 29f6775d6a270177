"""A worker process from its first moment: it watches its server before anything heavy is loaded.

``python -m api.worker_process`` is what a server starts. A server that is killed leaves no worker
behind: one that is still loading ends at once, one with a job under way shortly after. The job is
fenced and nothing of it is stored by halves, so another worker starts it anew.
"""

import os
import threading
import time

PARENT = "ASUH_WORKER_PARENT"
"""Names the process that started a worker: it may be gone before the worker can look."""
LOOK_EVERY_S = 0.5
LAST_WORDS_S = 3.0
"""So long a job may still take when its server is gone."""
ABANDONED = 76


def watch_server(stop: threading.Event) -> None:
    """Begin to watch the server: when it is gone, ask to stop, then end this process."""
    parent = int(os.environ.get(PARENT, os.getppid()))

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_S)
        stop.set()
        time.sleep(LAST_WORDS_S if is_ready.is_set() else 0)
        os._exit(ABANDONED if is_ready.is_set() else 0)

    threading.Thread(target=watch, daemon=True).start()


is_ready = threading.Event()
"""Set once everything is loaded and jobs may be under way."""


def main() -> None:
    """Watch the server, then load and run a worker until it is told to stop."""
    stop = threading.Event()
    watch_server(stop)
    from api.worker import run_worker  # noqa: PLC0415 - heavy; the watch comes first

    is_ready.set()
    run_worker(stop)


if __name__ == "__main__":
    main()
