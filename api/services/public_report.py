"""What the variant of a month's report that leaves the office hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.services.report_beside import beside_areas
from api.services.report_columns import area_figures
from api.services.report_privacy import hidden_figures

if TYPE_CHECKING:
    from api.services.report_privacy import FigureCell
    from api.services.report_versions import Figures

__all__ = ["hidden_in_report"]


def hidden_in_report(figures: Figures) -> frozenset[FigureCell]:
    """Return the figures that the public variant of a month's report hides.

    All of them together, reasons and figures of the city too: one may give away another.
    """
    codes = [
        figure.code
        for columns in area_figures(figures.counts).values()
        for figure in columns
        if not figure.stands_on
    ]
    return hidden_figures(figures.by_level(), codes=codes, beside=beside_areas(figures.counts))
