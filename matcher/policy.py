"""In which order the goals of a month are served: data that staff can see and change."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class LevelName(StrEnum):
    """The goals a policy can order."""

    TIER = "tier"
    FLOOR = "floor"
    LEXIMIN = "leximin"
    POINTS = "points"
    WAITING = "waiting"
    KEPT = "kept"
    SIBLINGS = "siblings"
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
        (LevelName.FLOOR, Sense.MINIMISE),
        (LevelName.LEXIMIN, Sense.MAXIMISE),
        (LevelName.POINTS, Sense.MAXIMISE),
        (LevelName.WAITING, Sense.MAXIMISE),
        (LevelName.KEPT, Sense.MAXIMISE),
        (LevelName.SIBLINGS, Sense.MINIMISE),
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
    FLOOR = "floor"
    """Before need, as a floor of `Policy.floor_percent`; above it need alone decides."""
    OFF = "off"


class Siblings(StrEnum):
    """How much it counts that siblings have one sponsor."""

    TOGETHER = "together"
    """A rule: rather wait than be apart."""
    PREFERRED = "preferred"
    """A goal after need, fairness and waiting: apart only where those ask for it."""
    APART = "apart"
    """Nothing."""


class BudgetRule(StrEnum):
    """How a pledge in rupiah counts against what packages cost."""

    UNIFORM = "uniform"
    """As whole places: the rupiah divided by the dearest package; the rest is left over."""
    CLASSES = "classes"
    """Prices rounded up to whole steps of `Policy.price_step_rp`."""
    FREE = "free"
    """Every package at its own price."""


USUAL_FLOOR_PERCENT = 80


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of one month.

    Attributes
    ----------
    levels
        The goals in their order, each optimal before the next is looked at. `LevelName.TIER`
        must be among them, `LevelName.LOTTERY` last; none twice.
    split_siblings
        Whether children of one household may go to different sponsors. With `LevelName.SIBLINGS`
        among the levels as seldom as the goals before it allow.
    floor_percent
        Of `LevelName.FLOOR`: each kelurahan should have at least so many percent, rounded up, of
        the children whom the fairest sharing serves there (`fairest`).
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
    floor_percent: int = USUAL_FLOOR_PERCENT
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
        if LevelName.SIBLINGS in names and not self.split_siblings:
            raise ValueError("the level 'siblings' asks for what split_siblings=false demands")
        if not 1 <= self.floor_percent <= 100:
            raise ValueError("floor_percent must be 1 to 100")
        if LevelName.FLOOR not in names:
            object.__setattr__(self, "floor_percent", USUAL_FLOOR_PERCENT)
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
        before = self.levels[: self.levels.index(LevelName.TIER)]
        return any(name in BY_KELURAHAN for name in before)

    @property
    def minds_siblings(self) -> bool:
        """Whether siblings must, or should, have one sponsor."""
        return not self.split_siblings or LevelName.SIBLINGS in self.levels

    @property
    def fairest(self) -> Policy:
        """The policy of the sharing that floors are taken from: fair first, need afterwards.

        Nothing else is asked of it, so that it is a flow and proved.
        """
        need = (name for name in self.levels if name in NEED)
        return replace(
            self,
            levels=(LevelName.LEXIMIN, *need, LevelName.LOTTERY),
            split_siblings=True,
            max_breaks=None,
            budgets=BudgetRule.UNIFORM,
        )

    def with_leximin(self, place: LeximinPlace) -> Policy:
        """Return this policy with fairness between kelurahan moved before or after need."""
        names: list[LevelName] = [n for n in self.levels if n not in BY_KELURAHAN]
        if place in (LeximinPlace.BEFORE_NEED, LeximinPlace.FLOOR):
            at = min(names.index(name) for name in NEED if name in names)
        elif place is LeximinPlace.AFTER_TIER:
            at = names.index(LevelName.TIER) + 1
        else:
            at = max(names.index(name) for name in NEED if name in names) + 1
        if place is not LeximinPlace.OFF:
            is_floor = place is LeximinPlace.FLOOR
            names.insert(at, LevelName.FLOOR if is_floor else LevelName.LEXIMIN)
        return Policy(**{**asdict(self), "levels": tuple(names)})

    @property
    def siblings(self) -> Siblings:
        """How much it counts that siblings have one sponsor."""
        if not self.split_siblings:
            return Siblings.TOGETHER
        return Siblings.PREFERRED if LevelName.SIBLINGS in self.levels else Siblings.APART

    def with_siblings(self, siblings: Siblings) -> Policy:
        """Return this policy with siblings together as a rule, a goal or not at all."""
        if siblings is self.siblings:
            return self
        names: list[LevelName] = [n for n in self.levels if n is not LevelName.SIBLINGS]
        if siblings is Siblings.PREFERRED:
            coverage = (*NEED, *BY_KELURAHAN)
            at = max(names.index(name) for name in coverage if name in names) + 1
            names.insert(at, LevelName.SIBLINGS)
        return replace(self, levels=tuple(names), split_siblings=siblings is not Siblings.TOGETHER)

    def to_json(self) -> dict[str, Any]:
        """Return the policy as plain JSON values."""
        content = {**asdict(self), "levels": [name.value for name in self.levels]}
        content["budgets"] = self.budgets.value
        for name, unset in _WRITTEN_IF_SET.items():
            if content[name] == unset:
                del content[name]
        if LevelName.FLOOR not in self.levels:
            del content["floor_percent"]
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
    "floor_percent": (int,),
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

BEFORE_TIER = (
    LevelName.FLOOR,
    LevelName.LEXIMIN,
    LevelName.POINTS,
    LevelName.WAITING,
    LevelName.KEPT,
)
"""Levels that may be asked before the tiers."""

NEED = (LevelName.TIER, LevelName.POINTS, LevelName.WAITING)
"""Levels that speak of need."""

BY_KELURAHAN = (LevelName.FLOOR, LevelName.LEXIMIN)
"""Levels that count how many children of each kelurahan wait."""

AFTER_COVERAGE = (
    LevelName.SIBLINGS,
    LevelName.AREA,
    LevelName.WISHES,
    LevelName.GOODS,
    LevelName.DISTANCE,
    LevelName.DELIVERY,
    LevelName.SPREAD,
    LevelName.LOTTERY,
)
"""Levels that would rather leave children uncovered, were they asked first."""
