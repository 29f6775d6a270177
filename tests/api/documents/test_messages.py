from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

import pytest

from api.documents.messages import courier_message, whatsapp_link
from api.documents.telephones import international_number, local_number
from tests.api.documents.sample_books import book, imprint, route


def test_message_says_when_and_where_and_names_no_family() -> None:
    text = courier_message(book(), route())
    for expected in ("Kamis, 3 Desember 2026", "pukul 08.00", "12 perhentian, 30 paket, 23,4 km"):
        assert expected in text
    assert "https://www.google.com/maps/dir/" in text
    assert "Ibu Sari" not in text
    assert "Jl. Merdeka" not in text


def test_message_without_a_help_number_leaves_the_line_out() -> None:
    quiet = replace(book(), imprint=replace(imprint(), help_phone=""))
    assert "Bantuan" not in courier_message(quiet, route())
    assert "Bantuan: 0717-400-1234" in courier_message(book(), route())


def test_route_without_trips_has_a_message_too() -> None:
    assert "0 perhentian" in courier_message(book(), route(num_stops=0))


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("0813-7711-2233", "6281377112233"),
        ("+62 813 7711 2233", "6281377112233"),
        ("6281377112233", "6281377112233"),
        ("", ""),
        ("12", ""),
        ("tidak ada", ""),
    ],
)
def test_number_is_dialled_with_the_country_code(typed: str, dialled: str) -> None:
    assert international_number(typed) == dialled


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("+6281300000000", "0813-0000-0000"),
        ("+62813000000012", "0813-0000-00012"),
        ("+62717421234", "0717-4212-34"),
        ("+60123456789", "+60123456789"),
        ("0812 3456 / 7", "0812 3456 / 7"),
        ("+62811", "+62811"),
        ("", ""),
    ],
)
def test_numbers_are_shown_as_people_dial_them(stored: str, written: str) -> None:
    assert local_number(stored) == written


def test_link_opens_the_whole_text() -> None:
    text = "Baris 1\n*tebal* & lain"
    link = whatsapp_link(text, phone="0813-7711-2233")
    assert link.startswith("https://wa.me/6281377112233?text=")
    assert unquote(link.partition("?text=")[2]) == text
