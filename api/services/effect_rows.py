"""The children behind the answer whether support helps: who was compared with whom."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from sqlmodel import col, select

from api.services import looks
from api.services.effect_answer import effect_answer
from api.services.errors import NotFound
from api.services.own_units import need_own_unit
from api.services.support_effect import INDICES, stretches
from data.schema import Child

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from api.services.effect_answer import EffectAnswer
    from data.monitoring.effect import Stretch
    from data.schema import Account

__all__ = ["FIGURES", "PARTS", "BehindEffect", "Compared", "compared_children"]

FIGURES = frozenset(
    {
        "effect_children", "effect_pairs", "effect_difference", "effect_imbalance",
        "effect_before",
    }
)  # fmt: skip
"""Figures of the answer: all of them stand on these rows."""
PARTS = ("pairs", "supported_alone", "others_alone")
"""Pairs, and who of either kind has no partner that is comparable."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A supported child's stretch, the comparable one beside it, or one of them alone.

    ``supported`` and ``other`` are the children's codes, empty where there is none.
    """

    supported: str
    other: str
    of_supported: Stretch | None
    of_other: Stretch | None

    @property
    def difference(self) -> float | None:
        """How much more the supported child's score changed."""
        if self.of_supported is None or self.of_other is None:
            return None
        return self.of_supported.change - self.of_other.change


@dataclass(frozen=True, slots=True)
class BehindEffect:
    """The answer as it is told, how many rows there are now by part, and those shown.

    ``mean_difference`` is that of all pairs, before anything is adjusted; None without pairs.
    """

    answer: EffectAnswer
    counts: dict[str, int]
    mean_difference: float | None
    rows: tuple[Compared, ...]


def compared_children(
    session: Session,
    *,
    index: str,
    part: str,
    by: Account,
    now: datetime,
    shown: Callable[[int], slice] = lambda _num_rows: slice(None),
) -> BehindEffect:
    """Return who was compared in an index, up to the month whose version tells the answer.

    ``part`` is one of :data:`PARTS`, ``shown`` says which of so many rows are wanted. Who looked is
    noted, as rows are children.

    Raises
    ------
    NotFound
        ``monitoring.figure`` for an index or a part that there is not.
    Forbidden
        ``access.place`` to who is bound to a place: the answer is the whole city's.
    """
    from data.monitoring.effect import pair_up  # scipy is slow to load

    need_own_unit(session, "city", "")
    if index not in INDICES or part not in PARTS:
        raise NotFound("monitoring.figure", found=f"{index} {part}")
    answer = effect_answer(session)
    every = stretches(session, index=index, until=answer.month or None)
    pairs = pair_up(every)
    paired = {id(one) for pair in pairs for one in (pair.supported, pair.other)}
    alone = [one for one in every if id(one) not in paired]
    parts: dict[str, list[tuple[Stretch | None, Stretch | None]]] = {
        "pairs": [(pair.supported, pair.other) for pair in pairs],
        "supported_alone": [(one, None) for one in alone if one.is_supported],
        "others_alone": [(None, one) for one in alone if not one.is_supported],
    }
    wanted = parts[part][shown(len(parts[part]))]
    codes = dict(
        session.exec(
            select(Child.id, Child.code).where(
                col(Child.id).in_({one.child for two in wanted for one in two if one})
            )
        ).all()
    )
    if wanted:
        looks.note(
            session, by=by, action="figure:read", subject="figure", subject_id="effect_pairs",
            now=now, after={"month": answer.month, "level": "city", "unit": f"{index} {part}",
                            "rows": len(parts[part])},
        )  # fmt: skip
    return BehindEffect(
        answer,
        {name: len(own) for name, own in parts.items()},
        fmean(pair.supported.change - pair.other.change for pair in pairs) if pairs else None,
        tuple(
            Compared(
                codes[left.child] if left else "", codes[right.child] if right else "", left, right
            )
            for left, right in wanted
        ),
    )
