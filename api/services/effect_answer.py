"""Whether support helps, as the newest closed month kept it, or from what is known now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services.report_versions import figures_reported
from api.services.support_effect import effects
from data.schema import Cycle, CycleState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from data.monitoring.effect import Effect
    from data.schema import ReportVersion

__all__ = ["EffectAnswer", "effect_answer"]


@dataclass(frozen=True, slots=True)
class EffectAnswer:
    """The comparison by index, and the version that keeps it; without one it was made just now."""

    effects: Mapping[str, Effect]
    month: str = ""
    version: ReportVersion | None = None


def effect_answer(session: Session) -> EffectAnswer:
    """Return the answer of the newest closed month; one from before it was kept is made now."""
    newest = session.exec(
        select(Cycle).where(Cycle.state == CycleState.CLOSED).order_by(col(Cycle.month).desc())
    ).first()
    for cycle, figures in figures_reported(session, cycles=[newest] if newest else []):
        if figures.effect is not None:
            return EffectAnswer(figures.effect, cycle.month, figures.version)
    return EffectAnswer(effects(session))
