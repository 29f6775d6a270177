"""Small counts: hidden, and not to be worked out from what is shown. Oracle: every possibility."""

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult

from data.monitoring import suppression
from data.monitoring.suppression import Outsider, Sum, suppressed

CITY = Sum("kota", ("a", "b", "c"))


def test_a_count_below_five_is_hidden_and_five_and_nothing_are_shown() -> None:
    counts = {"a": 4, "b": 5, "c": 0, "d": 1}

    assert suppressed(counts, ()) == {"a", "d"}


def test_the_smallest_neighbour_goes_with_the_only_hidden_part() -> None:
    counts = {"a": 3, "b": 20, "c": 8, "kota": 31}

    assert suppressed(counts, (CITY,)) == {"a", "c"}


def test_two_hidden_parts_protect_each_other_only_when_their_sum_leaves_room() -> None:
    tight = {"a": 1, "b": 2, "c": 9, "kota": 12}
    loose = {"a": 3, "b": 4, "c": 9, "kota": 16}

    assert suppressed(tight, (CITY,)) == {"a", "b", "c"}
    assert suppressed(loose, (CITY,)) == {"a", "b"}


def test_where_the_only_part_is_small_the_whole_goes_too() -> None:
    counts = {"a": 2, "b": 0, "c": 0, "kota": 2}

    assert suppressed(counts, (CITY,)) == {"a", "kota"}


def test_a_small_part_is_not_found_through_the_level_above() -> None:
    sums = (Sum("x", ("a", "b")), Sum("y", ("c", "d")), Sum("kota", ("x", "y")))

    shared = {"a": 2, "b": 30, "x": 32, "c": 40, "d": 12, "y": 52, "kota": 84}
    assert suppressed(shared, sums) == {"a", "b"}

    alone = {"a": 2, "b": 0, "x": 2, "c": 40, "d": 12, "y": 52, "kota": 54}
    assert suppressed(alone, sums) == {"a", "x", "y", "d"}


def test_who_is_missing_from_a_share_is_protected_like_a_small_count() -> None:
    counts = {"eligible": 20, "consented": 18, "without": 2}
    sums = (Sum("eligible", ("consented", "without")),)

    assert suppressed(counts, sums, unpublished={"without"}) == {"without", "consented"}
    assert suppressed(counts | {"consented": 15, "without": 5}, sums, unpublished={"without"}) == {
        "without"
    }


def test_a_total_that_another_publication_hides_cannot_be_added_up_here() -> None:
    counts = {"a": 14, "b": 18, "c": 0, "kota": 32}

    hidden = suppressed(counts, (CITY,), hidden_elsewhere={"kota"})
    assert hidden == {"kota", "a"}
    least, most = Outsider(counts, (CITY,), hidden).range_of("kota")
    assert most - least >= 4

    beside = counts | {"matched": 60, "eligible": 92}
    sums = (CITY, Sum("eligible", ("matched", "kota")))
    assert suppressed(beside, sums, hidden_elsewhere={"kota"}) == {"kota", "a", "matched"}


@pytest.mark.parametrize("status", [1, 2, 4])
def test_where_the_solver_fails_more_is_hidden_not_less(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    def fails(*_asked: object, **_options: object) -> OptimizeResult:
        return OptimizeResult(success=False, status=status)

    monkeypatch.setattr(suppression, "linprog", fails)
    counts = {"a": 3, "b": 20, "c": 8, "kota": 31, "apart": 60}
    assert suppressed(counts, (CITY,)) == {"a", "b", "c", "kota"}


def test_a_count_that_can_be_as_large_as_one_likes_needs_no_other_hidden() -> None:
    outsider = Outsider({"a": 3, "b": 8, "kota": 11}, (Sum("kota", ("a", "b")),), {"a", "kota"})
    assert outsider.range_of("a") == (1, math.inf)
    assert outsider.is_in_the_dark("a")


def test_a_sum_that_does_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="kota"):
        suppressed({"a": 1, "b": 1, "c": 1, "kota": 4}, (CITY,))


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], tuple[Sum[str], ...]]:
    """Two columns that add up to a third, in two areas that add up to a city."""
    cells = {
        f"{figure}{area}": draw(st.integers(0, 6)) for figure in ("in", "out") for area in "ab"
    }
    for area in "ab":
        cells[f"all{area}"] = cells[f"in{area}"] + cells[f"out{area}"]
    for figure in ("in", "out", "all"):
        cells[f"{figure}city"] = cells[f"{figure}a"] + cells[f"{figure}b"]
    down = tuple(Sum(f"{f}city", (f"{f}a", f"{f}b")) for f in ("in", "out", "all"))
    across = tuple(Sum(f"all{area}", (f"in{area}", f"out{area}")) for area in ("a", "b", "city"))
    return cells, down + across


def possible(counts: dict[str, int], hidden: frozenset[str], up_to: int) -> dict[str, set[int]]:
    """Try every table of four inner cells that fits what is shown."""
    found: dict[str, set[int]] = {cell: set() for cell in hidden}
    inner = ("ina", "inb", "outa", "outb")
    ways = [range(1, up_to) if cell in hidden else (counts[cell],) for cell in inner]
    for values in product(*ways):
        table = dict(zip(inner, values, strict=True))
        for area in "ab":
            table[f"all{area}"] = table[f"in{area}"] + table[f"out{area}"]
        for figure in ("in", "out", "all"):
            table[f"{figure}city"] = table[f"{figure}a"] + table[f"{figure}b"]
        shown = all(table[cell] == count for cell, count in counts.items() if cell not in hidden)
        if shown and all(table[cell] >= 1 for cell in hidden):
            for cell in hidden:
                found[cell].add(table[cell])
    return found


@settings(max_examples=25)
@given(tables())
def test_no_small_count_can_be_worked_out_by_trying_everything(
    table: tuple[dict[str, int], tuple[Sum[str], ...]],
) -> None:
    counts, sums = table
    hidden = suppressed(counts, sums)
    values = possible(counts, hidden, up_to=13)

    for cell, count in counts.items():
        if 0 < count < 5:
            assert len(values[cell]) >= 5
        elif not count:
            assert cell not in hidden


@settings(max_examples=25)
@given(tables())
def test_the_range_of_a_cell_is_what_trying_everything_finds(
    table: tuple[dict[str, int], tuple[Sum[str], ...]],
) -> None:
    counts, sums = table
    hidden = frozenset(cell for cell, count in counts.items() if 0 < count < 5)
    values = possible(counts, hidden, up_to=13)
    outsider = Outsider(counts, sums, hidden)

    for cell in hidden:
        least, most = outsider.range_of(cell)
        assert least == min(values[cell])
        assert most == max(values[cell]) or (most == math.inf and max(values[cell]) >= 12)
