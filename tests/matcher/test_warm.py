"""Compiled code counts by what the sources say, not by when they were written."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from matcher import warm
from matcher.levels import FlowSolver
from matcher.policy import Policy
from matcher.solve import solve
from tests.matcher.months import month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("numba")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "__pycache__").mkdir()
    for name in warm.PARTS:
        shutil.copy(warm.HOME / f"{name}.py", tmp_path)
    monkeypatch.setattr(warm, "HOME", tmp_path)
    warm.is_warm.cache_clear()
    yield tmp_path
    warm.is_warm.cache_clear()


def is_warm_now() -> bool:
    warm.is_warm.cache_clear()
    return warm.is_warm()


def test_a_checkout_that_changes_only_times_leaves_the_engines_warm(home: Path) -> None:
    assert not is_warm_now()
    warm.remember()
    assert is_warm_now()
    for name in warm.PARTS:
        os.utime(home / f"{name}.py", (2_000_000_000, 2_000_000_000))
    assert is_warm_now()


def test_a_changed_part_makes_all_cold_until_compiled_again(home: Path) -> None:
    warm.remember()
    with (home / f"{warm.PARTS[1]}.py").open("a") as file:
        file.write("# changed\n")
    assert not is_warm_now()
    (home / "__pycache__" / f"{warm.PARTS[0]}.f-1.py313.nbi").touch()
    warm.forget()
    assert list((home / "__pycache__").iterdir()) == []


def test_every_module_with_compiled_functions_is_a_part() -> None:
    found = {
        path.stem
        for path in warm.HOME.glob("*.py")
        if "import compiled" in path.read_text() or path.stem == "compiled"
    }
    assert found == set(warm.PARTS)


def test_a_result_says_which_solver_found_it(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = month(1, children=40, pledges=12)
    free = Policy(split_siblings=True)
    assert solve(problem, free).versions["flow"] == FlowSolver.OR_TOOLS
    monkeypatch.setattr("matcher.levels.WORTH_LOADING", 0)
    monkeypatch.setattr("matcher.levels.is_warm", lambda: True)
    assert solve(problem, free).versions["flow"] == FlowSolver.COMPILED
