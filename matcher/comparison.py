"""Two policies side by side; the price of every switch; how many kept pairs may break, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.changes import Change, changes_between
from matcher.policy import LevelName, LeximinPlace, Siblings
from matcher.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.matching import Matching
    from matcher.policy import Policy
    from matcher.problem import MatchingProblem

    Progress = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What people compare of a matching.

    Attributes
    ----------
    children, first_tier
        Children served, and those of the neediest tier among them.
    points
        Sum of their need points.
    worst_share_percent
        Served share of the kelurahan that is served least, rounded down.
    kept, broken
        Pairs of last month that stand, and those that do not although both take part.
    distance_m
        Sum of the great circles between children and sponsors.
    split_households
        Households whose children have different sponsors.
    is_proved
        Whether every level is proved optimal.
    """

    children: int
    first_tier: int
    points: int
    worst_share_percent: int
    kept: int
    broken: int
    distance_m: int
    split_households: int
    is_proved: bool

    def to_json(self) -> dict[str, int | bool]:
        """Return the figures by name."""
        return asdict(self)


def figures_of(problem: MatchingProblem, matching: Matching) -> Figures:
    """Return the figures of a matching."""
    covered = np.flatnonzero(matching.pledge_of >= 0)
    pledge = matching.pledge_of[covered]
    sizes = np.bincount(problem.kelurahan, minlength=problem.num_kelurahan)
    served = np.bincount(problem.kelurahan[covered], minlength=problem.num_kelurahan)
    shares = 100 * served[sizes > 0] // sizes[sizes > 0]
    kept = int(np.count_nonzero(matching.pledge_of[problem.kept[:, 0]] == problem.kept[:, 1]))
    homes = np.unique(
        np.stack([problem.household[covered], problem.sponsor[pledge].astype(np.int64)]), axis=1
    )[0]
    return Figures(
        children=int(covered.size),
        first_tier=int(np.count_nonzero(problem.tier[covered] == problem.tier.min(initial=127))),
        points=int(problem.points[covered].sum(dtype=np.int64)),
        worst_share_percent=int(shares.min(initial=100)),
        kept=kept,
        broken=len(problem.kept) - kept,
        distance_m=100 * int(problem.distance_hm(covered, pledge).sum(dtype=np.int64)),
        split_households=int(homes.size - np.unique(homes).size),
        is_proved=matching.is_optimal,
    )


@dataclass(frozen=True)
class Comparison:
    """One month under two policies: figures of both, and every child whose sponsor differs."""

    before: Figures
    after: Figures
    changes: tuple[Change, ...]

    @property
    def gained(self) -> tuple[str, ...]:
        """Children served only under the second policy."""
        return tuple(change.child_id for change in self.changes if change.before is None)

    @property
    def lost(self) -> tuple[str, ...]:
        """Children served only under the first policy."""
        return tuple(change.child_id for change in self.changes if change.after is None)


def compare(
    problem: MatchingProblem,
    first: Policy,
    second: Policy,
    *,
    progress: Progress | None = None,
) -> Comparison:
    """Solve a month under two policies and set them side by side."""
    before = _solved(problem, first, progress, "first", (0.0, 0.5))
    after = _solved(problem, second, progress, "second", (0.5, 1.0))
    return Comparison(
        figures_of(problem, before),
        figures_of(problem, after),
        tuple(changes_between(problem, before, after)),
    )


def _solved(
    problem: MatchingProblem,
    policy: Policy,
    progress: Progress | None,
    stage: str,
    share: tuple[float, float],
) -> Matching:
    policy = with_allowed_breaks(problem, policy)

    def step(_level: str, done: float) -> None:
        if progress:
            progress(stage, share[0] + done * (share[1] - share[0]))

    return solve(problem, policy, progress=step)


def switches(policy: Policy) -> dict[str, Policy]:
    """Return every policy that differs from one in a single wish, by the code of the switch."""
    found: dict[str, Policy] = {}
    for place in (each for each in LeximinPlace if each is not LeximinPlace.FLOOR):
        other = policy.with_leximin(place)
        if other.levels != policy.levels:
            found[f"switch.leximin_{place.value}"] = other
    for percent in FLOORS_PERCENT:
        other = replace(policy.with_leximin(LeximinPlace.FLOOR), floor_percent=percent)
        found[f"switch.leximin_floor_{percent}"] = other
    for siblings in Siblings:
        found[f"switch.siblings_{siblings.value}"] = policy.with_siblings(siblings)
    standby = "off" if policy.use_standby else "on"
    found[f"switch.standby_{standby}"] = replace(policy, use_standby=not policy.use_standby)
    for name in policy.levels:
        if name in _WISHES:
            rest = tuple(other for other in policy.levels if other is not name)
            found[f"switch.without_{name.value}"] = replace(policy, levels=rest)
    if LevelName.KEPT in policy.levels:
        found["switch.kept_first"] = _keeping_at(policy, 0)
    return {code: other for code, other in found.items() if other != policy}


