"""Every figure by exact amount and with its counter-case: ``tests/indicator_amounts.csv``."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data.monitoring.effect import Effect, Stretch, effect
from data.monitoring.projection import Flow, needed_coverage, project
from data.reference.indicators import indicators
from tests.api.services.test_reports import month
from tests.factories import NOW
from tests.indicator_deeds import DEEDS, SmallMonth
from tests.told_figures import told_figures, without_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlmodel import Session

AMOUNTS = Path(__file__).parents[2] / "indicator_amounts.csv"
UNCHANGED = "unchanged"


@pytest.mark.slow
@pytest.mark.stores("sqlite")
def test_each_deed_changes_its_figures_by_exactly_that_and_no_other(session: Session) -> None:
    cycle, _ = month(session)
    cycle.snapshot_hash = "x"
    session.add(cycle)
    session.flush()
    small, known = SmallMonth(session, cycle), amounts()
    base = told(small)
    assert base == known[""]
    assert known.keys() == {"", *DEEDS}
    for deed, do in DEEDS.items():
        with session.begin_nested() as done:
            do(small)
            session.flush()
            after = told(small)
            done.rollback()
        session.expire_all()
        assert after == without_nothing(base | known[deed]), deed


def amounts() -> dict[str, dict[str, object]]:
    """What each deed makes of the figures that it changes."""
    found: defaultdict[str, dict[str, object]] = defaultdict(dict)
    for row in rows():
        if row["value"] != UNCHANGED:
            value = json.loads(row["value"])
            found[row["deed"]][row["figure"]] = tuple(value) if isinstance(value, list) else value
        else:
            found[row["deed"]] |= {}
    return found


def rows() -> list[dict[str, str]]:
    """The lines of the table."""
    with AMOUNTS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def told(small: SmallMonth) -> dict[str, object]:
    """Every figure that is told of the small month."""
    return told_figures(small.session, cycle=small.cycle, now=NOW)


def compared(
    num_pairs: int,
    *,
    gain: float,
    start: float = 0.0,
    before: float | None = None,
    other: str = "a",
) -> Effect:
    """Supported children who gained so much more than others of the same age and start."""
    spread = [0.01 * (number % 5 - 2) for number in range(num_pairs)]
    return effect(
        [
            Stretch(
                child=2 * number + is_other, stratum=other if is_other else "a",
                is_supported=not is_other, age_months=18.0 + number % 7,
                start_z=-2.5 + at + (0 if is_other else start),
                end_z=-2.5 + at + (0 if is_other else start + gain),
                change_before=None if before is None else (0.0 if is_other else before) + at,
            )
            for number, at in enumerate(spread)
            for is_other in (False, True)
        ]
    )  # fmt: skip


STEADY = (100, 98, 96, 94, 92, 90)
FLOW = Flow(new=10, graduating=0.2, leaving=0.05)
PURE: dict[str, tuple[Callable[[], object], object, Callable[[], object], object]] = {
    # figure: how it is counted → its amount; what is like it → what that must come to
    "projected_children": (
        lambda: middle(STEADY), 70.0,
        lambda: middle(STEADY[1:]), None,  # five months: nothing is projected
    ),
    "coverage_needed": (
        lambda: coverage(target=95), 0.5,
        lambda: coverage(target=84.9), None,  # not even if all were served
    ),
    "effect_children": (
        lambda: sizes(compared(31, gain=0.2, other="b")), (31, 31),  # with a partner or without
        lambda: sizes(effect([])), (0, 0),
    ),
    "effect_pairs": (
        lambda: compared(30, gain=0.2).pairs, 30,
        lambda: compared(30, gain=0.2, other="b").pairs, 0,  # of another kecamatan
    ),
    "effect_difference": (
        lambda: difference(compared(30, gain=0.2)), 0.2,
        lambda: difference(compared(29, gain=0.2)), None,  # too few pairs
    ),
    "effect_imbalance": (
        # 0.02 in deviations of five steps of 0.01: √(0.0002 × 30 / 29).
        lambda: at_start(compared(30, gain=0.2, start=0.02)), 1.390444,
        lambda: at_start(compared(30, gain=0.2)), 0.0,  # alike at the start
    ),
    "effect_before": (
        lambda: was_before(compared(30, gain=0.2, before=0.3)), 0.3,
        lambda: was_before(compared(30, gain=0.2)), None,  # nobody was measured before
    ),
}  # fmt: skip


def middle(counts: Sequence[float]) -> float | None:
    """The projected number in ten months."""
    found = project(counts, months_ahead=10)
    return found.middle if found else None


def coverage(*, target: float) -> float | None:
    """The coverage that brings 100 children to a target in a month."""
    found = needed_coverage(FLOW, children=100, target=target, months_ahead=1)
    return None if found is None else round(found, 6)


def sizes(found: Effect) -> tuple[int, int]:
    """How many were supported, and how many were not yet."""
    return found.supported, found.others


def difference(found: Effect) -> float | None:
    """The mean difference."""
    return round(found.estimate.mean, 6) if found.estimate else None


def was_before(found: Effect) -> float | None:
    """The mean difference before the start."""
    return round(found.before.mean, 6) if found.before else None


def at_start(found: Effect) -> float:
    """How unlike the groups were at the start."""
    return round(found.imbalance["z"], 6)


@pytest.mark.parametrize("code", PURE)
def test_what_is_reckoned_from_many_months_has_its_amount_and_its_counter_case(code: str) -> None:
    counted, amount, alike, other_amount = PURE[code]
    assert counted() == amount
    assert alike() == other_amount


def test_every_figure_that_is_counted_has_an_amount_and_a_counter_case() -> None:
    codes = {each.code for each in indicators() if not each.missing}
    changed = {row["figure"] for row in rows() if row["deed"] and row["value"] != UNCHANGED}
    spared = {row["figure"] for row in rows() if row["value"] == UNCHANGED}
    assert changed | PURE.keys() == codes, "write a deed that changes it, and by how much"
    assert spared | PURE.keys() == codes, "write a deed that it could be taken for, and is not"
