"""Regions: codes, names, aliases, misspellings, and what must stay undecided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reference.regions import regions


def test_the_city_has_seven_kecamatan_and_forty_two_kelurahan() -> None:
    assert len(regions().all_kecamatan) == 7
    assert len(regions().all_kelurahan) == 42


def test_every_kelurahan_lies_in_its_kecamatan_by_code() -> None:
    for ward in regions().all_kelurahan:
        assert ward.code.startswith(regions().kecamatan(ward.kecamatan_code).code + ".")


def test_offices_lie_in_the_city() -> None:
    for ward in regions().all_kelurahan:
        assert -2.20 < ward.office_lat < -2.05
        assert 106.05 < ward.office_lon < 106.20


def test_areas_add_up_to_the_city_within_one_percent() -> None:
    assert sum(ward.area_km2 for ward in regions().all_kelurahan) == pytest.approx(
        104.238, rel=0.01
    )


@pytest.mark.parametrize("ward", regions().all_kelurahan, ids=lambda ward: ward.name)
def test_every_name_resolves_to_its_own_code(ward: object) -> None:
    found = regions().resolve_kelurahan(ward.name)  # type: ignore[attr-defined]
    assert found is not None
    assert (found.code, found.exact) == (ward.code, True)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("BUKIT MERAPIN", "Bukit Merapen"),
        ("Kel. Air Selemba", "Air Salemba"),
        ("tuatunu", "Tua Tunu Indah"),
        ("Gabek II", "Gabek Dua"),
        ("Air Kepala 7", "Air Kepala Tujuh"),
        ("1971051002", "Bukit Merapen"),
        ("19.71.05.1002", "Bukit Merapen"),
        ("Kelurahan  Semabung\u00a0Baru ", "Semabung Baru"),
    ],
)
def test_known_spellings_are_exact(spelling: str, name: str) -> None:
    found = regions().resolve_kelurahan(spelling)
    assert found is not None
    assert (regions().kelurahan(found.code).name, found.exact) == (name, True)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("Tamanbungga", "Taman Bunga"), ("Kejaksan", "Kejaksaan"), ("Semabng Lama", "Semabung Lama")],
)
def test_misspellings_resolve_but_not_exactly(spelling: str, name: str) -> None:
    found = regions().resolve_kelurahan(spelling)
    assert found is not None
    assert regions().kelurahan(found.code).name == name
    assert not found.exact
    assert found.score < 100


@pytest.mark.parametrize("spelling", ["", " ", "Gabek", "Semabung", "Sungailiat", "19.71.05.9999"])
def test_what_is_unknown_or_ambiguous_stays_undecided(spelling: str) -> None:
    assert regions().resolve_kelurahan(spelling) is None


def test_the_kecamatan_of_the_row_makes_more_patient() -> None:
    assert regions().resolve_kelurahan("Kacang Pdng") is not None
    assert regions().resolve_kelurahan("Krmat") is None
    found = regions().resolve_kelurahan("Krmat", "Rangkui")
    assert found is None or regions().kelurahan(found.code).name == "Keramat"


def test_a_contradicting_kecamatan_is_told() -> None:
    found = regions().resolve_kelurahan("Keramat", "Gabek")
    assert found is not None
    assert not found.kecamatan_agrees
    agreeing = regions().resolve_kelurahan("Keramat", "Rangkui")
    assert agreeing is not None
    assert agreeing.kecamatan_agrees


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("Pangkalbalam", "19.71.03"),
        ("Kec. Tamansari", "19.71.02"),
        ("GIRI MAYA", "19.71.07"),
        ("197106", "19.71.06"),
    ],
)
def test_kecamatan_spellings_resolve(spelling: str, code: str) -> None:
    found = regions().resolve_kecamatan(spelling)
    assert found is not None
    assert found.code == code


def test_a_stranger_to_the_city_is_no_kecamatan() -> None:
    assert regions().resolve_kecamatan("Sungailiat") is None


@given(st.text(max_size=40))
def test_any_text_is_answered_without_an_error(text: str) -> None:
    found = regions().resolve_kelurahan(text, text)
    assert found is None or 0 < found.score <= 100
