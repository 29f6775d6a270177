"""A search in a process of its own: it ends when it must, whatever it does."""

import ctypes
import os
import sys
import time
from collections.abc import Callable

import pytest

from logistics.own_process import Asking, LostError, Patience, search_apart

SHORT = Patience(grace_s=0.2, first_s=0.4, silent_s=30.0)


def count(most: int, asking: Asking) -> tuple[str, int]:
    for number in range(most):
        asking.better(f"best of {number}")
        if not asking.may_go_on(number, 100 - number):
            return "stopped", number
    return "all", most


def hang(tells_first: bool, asking: Asking) -> tuple[str, int]:
    """Hang as compiled code does: no callback, no signal, the interpreter's lock held."""
    if tells_first:
        asking.better("so far")
        asking.may_go_on(7, 42)
    ctypes.PyDLL(None).pause()
    return "never", 0


def fail(asking: Asking) -> tuple[str, int]:
    raise ZeroDivisionError("of the task")


def vanish(asking: Asking) -> tuple[str, int]:
    sys.stdout.write("not an answer\n")
    asking.better("last words")
    asking.may_go_on(3, 1)
    os._exit(9)


def for_seconds(seconds: float) -> Callable[[int, int], bool]:
    until = time.monotonic() + seconds
    return lambda _iteration, _cost: time.monotonic() < until


def test_a_task_ends_by_itself_or_when_it_is_told_to() -> None:
    found = search_apart(count, 50, keep_on=lambda *_: True)
    assert (found.best, found.iterations, found.was_killed) == ("all", 50, False)
    heard: list[tuple[int, int]] = []

    def until_the_third(iteration: int, cost: int) -> bool:
        heard.append((iteration, cost))
        return len(set(heard)) < 4  # before the first answer it is asked with nothing

    found = search_apart(count, 10**9, keep_on=until_the_third)
    assert (found.best, found.was_killed) == ("stopped", False)
    assert all(cost in (0, 100 - iteration) for iteration, cost in heard)
    assert found.iterations == heard[-1][0] > 0


def test_what_hangs_is_killed_and_what_it_told_last_counts() -> None:
    began = time.monotonic()
    found = search_apart(hang, True, keep_on=lambda _, cost: cost != 42, patience=SHORT)
    assert (found.best, found.iterations, found.was_killed) == ("so far", 7, True)
    with pytest.raises(LostError):
        search_apart(hang, False, keep_on=for_seconds(0.5), patience=SHORT)
    assert time.monotonic() - began < 20, "it would hang for ever"


def test_what_is_silent_for_too_long_is_hung_however_much_time_it_was_given() -> None:
    patience = Patience(silent_s=8.0)
    found = search_apart(hang, True, keep_on=lambda *_: True, patience=patience)
    assert (found.best, found.was_killed) == ("so far", True)


def test_a_child_that_dies_or_fails() -> None:
    found = search_apart(vanish, keep_on=lambda *_: True)
    assert (found.best, found.iterations, found.was_killed) == ("last words", 3, True)
    with pytest.raises(ZeroDivisionError, match="of the task"):
        search_apart(fail, keep_on=lambda *_: True)


def test_no_child_outlives_a_parent_that_gives_up() -> None:
    children: list[int] = []

    def give_up(_iteration: int, pid: int) -> bool:
        if pid:
            children.append(pid)
            raise KeyboardInterrupt
        return True

    with pytest.raises(KeyboardInterrupt):
        search_apart(tell_pid, keep_on=give_up)
    with pytest.raises(ProcessLookupError):
        os.kill(children[0], 0)


def tell_pid(asking: Asking) -> tuple[str, int]:
    asking.may_go_on(0, os.getpid())
    return "", 0