FLOORS_PERCENT = (50, 80, 95)
"""Floors that are priced."""

_WISHES = (
    LevelName.KEPT,
    LevelName.AREA,
    LevelName.WISHES,
    LevelName.GOODS,
    LevelName.DISTANCE,
    LevelName.DELIVERY,
    LevelName.SPREAD,
)
"""Levels that a policy may do without; needs are no wishes."""


def price_of_switches(
    problem: MatchingProblem, policy: Policy, *, progress: Progress | None = None
) -> tuple[Figures, dict[str, Figures]]:
    """Return the figures of a month under a policy, and under every switch of it."""
    others = switches(policy)
    size = 1 / (len(others) + 1)
    base = figures_of(problem, _solved(problem, policy, progress, "policy", (0.0, size)))
    found = {}
    for number, (code, other) in enumerate(others.items(), start=1):
        share = (number * size, (number + 1) * size)
        found[code] = figures_of(problem, _solved(problem, other, progress, code, share))
    return base, found


@dataclass(frozen=True)
class BreakPoint:
    """What allowing this many broken pairs brings; `before` is the goal that keeping precedes.

    None: keeping pairs comes last.
    """

    breaks: int
    before: LevelName | None
    figures: Figures


def break_curve(
    problem: MatchingProblem, policy: Policy, *, progress: Progress | None = None
) -> list[BreakPoint]:
    """Return what every place of "keep last month's pairs" in the order costs and brings.

    From keeping before everything (fewest breaks) to keeping last. Each point is a month solved,
    proved where its figures say so; the further down, the more pairs break and the better are the
    goals before. Of places with as many breaks the last stands, because it serves the goals before
    it better.
    """
    if LevelName.KEPT not in policy.levels:
        policy = replace(policy, levels=(*policy.levels[:-1], LevelName.KEPT, policy.levels[-1]))
    others = [name for name in policy.levels if name is not LevelName.KEPT]
    points: dict[int, BreakPoint] = {}
    places = _places_of_keeping(policy)
    for number, place in enumerate(places):
        share = (number / len(places), (number + 1) / len(places))
        matching = _solved(
            problem, replace(_keeping_at(policy, place), max_breaks=None), progress,
            f"kept.{place}", share,
        )  # fmt: skip
        figures = figures_of(problem, matching)
        before = others[place] if place < len(others) else None
        points[figures.broken] = BreakPoint(figures.broken, before, figures)
    return [points[breaks] for breaks in sorted(points)]


def with_allowed_breaks(problem: MatchingProblem, policy: Policy) -> Policy:
    """Return a policy with keeping pairs moved up until no more break than it allows.

    It moves up as little as needed; if even keeping first breaks more, those cannot be helped.
    """
    if policy.max_breaks is None or LevelName.KEPT not in policy.levels:
        return policy
    places = _places_of_keeping(policy)
    own = policy.levels.index(LevelName.KEPT)
    low, high = 0, max(at for at, place in enumerate(places) if place <= own)
    while low < high:
        middle = (low + high + 1) // 2
        tried = _keeping_at(policy, places[middle])
        if figures_of(problem, solve(problem, tried)).broken <= policy.max_breaks:
            low = middle
        else:
            high = middle - 1
    return _keeping_at(policy, places[low])


def _places_of_keeping(policy: Policy) -> list[int]:
    """Return the places in the order where keeping pairs may stand."""
    others = [name for name in policy.levels if name is not LevelName.KEPT]
    last = len(others) - (LevelName.LOTTERY in others)
    return list(range(last + 1))


def _keeping_at(policy: Policy, place: int) -> Policy:
    others: list[LevelName] = [name for name in policy.levels if name is not LevelName.KEPT]
    others.insert(place, LevelName.KEPT)
    return replace(policy, levels=tuple(others))
