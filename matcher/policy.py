"""In which order the goals of a month are served: data that staff can see and change."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class LevelName(StrEnum):
    """The goals a policy can order."""

    TIER = "tier"
    LEXIMIN = "leximin"
    POINTS = "points"
    WAITING = "waiting"
    KEPT = "kept"
    AREA = "area"
    WISHES = "wishes"
    GOODS = "goods"
    DISTANCE = "distance"
    DELIVERY = "delivery"
    SPREAD = "spread"
    LOTTERY = "lottery"


class Sense(StrEnum):
    """Whether more or less of a level's value is better."""

    MAXIMISE = "maximise"
    MINIMISE = "minimise"


@dataclass(frozen=True)
class Level:
    """One goal: its name, its sense, and the code of the sentence that describes it."""

    name: LevelName
    sense: Sense
    describe: str


LEVELS: dict[LevelName, Level] = {
    name: Level(name, sense, f"level.{name.value}")
    for name, sense in (
        (LevelName.TIER, Sense.MAXIMISE),
        (LevelName.LEXIMIN, Sense.MAXIMISE),
        (LevelName.POINTS, Sense.MAXIMISE),
        (LevelName.WAITING, Sense.MAXIMISE),
        (LevelName.KEPT, Sense.MAXIMISE),
        (LevelName.AREA, Sense.MINIMISE),
        (LevelName.WISHES, Sense.MINIMISE),
        (LevelName.GOODS, Sense.MINIMISE),
        (LevelName.DISTANCE, Sense.MINIMISE),
        (LevelName.DELIVERY, Sense.MINIMISE),
        (LevelName.SPREAD, Sense.MINIMISE),
        (LevelName.LOTTERY, Sense.MINIMISE),
    )
}
"""Every level that there is."""

DEFAULT_ORDER = (
    LevelName.TIER,
    LevelName.LEXIMIN,
    LevelName.POINTS,
    LevelName.WAITING,
    LevelName.KEPT,
    LevelName.AREA,
    LevelName.DISTANCE,
    LevelName.SPREAD,
    LevelName.LOTTERY,
)


class LeximinPlace(StrEnum):
    """Where fairness between kelurahan stands relative to need."""

    BEFORE_NEED = "before_need"
    AFTER_TIER = "after_tier"
    AFTER_NEED = "after_need"
    OFF = "off"


