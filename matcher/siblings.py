"""Siblings stay with one sponsor: a rule that a flow cannot hold, added to one that it can.

1. Solve without the rule. If no household is split, that is the answer, and proved.
2. Else give each split household the sponsor that costs least by reduced costs, solve again with
   that household's pairs narrowed to the sponsor, until none is split: a good matching.
3. Level by level: the flow's bound holds for the rule too. Where the matching does not reach it,
   search (HiGHS) among the pairs whose reduced cost is at most the gap - others cannot lead to a
   better matching. From there on the linear relaxation with the rule bounds every level, and its
   reduced costs fix what the levels after it cannot have otherwise (`sibling_model`). How much is
   searched is counted in work, not time: the same input gives the same pairs on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.effort import EFFORT_UNIT, Effort
from matcher.household_prices import priced_by_household
from matcher.levels import SolvedLevel, State, near_pairs, solve_level, solve_levels
from matcher.objectives import Blend
from matcher.policy import BY_KELURAHAN, NEED, LevelName
from matcher.sibling_binding import Binding, split_households

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matcher.objectives import Objectives
    from matcher.pairs import ListedPairs
    from matcher.sibling_model import Model

    Progress = Callable[[str, float], None]

SEARCHABLE = 300_000
"""Largest number of pairs given to the search."""
WEIGHABLE = 400_000
"""Largest number of pairs for which multipliers are looked for."""
QUICKLY_WEIGHED = 50_000
"""Largest number of pairs for which they are, where a finished search proves the level anyway."""
CORE = 60_000
"""With more pairs that a better matching could use, one is first looked for among fewer."""
CORE_SHARE = 0.5
"""Share of the effort for that."""
LARGEST_MULTIPLIER = 1 << 14
EVERY_PAIR = 1 << 60
TIME_RAN_OUT = "search.time_ran_out"
"""Note of a result whose search the clock ended: it may differ on another machine."""
FLOW_SHARE = 0.3
"""How much of the progress the levels without the rule are; bounding them takes the rest."""
PART_BY_PART = (LevelName.TIER, LevelName.LEXIMIN)
"""Levels that are searched part by part: their best matching may have the larger weighted sum (one
child of the first tier for three of the second), so no pair can be left out by its reduced cost."""
UNWEIGHED = (LevelName.SIBLINGS, LevelName.LEXIMIN)
"""Levels that bound no later one by a multiplier: one is no sum over pairs, and matchings that are
equally fair may differ in the sum of the other."""
COVERAGE = (*NEED, *BY_KELURAHAN)
"""Levels that only look at who is covered."""


@dataclass(frozen=True, eq=False)
class Together:
    """The outcome: levels as their prices prove them, and what else stayed unproved.

    `bounds` are what no matching can cost less, by the prices or by a search; never below the
    bound of the prices.
    """

    pledge_of: NDArray[np.int32]
    levels: list[SolvedLevel]
    bounds: list[int]
    notes: tuple[str, ...]


def solve_together(
    objectives: Objectives,
    progress: Progress | None = None,
    pairs: ListedPairs | None = None,
) -> Together:
    """Solve all levels under the sibling rule."""
    states: list[State] = []
    relaxed = solve_levels(objectives, _part_of(progress, 0.0, FLOW_SHARE), states, pairs)
    if not split_households(objectives, relaxed[-1].pledge_of).size:
        bounds = [level.bound for level in relaxed]
        return Together(relaxed[-1].pledge_of, relaxed, bounds, ())
    pledge_of = _place_households(objectives, relaxed, states)
    return _Proving(objectives, pledge_of, states).prove(
        relaxed, _part_of(progress, FLOW_SHARE, 1.0)
    )


def _part_of(progress: Progress | None, begin: float, end: float) -> Progress:
    """Return what tells the progress of a part of the work."""

    def tell(note: str, share: float) -> None:
        if progress is not None:
            progress(note, begin + share * (end - begin))

    return tell


def _place_households(
    objectives: Objectives, relaxed: list[SolvedLevel], states: list[State]
) -> NDArray[np.int32]:
    """Return a good matching under the rule.

    Split households are bound to one sponsor each, on the face of the levels of coverage, so that
    these lose nothing; if that cannot be had, on the face of fewer levels. Where siblings only
    should be together, all levels before that one are held, and who cannot be is left apart.
    """
    names = objectives.policy.levels
    if LevelName.SIBLINGS in names:
        depth = names.index(LevelName.SIBLINGS)
        placed = Binding(objectives, relaxed, states[depth], depth, may_release=True).place()
        return relaxed[-1].pledge_of if placed is None else placed
    num_coverage = next((at for at, name in enumerate(names) if name not in COVERAGE), len(names))
    for depth in range(min(num_coverage, len(states) - 1), -1, -1):
        placed = Binding(objectives, relaxed, states[depth], depth).place()
        if placed is not None:
            return placed
    raise AssertionError("without any level held, siblings can always wait")


class _Proving:
    """Bounding every level, and searching where the bound is not reached."""

    def __init__(
        self, objectives: Objectives, pledge_of: NDArray[np.int32], states: list[State]
    ) -> None:
        self.objectives = objectives
        self.pledge_of = pledge_of
        self.states = states
        policy = objectives.policy
        self.effort = Effort.of(policy.search_effort * EFFORT_UNIT, policy.sibling_seconds)
        self.held: list[LevelName] = []
        """Levels above the flow's bound."""
        self.depth = 0
        self.model: Model | None = None
        """From the first level above its bound on: what is searched."""
        self.parts: dict[LevelName, list[NDArray[np.float64]]] = {}
        self.notes: list[str] = []

    def prove(self, relaxed: list[SolvedLevel], progress: Progress) -> Together:
        """Return the levels with the best bounds found."""
        levels, bounds = [], []
        state = self.states[0]
        for number, name in enumerate(self.objectives.policy.levels):
            progress(name.value, number / len(self.objectives.policy.levels))
            if not self.held:
                self.depth = number
                state, level = self.states[number], relaxed[number]
            else:
                level = solve_level(self.objectives, name, state, narrow=False)
            proved = self._close(name, level, state)
            cost = self.objectives.total_cost(name, self.pledge_of)
            starts = [level]
            is_few = state.pairs.child.size <= QUICKLY_WEIGHED
            if self.held and (proved < cost or (level.bound < cost and is_few)):
                level = self._weighed(name, level, state)
                starts.append(level)
            if cost > level.bound:
                if not self.held:
                    state = self.states[number].copy()
                self.held.append(name)
                level = self._priced(starts, state)
            elif self.held:
                state.narrow(self.objectives, level)
            bounds.append(max(proved, level.bound))
            if bounds[-1] < cost:
                self.notes.append(f"siblings.unproved.{name.value}")
            levels.append(level)
        if self.effort.has_blown:
            self.notes.append(TIME_RAN_OUT)
        return Together(self.pledge_of, levels, bounds, tuple(self.notes))

    def _priced(self, starts: list[SolvedLevel], state: State) -> SolvedLevel:
        """Return a level with the best bound that prices of households prove from some starts."""
        before = tuple(self.held[:-1])
        priced = [
            priced_by_household(self.objectives, start, state, self.pledge_of, before)
            for start in starts
        ]
        return max(priced, key=lambda level: level.bound)

    def _close(self, name: LevelName, level: SolvedLevel, state: State) -> int:
        """Search for a better matching if the bound is not reached; return what is then proved."""
        if self.objectives.total_cost(name, self.pledge_of) == level.bound and self.model is None:
            return level.bound
        if self.model is None and not self._open_model(name, level, state):
            return level.bound
        counts = not self.held and name is not LevelName.SIBLINGS
        found, is_proved = self._searched(name, level.pledge_of if counts else None)
        if not np.array_equal(found, self.pledge_of):
            self._rebind(name, found)
        return self.objectives.total_cost(name, self.pledge_of) if is_proved else level.bound

    def _open_model(self, name: LevelName, level: SolvedLevel, state: State) -> bool:
        """Make the model of all that a matching as good as the one known can use.

        None once a level was left above its flow's bound without one: neither the face nor a new
        model holds that level, and a search would give it up for a later one.
        """
        if self.held:
            return False
        try:
            import highspy  # noqa: F401, PLC0415  (optional solver)
        except ImportError:
            return False
        near = self._near(name, level, state)
        is_wide = near is None or near.child.size > CORE
        if is_wide and name not in PART_BY_PART and not self.effort.is_spent:
            self._improve_in_core(name, level, state)
            near = self._near(name, level, state)
        if near is None or near.child.size > SEARCHABLE or self.effort.is_spent:
            return False
        self.model = self._model_of(near, state, name)
        return True

    def _model_of(self, pairs: ListedPairs, state: State, name: LevelName) -> Model:
        """Return the model for a level; where all siblings are together before it, they stay so."""
        from matcher.sibling_model import Model  # noqa: PLC0415  (optional solver)

        model = Model(self.objectives, pairs, state.face)
        names = self.objectives.policy.levels
        if LevelName.SIBLINGS in names[: names.index(name)]:
            model.keep_together()
        return model

    def _near(self, name: LevelName, level: SolvedLevel, state: State) -> ListedPairs | None:
        """Return the pairs that a matching as good as the one known can use, None if too many."""
        within = self.objectives.total_cost(name, self.pledge_of) - level.bound
        return near_pairs(level, state, within=EVERY_PAIR if name in PART_BY_PART else within)

    def _improve_in_core(self, name: LevelName, level: SolvedLevel, state: State) -> None:
        """Look for a better matching among the pairs of the least reduced cost.

        Where all that a better matching could use are very many: the better the one known, the
        fewer these are.
        """
        within = self.objectives.total_cost(name, self.pledge_of) - level.bound
        core = None
        while within and (core is None or core.child.size > CORE):
            within //= 2
            core = near_pairs(level, state, within=within)
        if core is None:
            return
        model = self._model_of(core.joined(self.pledge_of), state, name)
        (part,) = model.parts(name)
        with self.effort.only(CORE_SHARE) as effort:
            found = model.better(part, self.pledge_of, effort)
        if not np.array_equal(found, self.pledge_of):
            self._rebind(name, found)

    def _searched(
        self, name: LevelName, relaxed: NDArray[np.int32] | None
    ) -> tuple[NDArray[np.int32], bool]:
        """Return the best matching found of a level under the rule, and whether it is proved.

        As far as the matching equals `relaxed`, a best one without the rule, part by part, nothing
        needs to be searched.
        """
        model, found, is_proved = self.model, self.pledge_of, True
        if model is None:
            return found, False
        self.parts[name] = model.parts(name)
        for part in self.parts[name]:
            if relaxed is not None and model.value(part, found) != model.value(part, relaxed):
                relaxed = None
            if relaxed is None:
                found, least = model.best(part, found, self.effort)
                is_proved = is_proved and least == model.value(part, found)
            model.hold(part, found)
        return found, is_proved

    def _rebind(self, name: LevelName, found: NDArray[np.int32]) -> None:
        """Take over a search's choice of sponsors, and solve the levels from there again.

        The levels up to this one must stay as found, because later bounds count on their costs.
        """
        binding = Binding(self.objectives, None, self.states[self.depth], self.depth)
        again = binding.with_sponsors_of(found)
        names = self.objectives.policy.levels
        total = self.objectives.total_cost
        settled = names[: names.index(name) + 1]
        same = all(total(level, again) == total(level, found) for level in settled)
        self.pledge_of = again if same and self._keeps_parts(again, found) else found

    def _keeps_parts(self, again: NDArray[np.int32], found: NDArray[np.int32]) -> bool:
        """Return whether a matching has what the model, if there is one, holds and has fixed."""
        model = self.model
        if model is None:
            return True
        return model.fits(again) and all(
            model.value(part, again) == model.value(part, found)
            for parts in self.parts.values()
            for part in parts
        )

    def _weighed(self, name: LevelName, solved: SolvedLevel, state: State) -> SolvedLevel:
        """Return the level with its best bound over whole multipliers of the held levels.

        One level after the other; the bound is concave in each multiplier: double while it rises,
        then try between.
        """
        best = (solved.bound, solved)
        multipliers = dict.fromkeys(self.held, 0)
        if name is LevelName.LEXIMIN or state.pairs.child.size > WEIGHABLE:
            return solved  # only over the flow is the fairest sharing the least of a sum
        for level in self.held:
            if level in UNWEIGHED:
                continue
            tried: dict[int, int] = {}

            def bound_at(by: int, level: LevelName = level, tried: dict[int, int] = tried) -> int:
                nonlocal best
                if by not in tried:
                    terms = tuple((multipliers | {level: by}).items())
                    goal = Blend(name, tuple((n, m) for n, m in terms if m))
                    solved = solve_level(self.objectives, goal, state, narrow=False)
                    bound = solved.bound - sum(
                        m * self.objectives.total_cost(n, self.pledge_of) for n, m in terms
                    )
                    tried[by] = bound
                    if bound > best[0]:
                        best = (bound, solved)
                return tried[by]

            multipliers[level] = _argmax_concave(bound_at)
        bound, solved = best
        by = dict(solved.goal.multipliers) if isinstance(solved.goal, Blend) else {}
        prices = replace(solved.certificate, multipliers=tuple(by.items()))
        return replace(solved, certificate=prices, bound=bound)


def _argmax_concave(value: Callable[[int], int]) -> int:
    """Return a whole number at which a concave function is (nearly) largest: a dozen values."""
    best = at = 0
    step = 1
    while step <= LARGEST_MULTIPLIER and value(step) > value(best):
        best, step = step, step * 2
    low, high = best // 2, step
    for _ in range(4):
        left, right = (low + best) // 2, (best + high) // 2
        at = max((best, left, right), key=value)
        low, high = (low, best) if at == left else ((best, high) if at == right else (left, right))
        best = at
    return best
