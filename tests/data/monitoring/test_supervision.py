"""Which visits are proposed, by exact weight and from both sides of each limit."""

from datetime import date, timedelta

from data.monitoring.supervision import REST_DAYS, Place, Proposal, Signs, propose

TODAY = date(2026, 12, 1)
MELATI, MAWAR = Place("19.71.04.1001", "Melati"), Place("19.71.04.1002", "Mawar")
VISITED = {MELATI: TODAY - timedelta(days=REST_DAYS)}


def proposal(signs: Signs, days_ago: int = REST_DAYS) -> Proposal | None:
    found = propose(
        {MELATI: signs},
        visited_on={MELATI: TODAY - timedelta(days=days_ago)},
        planned=(),
        today=TODAY,
    )
    return found[0] if found else None


def test_a_child_to_be_referred_asks_for_a_visit_by_itself() -> None:
    assert proposal(Signs(unreferred=2)) == Proposal(MELATI, 4, {"unreferred": 2})
    assert proposal(Signs()) is None


def test_light_signs_ask_only_together() -> None:
    assert proposal(Signs(is_rounded=True)) is None
    assert proposal(Signs(unmeasured=3)) is None
    both = proposal(Signs(is_rounded=True, unmeasured=3))
    assert both == Proposal(MELATI, 2, {"unmeasured": 3, "rounded": 1})
    assert proposal(Signs(is_rounded=True, unmeasured=2)) is None


def test_food_that_others_eat_counts_from_half_of_five_families() -> None:
    assert proposal(Signs(asked=6, not_own=3)) == Proposal(MELATI, 3, {"not_eaten": 3})
    assert proposal(Signs(asked=6, not_own=2)) is None
    assert proposal(Signs(asked=4, not_own=4)) is None


def test_after_a_visit_and_while_one_is_planned_nothing_is_proposed() -> None:
    assert proposal(Signs(unreferred=1), days_ago=REST_DAYS - 1) is None
    signs = {MELATI: Signs(unreferred=1)}
    assert propose(signs, visited_on=VISITED, planned=[MELATI], today=TODAY) == []


def test_a_place_that_nobody_visited_yet_weighs_more_but_needs_a_sign() -> None:
    signs = {MELATI: Signs(is_late=True), MAWAR: Signs(is_low_measured=True)}
    found = propose(signs, visited_on=VISITED, planned=(), today=TODAY)
    assert [(each.place, each.weight) for each in found] == [(MAWAR, 3), (MELATI, 2)]
    assert found[0].reasons == {"low_measured": 1, "never_visited": 1}
    assert propose({MAWAR: Signs()}, visited_on={}, planned=(), today=TODAY) == []
