"""What solving returns: who supports whom, how good that is, and the proof of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matcher.policy import LevelName, Policy
    from matcher.problem import MatchingProblem


class LevelStatus(StrEnum):
    """How much is proved of a level; `Proof` says by what."""

    OPTIMAL = "optimal"
    GAP = "gap"


class Proof(StrEnum):
    """By what a level's bound is known."""

    PRICES = "prices"
    """Integer prices that `check` verifies in linear time."""
    BRANCHING = "branching"
    """A branch-and-bound search (HiGHS); its bound can be repeated, not re-checked cheaply."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """Integer prices that prove a level's bound (dual values of the flow).

    Attributes
    ----------
    pledge
        int64[m]; what one more place at the pledge saves.
    sponsor
        int64[s]; the same for the sponsor as a whole (load spread).
    kelurahan
        int64[K]; price of leaving one more child of the kelurahan uncovered.
    multipliers
        Levels before this one that the sibling rule keeps from their flow bound, with the whole
        number that each of their units weighs in this bound (a Lagrangian relaxation).
    scale
        What one unit of the level itself weighs in these prices.
    budget
        int64[R, m], or None where rupiah are counted as places; prices of the rows that bind each
        pledge's packages (`budgets.Budgets.rows`): the relaxation of its budget.
    child, household
        int64[n], or None where the flow's prices say all: what placing each child is worth, and
        what its household pays at each sponsor, summed over its children and at least 0. Sponsors
        then fill their places with whole households (`household_prices`).
    """

    pledge: NDArray[np.int64]
    sponsor: NDArray[np.int64]
    kelurahan: NDArray[np.int64]
    multipliers: tuple[tuple[LevelName, int], ...] = ()
    scale: int = 1
    budget: NDArray[np.int64] | None = None
    child: NDArray[np.int64] | None = None
    household: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class LevelResult:
    """How well one level is reached.

    Attributes
    ----------
    name
        The level.
    value
        The figures people read: children served per tier; served children per kelurahan for
        leximin; one number otherwise.
    cost
        The integer that was minimised on the face of the levels before.
    bound
        No matching that is as good in the levels before has a smaller cost.
    verified
        As much of the bound as the prices prove, so that `check` can repeat it; None in results of
        before it was told.
    status, gap
        `optimal` if cost = bound; the gap is ``(cost - bound) / max(1, |cost|)``.
    proof
        How the bound is known: by prices where it is no more than what they prove.
    certificate
        The prices that prove `verified`.
    """

    name: LevelName
    value: tuple[int, ...]
    cost: int
    bound: int
    verified: int | None
    status: LevelStatus
    gap: float
    proof: Proof
    certificate: Certificate

    @property
    def unverified(self) -> int:
        """How much of the cost prices leave open; of the bound where they are not told apart."""
        return self.cost - (self.bound if self.verified is None else self.verified)


@dataclass(frozen=True, eq=False, kw_only=True)
class Matching:
    """The result of one run.

    Attributes
    ----------
    month
        The cycle.
    pledge_of
        int32[n]; pledge of each child, -1 = not covered; rows as in the problem.
    levels
        One result per level of the policy, in its order.
    policy, seed
        The rules it was solved under.
    problem_hash
        Of the problem it belongs to.
    candidate_start, candidate_pledge
        int64[n+1] and int32[a] when only some pledges per child were looked at (very large
        problems): the bounds hold over these; None = all pairs that the rules allow.
    seconds
        Wall time of the whole run; not part of `result_hash`.
    versions
        Of the programs that took part.
    notes
        Codes of things worth saying, such as ``siblings.unproved``.
    fairest
        Where the policy has a floor: the fairest sharing of the month without its pins
        (`Policy.fairest`), a result with its own proof; floors are shares of whom it serves.
    """

    month: str
    pledge_of: NDArray[np.int32]
    levels: tuple[LevelResult, ...]
    policy: Policy
    problem_hash: str
    candidate_start: NDArray[np.int64] | None = None
    candidate_pledge: NDArray[np.int32] | None = None
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fairest: Matching | None = None
    result_hash: str = ""

    @property
    def seed(self) -> int:
        """Seed of the lottery."""
        return self.policy.seed

    @property
    def num_covered(self) -> int:
        """Children with a sponsor."""
        return int(np.count_nonzero(self.pledge_of >= 0))

    @property
    def uncovered(self) -> NDArray[np.intp]:
        """Rows of the children without a sponsor."""
        return np.flatnonzero(self.pledge_of < 0)

    @property
    def is_optimal(self) -> bool:
        """Whether every level is best of all, by its prices or by a finished search."""
        return all(level.status is not LevelStatus.GAP for level in self.levels)

    def level(self, name: LevelName) -> LevelResult | None:
        """Return one level's result, None if the policy has no such level."""
        return next((level for level in self.levels if level.name is name), None)

    def fair_served(self, problem: MatchingProblem) -> NDArray[np.int64] | None:
        """Return int64[K], the children that the fairest sharing serves in each kelurahan."""
        if self.fairest is None:
            return None
        served = problem.kelurahan[self.fairest.pledge_of >= 0]
        return np.bincount(served, minlength=problem.num_kelurahan).astype(np.int64)

    def load(self, num_pledges: int) -> NDArray[np.int64]:
        """Return the children per pledge, int64[m]."""
        return np.bincount(self.pledge_of[self.pledge_of >= 0], minlength=num_pledges)

    def pairs(self, problem: MatchingProblem) -> list[tuple[str, str]]:
        """Return (child id, pledge id) of the covered children, by child id."""
        rows = np.flatnonzero(self.pledge_of >= 0).tolist()
        pledge_of = self.pledge_of.tolist()
        return sorted((problem.child_ids[i], problem.pledge_ids[pledge_of[i]]) for i in rows)


