"""A funnel plot drawn on the server: units as points between the limits of chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from api.services.monitoring import Shares

__all__ = ["FunnelChart", "Point", "funnel_chart"]

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 12, 40


@dataclass(frozen=True, slots=True)
class Point:
    """A unit on the chart; ``label`` is shown for those outside the limits, ``faint`` for others'.

    ``num_hits`` of ``num_cases`` is what it stands for.
    """

    x: float
    y: float
    verdict: str
    name: str
    label: bool
    num_hits: int
    num_cases: int
    faint: bool


@dataclass(frozen=True, slots=True)
class FunnelChart:
    """What the template draws: a view box, lines as SVG paths, ticks and points."""

    width: int
    height: int
    share_y: float
    left: int
    right: int
    bottom: int
    inner: str
    outer: str
    points: tuple[Point, ...]
    x_ticks: tuple[tuple[float, int], ...]
    y_ticks: tuple[tuple[float, int], ...]


def funnel_chart(
    shares: Shares, *, is_own: Callable[[str], bool] | None = None
) -> FunnelChart | None:
    """Return the chart of shares by area; None where no area has cases.

    ``is_own`` tells the units that are asked for from the others, which are drawn faint.
    """
    funnel, lines = shares.funnel, shares.limits
    seen = [unit for unit in funnel.units if unit.share is not None]
    if funnel.share is None or not seen:
        return None
    most = max(unit.count for unit in seen)
    wide = WIDTH - LEFT - RIGHT

    def x_of(count: float) -> float:
        return round(LEFT + wide * count / most, 1)

    def y_of(share: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)

    return FunnelChart(
        width=WIDTH,
        height=HEIGHT,
        share_y=y_of(funnel.share),
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=HEIGHT - BOTTOM,
        inner=_paths(
            [(x_of(line.count), y_of(line.lower_95), y_of(line.upper_95)) for line in lines]
        ),
        outer=_paths(
            [(x_of(line.count), y_of(line.lower_998), y_of(line.upper_998)) for line in lines]
        ),
        points=tuple(
            Point(
                x_of(unit.count),
                y_of(unit.share or 0.0),
                unit.verdict.value,
                unit.name,
                unit.verdict.value in ("higher", "lower") and (is_own is None or is_own(unit.name)),
                unit.hits,
                unit.count,
                is_own is not None and not is_own(unit.name),
            )
            for unit in seen
        ),
        x_ticks=tuple((x_of(count), count) for count in _whole_ticks(most)),
        y_ticks=tuple((y_of(percent / 100), percent) for percent in (0, 25, 50, 75, 100)),
    )


def _paths(rows: Iterable[tuple[float, float, float]]) -> str:
    """Return the lower and the upper line as one SVG path."""
    listed = list(rows)
    return " ".join(
        "M" + " L".join(f"{x:g} {y:g}" for x, y in line)
        for line in (
            [(x, low) for x, low, _ in listed],
            [(x, high) for x, _, high in listed],
        )
    )


def _whole_ticks(most: int) -> list[int]:
    """Return up to five round counts from nothing to the largest unit."""
    step = next(
        size * 10**power
        for power in range(12)
        for size in (1, 2, 5)
        if most / (size * 10**power) <= 5
    )
    return list(range(0, most + 1, step))
