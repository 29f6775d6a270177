"""Coverage, exclusion and the concentration of help by exact amount."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.monitoring.targeting import (
    Covered,
    LeftOut,
    Received,
    TargetChild,
    age_band,
    concentration_index,
    coverage,
    exclusion,
    targeting_of,
)


def child(tier: int | None = 1, *, served: bool = True, **values: object) -> TargetChild:
    fields = {"area": "Bintang", "age_days": 500, "sex": "male", "is_eligible": True}
    return TargetChild(tier=tier, is_served=served, **(fields | values))  # type: ignore[arg-type]


def test_the_bands_of_age_begin_with_their_first_day() -> None:
    # 6, 12 and 24 months of 30.4375 days are 182.6, 365.25 and 730.5 days.
    assert [age_band(days) for days in (0, 182, 183, 365, 366, 730, 731, 1825)] == [
        "0-5", "0-5", "6-11", "6-11", "12-23", "12-23", "24-59", "24-59",
    ]  # fmt: skip


def test_coverage_counts_eligible_children_only() -> None:
    children = [
        child(1), child(1, served=False), child(2), child(2, is_eligible=False),
        child(2, is_eligible=False, served=False),
    ]  # fmt: skip
    found = coverage(children, lambda each: each.tier)
    assert found == {1: Covered(2, 1), 2: Covered(1, 1)}
    assert (found[1].unserved, found[1].share, Covered(0, 0).share) == (1, 0.5, None)


def test_exclusion_is_by_reason_with_how_long_they_wait() -> None:
    children = [
        child(served=False, reason="a", months_waiting=2),
        child(served=False, reason="a", months_waiting=3),
        child(served=False, reason="b", months_waiting=0),
        child(served=True, reason="a", months_waiting=9),
        child(served=False, is_eligible=False, reason="a", months_waiting=9),
    ]
    found = exclusion(children)
    assert found == {"a": LeftOut(2, 1, 5), "b": LeftOut(1, 0, 0)}
    assert found["a"].mean_months == 2.5


def test_what_is_told_of_a_city_counts_every_child_once_in_each_block() -> None:
    children = [
        child(1, packages=3, doubts=frozenset({"mbg"})),
        child(1, served=False, reason="a", months_waiting=4, sex="female"),
        child(2, age_days=40, packages=1, doubts=frozenset({"mbg", "recovered"})),
        child(None, is_eligible=False, packages=9, doubts=frozenset({"not_eligible"})),
    ]
    told = targeting_of(
        children, doubts=("recovered", "not_eligible", "mbg", "pkh"), unknown={"pkh"}
    )
    assert told.tiers == {"1": Covered(2, 1), "2": Covered(1, 1)}
    assert told.ages == {"12-23": Covered(2, 1), "0-5": Covered(1, 1)}
    assert told.sexes == {"male": Covered(2, 2), "female": Covered(1, 0)}
    assert told.left_out == {"a": LeftOut(1, 1, 4)}
    assert told.doubtful == {"recovered": 1, "not_eligible": 1, "mbg": 2, "pkh": None}
    assert told.received == {"1": Received(2, 3), "2": Received(1, 1)}
    assert told.concentration == concentration_index(children)


def test_the_index_is_negative_when_the_neediest_get_all_and_positive_the_other_way() -> None:
    # Ranks 1/4 and 3/4: 2 × (1/4 × 2) / 2 - 1 = -1/2; and 2 × (3/4 × 2) / 2 - 1 = 1/2.
    assert concentration_index([child(1, packages=2), child(2, packages=0)]) == -0.5
    assert concentration_index([child(1, packages=0), child(2, packages=2)]) == 0.5
    assert concentration_index([child(1, packages=3), child(2, packages=3)]) == 0


def test_points_order_children_within_a_tier_and_equals_share_their_rank() -> None:
    assert concentration_index(
        [child(1, points=900, packages=2), child(1, points=100, packages=0)]
    ) == pytest.approx(-0.5)
    tied = [child(1, points=100, packages=2), child(1, points=100, packages=0)]
    assert concentration_index(tied) == 0


def test_without_help_there_is_no_index_and_who_is_not_eligible_does_not_count() -> None:
    assert concentration_index([child(1), child(2)]) is None
    outside = child(3, is_eligible=False, packages=50)
    assert concentration_index([child(1, packages=1), outside]) == 0


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 4)), min_size=1, max_size=12))
def test_the_index_is_the_covariance_with_the_rank(rows: list[tuple[int, int]]) -> None:
    """O'Donnell et al., equation 8.3, in exact fractions."""
    total = sum(packages for _, packages in rows)
    found = concentration_index([child(tier, packages=packages) for tier, packages in rows])
    if not total:
        assert found is None
        return
    count = len(rows)
    below = {tier: sum(other < tier for other, _ in rows) for tier, _ in rows}
    equal = {tier: sum(other == tier for other, _ in rows) for tier, _ in rows}
    ranks = [Fraction(2 * below[tier] + equal[tier], 2 * count) for tier, _ in rows]
    mean, mean_rank = Fraction(total, count), sum(ranks) / count
    covariance = sum(
        (packages - mean) * (rank - mean_rank)
        for (_, packages), rank in zip(rows, ranks, strict=True)
    )
    assert found == pytest.approx(float(2 * covariance / count / mean))
    assert -1 <= (found or 0) <= 1
