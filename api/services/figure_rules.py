"""Which rows a figure is made of, and how: added up, as a share, as a mean, or the largest.

What the table of indicators does not say itself stands in the tables here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import fsum
from typing import TYPE_CHECKING

from api.security import may
from api.services.city_counts import PEOPLE
from api.services.report_beside import SENSITIVE, reason_key
from api.services.report_counts import SMALLEST_MEAN
from data.reference.indicators import definitions, indicators
from data.schema import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    import pandas as pd

    from api.services.report_tally import CountedRow
    from data.reference.indicators import Indicator

    Told: TypeAlias = tuple[float | None, float | None]

__all__ = [
    "GROWN", "GROWN_AMOUNTS", "OF_CHILDREN", "OF_RUN", "OF_SPONSORS", "SHORTFALL", "How", "Rule",
    "countable_figures", "has_rows", "may_open", "opened_figures", "reasons_opened", "rule_of",
]  # fmt: skip

OF_CHILDREN, OF_SPONSORS, OF_PAIRS = "child:read", "sponsor:read", "assignment:read"
"""What it takes to be shown whose growth a figure counts, which sponsors, and a run's pairs."""
SHORTFALL = "delivery_not_in_full"
OF_RUN = frozenset({"matching_run", "matching_proof"})
"""What is told of the run that the month's pairs come from: it leads to these."""


class How(StrEnum):
    """How a figure comes of its rows."""

    SUM = "sum"
    SHARE = "share"
    MEAN = "mean"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a figure comes of rows.

    Attributes
    ----------
    code
        The figure.
    rows
        The counts whose rows are shown; of a share its cases.
    hits, less
        Of a share: which of these rows count, and which of them do not after all.
    amounts
        The count that says how much each row brings; empty: the rows themselves do.
    weights
        The count that says how much each row weighs in a mean; empty: all weigh the same.
    per
        How many units of the rows make one of the figure.
    fewest
        A mean of fewer rows is not given.
    decimals
        What the figure is rounded to; None: it is not. ``sums_to``: what it is made of is.
    least
        The figure is never below; None: it may be anything.
    """

    code: str
    how: How = How.SUM
    rows: tuple[str, ...]
    hits: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    amounts: str = ""
    weights: str = ""
    per: int = 1
    fewest: int = 1
    decimals: int | None = None
    sums_to: int | None = None
    least: float | None = None

    @property
    def counts(self) -> frozenset[str]:
        """Every count whose rows are needed."""
        wanted = {*self.rows, *self.hits, *self.less, self.amounts, self.weights}
        return frozenset(wanted - {""})

    def now(self, rows: Iterable[CountedRow]) -> Told:
        """Return what the rows come to: of a share and a mean also of how many."""
        amounts: dict[str, list[float]] = {code: [] for code in self.counts}
        for row in rows:
            if row.figure in amounts:
                amounts[row.figure].append(row.amount)
        own = [each for code in self.rows for each in amounts[code]]
        match self.how:
            case How.SHARE:
                return self.parts({code: fsum(each) for code, each in amounts.items()})
            case How.LARGEST:
                return max(amounts[self.amounts], default=0), None
            case How.MEAN:
                whole = fsum(amounts[self.weights] if self.weights else own)
                total = self._rounded(fsum(amounts[self.amounts]) / self.per, self.sums_to)
                if len(own) < self.fewest or not whole:
                    return None, _whole(whole)
                return self._rounded(total / whole, self.decimals), _whole(whole)
        total = self._rounded(fsum(own) / self.per, self.decimals)
        return _whole(total if self.least is None else max(self.least, total)), None

    def parts(self, figures: Mapping[str, float | None]) -> Told:
        """Return hits and cases of a share by what its counts come to."""

        def added(codes: Iterable[str]) -> int:
            return sum(int(figures.get(code) or 0) for code in codes)

        return added(self.hits) - added(self.less), added(self.rows)

    def told(self, figures: Mapping[str, float | None]) -> Told:
        """Return what a report's figures of one unit say, in the words of :meth:`now`."""
        match self.how:
            case How.SHARE:
                return self.parts(figures)
            case How.MEAN:
                whole = "delivery_stops" if self.weights == "road_stops" else self.rows[0]
                return figures.get(self.code), _whole(figures.get(whole) or 0)
            case How.LARGEST:
                return figures.get(self.code) or 0, None
        codes = (self.code,) if self.code in figures else self.rows
        return _whole(sum(figures.get(code) or 0 for code in codes)), None

    @staticmethod
    def _rounded(value: float, decimals: int | None) -> float:
        return value if decimals is None else round(value, decimals)


def _whole(value: float) -> float:
    """Return a number as a whole one where it is."""
    return int(value) if float(value).is_integer() else value


