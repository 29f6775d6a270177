"""The months that `make history` makes up: a city that fills and empties as cities do."""

from itertools import pairwise

from tests.history.script import HELPED, STARTS, WAITING
from tools.history import OF_ROUTINE, City


def test_the_city_never_gains_or_loses_a_sixth_of_its_children_at_once() -> None:
    city = City(num_months=36, num_children=OF_ROUTINE, has_stories=True)
    listed = [sum(city.is_listed(child, month) for child in city.children) for month in range(36)]
    assert min(listed) == listed[0] > 2 * OF_ROUTINE - 2
    assert max(listed) > 1.3 * listed[0]
    assert all(abs(after - before) <= before / 6 for before, after in pairwise(listed)), listed


def test_who_is_compared_is_measured_when_the_comparison_asks_for_it() -> None:
    city = City(num_months=36, num_children=OF_ROUTINE, has_stories=True)
    for child in (*HELPED, *WAITING):
        assert all(city.is_measured(child, month) for month in (STARTS - 3, STARTS, STARTS + 6))
        assert not city.is_measured(child, city.comes(child) - 1)
        seen = [month for month in range(city.comes(child), 36) if city.is_measured(child, month)]
        assert max(after - before for before, after in pairwise(seen)) <= 2