class BudgetRule(StrEnum):
    """How a pledge in rupiah counts against what packages cost."""

    UNIFORM = "uniform"
    """As whole places: the rupiah divided by the dearest package; the rest is left over."""
    CLASSES = "classes"
    """Prices rounded up to whole steps of `Policy.price_step_rp`."""
    FREE = "free"
    """Every package at its own price."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of one month.

    Attributes
    ----------
    levels
        The goals in their order, each optimal before the next is looked at. `LevelName.TIER`
        must be among them, `LevelName.LOTTERY` last; none twice.
    split_siblings
        Whether children of one household may go to different sponsors.
    use_standby
        Whether standby pledges are used from the start.
    max_candidates
        Most pledges looked at per child when children x pledges is too large to look at all;
        0 = always all.
    seed
        Of the lottery that breaks ties.
    search_effort
        Most work spent on proving levels under the sibling rule, or where rupiah count; counted,
        not timed, so that a busy machine changes nothing (`matcher.effort`).
    sibling_seconds
        Longest time for the same: a fuse. Where it ends a search, the result says so.
    max_breaks
        Most pairs of last month that may break; None = as many as the order asks for. Keeping
        pairs is moved up in the order as far as that needs (`comparison.with_allowed_breaks`).
    budgets
        How pledges in rupiah count. Only whole places leave the levels flows, so that the others
        are searched and may end with a gap.
    price_step_rp
        Rupiah of one step under `BudgetRule.CLASSES`.
    version
        Name or date of the policy, printed with results.
    """

    levels: tuple[LevelName, ...] = DEFAULT_ORDER
    split_siblings: bool = False
    use_standby: bool = False
    max_candidates: int = 16
    seed: int = 0
    search_effort: int = 20
    sibling_seconds: float = 600.0
    max_breaks: int | None = None
    budgets: BudgetRule = BudgetRule.UNIFORM
    price_step_rp: int = 50_000
    version: str = "default"

    def __post_init__(self) -> None:
        names = tuple(LevelName(name) for name in self.levels)
        object.__setattr__(self, "levels", names)
        if len(set(names)) != len(names):
            raise ValueError("a policy names a level twice")
        if LevelName.TIER not in names:
            raise ValueError("a policy needs the level 'tier'")
        if any(name in AFTER_COVERAGE for name in names[: names.index(LevelName.TIER)]):
            raise ValueError(f"only {', '.join(BEFORE_TIER)} may stand before the level 'tier'")
        if LevelName.LOTTERY in names[:-1]:
            raise ValueError("the lottery can only be the last level")
        if self.max_breaks is not None and self.max_breaks < 0:
            raise ValueError("max_breaks must not be negative")
        object.__setattr__(self, "budgets", BudgetRule(self.budgets))
        if self.price_step_rp < 1:
            raise ValueError("price_step_rp must be positive")
        if min(self.max_candidates, self.sibling_seconds, self.search_effort) < 0:
            raise ValueError("max_candidates, search_effort, sibling_seconds must not be negative")

    @property
    def is_fair_before_tier(self) -> bool:
        """Whether fairness between kelurahan is asked before the tiers."""
        names = self.levels
        if LevelName.LEXIMIN not in names:
            return False
        return names.index(LevelName.LEXIMIN) < names.index(LevelName.TIER)

    def with_leximin(self, place: LeximinPlace) -> Policy:
        """Return this policy with fairness between kelurahan moved before or after need."""
        names: list[LevelName] = [n for n in self.levels if n is not LevelName.LEXIMIN]
        if place is LeximinPlace.BEFORE_NEED:
            at = min(names.index(name) for name in NEED if name in names)
        elif place is LeximinPlace.AFTER_TIER:
            at = names.index(LevelName.TIER) + 1
        else:
            at = max(names.index(name) for name in NEED if name in names) + 1
        if place is not LeximinPlace.OFF:
            names.insert(at, LevelName.LEXIMIN)
        return Policy(**{**asdict(self), "levels": tuple(names)})

    def to_json(self) -> dict[str, Any]:
        """Return the policy as plain JSON values."""
        content = {**asdict(self), "levels": [name.value for name in self.levels]}
        content["budgets"] = self.budgets.value
        for name, unset in _WRITTEN_IF_SET.items():
            if content[name] == unset:
                del content[name]
        return content

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Policy:
        """Read what `to_json` wrote; unknown names are refused.

        Raises
        ------
        ValueError
            A name or value is not a policy's.
        """
        try:
            if not isinstance(content, dict):
                raise ValueError("a policy is an object")
            for name, kinds in _KINDS.items():
                if name in content and type(content[name]) not in kinds:
                    raise ValueError(f"{name} must be {kinds[0].__name__}")
            return cls(**{**content, "levels": tuple(content.get("levels", DEFAULT_ORDER))})
        except TypeError as error:
            raise ValueError(str(error)) from error


_WRITTEN_IF_SET = {
    "max_breaks": None,
    "budgets": BudgetRule.UNIFORM.value,
    "price_step_rp": 50_000,
    "search_effort": 20,
}
_KINDS: dict[str, tuple[type, ...]] = {
    "split_siblings": (bool,),
    "use_standby": (bool,),
    "max_candidates": (int,),
    "seed": (int,),
    "search_effort": (int,),
    "sibling_seconds": (float, int),
    "max_breaks": (int,),
    "budgets": (str,),
    "price_step_rp": (int,),
    "version": (str,),
}

BEFORE_TIER = (LevelName.LEXIMIN, LevelName.POINTS, LevelName.WAITING, LevelName.KEPT)
"""Levels that may be asked before the tiers."""

NEED = (LevelName.TIER, LevelName.POINTS, LevelName.WAITING)
"""Levels that speak of need."""

AFTER_COVERAGE = (
    LevelName.AREA,
    LevelName.WISHES,
    LevelName.GOODS,
    LevelName.DISTANCE,
    LevelName.DELIVERY,
    LevelName.SPREAD,
    LevelName.LOTTERY,
)
"""Levels that would rather leave children uncovered, were they asked first."""
