"""A search that is not ours, in a process of its own: whatever it does, the plan ends.

A library's search may hang inside compiled code, where no callback is asked and no signal is
heard; only another process can end that. The child tells its best so far as it goes, asks whether
to go on, and is killed when it does not answer in time; what it told last then counts.

The child is ``python -m logistics.own_process``: it reads a pickled task from its standard input
and answers on its standard output, with nothing but what this module's own parent sent it.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable

ASK_EVERY_S = 0.01
"""A search asks at most so often whether to go on: asking takes a tenth of a millisecond."""
POLL_S = 0.1
GRACE_S = 1.0
"""After the end, a search that told something may take so long to answer."""
FIRST_S = 30.0
"""After the end, a search that told nothing yet may take so long to find its first."""
SILENT_S = 180.0
"""A search that asks nothing for so long is hung, however much time it was given."""


class LostError(RuntimeError):
    """The child ended, or was ended, before it told anything."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search apart came to.

    Parameters
    ----------
    best
        What the task returned, or told last.
    iterations
        As told last.
    was_killed
        The search did not end by itself.
    """

    best: Any
    iterations: int
    was_killed: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a child may take, in seconds; see the constants of this module."""

    grace_s: float = GRACE_S
    first_s: float = FIRST_S
    silent_s: float = SILENT_S


class Asking:
    """What a task in the child calls: whether to go on, and that it found something better."""

    def __init__(self, told: BinaryIO, heard: BinaryIO, silent_s: float) -> None:
        self._told, self._heard, self._silent_s = told, heard, silent_s
        self._best: Any = None
        self._asked = 0.0
        self._watch()

    def better(self, best: Any) -> None:
        """Keep the best so far: it goes along with the next question."""
        self._best = best

    def may_go_on(self, iteration: int, cost: int) -> bool:
        """Ask, but not too often; between questions the answer is yes."""
        now = time.perf_counter()
        if now - self._asked < ASK_EVERY_S:
            return True
        self._watch()
        self._say(("ask", iteration, cost, self._best))
        self._best = None
        answer: bool = pickle.load(self._heard)  # noqa: S301  (from the parent)
        self._asked = time.perf_counter()
        return answer

    def done(self, result: Any, iterations: int) -> None:
        """Tell the end."""
        self._say(("done", iterations, result))

    def _say(self, message: tuple[object, ...]) -> None:
        pickle.dump(message, self._told)
        self._told.flush()

    def _watch(self) -> None:
        """End this process when it is silent for too long, also without a parent."""
        faulthandler.dump_traceback_later(self._silent_s, exit=True)


Task = "Callable[..., tuple[Any, int]]"
"""Called with its own arguments and an `Asking`; returns its best and the iterations done."""


def search_apart(
    task: Callable[..., tuple[Any, int]],
    *arguments: object,
    keep_on: Callable[[int, int], bool],
    patience: Patience | None = None,
) -> Found:
    """Run a task in a process of its own until it ends or has to.

    Parameters
    ----------
    task
        A function of a module, called in the child with its arguments and an `Asking`.
    keep_on
        Asked with iteration and cost of the best so far, also while the child is silent.

    Raises
    ------
    LostError
        It told nothing.
    """
    limits = patience or Patience()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as child:
        try:
            return _converse(
                child, pickle.dumps((task, arguments, limits.silent_s)), keep_on, limits
            )
        finally:
            child.kill()


def _converse(
    child: subprocess.Popen[bytes],
    asked: bytes,
    keep_on: Callable[[int, int], bool],
    limits: Patience,
) -> Found:
    told: SimpleQueue[tuple[Any, ...] | None] = SimpleQueue()
    to_child, from_child = child.stdin, child.stdout
    if to_child is None or from_child is None:
        raise LostError("no pipes")
    Thread(target=_listen, args=(from_child, told), daemon=True).start()
    best: Any = None
    iteration = cost = 0
    heard = time.monotonic()
    over: float | None = None
    with suppress(BrokenPipeError):
        to_child.write(asked)
        to_child.flush()
        while True:
            with suppress(Empty):
                message = told.get(timeout=POLL_S)
                heard = time.monotonic()
                if message is None:
                    break
                if message[0] == "done":
                    return Found(message[2], message[1])
                if message[0] == "failed":
                    raise message[1]
                _, iteration, cost, better = message
                best = best if better is None else better
                pickle.dump(keep_on(iteration, cost), to_child)
                to_child.flush()
                continue
            now = time.monotonic()
            if over is None and not keep_on(iteration, cost):
                over = now
            grace_s = limits.first_s if best is None else limits.grace_s
            if now - heard > limits.silent_s or (over is not None and now - over > grace_s):
                break
    if best is None:
        raise LostError(f"no answer after {iteration} iterations")
    return Found(best, iteration, was_killed=True)


def _listen(from_child: BinaryIO, told: SimpleQueue[tuple[Any, ...] | None]) -> None:
    """Pass on what the child tells, then None."""
    with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
        while True:
            told.put(pickle.load(from_child))  # noqa: S301  (from our own child)
    told.put(None)


def main() -> None:
    """Be the child: nothing but answers goes to standard output, and Ctrl-C is the parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    heard = sys.stdin.buffer
    task, arguments, silent_s = pickle.load(heard)  # noqa: S301  (from the parent)
    asking = Asking(told, heard, silent_s)
    try:
        result, iterations = task(*arguments, asking)
    except EOFError:  # the parent is gone
        return
    except Exception as error:  # noqa: BLE001  (the parent raises it)
        with suppress(BrokenPipeError):
            pickle.dump(("failed", error), told)
            told.flush()
        return
    with suppress(BrokenPipeError):
        asking.done(result, iterations)


if __name__ == "__main__":
    main()
