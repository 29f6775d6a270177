"""Shares of figures, put together as the table of indicators says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.reference.indicators import Indicator

__all__ = ["share_parts"]


def share_parts(share: Indicator, figures: Mapping[str, float | None]) -> tuple[int, int]:
    """Return hits and cases of a share in one area and month; a figure that is absent is nothing.

    Raises
    ------
    ValueError
        For an indicator that is no share of others.
    """
    if not share.is_share:
        raise ValueError(f"{share.code} is not a share of other figures")
    hits = _added(figures, share.codes("hits")) - _added(figures, share.codes("less"))
    return hits, _added(figures, share.codes("cases"))


def _added(figures: Mapping[str, float | None], codes: tuple[str, ...]) -> int:
    return sum(int(figures.get(code) or 0) for code in codes)
