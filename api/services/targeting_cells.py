"""The public cells of *Tepat sasaran*, hidden together with those of the month's report.

Both tell of the same children: what one hides, the other must not give away, and both obey the
versions before (``docs/adr/0022-versions-are-hidden-together.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services.report_privacy import REASON, Beside
from api.services.report_reach import STEPS, step_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.services.report_privacy import FigureCell
    from data.monitoring.targeting import Covered, Targeting

__all__ = ["beside_targeting", "coverage_counts", "targeting_cell", "total_cells"]

TARGETING = "targeting"
"""Level of the cells of *Tepat sasaran*."""
COVERAGE = ("target_eligible", "matching_matched", "matching_unmatched")
WAITING = ("matching_unmatched", "waiting_long")


def targeting_cell(block: str, name: str, code: str) -> FigureCell:
    """Return the cell of a figure in a row of a block (a field of ``Targeting``)."""
    return TARGETING, f"{block}:{name}", code


def total_cells(
    targeting: Targeting, city: Mapping[str, float | None]
) -> dict[str, tuple[FigureCell, int]]:
    """Return figure → cell and number of each total.

    A total that agrees with the report's figure of the city (``city``) is that cell; those of
    waiting and of packages are the sheet's own.
    """
    found = {}
    for code in COVERAGE:
        number = sum(coverage_counts(row)[code] for row in targeting.sexes.values())
        agrees = number == int(city.get(code) or 0)
        found[code] = (("city", "", code) if agrees else (TARGETING, "", code), number)
    long = sum(row.long for row in targeting.left_out.values())
    packages = sum(row.packages for row in targeting.received.values())
    return found | {
        "waiting_long": ((TARGETING, "", "waiting_long"), long),
        "spread_packages": ((TARGETING, "", "spread_packages"), packages),
    }


def coverage_counts(row: Covered) -> dict[str, int]:
    """Return the counts of a row of coverage by figure."""
    return dict(zip(COVERAGE, (row.eligible, row.served, row.unserved), strict=True))


def beside_targeting(
    targeting: Targeting, *, city: Mapping[str, float | None], causes: Mapping[str, int]
) -> Beside:
    """Return the cells of a month, what adds up among them and with the report's, and what is part.

    Parameters
    ----------
    city
        The report's figures of the whole city.
    causes
        What stopped children, as the report counts it.
    """
    totals = total_cells(targeting, city)
    whole = {code: cell for code, (cell, _) in totals.items()}
    counts = {cell: number for cell, number in totals.values() if cell[0] == TARGETING}
    sums: list[tuple[FigureCell, tuple[FigureCell, ...]]] = []
    parts: list[tuple[FigureCell, FigureCell]] = [(whole["waiting_long"], whole[WAITING[0]])]
    rows = _rows(targeting)
    for block, of_block in rows.items():
        for name, row in of_block.items():
            counts |= {targeting_cell(block, name, code): number for code, number in row.items()}
        added_up = next(iter(of_block.values()), {}).keys() & whole.keys()
        sums += [
            (whole[code], tuple(targeting_cell(block, name, code) for name in of_block))
            for code in sorted(added_up)
        ]
    for block in ("tiers", "ages", "sexes"):
        for name in rows[block]:
            each, *split = (targeting_cell(block, name, code) for code in COVERAGE)
            sums.append((each, tuple(split)))
    sums.append((whole[COVERAGE[0]], tuple(whole[code] for code in COVERAGE[1:])))
    for reason in targeting.left_out:
        unmatched, long = (targeting_cell("left_out", reason, code) for code in WAITING)
        sums.append((unmatched, _causes_of(reason, targeting, causes)))
        parts.append((long, unmatched))
    parts += [
        (targeting_cell("doubtful", name, "inclusion_doubtful"), whole["matching_matched"])
        for name in rows["doubtful"]
    ]
    return Beside(tuple(counts.items()), tuple(sums), tuple(parts))


def _rows(targeting: Targeting) -> dict[str, dict[str, dict[str, int]]]:
    """Return block → row → figure → count."""
    found = {
        block: {name: coverage_counts(row) for name, row in rows.items()}
        for block, rows in (
            ("tiers", targeting.tiers),
            ("ages", targeting.ages),
            ("sexes", targeting.sexes),
        )
    }
    found["left_out"] = {
        reason: dict(zip(WAITING, (row.children, row.long), strict=True))
        for reason, row in targeting.left_out.items()
    }
    found["doubtful"] = {
        doubt: {"inclusion_doubtful": number}
        for doubt, number in targeting.doubtful.items()
        if number is not None
    }
    found["received"] = {
        tier: {"spread_packages": row.packages} for tier, row in targeting.received.items()
    }
    return found


def _causes_of(
    reason: str, targeting: Targeting, causes: Mapping[str, int]
) -> tuple[FigureCell, ...]:
    """Return the report's causes that a reason counts; without a reason those not told here."""
    return tuple(
        (REASON, cause, STEPS[2])
        for cause in causes
        if step_of(cause) == STEPS[2]
        and (cause == reason if reason else cause not in targeting.left_out)
    )