GROWN: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "nutrition_supported": lambda own: own["is_supported"],
    "nutrition_measured": lambda own: own["is_supported"] & own["is_measured"],
    "nutrition_gain_n": lambda own: own["is_supported"] & (own["gain"] == "N"),
    "nutrition_gain_t": lambda own: own["is_supported"] & (own["gain"] == "T"),
    "nutrition_gain_o": lambda own: own["is_supported"] & (own["gain"] == "O"),
    "nutrition_gain_b": lambda own: own["is_supported"] & (own["gain"] == "B"),
    "nutrition_two_t": lambda own: own["is_supported"] & own["is_two_t"],
    "nutrition_weight_children": lambda own: own["is_supported"] & own["weight_change_g"].notna(),
    "nutrition_haz_children": lambda own: own["is_supported"] & own["haz_change"].notna(),
    "nutrition_status_up": lambda own: own["is_supported"] & (own["move"] == "up"),
    "nutrition_status_same": lambda own: own["is_supported"] & (own["move"] == "same"),
    "nutrition_status_down": lambda own: own["is_supported"] & (own["move"] == "down"),
    "nutrition_severe": lambda own: own["is_severe"],
    "nutrition_severe_referred": lambda own: own["is_referred"],
}
"""Figures of growth → which children count in them."""
GROWN_AMOUNTS = {
    "weight_change_g": "nutrition_weight_children",
    "haz_change": "nutrition_haz_children",
}
"""By how much each child grew → the figure that counts who has such a change."""
SPONSORS = frozenset(
    {
        *PEOPLE, "sponsors_pledged_rp", "sponsors_received_rp", "sponsors_shortfall_rp",
        "pairs_sponsors", "pairs_children", "sponsor_children", "sponsor_packages",
        "sponsor_received_rp",
    }
)  # fmt: skip
"""Counts whose rows are sponsors, or stand under the name of one."""
OF_CITY = SPONSORS | {
    "genting_value_rp", "matching_changes", "matching_bridged", "delivery_routes", SHORTFALL,
}  # fmt: skip
"""Counts of the city that are rows added up."""
RULES: Mapping[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule(code="genting_children", rows=("target_received",)),
        Rule(code="genting_packages", rows=("delivery_delivered", "delivery_partial")),
        Rule(code="sponsors_shortfall_rp", rows=("sponsors_shortfall_rp",), least=0),
        Rule(code="delivery_km", rows=("delivery_km",), per=1000, decimals=1),
        Rule(
            code="matching_max_children", how=How.LARGEST, rows=("pairs_sponsors",),
            amounts="pairs_children",
        ),
        Rule(
            code="pairs_per_sponsor", how=How.MEAN, rows=("pairs_sponsors",),
            amounts="pairs_children",
        ),
        Rule(
            code="road_stops_per_route", how=How.MEAN, rows=("delivery_routes",),
            amounts="road_stops",
        ),
        Rule(
            code="road_km_per_stop", how=How.MEAN, rows=("delivery_routes",),
            amounts="delivery_km", weights="road_stops", per=1000, sums_to=1,
        ),
        Rule(
            code="delivery_days_late", how=How.MEAN, rows=("delivery_reached",),
            amounts="days_late", fewest=SMALLEST_MEAN,
        ),
        Rule(
            code="delivery_evidence", how=How.SHARE, rows=("delivery_reached",),
            hits=("delivery_evidenced",),
        ),
        Rule(
            code="nutrition_measured_share", how=How.SHARE, rows=("nutrition_supported",),
            hits=("nutrition_measured",),
        ),
        Rule(
            code="nutrition_mean_weight_gain", how=How.MEAN, rows=("nutrition_weight_children",),
            amounts="weight_change_g", fewest=SMALLEST_MEAN, decimals=0,
        ),
        Rule(
            code="nutrition_mean_haz_change", how=How.MEAN, rows=("nutrition_haz_children",),
            amounts="haz_change", fewest=SMALLEST_MEAN, decimals=6,
        ),
    )
}  # fmt: skip
"""Figures that are not just the rows of their own code added up, nor a share by the table."""
ROW_BY_ROW = (
    "report_counts._count_children",
    "report_counts._count_packages",
    "report_counts._count_stops",
    "report_counts._punctuality",
    "team_counts.",
)
"""Who counts row by row."""


def rule_of(indicator: Indicator) -> Rule | None:
    """Return how a figure comes of rows of a month; None where it does not."""
    code = indicator.code
    if code in RULES:
        return RULES[code]
    if indicator.is_share:
        hits, less, cases = (indicator.codes(part) for part in ("hits", "less", "cases"))
        is_counted = all(_is_counted(each) for each in cases)
        share = Rule(code=code, how=How.SHARE, rows=cases, hits=hits, less=less)
        return share if is_counted else None
    return Rule(code=code, rows=(code,)) if _is_counted(code) else None


def _is_counted(code: str) -> bool:
    if code in GROWN or code in OF_CITY:
        return True
    # One that was given up still has the rows of its months.
    each = next((each for each in definitions() if each.code == code), None)
    return (
        each is not None
        and each.counted_by.startswith(ROW_BY_ROW)
        and each.level in ("kelurahan", "posyandu", "kader")
    )


def has_rows(indicator: Indicator) -> bool:
    """Whether a figure comes of rows of a month."""
    return rule_of(indicator) is not None


def countable_figures() -> frozenset[str]:
    """Return the figures that lead to rows."""
    return OF_RUN | {each.code for each in indicators() if has_rows(each)}


def opened_figures(role: Role) -> frozenset[str]:
    """Return the figures whose rows a role may open."""
    of_run = OF_RUN if may(role, OF_PAIRS) else frozenset()
    return of_run | {
        each.code
        for each in indicators()
        if (rule := rule_of(each)) is not None and may_open(rule, role)
    }


def reasons_opened(reasons: Iterable[str], role: Role) -> frozenset[str]:
    """Return under which reasons, as a report counts them, a role may see the packages."""
    keys = frozenset(reason_key(reason) for reason in reasons)
    return keys if role is Role.APPROVER else keys - {SENSITIVE}


def may_open(rule: Rule, role: Role) -> bool:
    """Whether a role may see whom a figure counts: of growth, who may read children."""
    grown = GROWN.keys() | GROWN_AMOUNTS.keys()
    return (may(role, OF_CHILDREN) or rule.counts.isdisjoint(grown)) and (
        may(role, OF_SPONSORS) or rule.counts.isdisjoint(SPONSORS)
    )
