"""Measurements on the WHO curves, drawn on the server: no script, no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from data.age import DAYS_PER_MONTH
from data.growth.curves import Indicator, curve

WIDTH, HEIGHT = 460, 300
LEFT, RIGHT, TOP, BOTTOM = 44, 34, 18, 46
LAST_MONTH = 60
LAST_DAY = 1826
LEAST_SPAN = 12
CURVES = (-3, -2, 0, 2, 3)
BANDS = (("severe", None, -3), ("stunted", -3, -2), ("usual", -2, 2), ("tall", 2, 3))
"""Class of a band, its lower and its upper curve; None: the ground."""


@dataclass(frozen=True)
class Point:
    """One measurement: ``letter`` stands below it (N, T, O, B), ``title`` is for pointers.

    ``address`` is the page that it leads to.
    """

    age_days: int
    value: float
    title: str
    letter: str = ""
    is_doubtful: bool = False
    address: str = ""


@dataclass(frozen=True)
class Frame:
    """Which ages and values the picture shows, and where they lie in it."""

    first_month: int
    last_month: int
    least: float
    most: float

    def x(self, age_days: float) -> float:
        """Return the place of an age, in pixels from the left."""
        share = (age_days / DAYS_PER_MONTH - self.first_month) / (
            self.last_month - self.first_month
        )
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Return the place of a value, in pixels from the top."""
        share = (value - self.least) / (self.most - self.least)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def growth_chart(
    points: Sequence[Point],
    *,
    indicator: Indicator,
    is_boy: bool,
    name: str,
    description: str,
    age_label: str,
    unit: str,
    id_prefix: str,
    is_one_child: bool = True,
) -> str:
    """Return an SVG of measurements on the curves of -3 to +3 SD; empty without a point.

    The picture shows the ages measured with half a year around them, at least a year in all. A
    line joins them when they are those of one child.
    """
    known = sorted(
        (point for point in points if 0 <= point.age_days <= LAST_DAY), key=lambda p: p.age_days
    )
    if not known:
        return ""
    frame, lines = _frame(known, indicator, is_boy)
    parts = [
        f'<svg class="growth" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="{"img" if is_one_child else "group"}" '
        f'aria-labelledby="{id_prefix}-title {id_prefix}-text">',
        f'<title id="{id_prefix}-title">{escape(name)}</title>',
        f'<desc id="{id_prefix}-text">{escape(description)}</desc>',
        *_bands(frame, lines),
        *_axes(frame, age_label, unit),
        *_curves(frame, lines),
        *([_way(frame, known)] if is_one_child else []),
        *_points(frame, known),
        "</svg>",
    ]
    return "".join(parts)


Line = list[tuple[float, float]]


def _frame(
    points: Sequence[Point], indicator: Indicator, is_boy: bool
) -> tuple[Frame, dict[int, Line]]:
    months = [point.age_days / DAYS_PER_MONTH for point in points]
    first = max(0, int((min(months) - 6) // 6 * 6))
    last = min(LAST_MONTH, max(int(-(-(max(months) + 3) // 6) * 6), first + LEAST_SPAN))
    first = min(first, last - LEAST_SPAN)
    days = np.unique(
        np.clip(np.round(np.linspace(first, last, 61) * DAYS_PER_MONTH), 0, LAST_DAY).astype(int)
    )
    lines = {
        z: list(
            zip(
                days.tolist(),
                curve(indicator, is_boy=is_boy, z=z, days=days).tolist(),
                strict=True,
            )
        )
        for z in CURVES
    }
    values = [point.value for point in points]
    least = min([*(value for _, value in lines[-3]), *values])
    most = max([*(value for _, value in lines[3]), *values])
    margin = (most - least) * 0.04
    return Frame(first, last, least - margin, most + margin), lines


def _path(frame: Frame, line: Line) -> str:
    return " ".join(f"{frame.x(day):.1f},{frame.y(value):.1f}" for day, value in line)


def _bands(frame: Frame, lines: dict[int, Line]) -> list[str]:
    found = []
    for name, lower, upper in BANDS:
        above = lines[upper]
        below = lines[lower] if lower is not None else [(day, frame.least) for day, _ in above]
        area = f"{_path(frame, above)} {_path(frame, below[::-1])}"
        found.append(f'<polygon class="growth-{name}" points="{area}"/>')
    return found


def _curves(frame: Frame, lines: dict[int, Line]) -> list[str]:
    found = []
    for z, line in lines.items():
        day, value = line[-1]
        found.append(f'<polyline class="growth-curve" points="{_path(frame, line)}"/>')
        found.append(
            f'<text class="growth-word" x="{frame.x(day) + 4:.1f}" '
            f'y="{frame.y(value) + 4:.1f}">{z:+d}</text>'.replace("+0", "0")
        )
    return found


def _axes(frame: Frame, age_label: str, unit: str) -> list[str]:
    bottom = HEIGHT - BOTTOM
    found = [
        f'<line class="growth-axis" x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}"/>'
    ]
    for month in range(frame.first_month, frame.last_month + 1, 6):
        x = frame.x(month * DAYS_PER_MONTH)
        found.append(
            f'<line class="growth-grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}"/>'
        )
        found.append(
            f'<text class="growth-word middle" x="{x:.1f}" y="{bottom + 28}">{month}</text>'
        )
    for value in _steps(frame.least, frame.most):
        y = frame.y(value)
        found.append(
            f'<text class="growth-word end" x="{LEFT - 6}" y="{y + 4:.1f}">{value:g}</text>'
        )
    found.append(
        f'<text class="growth-word end" x="{WIDTH - RIGHT}" y="{HEIGHT - 2}">'
        f"{escape(age_label)}</text>"
    )
    found.append(f'<text class="growth-word" x="2" y="{TOP}">{escape(unit)}</text>')
    return found


def _steps(least: float, most: float) -> list[int]:
    step = next((each for each in (1, 2, 5, 10, 20) if (most - least) / each <= 8), 20)
    first = int(-(-least // step) * step)
    return list(range(first, int(most) + 1, step))


def _way(frame: Frame, points: Sequence[Point]) -> str:
    way = " ".join(f"{frame.x(p.age_days):.1f},{frame.y(p.value):.1f}" for p in points)
    return f'<polyline class="growth-way" points="{way}"/>'


def _points(frame: Frame, points: Sequence[Point]) -> list[str]:
    found = []
    for point in points:
        kind = "growth-point doubtful" if point.is_doubtful else "growth-point"
        x, y = frame.x(point.age_days), frame.y(point.value)
        circle = (
            f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5">'
            f"<title>{escape(point.title)}</title></circle>"
        )
        # Hundreds of stops would bar the keyboard's way: the list beside leads to the same pages.
        address = f'<a href="{escape(point.address)}" tabindex="-1">' if point.address else ""
        found.append(f"{address}{circle}</a>" if address else circle)
        if point.letter:
            found.append(
                f'<text class="growth-letter middle" x="{x:.1f}" '
                f'y="{HEIGHT - BOTTOM + 13}">{escape(point.letter)}</text>'
            )
    return found
