"""The need rule: every part by its exact amount, with its counter-case."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.services.need import LIFE_DAYS, Need, assess_need, need_policy

POLICY = need_policy(date(2026, 12, 1))


def need(
    haz: float = -2.5,
    age_days: int = 900,
    decile: int | None = None,
    at_risk: bool | None = None,
    waiting: int = 0,
    is_in: bool = False,
) -> Need | None:
    return assess_need(
        POLICY,
        haz=haz,
        age_days=age_days,
        poverty_decile=decile,
        is_at_risk=at_risk,
        months_waiting=waiting,
        is_in_programme=is_in,
    )


def some(found: Need | None) -> Need:
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("haz", "age_days", "tier"),
    [(-3.01, 1500, 1), (-3.0, 1500, 3), (-3.0, 730, 2), (-2.01, 731, 3), (-2.01, 730, 2)],
)
def test_tier_follows_height_for_age_and_age(haz: float, age_days: int, tier: int) -> None:
    assert some(need(haz, age_days)).tier == tier


@pytest.mark.parametrize("haz", [-2.0, -1.99, 0.0])
def test_minus_two_is_not_stunted(haz: float) -> None:
    assert need(haz) is None


@pytest.mark.parametrize("age_days", [400, 1500])
def test_a_child_of_the_programme_that_grew_to_minus_two_comes_last(age_days: int) -> None:
    found = need(-1.9, age_days, is_in=True)
    assert some(found).tier == 3
    assert part(found, 0) == ("need.haz", 0)


def part(found: Need | None, index: int) -> tuple[str, int]:
    chosen = some(found).parts[index]
    return chosen.code, chosen.points


@pytest.mark.parametrize(("haz", "points"), [(-2.03, 4), (-3.5, 200), (-5.0, 400), (-5.9, 400)])
def test_points_for_height(haz: float, points: int) -> None:
    assert part(need(haz), 0) == ("need.haz", points)


@pytest.mark.parametrize(("age_days", "points"), [(0, 250), (913, 125), (1826, 0), (2000, 0)])
def test_points_for_age(age_days: int, points: int) -> None:
    assert part(need(age_days=age_days), 1) == ("need.age", points)


@pytest.mark.parametrize(
    ("decile", "at_risk", "code", "points"),
    [
        (1, None, "need.poverty", 200),
        (1, True, "need.poverty", 200),
        (10, False, "need.poverty", 0),
        (10, True, "need.at_risk", 100),
        (None, True, "need.at_risk", 100),
        (None, False, "need.poverty", 0),
        (None, None, "need.poverty_unknown", 0),
    ],
)
def test_points_for_poverty(
    decile: int | None, at_risk: bool | None, code: str, points: int
) -> None:
    assert part(need(decile=decile, at_risk=at_risk), 2) == (code, points)


@pytest.mark.parametrize(("waiting", "points"), [(0, 0), (1, 25), (6, 150), (40, 150)])
def test_points_for_waiting(waiting: int, points: int) -> None:
    assert part(need(waiting=waiting), 3) == ("need.waiting", points)


def test_the_most_points_are_a_thousand() -> None:
    assert some(need(-6.0, 0, 1, True, 12)).points == 1000


@given(
    haz=st.floats(-6, -2.01),
    age=st.integers(0, LIFE_DAYS),
    decile=st.none() | st.integers(1, 10),
    at_risk=st.none() | st.booleans(),
    waiting=st.integers(0, 60),
)
def test_the_parts_add_up(
    haz: float, age: int, decile: int | None, at_risk: bool | None, waiting: int
) -> None:
    found = some(need(round(haz, 2), age, decile, at_risk, waiting))
    assert found.points == sum(part.points for part in found.parts)
    assert all(0 <= part.points <= part.at_most for part in found.parts)
    assert 0 <= found.points <= 1000


@given(haz=st.integers(-599, -202), waiting=st.integers(0, 8))
def test_worse_or_longer_waiting_never_lowers_points(haz: int, waiting: int) -> None:
    here = some(need(haz / 100, waiting=waiting)).points
    assert some(need((haz - 1) / 100, waiting=waiting)).points >= here
    assert some(need(haz / 100, waiting=waiting + 1)).points >= here


def test_the_policy_before_the_first_is_the_first() -> None:
    assert need_policy(date(2020, 1, 1)).version == POLICY.version
