"""A child's z-scores by age, drawn on the server: four lines on the bands of the regulation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 40, 60, 12, 40
LEAST_SPAN_MONTHS = 12
MARKS = (-3, -2, 0, 2)


@dataclass(frozen=True)
class Line:
    """One index: its name, the class it is drawn by, and (age in months, z) in order of age."""

    name: str
    index: str
    points: tuple[tuple[float, float], ...]


def z_chart(
    lines: Sequence[Line], *, name: str, age_label: str, written: Callable[[float], str]
) -> str:
    """Return an SVG of z-scores by age; empty without a point."""
    points = [point for line in lines for point in line.points]
    if not points:
        return ""
    first = min(age for age, _ in points)
    span = max(LEAST_SPAN_MONTHS, max(age for age, _ in points) - first)
    low = min(-4.0, *(z for _, z in points))
    high = max(2.5, *(z for _, z in points))

    def x(age: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (age - first) / span

    def y(z: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - z) / (high - low)

    parts = [
        f'<svg class="growth" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="z-title">',
        f'<title id="z-title">{escape(name)}</title>',
        f'<rect class="growth-severe" x="{LEFT}" width="{WIDTH - LEFT - RIGHT}" y="{y(-3):.1f}" '
        f'height="{y(low) - y(-3):.1f}"/>',
        f'<rect class="growth-stunted" x="{LEFT}" width="{WIDTH - LEFT - RIGHT}" y="{y(-2):.1f}" '
        f'height="{y(-3) - y(-2):.1f}"/>',
    ]
    parts += [
        f'<line class="growth-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(z):.1f}" '
        f'y2="{y(z):.1f}"/><text class="growth-word" x="4" y="{y(z) + 4:.1f}">{_mark(z)}</text>'
        for z in MARKS
    ]
    for line in lines:
        if line.points:
            parts += _line(line, x, y, written)
    parts.append(
        f'<text class="growth-word" x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">'
        f"{escape(age_label)}: {written(first)}–{written(first + span)}</text></svg>"
    )
    return "".join(parts)


def _line(
    line: Line,
    x: Callable[[float], float],
    y: Callable[[float], float],
    written: Callable[[float], str],
) -> list[str]:
    way = " ".join(f"{x(age):.1f},{y(z):.1f}" for age, z in line.points)
    age, z = line.points[-1]
    dots = [
        f'<circle class="z-point z-{line.index}" cx="{x(age):.1f}" cy="{y(z):.1f}" r="3">'
        f"<title>{escape(line.name)} {written(z)}</title></circle>"
        for age, z in line.points
    ]
    return [
        f'<polyline class="z-line z-{line.index}" points="{way}"/>',
        *dots,
        f'<text class="growth-word" x="{x(age) + 6:.1f}" y="{y(z) + 4:.1f}">'
        f"{escape(line.name)}</text>",
    ]


def _mark(z: int) -> str:
    return f"{z:+d}" if z else "0"
