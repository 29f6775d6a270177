"""``asuh match`` weighing policies on a file: side by side, each wish, each break, in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from api.cli.file_faults import fault_text
from api.cli.output import answer, in_words, progress_bar, refuse
from api.i18n import Formats, sentence

if TYPE_CHECKING:
    from pathlib import Path

    from matcher.break_prices import BreakPrice
    from matcher.comparison import BreakPoint, Comparison, Figures
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

SEPARATOR = " · "


def weigh(
    file: Path,
    policy: Policy,
    other: Policy | None,
    language: str,
    *,
    switches: bool,
    as_json: bool,
) -> None:
    """Print two policies side by side, the price of every switch, or the curve of breaks."""
    from matcher import comparison

    month = _month_of(file, language, as_json=as_json)
    with progress_bar("asuh match", shown=not as_json) as progress:
        shown = in_words(progress, language)

        def step(stage: str, share: float) -> None:
            shown(share, stage)

        found: Any
        if other is not None:
            both = comparison.compare(month, policy, other, progress=step)
            found, text = asdict(both), _side_by_side(both, language)
        elif switches:
            base, others = comparison.price_of_switches(month, policy, progress=step)
            found = {"policy": asdict(base)} | {code: asdict(each) for code, each in others.items()}
            text = _switched(base, others, language)
        else:
            points = comparison.break_curve(month, policy, progress=step)
            found = {str(point.breaks): asdict(point) for point in points}
            text = "\n".join(_point(point, language) for point in points)
    answer(found, as_json=as_json, text=text)


def price_breaks(file: Path, policy: Policy, language: str, *, as_json: bool) -> None:
    """Print the exact price of each pair of last month that may break."""
    from matcher.break_prices import break_prices
    from matcher.faults import InvalidProblemError

    month = _month_of(file, language, as_json=as_json)
    if faults := month.validate():
        raise InvalidProblemError(faults)
    corners = break_prices(month, policy)
    found = [asdict(corner) for corner in corners]
    answer(found, as_json=as_json, text=_corners(corners, language))


def _month_of(file: Path, language: str, *, as_json: bool) -> MatchingProblem:
    from matcher.files import FileFormatError, read_problem

    try:
        return read_problem(file)
    except FileFormatError as error:
        refuse(fault_text(file, error, language), as_json=as_json, code="match.problem")


def _shown(name: str, value: int, language: str) -> str:
    fmt = Formats(language)
    if name == "distance_m":
        return fmt.kilometres(value)
    return f"{fmt.number(value)} %" if name == "worst_share_percent" else fmt.number(value)


def _difference(name: str, value: int, language: str) -> str:
    sign = "+" if value > 0 else "−"
    return f"{sign}{_shown(name, abs(value), language)}" if value else "="


def _label(name: str, language: str) -> str:
    return sentence(f"figure_name.{name}", {}, language)


def _figures(figures: Figures) -> dict[str, int]:
    return {name: value for name, value in figures.to_json().items() if name != "is_proved"}


def _proof(figures: Figures, language: str) -> str:
    return "" if figures.is_proved else f" ({sentence('cli.unproved', {}, language)})"


def _all_figures(figures: Figures, language: str) -> str:
    return SEPARATOR.join(
        f"{_label(name, language)} {_shown(name, value, language)}"
        for name, value in _figures(figures).items()
    )


def _switched(base: Figures, others: dict[str, Figures], language: str) -> str:
    """Say what each wish changes; what it leaves as it is goes without saying."""
    own = _figures(base)
    policy = sentence("cli.this_policy", {}, language)
    lines = [f"{policy}{_proof(base, language)}: {_all_figures(base, language)}"]
    for code, other in others.items():
        changed = SEPARATOR.join(
            f"{_label(name, language)} {_difference(name, value - own[name], language)}"
            for name, value in _figures(other).items()
            if value != own[name]
        )
        changed = changed or sentence("cli.nothing_changes", {}, language)
        lines.append(f"{sentence(code, {}, language)}{_proof(other, language)}: {changed}")
    return "\n".join(lines)


def _side_by_side(both: Comparison, language: str) -> str:
    before, after = _figures(both.before), _figures(both.after)
    rows = [
        (
            _label(name, language),
            _shown(name, before[name], language),
            _shown(name, after[name], language),
            _difference(name, after[name] - before[name], language),
        )
        for name in before
    ]
    heads = ("word.level_first", "word.level_second", "cli.difference")
    proofs = (both.before, both.after)
    first, second, difference = (sentence(code, {}, language) for code in heads)
    first, second = (
        head + _proof(each, language) for head, each in zip((first, second), proofs, strict=True)
    )
    lines = _table([("", first, second, difference), *rows])
    lines.append(sentence("cli.children_differ", {"n": len(both.changes)}, language))
    lines += [f"  {one.child_id}: {one.before or '–'} → {one.after or '–'}" for one in both.changes]
    return "\n".join(lines)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows as lines: the first column to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _point(point: BreakPoint, language: str) -> str:
    code = "cli.breaks_before" if point.before else "cli.breaks_last"
    goal = sentence(f"level.{point.before}", {}, language) if point.before else ""
    params = {"n": Formats(language).number(point.breaks), "goal": goal}
    figures = _all_figures(point.figures, language)
    return f"{sentence(code, params, language)}{_proof(point.figures, language)}: {figures}"


def _corners(corners: list[BreakPrice], language: str) -> str:
    """Say what each corner reaches, and what each pair broken since the one before it brought."""
    fmt, lines = Formats(language), []
    for at, corner in enumerate(corners):
        figures = [
            f"{_label(name, language)} {fmt.number(value)}"
            for name, value in (("children", corner.children), ("points", corner.points))
        ]
        if at:
            last = corners[at - 1]
            each = (corner.points - last.points) / (corner.breaks - last.breaks)
            params: dict[str, object] = {"points": fmt.number(each, decimals=1)}
            figures.append(sentence("cli.points_per_break", params, language))
        how = "" if corner.is_exact else f" ({sentence('cli.at_most', {}, language)})"
        broken = f"{_label('broken', language)} {fmt.number(corner.breaks)}{how}"
        lines.append(f"{broken}: {SEPARATOR.join(figures)}")
    return "\n".join(lines)
