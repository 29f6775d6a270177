"""Duplicate children: each sign alone, twins and siblings, and the labelled list."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.duplicates.children import ChildIdentity, find_duplicate_children
from tests.data.duplicates.generator import labelled_children

RIZKY = ChildIdentity(
    key="a",
    name="Muh. Rizky Pratama",
    born_on=dt.date(2024, 3, 8),
    sex="L",
    parent_name="Siti Aminah",
    kelurahan_code="19.71.05.1006",
    address="Jl. Mawar No. 12 RT 03 RW 01, depan masjid",
    nik="1971050803240001",
)


def scores(*others: ChildIdentity) -> list[int]:
    return [pair.score for pair in find_duplicate_children([RIZKY, *others])]


def reasons(other: ChildIdentity) -> list[str]:
    (pair,) = find_duplicate_children([RIZKY, other])
    assert (pair.first, pair.second) == ("a", "b")
    return [reason.code for reason in pair.reasons]


def other(**changes: object) -> ChildIdentity:
    return replace(RIZKY, key="b", **{"nik": None, **changes})  # type: ignore[arg-type]


def test_the_story_of_muh_rizky() -> None:
    second = other(
        name="M Rizki", born_on=dt.date(2024, 3, 9), kelurahan_code="19.71.04.1001", address=None
    )
    assert reasons(second) == ["name_similar", "born_one_day_off", "parent_equal"]
    assert scores(second)[0] >= 75


@pytest.mark.parametrize(
    ("born_on", "reason"),
    [
        (dt.date(2024, 3, 8), "born_equal"),
        (dt.date(2024, 3, 7), "born_one_day_off"),
        (dt.date(2024, 8, 3), "born_day_month_swapped"),
        (dt.date(2023, 3, 8), "born_one_part_off"),
    ],
)
def test_birth_dates_that_are_one_slip_apart_are_found(born_on: dt.date, reason: str) -> None:
    assert reason in reasons(other(born_on=born_on))


@pytest.mark.parametrize(
    "born_on", [dt.date(2024, 3, 10), dt.date(2022, 3, 8), dt.date(2023, 4, 8)]
)
def test_other_birth_dates_are_other_children(born_on: dt.date) -> None:
    found = find_duplicate_children([RIZKY, other(born_on=born_on)])
    assert [pair.score for pair in found] == [] or born_on == dt.date(2024, 3, 10)


def test_equal_identity_numbers_are_always_a_pair_and_a_different_person_lowers_it() -> None:
    same = other(nik=RIZKY.nik, address=None)
    assert scores(same) == [100]
    stranger = other(
        nik=RIZKY.nik, name="Bunga Lestari", parent_name="Hartati", born_on=dt.date(2022, 1, 1)
    )
    assert scores(stranger) == [90]
    assert "name_differs" in reasons(stranger)


def test_a_slip_in_the_identity_number_raises_and_another_number_lowers() -> None:
    without = scores(other(name="Rizki Pratma"))[0]
    assert scores(other(name="Rizki Pratma", nik="1971050803240051"))[0] > without
    assert scores(other(name="Rizki Pratma", nik="1971060101230077"))[0] < without


@pytest.mark.parametrize("nik", ["0000000000000000", "197105", "x"])
def test_numbers_that_are_none_do_not_make_a_pair(nik: str) -> None:
    first = replace(RIZKY, nik=nik)
    second = other(name="Bunga Lestari", sex="P", parent_name="Hartati", nik=nik)
    assert find_duplicate_children([first, second]) == ()


@pytest.mark.parametrize(
    "twin",
    [
        other(name="Muh. Fadhil Pratama", nik="1971050803240002"),
        other(name="Muh. Fadhil Pratama"),
        other(name="Riska Pratama", sex="P"),
        other(name="Rizka Pratama", sex="L", nik="1971050803240002"),
    ],
)
def test_twins_are_no_pair(twin: ChildIdentity) -> None:
    assert scores(twin) == []


def test_siblings_are_no_pair() -> None:
    assert scores(other(name="Rizka Pratama", sex="P", born_on=dt.date(2022, 3, 8))) == []
    assert scores(other(name="Bagas Pratama", born_on=dt.date(2025, 9, 20))) == []


def test_namesakes_of_other_parents_and_places_are_no_pair() -> None:
    namesake = other(
        parent_name="Hartati Lubis",
        kelurahan_code="19.71.01.1004",
        address="Jl. Hiu No. 3 RT 01 RW 04",
    )
    assert scores(replace(namesake, born_on=dt.date(2024, 3, 9))) == []


def test_a_baby_that_got_its_name_is_found_and_numbered_twins_are_kept_apart() -> None:
    baby = other(name="BY NY SITI AMINAH", address=None)
    assert "name_not_given_yet" in reasons(baby)
    first, second = (
        replace(baby, key=key, name=f"By. Ny. Siti Aminah {key}") for key in ("I", "II")
    )
    assert find_duplicate_children([first, second]) == ()


def test_a_child_that_stands_many_times_gives_a_pair_for_each_repeat() -> None:
    many = [replace(RIZKY, key=f"r{index:04d}") for index in range(2000)]
    found = find_duplicate_children(many)
    assert len(found) == 1999
    assert {pair.first for pair in found} == {"r0000"}
    assert {pair.score for pair in found} == {100}


def test_entries_of_which_nothing_is_known_are_no_pair() -> None:
    unknown = ChildIdentity(key="x", name="")
    assert find_duplicate_children([unknown, replace(unknown, key="y")]) == ()


NAMES = st.sampled_from(
    ["", "Siti", "M Rizki", "BY NY SITI", "Rafa Pratama", "Rafi Pratama", "ñ 1"]
)
ENTRIES = st.builds(
    ChildIdentity,
    key=st.integers(0, 10_000).map(str),
    name=NAMES,
    born_on=st.none() | st.dates(dt.date(2024, 2, 27), dt.date(2024, 3, 2)),
    sex=st.sampled_from([None, "L", "P"]),
    parent_name=st.none() | NAMES,
    nik=st.sampled_from([None, "", "1971050803240001", "1971050803240002", "1971"]),
)


@given(st.lists(ENTRIES, max_size=12, unique_by=lambda child: child.key))
def test_any_list_is_answered_with_scored_pairs_of_two(children: list[ChildIdentity]) -> None:
    found = find_duplicate_children(children)
    assert all(pair.first != pair.second and 70 <= pair.score <= 100 for pair in found)
    assert all(pair.reasons for pair in found)
    assert len({frozenset({pair.first, pair.second}) for pair in found}) == len(found)


def test_nothing_and_one_child_have_no_pairs() -> None:
    assert find_duplicate_children([]) == ()
    assert find_duplicate_children([RIZKY]) == ()


def test_no_reason_and_no_representation_shows_an_identity_number() -> None:
    (pair,) = find_duplicate_children([RIZKY, other(nik=RIZKY.nik)])
    assert "19710508" not in repr(pair)
    assert "19710508" not in repr(RIZKY)


def test_the_order_of_the_list_changes_nothing_but_the_sides() -> None:
    children, _ = labelled_children(600, seed=4)
    forward = {
        (frozenset({pair.first, pair.second}), pair.score)
        for pair in find_duplicate_children(children)
    }
    backward = {
        (frozenset({pair.first, pair.second}), pair.score)
        for pair in find_duplicate_children(children[::-1])
    }
    assert forward == backward


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nearly_all_pairs_among_five_thousand_children_are_found(seed: int) -> None:
    children, truth = labelled_children(5000, seed)
    found = {frozenset({pair.first, pair.second}) for pair in find_duplicate_children(children)}
    assert len(found & truth) / len(found) >= 0.98
    assert len(found & truth) / len(truth) >= 0.95
