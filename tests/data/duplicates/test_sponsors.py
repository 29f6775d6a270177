"""Duplicate sponsors: each sign alone, and who is not one sponsor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from data.duplicates.sponsors import SponsorIdentity, find_duplicate_sponsors
from data.sample import write_sample

if TYPE_CHECKING:
    from pathlib import Path

HENDRA = SponsorIdentity(
    key="a",
    name="H. Hendra Gunawan, S.E.",
    organisation="Dinas Pendidikan",
    phone="0812-3456-7890",
    email="hendra@contoh.test",
    address="Jl. Pinang No. 4",
    kelurahan_code="19.71.04.1001",
)


def scores(**changes: object) -> list[int]:
    nothing = dict.fromkeys(["organisation", "phone", "email", "address", "kelurahan_code"])
    second = replace(HENDRA, key="b", **{**nothing, **changes})  # type: ignore[arg-type]
    return [pair.score for pair in find_duplicate_sponsors([HENDRA, second])]


def test_one_telephone_and_one_name_are_one_sponsor() -> None:
    assert scores(name="Hendra Gunawan", phone="+62 812 3456 7890")[0] >= 90


def test_one_address_of_mail_and_one_name_are_one_sponsor() -> None:
    assert scores(name="Hendra Gunawan", email="HENDRA@contoh.test ")[0] >= 85


def test_name_and_office_are_a_pair_but_the_name_alone_is_not() -> None:
    assert scores(name="Hendra Gunawan", organisation="DINAS PENDIDIKAN") != []
    assert scores(name="Hendra Gunawan") == []


@pytest.mark.parametrize("name", ["Suryani", "Rina Gunawan"])
def test_a_couple_with_one_telephone_are_two_sponsors(name: str) -> None:
    assert scores(name=name, phone=HENDRA.phone, address=HENDRA.address) == []


def test_an_office_is_not_its_member() -> None:
    assert scores(name="Dinas Pendidikan", is_organisation=True, phone=HENDRA.phone) == []


def test_equal_numbers_are_a_pair_and_different_ones_lower_the_score() -> None:
    numbered = replace(HENDRA, identity_number="1971012001800002")
    same = replace(numbered, key="b", name="Hendra G", phone=None, email=None, address=None)
    assert [pair.score for pair in find_duplicate_sponsors([numbered, same])] == [100]
    other = replace(same, name="Hendra Gunawan", identity_number="1971055507910044")
    assert find_duplicate_sponsors([numbered, other]) == ()


def test_companies_are_compared_without_their_legal_form() -> None:
    one = SponsorIdentity(key="a", name="PT Laut Biru Nusa", is_organisation=True)
    two = SponsorIdentity(key="b", name="LAUT BIRU NUSA, PT.", is_organisation=True)
    three = SponsorIdentity(key="c", name="PT Laut Merah Nusa", is_organisation=True)
    found = find_duplicate_sponsors([one, two, three])
    assert [(pair.first, pair.second) for pair in found] == [("a", "b")]


def test_branches_of_one_company_are_no_pair() -> None:
    main = SponsorIdentity(key="a", name="PT Laut Biru Nusa", is_organisation=True)
    branch = replace(main, key="b", name="PT Laut Biru Nusa Gabek", address="Jl. Hiu No. 9")
    assert find_duplicate_sponsors([main, branch]) == ()


def test_a_list_of_fifteen_hundred_with_seeded_repeats(tmp_path: Path) -> None:
    truth = write_sample(tmp_path, children=20, sponsors=1500, seed=5)
    book = CalamineWorkbook.from_path(tmp_path / "orang-tua-asuh.xlsx")
    header, *rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)[3:]
    at = {str(name): column for column, name in enumerate(header)}
    sponsors = [
        SponsorIdentity(
            key=str(number),
            name=str(row[at["Nama"]]),
            is_organisation=row[at["Jenis"]] in {"perusahaan", "lembaga"},
            organisation=str(row[at["Instansi"]]),
            phone=str(row[at["No HP"]]),
            email=str(row[at["Email"]]),
            address=str(row[at["Alamat"]]),
            identity_number=str(row[at["NIK/NIP"]]),
        )
        for number, row in enumerate(rows, start=5)
    ]
    seeded = {
        frozenset({str(pair.rows[0]), str(pair.again_rows[0])})
        for pair in truth.duplicates
        if pair.file == "orang-tua-asuh.xlsx"
    }
    found = {frozenset({pair.first, pair.second}) for pair in find_duplicate_sponsors(sponsors)}
    assert len(seeded) >= 30
    assert len(found & seeded) / len(seeded) >= 0.95
    assert len(found & seeded) / len(found) >= 0.95


def test_a_repeated_line_is_one_pair_per_repeat() -> None:
    many = [replace(HENDRA, key=f"s{index:03d}") for index in range(300)]
    assert len(find_duplicate_sponsors(many)) == 299


def test_no_reason_shows_an_identity_number() -> None:
    numbered = replace(HENDRA, identity_number="1971012001800002")
    (pair,) = find_duplicate_sponsors([numbered, replace(numbered, key="b", name="Hendra G")])
    assert "1971012" not in repr(pair) + repr(numbered)