def result_hash(problem: MatchingProblem, matching: Matching) -> str:
    """Return the SHA-256 of pairs, levels, prices, notes and candidates, whatever the row order.

    Seconds and versions are left out: they differ between runs that agree.
    """
    digest = hashlib.sha256(b"asuh matching result 1\n")
    digest.update(matching.problem_hash.encode())
    digest.update(repr(sorted(matching.policy.to_json().items())).encode())
    for child, pledge in matching.pairs(problem):
        digest.update(f"{child}\x1f{pledge}\n".encode())
    pledges = sorted(range(problem.num_pledges), key=problem.pledge_ids.__getitem__)
    sponsors = sorted(range(problem.num_sponsors), key=problem.sponsor_ids.__getitem__)
    places = sorted(range(problem.num_kelurahan), key=problem.kelurahan_codes.__getitem__)
    for level in matching.levels:
        digest.update(f"{level.name.value}|{level.cost}|{level.bound}|".encode())
        digest.update(f"{level.status.value}|{level.proof.value}".encode())
        if level.verified not in (None, level.bound):
            digest.update(f"|{level.verified}".encode())
        prices = level.certificate
        digest.update(repr([(name.value, by) for name, by in prices.multipliers]).encode())
        for column, order in (
            (prices.pledge, pledges),
            (prices.sponsor, sponsors),
            (prices.kelurahan, places),
        ):
            digest.update(column[np.asarray(order, dtype=np.intp)].astype("<i8").tobytes())
        if prices.budget is not None:
            digest.update(f"scale {prices.scale}|".encode())
            by_pledge = prices.budget[:, np.asarray(pledges, dtype=np.intp)]
            digest.update(by_pledge.astype("<i8").tobytes())
        if prices.child is not None and prices.household is not None:
            digest.update(_household_bytes(problem, prices.scale, prices.child, prices.household))
    if matching.fairest is not None:
        digest.update(f"fairest {matching.fairest.result_hash}|".encode())
    if matching.notes:
        digest.update(repr(sorted(matching.notes)).encode())
    if matching.candidate_start is not None and matching.candidate_pledge is not None:
        digest.update(
            _candidate_bytes(problem, matching.candidate_start, matching.candidate_pledge)
        )
    return digest.hexdigest()


def _household_bytes(
    problem: MatchingProblem,
    scale: int,
    child: NDArray[np.int64],
    household: NDArray[np.int64],
) -> bytes:
    """Return the prices of children and of whole households by the codes of the children."""
    homes = np.bincount(problem.household, minlength=1) * 0
    np.add.at(homes, problem.household, household)
    order = sorted(range(problem.num_children), key=problem.child_ids.__getitem__)
    rows = np.asarray(order, dtype=np.intp)
    columns = child[rows], homes[problem.household[rows]]
    return f"scale {scale}|".encode() + b"".join(each.astype("<i8").tobytes() for each in columns)


def _candidate_bytes(
    problem: MatchingProblem, start: NDArray[np.int64], pledge: NDArray[np.int32]
) -> bytes:
    """Return the listed pairs by the ranks of their codes, whatever the row order."""
    ranks = []
    for codes in (problem.child_ids, problem.pledge_ids):
        rank = np.empty(len(codes), dtype=np.int64)
        order = np.array(sorted(range(len(codes)), key=codes.__getitem__), dtype=np.intp)
        rank[order] = np.arange(len(codes))
        ranks.append(rank)
    pairs = np.repeat(ranks[0], np.diff(start)) * np.int64(len(problem.pledge_ids))
    pairs += ranks[1][pledge]
    pairs.sort()
    return pairs.astype("<i8").tobytes()
