"""Names by sound: what is one name, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.duplicates.names import can_be_one_name, name_likeness, parse_name


def likeness(one: str, other: str) -> float:
    return name_likeness(parse_name(one), parse_name(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Muh. Rizky", "M Rizki"),
        ("Mohammad Riski", "MUHAMAD RIZKY"),
        ("dr. Hj. Siti Aminah, S.Pd", "Sitti Aminah"),
        ("Noor Aisyah", "Nur Aisya"),
        ("Achmad Fauzi", "Ahmad Fauzi"),
        ("Syahrul", "Sahrul"),
        ("Poetri Zahra", "Putri Zahrah"),
        ("Djoko Soesilo", "Joko Susilo"),
        ("Nur'aini", "Nuraini"),
        ("Ny. Marlina", "Marlina"),
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert likeness(one, other) >= 99


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rizky Saputra", "Riska Saputra"),
        ("Hasan Basri", "Husain Basri"),
        ("Rafa Pratama", "Rafi Pratama"),
        ("Dinda Permata", "Citra Permata"),
        ("Siti", ""),
    ],
)
def test_siblings_names_differ_although_the_family_name_is_shared(one: str, other: str) -> None:
    assert likeness(one, other) < 85


def test_a_part_of_a_longer_name_is_alike_but_not_equal() -> None:
    assert 85 <= likeness("Rizky Pratama", "Rizky Pratama Wijaya") < 100
    assert 85 <= likeness("Rizky", "Rizky Pratama") < likeness("Rizky Pratama", "Rizki Pratama")


def test_an_initial_stands_for_a_part() -> None:
    assert likeness("Budi S", "Budi Santoso") == 90


def test_a_baby_without_a_name_is_recognised_with_its_mother_and_number() -> None:
    baby = parse_name("BY NY Siti Aminah II")
    assert baby.is_placeholder
    assert baby.tokens == parse_name("Siti Aminah").tokens
    assert baby.ordinal == 2
    assert not parse_name("Bayu Pratama").is_placeholder


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 100
    assert likeness(one, other) == pytest.approx(likeness(other, one))


@given(st.text(max_size=40))
def test_a_name_is_like_itself_or_empty(text: str) -> None:
    assert likeness(text, text) == (100 if parse_name(text).tokens else 0)


@pytest.mark.parametrize(
    ("one", "other", "can_be"),
    [
        ("Muh. Rizky Pratama", "M Rizki Pratama", True),
        ("Siti Fatimah", "Fatimah", True),
        ("BY NY SITI", "Ahmad Fauzan", True),
        ("BY NY SITI 1", "BY NY SITI 2", False),
        ("Hasan Basri", "Husein Basri", False),
        ("Rani Contoh", "Rina Contoh", False),
    ],
)
def test_a_typo_is_one_name_and_a_twin_is_another(one: str, other: str, can_be: bool) -> None:
    assert can_be_one_name(one, other) is can_be
    assert can_be_one_name(other, one) is can_be
